"""The promised error rate: where each group stands, plans, blind labels, certificates, alarms."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field, StringConstraints

from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.calibration import overview, queries, service, versions
from tongxi.calibration.agreement import Verdict
from tongxi.calibration.plan import GRID, MIN_KAPPA, RUBRIC
from tongxi.calibration.presenting import presented
from tongxi.calibration.standing import Calibration
from tongxi.conversations.views import at as moment
from tongxi.desk import visibility
from tongxi.house import House
from tongxi.kit.errors import NotFound

router = APIRouter(prefix="/api/v1", tags=["calibration"])

Reader = Annotated[SignedIn, requires(Permission.READ_CONFIGURATION)]
Editor = Annotated[SignedIn, requires(Permission.CONFIGURE_BOT)]
Rater = Annotated[SignedIn, requires(Permission.ANSWER)]
Group = Annotated[str, StringConstraints(max_length=90, pattern=r"^(?:[\w-]+\.[a-z]{2,8}|write:[a-z][a-z0-9_]{1,39})$")]


class PlanIn(Body):
    """What to fix before the first label. `alpha` and `delta` absent: what the bot's settings promise this group."""

    group: Group
    alpha: Annotated[float, Field(gt=0, le=0.5)] | None = None
    delta: Annotated[float, Field(gt=0, le=0.5)] | None = None
    n: Annotated[int, Field(ge=1, le=service.MAX_N)] = 200


class LabelIn(Body):
    """One person's word."""

    verdict: Verdict


class VerdictIn(LabelIn):
    """The same, said in the thread."""

    saw_score: bool = False
    """The reasons of the answer were open: then it does not count for a certificate."""


@router.get("/calibration")
async def groups(_: Reader, house: HouseDep) -> dict[str, Any]:
    """Every group of questions: certified, conservative, expired, alarm or a person's only, and the figures why."""
    async with house.db.transaction() as tx:
        items = await overview.groups(tx, _calibration(house), at=house.clock.now())
    defaults = {"grid": GRID, "rubric": RUBRIC, "min_kappa": MIN_KAPPA}
    return {"items": _shown(items), "next": None, **defaults}


@router.get("/calibration/groups/{group}")
async def group(group: Annotated[Group, Path()], _: Reader, house: HouseDep) -> dict[str, Any]:
    """One group with its risk–coverage curve, its alarms, and what could be promised next."""
    async with house.db.transaction() as tx:
        found = await overview.group(tx, _calibration(house), group, at=house.clock.now())
    if found is None:
        raise NotFound(f"no group {group!r}")
    return cast("dict[str, Any]", _shown(found))


@router.post("/calibration/plans", status_code=201)
async def fix(body: PlanIn, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Fix a plan and draw its answers."""
    alpha, delta = _calibration(house).goal(body.group)
    async with house.db.transaction() as tx:
        running = await versions.read(tx, house.settings)
        plan = await service.fix(
            tx, running, body.group, alpha=body.alpha or alpha, delta=body.delta or delta, n=body.n,
            author=user.id, at=house.clock.now(), ip=user.ip,
        )  # fmt: skip
    await house.calibration.load(house.db)
    return {"id": plan.id, "group": plan.group, "n": plan.n, "digest": plan.digest()}


@router.delete("/calibration/plans/{plan_id}", status_code=204)
async def drop(plan_id: UUID, user: Editor, house: HouseDep) -> Response:
    """End a plan without testing it; its labels are used for nothing."""
    async with house.db.transaction() as tx:
        await service.drop(tx, plan_id, reason="dropped", actor=user.id, at=house.clock.now(), ip=user.ip)
    await house.calibration.load(house.db)
    return Response(status_code=204)


@router.post("/calibration/plans/{plan_id}/certify")
async def certify(plan_id: UUID, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Test the plan, once, when all its answers have verdicts."""
    async with house.db.transaction() as tx:
        running = await versions.read(tx, house.settings)
        result = await service.issue(tx, plan_id, running, actor=user.id, at=house.clock.now(), ip=user.ip)
    await house.calibration.load(house.db)
    return {
        "group": result.group, "threshold": result.threshold, "n": result.answered, "wrong": result.wrong,
        "bound": result.bound, "coverage": result.coverage,
    }  # fmt: skip


@router.get("/calibration/alarms")
async def alarms(_: Reader, house: HouseDep) -> dict[str, Any]:
    """Alarms nobody has looked at yet."""
    async with house.db.reading() as tx:
        return {"items": _shown(await queries.unseen_alarms(tx)), "next": None}


@router.post("/calibration/alarms/{alarm_id}/seen", status_code=204)
async def seen(alarm_id: UUID, user: Editor, house: HouseDep) -> Response:
    """Tick off an alarm; the tightened threshold stays until the next certificate."""
    async with house.db.transaction() as tx:
        await service.see_alarm(tx, alarm_id, user_id=user.id, at=house.clock.now())
    return Response(status_code=204)


@router.get("/calibration/queue")
async def queue(user: Rater, house: HouseDep) -> dict[str, Any]:
    """The next answer to judge, without its score, and how many wait for this person."""
    async with house.db.transaction() as tx:
        scope = await visibility.scope(tx, user.id, user.role)
        rows = [
            row
            for row in await queries.open_samples(tx, user.id)
            if scope.may_read(state=row["state"], holder_id=row["holder_id"], queue_id=row["queue_id"])
        ]
        return {"item": _shown(await presented(tx, rows[0])) if rows else None, "waiting": len(rows), "rubric": RUBRIC}


@router.post("/calibration/samples/{sample_id}/label")
async def label(sample_id: UUID, body: LabelIn, user: Rater, house: HouseDep) -> dict[str, Any]:
    """Judge a drawn answer; tells how many labels it still needs, not what others said."""
    async with house.db.transaction() as tx:
        row = await queries.sample_row(tx, sample_id)
        scope = await visibility.scope(tx, user.id, user.role)
        if not scope.may_read(state=row["state"], holder_id=row["holder_id"], queue_id=row["queue_id"]):
            raise NotFound
        done = await service.label(
            tx, sample_id, user_id=user.id, verdict=body.verdict, via="queue", at=house.clock.now()
        )
    if done["verdict"]:
        await house.calibration.refresh(house.db)
    return {"missing": done["missing"]}


@router.get("/conversations/{conversation_id}/verdicts")
async def verdicts(conversation_id: UUID, user: Rater, house: HouseDep) -> dict[str, Any]:
    """What you said about the bot's answers here, by entry."""
    async with house.db.transaction() as tx:
        if not await visibility.may_read(tx, user.id, user.role, conversation_id):
            raise NotFound
        return {"items": {str(k): v for k, v in (await queries.my_verdicts(tx, conversation_id, user.id)).items()}}


@router.post("/conversations/{conversation_id}/answers/{seq}/verdict")
async def judge(
    conversation_id: UUID, seq: Annotated[int, Path(ge=1, le=2**62)], body: VerdictIn, user: Rater, house: HouseDep
) -> dict[str, Any]:
    """Judge an answer of the bot where it stands; counts for a certificate only when it was drawn, and judged blind."""
    async with house.db.transaction() as tx:
        if not await visibility.may_read(tx, user.id, user.role, conversation_id):
            raise NotFound
        counts = await service.remark(
            tx, conversation_id, seq, user_id=user.id, verdict=body.verdict, saw_score=body.saw_score,
            at=house.clock.now(),
        )  # fmt: skip
    if counts:
        await house.calibration.refresh(house.db)
    return {"counts": counts}


def _calibration(house: House) -> Calibration:
    return cast("Calibration", house.calibration)


def _shown(value: Any) -> Any:
    """Times as the protocol writes them."""
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(each) for each in value]
    return moment(value) if isinstance(value, datetime) else value
