"""What an agent reads on taking over, and the draft he finds when wrapping up."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from tongxi.accounts.roles import Permission
from tongxi.api.auth import SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.desk import briefing, visibility, wrap_up
from tongxi.desk.briefing import Case
from tongxi.house import House
from tongxi.kit.errors import NotFound

router = APIRouter(prefix="/api/v1", tags=["conversations"])

ReadingDep = Annotated[SignedIn, requires(Permission.READ_CONVERSATIONS)]


@router.get("/conversations/{conversation_id}/briefing")
async def briefing_of(conversation_id: UUID, user: ReadingDep, house: HouseDep) -> dict[str, Any]:
    """Wish, known facts, mood, what was tried, why handed off, what next; each with the entry it comes from."""
    case = await _case(house, user, conversation_id)
    return briefing.build(case, language=user.locale, at=house.clock.now())


@router.get("/conversations/{conversation_id}/wrap-up")
async def draft_of(conversation_id: UUID, user: ReadingDep, house: HouseDep) -> dict[str, Any]:
    """The wrap-up as the log suggests it; the agent corrects and keeps it."""
    case = await _case(house, user, conversation_id)
    return wrap_up.draft(case, language=user.locale)


async def _case(house: House, user: SignedIn, conversation_id: UUID) -> Case:
    async with house.db.transaction() as tx:
        if not await visibility.may_read(tx, user.id, user.role, conversation_id):
            raise NotFound
        return await briefing.read_case(tx, conversation_id)
