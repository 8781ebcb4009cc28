"""The audit log, newest first."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from tongxi import audit
from tongxi.accounts.roles import Permission
from tongxi.api.auth import SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.pages import Limit, SeqCursor, page
from tongxi.conversations.views import at as moment

router = APIRouter(prefix="/api/v1", tags=["audit"])

Reader = Annotated[SignedIn, requires(Permission.READ_AUDIT)]


@router.get("/audit")
async def list_entries(
    _: Reader,
    house: HouseDep,
    limit: Limit = 50,
    cursor: SeqCursor = None,
    action: Annotated[str | None, Query(max_length=100)] = None,
) -> dict[str, Any]:
    """Who did what, from where, to what."""
    async with house.db.transaction() as tx:
        rows = await audit.entries(tx, limit=limit + 1, before=cursor, action=action)
    return page([row | {"at": moment(row["at"])} for row in rows], limit, key="seq")
