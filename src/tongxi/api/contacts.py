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
from tongxi.conversations.history import has_readable, history
from tongxi.conversations.views import at as stamp
from tongxi.conversations.visibility import Reader
from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound

router = APIRouter(prefix="/api/v1/contacts", tags=["contacts"])

ReadingDep = Annotated[SignedIn, requires(Permission.READ_CONVERSATIONS)]
RECENT: Final = 10


@router.get("/{contact_id}")
async def contact(contact_id: UUID, user: ReadingDep, house: HouseDep) -> dict[str, Any]:
    """The contact with the newest pages and conversations; each field marked verified or claimed."""
    async with house.db.transaction() as tx:
        found = await _profile(tx, contact_id, reader(user))
        seen = await queries.pages(tx, found["id"], limit=RECENT)
        earlier = await history(tx, found["id"], reader(user), limit=RECENT)
    return _plain(found) | {"pages": _items(seen), "conversations": _items(earlier)}


@router.get("/{contact_id}/history")
async def contact_history(
    contact_id: UUID, user: ReadingDep, house: HouseDep, cursor: IdCursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Conversations of the contact, newest first, with their outcome."""
    async with house.db.transaction() as tx:
        found = await _profile(tx, contact_id, reader(user))
        rows = await history(tx, found["id"], reader(user), before=cursor, limit=limit + 1)
    return page(_items(rows), limit)


@router.get("/{contact_id}/pages")
async def contact_pages(
    contact_id: UUID, user: ReadingDep, house: HouseDep, cursor: SeqCursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Pages the contact looked at, newest first."""
    async with house.db.transaction() as tx:
        found = await _profile(tx, contact_id, reader(user))
        rows = await queries.pages(tx, found["id"], before=cursor, limit=limit + 1)
    return page(_items(rows), limit)


def reader(user: SignedIn) -> Reader:
    """What the colleague may read."""
    return Reader(user.id, user.may(Permission.READ_ALL_CONVERSATIONS))


async def _profile(tx: Transaction, contact_id: UUID, reader: Reader) -> dict[str, Any]:
    found = await queries.profile(tx, contact_id)
    if not await has_readable(tx, found["id"], reader):
        raise NotFound
    return found


def _items(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_plain(row) for row in rows]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: stamp(value) if isinstance(value, datetime) else value for name, value in row.items()}
