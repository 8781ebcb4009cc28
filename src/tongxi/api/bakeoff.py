"""Bake-offs on screen: start, watch, stop, read; and judge blind what the engines said."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.pages import IdCursor, Limit, page
from tongxi.bakeoff import jobs, judging, questions
from tongxi.conversations.views import at as moment
from tongxi.desk import visibility
from tongxi.kit.errors import NotFound

router = APIRouter(prefix="/api/v1", tags=["models"])

Reader = Annotated[SignedIn, requires(Permission.READ_CONFIGURATION)]
Editor = Annotated[SignedIn, requires(Permission.CONFIGURE_MODELS)]
Judge = Annotated[SignedIn, requires(Permission.ANSWER)]

EngineName = Annotated[str, StringConstraints(min_length=1, max_length=240)]


class _Start(Body):
    engines: Annotated[list[EngineName], Field(min_length=1, max_length=8)]
    """`none` or `<provider>:<model>`; the others are compared with the first."""
    k: Annotated[int, Field(ge=1, le=8)] = 1
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    questions: Annotated[str, Field(max_length=900_000)] | None = None
    """Labelled questions as JSONL; null: one's own."""
    own: Literal["judged", "unjudged"] = "judged"
    """Of one's own: those whose answer was judged, or any, drawn at random, for people to judge afterwards."""


class _Judgement(Body):
    right: Annotated[list[Annotated[int, Field(ge=0, le=20)]], Field(max_length=20)] | None
    """Places of the right answers as they were shown, from 0; empty: none; null: skipped."""


@router.get("/bakeoffs")
async def list_runs(_: Reader, house: HouseDep, limit: Limit = 20, cursor: IdCursor = None) -> dict[str, Any]:
    """Runs, newest first; `judged` is how many questions of one's own there are to compare on."""
    async with house.db.transaction() as tx:
        await jobs.bury(tx)
        rows = await jobs.runs(tx, limit=limit + 1, after=cursor)
        available = len(await questions.judged(tx, limit=1000))
    return page([_shown(row) for row in rows], limit) | {"judged": available}


@router.get("/bakeoffs/{id}")
async def get_run(id: UUID, _: Reader, house: HouseDep) -> dict[str, Any]:  # noqa: A002
    """One run, with its table once it is done."""
    async with house.db.transaction() as tx:
        return _shown(await jobs.get(tx, id))


@router.post("/bakeoffs", status_code=201)
async def start_run(body: _Start, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Start a run in the background. It asks the engines for real: each question costs what a customer's would."""
    if body.questions is not None:
        asked, labels = questions.read("questions", body.questions.encode())[: body.limit], "file"
    else:
        labels = body.own
        async with house.db.reading() as tx:
            if labels == "judged":
                asked = await questions.judged(tx, limit=body.limit)
            else:
                asked = await questions.unjudged(tx, limit=body.limit, at=house.clock.now())
        if not asked:
            raise questions.BadQuestions(f"there are no {labels} questions of your own yet; give labelled questions")
    run_id = await jobs.start(
        house, asked, body.engines, k=body.k, source={"labels": labels, "n": len(asked)}, actor_id=user.id, ip=user.ip
    )
    async with house.db.reading() as tx:
        return _shown(await jobs.get(tx, run_id))


@router.post("/bakeoffs/{id}/cancel")
async def cancel_run(id: UUID, user: Editor, house: HouseDep) -> dict[str, Any]:  # noqa: A002
    """Stop a run."""
    async with house.db.transaction() as tx:
        await jobs.cancel(tx, id, actor_id=user.id, ip=user.ip)
        return _shown(await jobs.get(tx, id))


@router.get("/comparisons")
async def next_comparison(user: Judge, house: HouseDep) -> dict[str, Any]:
    """The next question on which engines differ, with their answers in random order and no names; how many wait."""
    async with house.db.reading() as tx:
        scope = await visibility.scope(tx, user.id, user.role)
        rows = [row for row in await judging.open_questions(tx, user.id) if _may_read(scope, row)]
    return {"item": judging.presented(rows[0], user.id) if rows else None, "waiting": len(rows)}


@router.post("/comparisons/{id}", status_code=204)
async def judge(id: UUID, body: _Judgement, user: Judge, house: HouseDep) -> Response:  # noqa: A002
    """Say which of the answers are right; once, for these answers in whatever run."""
    async with house.db.transaction() as tx:
        row = await judging.question(tx, id)
        if not _may_read(await visibility.scope(tx, user.id, user.role), row):
            raise NotFound
        await judging.judge(tx, row, user_id=user.id, right=body.right, at=house.clock.now())
    await judging.refresh(house.db, row["pair"])
    return Response(status_code=204)


def _may_read(scope: visibility.Scope, row: dict[str, Any]) -> bool:
    """A question of a file belongs to nobody."""
    return row["conversation_id"] is None or scope.may_read(
        state=row["state"], holder_id=row["holder_id"], queue_id=row["queue_id"]
    )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    ended = row["ended_at"]
    return row | {"created_at": moment(row["created_at"]), "ended_at": moment(ended) if ended else None}
