"""Queues and skills."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, Name, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.pages import IdCursor, Limit, page
from tongxi.configuration import queues
from tongxi.conversations.views import at as moment

router = APIRouter(prefix="/api/v1", tags=["queues"])

Reader = Annotated[SignedIn, requires(Permission.SEE_TEAM)]
Editor = Annotated[SignedIn, requires(Permission.CONFIGURE_QUEUES)]

SkillCode = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$")]


class _Queue(Body):
    name: Name
    skill: SkillCode | None = None
    """Who may take from it; null: everyone."""
    promise_minutes: Annotated[int, Field(ge=1, le=43_200)] = 30
    """Told to customers when nobody is on duty."""
    assignment: Literal["auto", "pull"] = "auto"
    is_default: bool = False
    position: Annotated[int, Field(ge=0, le=1000)] = 0
    members: Annotated[list[UUID], Field(max_length=1000)] = Field(default_factory=list)
    """Who serves it; none: all agents."""


class _QueueChange(_Queue):
    name: Name = ""


class _Skill(Body):
    code: SkillCode
    name: Name


@router.get("/queues")
async def list_queues(_: Reader, house: HouseDep, limit: Limit = 50, cursor: IdCursor = None) -> dict[str, Any]:
    """Queues in the order they were made."""
    async with house.db.transaction() as tx:
        rows = await queues.queues(tx, limit=limit + 1, after=cursor)
    return page([_shown(row) for row in rows], limit)


@router.post("/queues", status_code=201)
async def make_queue(body: _Queue, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Make a queue; the first one is the default."""
    async with house.db.transaction() as tx:
        queue_id = await queues.make_queue(tx, _values(body), actor_id=user.id, ip=user.ip)
        made = await queues.queue(tx, queue_id)
    house.queue_changed()
    return _shown(made)


@router.patch("/queues/{id}")
async def change_queue(id: UUID, body: _QueueChange, user: Editor, house: HouseDep) -> dict[str, Any]:  # noqa: A002
    """Change a queue."""
    async with house.db.transaction() as tx:
        await queues.change_queue(tx, id, _values(body), actor_id=user.id, ip=user.ip)
        changed = await queues.queue(tx, id)
    house.queue_changed()
    return _shown(changed)


@router.get("/skills")
async def list_skills(_: Reader, house: HouseDep) -> dict[str, Any]:
    """What agents can be good at."""
    async with house.db.transaction() as tx:
        return {"items": await queues.skills(tx), "next": None}


@router.post("/skills", status_code=201)
async def make_skill(body: _Skill, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Make a skill."""
    async with house.db.transaction() as tx:
        await queues.make_skill(tx, body.code, body.name, actor_id=user.id, ip=user.ip)
    return {"code": body.code, "name": body.name, "people": 0}


def _values(body: _Queue) -> dict[str, Any]:
    given = {name: getattr(body, name) for name in body.model_fields_set}
    if "promise_minutes" in given:
        given["promise"] = given.pop("promise_minutes")
    return given


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    promise = row.pop("promise")
    return row | {"promise_minutes": round(promise.total_seconds() / 60), "created_at": moment(row["created_at"])}
