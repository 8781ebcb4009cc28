"""Customers as colleagues see them: who he is and how we know, pages, earlier conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter

from tongxi.accounts import Permission
from tongxi.api.auth import SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.pages import IdCursor, Limit, SeqCursor, page
from tongxi.contacts import queries
from tongxi.conversations.history import any_readable, history
from tongxi.conversations.views import at as stamp
from tongxi.desk.visibility import Scope, scope
from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound

router = APIRouter(prefix="/api/v1/contacts", tags=["contacts"])

ReadingDep = Annotated[SignedIn, requires(Permission.READ_CONVERSATIONS)]
RECENT: Final = 10


@router.get("/{contact_id}")
async def contact(contact_id: UUID, user: ReadingDep, house: HouseDep) -> dict[str, Any]:
    """The contact with the newest pages and conversations; each field marked verified or claimed."""
    async with house.db.transaction() as tx:
        found, may = await _open(tx, contact_id, user)
        seen = await queries.pages(tx, found["id"], limit=RECENT)
        earlier = await history(tx, found["id"], may.may_read, limit=RECENT)
    return _plain(found) | {"pages": _items(seen), "conversations": _items(earlier)}


@router.get("/{contact_id}/history")
async def contact_history(
    contact_id: UUID, user: ReadingDep, house: HouseDep, cursor: IdCursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Conversations of the contact, newest first, with their outcome."""
    async with house.db.transaction() as tx:
        found, may = await _open(tx, contact_id, user)
        rows = await history(tx, found["id"], may.may_read, before=cursor, limit=limit + 1)
    return page(_items(rows), limit)


@router.get("/{contact_id}/pages")
async def contact_pages(
    contact_id: UUID, user: ReadingDep, house: HouseDep, cursor: SeqCursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Pages the contact looked at, newest first."""
    async with house.db.transaction() as tx:
        found, _ = await _open(tx, contact_id, user)
        rows = await queries.pages(tx, found["id"], before=cursor, limit=limit + 1)
    return page(_items(rows), limit)


async def _open(tx: Transaction, contact_id: UUID, user: SignedIn) -> tuple[dict[str, Any], Scope]:
    """The contact, if one of its conversations is the colleague's to read, and what else is. Raises: `NotFound`."""
    found = await queries.profile(tx, contact_id)
    may = await scope(tx, user.id, user.role)
    if not may.reads_all and not await any_readable(tx, found["id"], may.may_read):
        raise NotFound
    return found, may


def _items(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_plain(row) for row in rows]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: stamp(value) if isinstance(value, datetime) else value for name, value in row.items()}
