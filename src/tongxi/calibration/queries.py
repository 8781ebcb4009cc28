"""Reads of plans, samples, certificates and alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tongxi.calibration.agreement import Verdict, kappa, missed
from tongxi.calibration.plan import Plan, Versions
from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound


@dataclass(slots=True)
class SampleRow:
    """A drawn answer with its labels in the order they came."""

    id: UUID
    kind: str
    plan_id: UUID | None
    topic_group: str
    conversation_id: UUID | None
    score: float
    verdict: str | None
    missing: int
    drawn_at: datetime
    settled_at: datetime | None
    labels: list[str]


class Trust(NamedTuple):
    """How far the raters of a plan can be trusted."""

    kappa: float | None
    pairs: int
    planted: int
    overlooked: int
    miss_rate: float | None
    miss_bound: float


async def plan_row(tx: Transaction, plan_id: UUID, *, for_update: bool = False) -> dict[str, Any]:
    """A plan. Raises: `NotFound`."""
    lock = " for update" if for_update else ""
    row = await tx.dict(f"select * from calibration_plan where id = %s{lock}", (plan_id,))
    if row is None:
        raise NotFound
    return row


def as_plan(row: dict[str, Any]) -> Plan:
    """The row as what was fixed."""
    return Plan(
        row["id"], row["topic_group"], row["alpha"], row["delta"], row["n"], Versions(**row["versions"]),
        row["fixed_at"], tuple(row["grid"]), row["starts"], row["rubric"],
    )  # fmt: skip


async def samples(tx: Transaction, plan_id: UUID) -> list[SampleRow]:
    """All drawn and planted answers of a plan, in the order of the draw."""
    return await tx.all(
        SampleRow,
        "select s.id, s.kind, s.plan_id, s.topic_group, s.conversation_id, s.score, s.verdict, s.missing, s.drawn_at,"
        " s.settled_at, coalesce(l.labels, '{}') as labels from calibration_sample s left join lateral"
        " (select array_agg(verdict order by at, user_id) as labels from calibration_label where sample_id = s.id) l"
        " on true where s.plan_id = %s order by s.place",
        (plan_id,),
    )


def trust(rows: Sequence[SampleRow], delta: float) -> Trust:
    """Agreement over everything judged twice, planted errors with it, and the share of planted errors overlooked."""
    pairs = [(Verdict(row.labels[0]), Verdict(row.labels[1])) for row in rows if len(row.labels) > 1]
    planted = [row for row in rows if row.kind == "planted" and row.verdict]
    overlooked = sum(row.verdict != Verdict.WRONG for row in planted)
    rate, bound = missed(len(planted), overlooked, delta)
    return Trust(kappa(pairs), len(pairs), len(planted), overlooked, rate, bound)


async def progress(tx: Transaction) -> list[dict[str, Any]]:
    """Open plans: answers drawn, settled, labels still needed (those of planted errors with them)."""
    return await tx.dicts(
        "select p.id, p.topic_group, p.alpha, p.delta, p.n, p.eligible, p.fixed_at, p.versions, u.name as author,"
        " count(s.id) filter (where s.missing = 0) as settled, count(s.id) as drawn,"
        " coalesce(sum(s.missing), 0) as labels_missing"
        " from calibration_plan p left join calibration_sample s on s.plan_id = p.id"
        " left join app_user u on u.id = p.author_id where p.state = 'labelling'"
        " group by p.id, u.name order by p.topic_group"
    )


async def certificates(tx: Transaction) -> list[dict[str, Any]]:
    """The newest certificate of each group, with its last alarm and the audits since."""
    return await tx.dicts(
        """
        select distinct on (c.topic_group) c.*, u.name as issued_by_name,
          a.id as alarm_id, a.at as alarm_at, a.to_threshold as alarm_to, a.from_threshold as alarm_from,
          a.audits as alarm_audits, a.wrong as alarm_wrong, a.seen_at as alarm_seen_at,
          w.audits, w.audits_wrong, w.audits_open
        from calibration_certificate c
        left join app_user u on u.id = c.issued_by
        left join lateral (select * from calibration_alarm a where a.certificate_id = c.id order by at desc limit 1) a
          on true
        left join lateral (
          select count(*) filter (where verdict is not null) as audits,
            count(*) filter (where verdict = 'wrong') as audits_wrong,
            count(*) filter (where missing > 0) as audits_open
          from calibration_sample s where s.certificate_id = c.id
        ) w on true
        order by c.topic_group, c.issued_at desc
        """
    )


async def last_alarm(tx: Transaction, certificate_id: UUID) -> dict[str, Any] | None:
    """The newest alarm of a certificate."""
    return await tx.dict(
        "select at, to_threshold from calibration_alarm where certificate_id = %s order by at desc limit 1",
        (certificate_id,),
    )


async def alarms(tx: Transaction, group: str, *, limit: int = 20) -> list[dict[str, Any]]:
    """Alarms of a group, newest first."""
    return await tx.dicts(
        "select a.id, a.certificate_id, a.at, a.audits, a.wrong, a.evidence, a.from_threshold, a.to_threshold,"
        " a.seen_at, u.name as seen_by from calibration_alarm a left join app_user u on u.id = a.seen_by"
        " where a.topic_group = %s order by a.at desc limit %s",
        (group, limit),
    )


async def unseen_alarms(tx: Transaction) -> list[dict[str, Any]]:
    """Alarms nobody has looked at whose certificate is the newest of its group, newest first."""
    return await tx.dicts(
        'select a.id, a.topic_group as "group", a.at, a.audits, a.wrong, a.to_threshold from calibration_alarm a'
        " where a.seen_at is null and a.certificate_id = (select c.id from calibration_certificate c"
        " where c.topic_group = a.topic_group order by c.issued_at desc limit 1) order by a.at desc limit 50"
    )


async def answers_a_day(tx: Transaction, at: datetime) -> dict[str, float]:
    """Answers of the last seven days, per group and day."""
    rows = await tx.dicts(
        "select data->'decision'->'promise'->>'group' as topic_group, count(*) / 7.0 as a_day from log_entry"
        " where actor = 'bot' and data ? 'decision' and data->'decision'->'promise' is not null"
        " and type = 'message_sent' and data->'decision'->>'choice' ~ '^(answer$|flow:)'"
        " and at > %s - interval '7 days' group by 1",
        (at,),
    )
    return {row["topic_group"]: float(row["a_day"]) for row in rows}


async def signs(tx: Transaction, group: str, at: datetime) -> dict[str, int]:
    """Early signs of the last seven days: they may warn, and neither prove nor clear."""
    row = await tx.dict(
        """
        select count(*) as answers,
          count(*) filter (where exists (select 1 from answer_verdict v where v.conversation_id = l.conversation_id
                                         and v.seq = l.seq and v.verdict = 'wrong')) as agents_say_wrong,
          count(*) filter (where exists (select 1 from answer_feedback f where f.conversation_id = l.conversation_id
                                         and f.seq = l.seq and not f.helpful)) as customers_say_useless
        from log_entry l
        where l.data->'decision'->'promise'->>'group' = %s and l.data->'decision'->'promise' is not null
          and l.type = 'message_sent' and l.data->'decision'->>'choice' ~ '^(answer$|flow:)'
          and l.at > %s - interval '7 days'
        """,
        (group, at),
    )
    assert row is not None
    return row


async def fingerprint(tx: Transaction) -> str:
    """Changes whenever what `standing` rests on changes."""
    return str(
        await tx.value(
            "select concat_ws(':', (select max(issued_at) from calibration_certificate),"
            " (select count(*) from calibration_alarm),"
            " (select count(*) || '/' || coalesce(sum(missing), 0) from calibration_sample),"
            " (select max(fixed_at)::text || max(closed_at)::text from calibration_plan),"
            " (select max(at) from configuration), (select max(updated_at) from model_provider),"
            " (select max(updated_at) from flow),"
            " (select count(*) || coalesce(max(updated_at)::text, '')"
            " || coalesce(sum(version), 0) from article where status = 'published'))"
        )
    )


async def open_samples(
    tx: Transaction, user_id: UUID, *, group: str | None = None, limit: int = 200
) -> list[dict[str, Any]]:
    """Answers that still need a label this person may give, in an order of his own, with whose conversation it is.

    Without score, kind and what others said: raters are blind.
    """
    return await tx.dicts(
        "select s.id, s.topic_group, s.conversation_id, s.seq, s.article_id, s.was_sent, c.state, c.holder_id,"
        " c.queue_id, c.number, c.language from calibration_sample s join conversation c on c.id = s.conversation_id"
        " left join calibration_plan p on p.id = s.plan_id"
        " where s.missing > 0 and (s.plan_id is null or p.state = 'labelling')"
        " and (%(group)s::text is null or s.topic_group = %(group)s) and not exists"
        " (select 1 from calibration_label l where l.sample_id = s.id and l.user_id = %(user)s)"
        " order by md5(s.id::text || %(user)s::text) limit %(limit)s",
        {"user": user_id, "limit": limit, "group": group},
    )


async def sample_row(tx: Transaction, sample_id: UUID) -> dict[str, Any]:
    """Where a sample comes from. Raises: `NotFound`, also when its text was erased."""
    row = await tx.dict(
        "select s.id, c.state, c.holder_id, c.queue_id from calibration_sample s"
        " join conversation c on c.id = s.conversation_id where s.id = %s",
        (sample_id,),
    )
    if row is None:
        raise NotFound
    return row


async def words_before(tx: Transaction, conversation_id: UUID, seq: int, *, limit: int = 8) -> list[dict[str, Any]]:
    """The last messages before an entry, oldest first; notes left out."""
    rows = await tx.dicts(
        "select sender, text, seq, erased_at is not null as erased from message"
        " where conversation_id = %s and seq < %s and not is_note order by seq desc limit %s",
        (conversation_id, seq, limit),
    )
    return rows[::-1]


async def said(tx: Transaction, conversation_id: UUID, seq: int) -> dict[str, Any] | None:
    """The bot's message at an entry."""
    return await tx.dict(
        "select text, content from message where conversation_id = %s and seq = %s and sender = 'bot'",
        (conversation_id, seq),
    )


async def told_last(tx: Transaction, conversation_id: UUID, seq: int) -> dict[str, Any] | None:
    """The bot's last message at or before an entry: of a change it made, or of one it left to people."""
    return await tx.dict(
        "select text, seq from message where conversation_id = %s and seq <= %s and sender = 'bot'"
        " and erased_at is null order by seq desc limit 1",
        (conversation_id, seq),
    )


async def article_text(tx: Transaction, article_id: UUID | None) -> dict[str, Any] | None:
    """Title and body of the article that would be quoted."""
    return await tx.dict("select title, body, language, updated_at from article where id = %s", (article_id,))


async def my_verdicts(tx: Transaction, conversation_id: UUID, user_id: UUID) -> dict[int, str]:
    """What this person said about the bot's answers in a thread, by `seq`."""
    rows = await tx.dicts(
        "select seq, verdict from answer_verdict where conversation_id = %s and user_id = %s",
        (conversation_id, user_id),
    )
    return {row["seq"]: row["verdict"] for row in rows}
