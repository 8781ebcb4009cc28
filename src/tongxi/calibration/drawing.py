"""Drawing the answers that people judge: uniformly, by random id, from those the bot gives or would give."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tongxi.calibration.plan import LOOSEST, Plan, is_write
from tongxi.calibration.versions import Running, digest
from tongxi.kit.db import Transaction
from tongxi.kit.ids import new_id

WINDOW = timedelta(days=90)
"""Answers older than this are not drawn."""
PLANTED_SHARE = 10
"""One planted error for so many drawn answers: says how much the raters overlook."""
SECOND_SHARE = 10
"""Every tenth audit is judged twice."""
RATERS = 2

# One answer a conversation, chosen by hash: turns of one conversation are not independent. `was_sent`: the bot said it;
# otherwise it would have at the loosest threshold. Answers drawn once are not drawn again for their group.
_ELIGIBLE = """
  select distinct on (l.conversation_id)
    l.conversation_id, l.seq, (p.p->>'score')::float8 as score, (p.p->>'article_id')::uuid as article_id,
    l.type = 'message_sent' and l.data->'decision'->>'choice' ~ '^(answer$|flow:)' as was_sent
  from log_entry l cross join lateral (select l.data->'decision'->'promise' as p) p
  where p.p is not null and p.p->>'group' = %(group)s and p.p->>'versions' = %(versions)s
    and (p.p->>'score')::float8 >= %(loosest)s and l.at >= %(since)s
    and not exists (select 1 from calibration_sample s
                    where s.conversation_id = l.conversation_id and s.topic_group = %(group)s)
  order by l.conversation_id, md5(%(seed)s || l.seq::text)
"""


async def eligible(tx: Transaction, group: str, running: Running, *, at: datetime) -> int:
    """Conversations with an answer that could be drawn now."""
    return int(await tx.value(f"select count(*) from ({_ELIGIBLE}) e", _parameters(group, running, at, "")))


async def draw(tx: Transaction, plan: Plan, running: Running, *, at: datetime) -> int:
    """Draw the plan's answers; how many there were. Same plan, same draw."""
    rows = await tx.dicts(
        f"select * from ({_ELIGIBLE}) e order by md5(%(seed)s || conversation_id::text) limit %(n)s",
        _parameters(plan.group, running, plan.fixed_at, str(plan.id)) | {"n": plan.n},
    )
    for row in rows:
        await _keep(tx, row, kind="plan", group=plan.group, raters=RATERS, at=at, plan_id=plan.id)
    return len(rows)


async def plant(tx: Transaction, plan: Plan, *, at: datetime) -> int:
    """Put known errors among the drawn: a question of this group with an article of another topic; how many.

    There are none among changes: what a customer confirmed cannot be shown with something else.
    """
    if is_write(plan.group):
        return 0
    rows = await tx.dicts(
        """
        select s.conversation_id, s.seq, s.score, false as was_sent, a.id as article_id
        from calibration_sample s
        cross join lateral (
          select a.id from article a
          where a.status = 'published' and a.audience = 'everyone' and a.language = %(language)s
            and a.collection is distinct from (select b.collection from article b where b.id = s.article_id)
          order by md5(s.id::text || a.id::text) limit 1
        ) a
        where s.plan_id = %(plan)s and s.kind = 'plan'
        order by md5('planted' || s.id::text) limit %(n)s
        """,
        {"plan": plan.id, "language": plan.group.rpartition(".")[2], "n": max(1, plan.n // PLANTED_SHARE)},
    )
    for row in rows:
        await _keep(tx, row, kind="planted", group=plan.group, raters=RATERS, at=at, plan_id=plan.id)
    return len(rows)


async def draw_audits(tx: Transaction, *, at: datetime) -> int:
    """Draw the random share of answers given under each valid certificate that goes on being judged; how many."""
    rows = await tx.dicts(
        """
        select * from (
          select distinct on (c.id, l.conversation_id)
            c.id as certificate_id, c.topic_group, l.conversation_id, l.seq, true as was_sent,
            (p.p->>'score')::float8 as score, (p.p->>'article_id')::uuid as article_id,
            right(md5('second' || c.id::text || l.conversation_id::text), 3) as second
          from calibration_certificate c
          join log_entry l on l.data->'decision'->'promise'->>'group' = c.topic_group and l.at >= c.issued_at
          cross join lateral (select l.data->'decision'->'promise' as p) p
          where c.threshold is not null and c.expires_at > %(at)s and p.p->>'certificate_id' = c.id::text
            and l.type = 'message_sent' and l.data->'decision'->>'choice' ~ '^(answer$|flow:)' and p.p is not null
            and ('x' || left(md5(c.id::text || l.conversation_id::text), 7))::bit(28)::int < c.audit_rate * 268435456
            and not exists (select 1 from calibration_sample s
                            where s.conversation_id = l.conversation_id and s.topic_group = c.topic_group)
          order by c.id, l.conversation_id, md5(c.id::text || l.seq::text)
        ) drawn order by md5(certificate_id::text || conversation_id::text)
        """,
        {"at": at},
    )
    for row in rows:
        raters = 1 + (int(row["second"], 16) % SECOND_SHARE == 0)
        group, certificate = row["topic_group"], row["certificate_id"]
        await _keep(tx, row, kind="audit", group=group, raters=raters, at=at, certificate_id=certificate)
    return len(rows)


async def _keep(
    tx: Transaction,
    row: dict[str, Any],
    *,
    kind: str,
    group: str,
    raters: int,
    at: datetime,
    plan_id: UUID | None = None,
    certificate_id: UUID | None = None,
) -> None:
    await tx.execute(
        "insert into calibration_sample (id, kind, plan_id, certificate_id, topic_group, conversation_id, seq,"
        " article_id, was_sent, score, raters, missing, drawn_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (
            new_id(), kind, plan_id, certificate_id, group, row["conversation_id"], row["seq"], row["article_id"],
            row["was_sent"], row["score"], raters, raters, at,
        ),
    )  # fmt: skip


def _parameters(group: str, running: Running, at: datetime, seed: str) -> dict[str, Any]:
    return {
        "group": group, "versions": digest(running.of(group)), "loosest": LOOSEST, "since": at - WINDOW, "seed": seed,
    }  # fmt: skip
