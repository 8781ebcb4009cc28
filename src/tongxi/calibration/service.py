"""From a plan to a certificate and its watch. Every step that changes what the bot may say leaves an audit entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tongxi import audit
from tongxi.calibration import drawing, queries
from tongxi.calibration.agreement import Verdict, settle
from tongxi.calibration.labelled import Rating
from tongxi.calibration.monitor import Monitor
from tongxi.calibration.plan import (
    Audited,
    Plan,
    PlanClosed,
    Result,
    Versions,
    certify,
    needed,
    stricter,
    tested,
    valid_until,
)
from tongxi.calibration.versions import Running
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, NotFound
from tongxi.kit.ids import new_id

AUDIT_RATE = 0.1
"""Share of answers under a certificate that goes on being judged."""
MAX_N = 5_000


class UnknownGroup(NotFound):
    """There is no published article of this topic in this language, or no flow of this name that changes anything."""

    code = "unknown_group"


class PlanOpen(Conflict):
    """A plan of this group is being labelled; finish or drop it first."""

    code = "plan_open"


class TooFewAnswers(Conflict):
    """There are too few answers to draw from; no certificate could come of them."""

    code = "too_few_answers"


class AlreadySettled(Conflict):
    """This answer has its verdict."""

    code = "already_settled"


async def fix(
    tx: Transaction,
    running: Running,
    group: str,
    *,
    alpha: float,
    delta: float,
    n: int,
    author: UUID | None,
    at: datetime,
    ip: str = "",
) -> Plan:
    """Fix a plan and draw its answers, at most `n`, before anybody sees a label.

    Raises: `UnknownGroup`, `PlanOpen`, `TooFewAnswers`.
    """
    if group not in running.groups():
        raise UnknownGroup(group=group)
    await tx.execute("select pg_advisory_xact_lock(hashtext('calibration:' || %s))", (group,))
    if await tx.value("select 1 from calibration_plan where topic_group = %s and state = 'labelling'", (group,)):
        raise PlanOpen(group=group)
    there, least = await drawing.eligible(tx, group, running, at=at), needed(alpha, delta, group)
    if min(n, there) < least:
        raise TooFewAnswers(answers=there, needed=least)
    plan = Plan(new_id(), group, alpha, delta, min(n, there), running.of(group), at, *tested(group))
    await tx.execute(
        "insert into calibration_plan (id, topic_group, alpha, delta, grid, starts, n, eligible, rubric, versions,"
        " digest, author_id, fixed_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            plan.id, group, alpha, delta, list(plan.grid), plan.starts, plan.n, there, plan.rubric,
            Jsonb(plan.versions._asdict()), plan.digest(), author, at,
        ),
    )  # fmt: skip
    drawn = await drawing.draw(tx, plan, running, at=at)
    assert drawn == plan.n, "the draw sees what was counted in the same transaction"
    await drawing.plant(tx, plan, at=at)
    await audit.append(
        tx, actor_id=author, action="calibration.planned", subject=f"calibration_plan:{plan.id}", ip=ip,
        data={"group": group, "alpha": alpha, "delta": delta, "n": plan.n, "digest": plan.digest()},
    )  # fmt: skip
    return plan


async def drop(tx: Transaction, plan_id: UUID, *, reason: str, actor: UUID | None, at: datetime, ip: str = "") -> None:
    """End a plan without testing it; its labels are used for nothing. Raises: `NotFound`, `PlanClosed`."""
    row = await queries.plan_row(tx, plan_id)
    if row["state"] != "labelling":
        raise PlanClosed
    await tx.execute(
        "update calibration_plan set state = 'void', reason = %s, closed_at = %s where id = %s", (reason, at, plan_id)
    )
    await audit.append(
        tx, actor_id=actor, action="calibration.dropped", subject=f"calibration_plan:{plan_id}", ip=ip,
        data={"group": row["topic_group"], "reason": reason},
    )  # fmt: skip


async def drop_stale(tx: Transaction, running: Running, *, at: datetime) -> int:
    """Drop plans whose knowledge, model, policy or score has changed; how many."""
    rows = await tx.dicts("select id, topic_group, versions from calibration_plan where state = 'labelling'")
    stale = [row["id"] for row in rows if Versions(**row["versions"]).changed(running.of(row["topic_group"]))]
    for plan_id in stale:
        await drop(tx, plan_id, reason="versions_changed", actor=None, at=at)
    return len(stale)


async def label(
    tx: Transaction, sample_id: UUID, *, user_id: UUID, verdict: Verdict, via: str, at: datetime
) -> dict[str, Any]:
    """Take one person's verdict; a person may change it until the answer is settled. Gives `{missing, verdict}`.

    Raises: `NotFound`, also when its text was erased; `AlreadySettled`, `PlanClosed`.
    """
    row = await tx.dict(
        "select s.missing, s.raters, s.certificate_id, p.state from calibration_sample s"
        " left join calibration_plan p on p.id = s.plan_id where s.id = %s and s.conversation_id is not null"
        " for update of s",
        (sample_id,),
    )
    if row is None:
        raise NotFound
    if row["state"] not in (None, "labelling"):
        raise PlanClosed
    if row["missing"] == 0:
        raise AlreadySettled
    await tx.execute(
        "insert into calibration_label (sample_id, user_id, verdict, via, at) values (%s, %s, %s, %s, %s)"
        " on conflict (sample_id, user_id) do update set verdict = excluded.verdict, via = excluded.via,"
        " at = excluded.at",
        (sample_id, user_id, verdict.value, via, at),
    )
    given = await tx.dicts(
        "select verdict from calibration_label where sample_id = %s order by at, user_id", (sample_id,)
    )
    settled = settle([Verdict(one["verdict"]) for one in given], row["raters"])
    await tx.execute(
        "update calibration_sample set missing = %s, verdict = %s, settled_at = %s where id = %s",
        (settled.missing, settled.verdict, at if settled.verdict else None, sample_id),
    )
    if settled.verdict and row["certificate_id"]:
        await watch(tx, row["certificate_id"], at=at)
    return {"missing": settled.missing, "verdict": settled.verdict}


async def issue(
    tx: Transaction, plan_id: UUID, running: Running, *, actor: UUID | None, at: datetime, ip: str = ""
) -> Result:
    """Test a plan once all its answers have verdicts, and write the certificate, also of a failed test.

    Raises: `NotFound`, `PlanClosed`, `VersionsChanged`, `LabelsMissing`, `RatersDisagree`, `LabelsBeforePlan`.
    """
    row = await queries.plan_row(tx, plan_id, for_update=True)
    if row["state"] != "labelling":
        raise PlanClosed
    plan = queries.as_plan(row)
    assert plan.digest() == row["digest"], "a plan is fixed before the first label"
    samples = await queries.samples(tx, plan_id)
    trust = queries.trust(samples, plan.delta)
    result = certify(plan, _audited(samples), running=running.of(plan.group), kappa=trust.kappa)
    certificate_id = new_id()
    await tx.execute(
        "insert into calibration_certificate (id, plan_id, topic_group, alpha, delta, n, wrong, threshold, bound,"
        " coverage, kappa, planted, overlooked, passed, curve, versions, audit_rate, issued_by, issued_at, expires_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            certificate_id, plan_id, plan.group, plan.alpha, plan.delta, result.answered, result.wrong,
            result.threshold, result.bound, result.coverage, trust.kappa, trust.planted, trust.overlooked,
            list(result.passed), Jsonb([point.data() for point in result.curve]), Jsonb(plan.versions._asdict()),
            AUDIT_RATE, actor, at, valid_until(at),
        ),
    )  # fmt: skip
    state = "failed" if result.threshold is None else "certified"
    await tx.execute("update calibration_plan set state = %s, closed_at = %s where id = %s", (state, at, plan_id))
    await audit.append(
        tx, actor_id=actor, action=f"calibration.{state}", subject=f"calibration_certificate:{certificate_id}", ip=ip,
        data={
            "group": plan.group, "threshold": result.threshold, "n": result.answered, "wrong": result.wrong,
            "bound": result.bound, "alpha": plan.alpha, "delta": plan.delta,
        },
    )  # fmt: skip
    return result


async def issue_open(tx: Transaction, group: str, running: Running, *, at: datetime) -> Result:
    """Test the open plan of a group. Raises: `NotFound` when there is none, and as `issue`."""
    plan_id = await tx.value("select id from calibration_plan where topic_group = %s and state = 'labelling'", (group,))
    if plan_id is None:
        raise NotFound(f"no plan of group {group!r} is being labelled")
    return await issue(tx, plan_id, running, actor=None, at=at)


async def import_ratings(tx: Transaction, given: Sequence[Rating], *, at: datetime) -> int:
    """Take verdicts that people gave outside of the product; all of them or none.

    Raises: `NotFound` for an unknown answer or account, `AlreadySettled`, `PlanClosed`.
    """
    rows = await tx.dicts("select id, lower(email) as email from app_user where is_active")
    users = {row["email"]: row["id"] for row in rows}
    for one in given:
        if one.rater not in users:
            raise NotFound(f"no active account {one.rater!r}")
        await label(tx, one.sample_id, user_id=users[one.rater], verdict=one.verdict, via="file", at=at)
    return len(given)


def _audited(samples: Sequence[queries.SampleRow]) -> list[Audited]:
    """Verdicts of the drawn answers. One whose text was erased before its verdict counts as wrong."""
    return [
        Audited(
            one.plan_id, one.topic_group, one.score,
            wrong=one.verdict in (None, Verdict.WRONG), labelled_at=one.settled_at or one.drawn_at,
        )
        for one in samples
        if one.kind == "plan" and one.plan_id and (one.verdict or one.conversation_id is None)
    ]  # fmt: skip


async def watch(tx: Transaction, certificate_id: UUID, *, at: datetime) -> bool:
    """Bet again with every verdict since the certificate or the last alarm; on an alarm tighten at once.

    Gives whether there was a new alarm.
    """
    certificate = await tx.dict(
        "select topic_group, alpha, delta, threshold, passed from calibration_certificate where id = %s for update",
        (certificate_id,),
    )
    assert certificate is not None
    last = await queries.last_alarm(tx, certificate_id)
    threshold: float | None = last["to_threshold"] if last else certificate["threshold"]
    if threshold is None:
        return False
    rows = await tx.dicts(
        "select verdict = 'wrong' as wrong from calibration_sample where certificate_id = %s and verdict is not null"
        " and score >= %s and (%s::timestamptz is null or drawn_at > %s) order by settled_at, place",
        (certificate_id, threshold, last and last["at"], last and last["at"]),
    )
    monitor = Monitor(certificate["alpha"], certificate["delta"])
    if not any(monitor.add(row["wrong"]) for row in rows):  # the first crossing counts
        return False
    tightened = stricter(certificate["passed"], threshold)
    alarm_id = new_id()
    await tx.execute(
        "insert into calibration_alarm (id, certificate_id, topic_group, at, audits, wrong, evidence, from_threshold,"
        " to_threshold) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            alarm_id, certificate_id, certificate["topic_group"], at, monitor.audits, monitor.wrong, monitor.evidence,
            threshold, tightened,
        ),
    )  # fmt: skip
    await audit.append(
        tx, actor_id=None, action="calibration.alarm", subject=f"calibration_certificate:{certificate_id}",
        data={
            "group": certificate["topic_group"], "audits": monitor.audits, "wrong": monitor.wrong,
            "from": threshold, "to": tightened,
        },
    )  # fmt: skip
    return True


async def remark(
    tx: Transaction,
    conversation_id: UUID,
    seq: int,
    *,
    user_id: UUID,
    verdict: Verdict,
    saw_score: bool,
    at: datetime,
) -> bool:
    """An agent's word on an answer in the thread; tell whether it counts for a drawn one.

    It counts only when the answer was drawn and the agent had not seen its score.
    Raises: `NotFound` when the bot said nothing there.
    """
    if not await tx.value(
        "select true from message where conversation_id = %s and seq = %s and sender = 'bot'", (conversation_id, seq)
    ):
        raise NotFound
    await tx.execute(
        "insert into answer_verdict (conversation_id, seq, user_id, verdict, at) values (%s, %s, %s, %s, %s)"
        " on conflict (conversation_id, seq, user_id) do update set verdict = excluded.verdict, at = excluded.at",
        (conversation_id, seq, user_id, verdict.value, at),
    )
    drawn = await tx.value(
        "select s.id from calibration_sample s left join calibration_plan p on p.id = s.plan_id"
        " where s.conversation_id = %s and s.seq = %s and s.kind <> 'planted' and s.was_sent and s.missing > 0"
        " and (s.plan_id is null or p.state = 'labelling')",
        (conversation_id, seq),
    )
    if drawn is None or saw_score:
        return False
    await label(tx, drawn, user_id=user_id, verdict=verdict, via="thread", at=at)
    return True


async def see_alarm(tx: Transaction, alarm_id: UUID, *, user_id: UUID, at: datetime) -> None:
    """Tick off the task an alarm made. Raises: `NotFound`."""
    if not await tx.execute(
        "update calibration_alarm set seen_by = coalesce(seen_by, %s), seen_at = coalesce(seen_at, %s) where id = %s",
        (user_id, at, alarm_id),
    ):
        raise NotFound


async def tend(tx: Transaction, running: Running, *, at: datetime) -> int:
    """What goes by itself: drop stale plans, draw audits; how many rows moved. Safe in several processes at once."""
    if not await tx.value("select pg_try_advisory_xact_lock(hashtext('calibration.tend'))"):
        return 0
    return await drop_stale(tx, running, at=at) + await drawing.draw_audits(tx, at=at)
