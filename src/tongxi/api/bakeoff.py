"""Bake-offs on screen: start, watch, stop, read."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.pages import IdCursor, Limit, page
from tongxi.bakeoff import jobs, questions
from tongxi.conversations.views import at as moment

router = APIRouter(prefix="/api/v1/bakeoffs", tags=["models"])

Reader = Annotated[SignedIn, requires(Permission.READ_CONFIGURATION)]
Editor = Annotated[SignedIn, requires(Permission.CONFIGURE_MODELS)]

EngineName = Annotated[str, StringConstraints(min_length=1, max_length=240)]


class _Start(Body):
    engines: Annotated[list[EngineName], Field(min_length=1, max_length=8)]
    """`none` or `<provider>:<model>`; the others are compared with the first."""
    k: Annotated[int, Field(ge=1, le=8)] = 1
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    questions: Annotated[str, Field(max_length=900_000)] | None = None
    """Labelled questions as JSONL; null: those of one's own conversations whose answer was judged."""


@router.get("")
async def list_runs(_: Reader, house: HouseDep, limit: Limit = 20, cursor: IdCursor = None) -> dict[str, Any]:
    """Runs, newest first; `judged` is how many questions of one's own there are to compare on."""
    async with house.db.transaction() as tx:
        await jobs.bury(tx)
        rows = await jobs.runs(tx, limit=limit + 1, after=cursor)
        available = len(await questions.judged(tx, limit=1000))
    return page([_shown(row) for row in rows], limit) | {"judged": available}


@router.get("/{id}")
async def get_run(id: UUID, _: Reader, house: HouseDep) -> dict[str, Any]:  # noqa: A002
    """One run, with its table once it is done."""
    async with house.db.transaction() as tx:
        return _shown(await jobs.get(tx, id))


@router.post("", status_code=201)
async def start_run(body: _Start, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Start a run in the background. It asks the engines for real: each question costs what a customer's would."""
    if body.questions is not None:
        asked, labels = questions.read("questions", body.questions.encode())[: body.limit], "file"
    else:
        async with house.db.reading() as tx:
            asked, labels = await questions.judged(tx, limit=body.limit), "judged"
        if not asked:
            raise questions.BadQuestions("no answer of your own was judged yet; give labelled questions")
    run_id = await jobs.start(
        house, asked, body.engines, k=body.k, source={"labels": labels, "n": len(asked)}, actor_id=user.id, ip=user.ip
    )
    async with house.db.reading() as tx:
        return _shown(await jobs.get(tx, run_id))


@router.post("/{id}/cancel")
async def cancel_run(id: UUID, user: Editor, house: HouseDep) -> dict[str, Any]:  # noqa: A002
    """Stop a run."""
    async with house.db.transaction() as tx:
        await jobs.cancel(tx, id, actor_id=user.id, ip=user.ip)
        return _shown(await jobs.get(tx, id))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    ended = row["ended_at"]
    return row | {"created_at": moment(row["created_at"]), "ended_at": moment(ended) if ended else None}
