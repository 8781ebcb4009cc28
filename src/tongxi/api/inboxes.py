"""Inboxes: what customers see, where the widget may stand, with which keys a shop signs identities."""

from __future__ import annotations

from html import escape
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Request
from pydantic import Field

from tongxi import audit
from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, Name, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.pages import IdCursor, Limit, SeqCursor, page
from tongxi.api.security import own_address
from tongxi.bot import guided
from tongxi.configuration import InboxSettings, greetings, inboxes
from tongxi.contacts import keys
from tongxi.conversations.views import at as moment
from tongxi.kit.db import Transaction

router = APIRouter(prefix="/api/v1", tags=["inboxes"])

Colleague = Annotated[SignedIn, requires(Permission.SEE_TEAM)]
Reader = Annotated[SignedIn, requires(Permission.READ_CONFIGURATION)]
Editor = Annotated[SignedIn, requires(Permission.CONFIGURE_INBOXES)]


class _Inbox(Body):
    name: Name
    queue_id: UUID | None = None
    settings: dict[str, Any] = {}  # noqa: RUF012 - Pydantic copies it; checked by `InboxSettings`


class _InboxChange(Body):
    name: Name = ""
    queue_id: UUID | None = None
    is_active: bool = True
    settings: dict[str, Any] = {}  # noqa: RUF012


class _Restore(Body):
    after: Annotated[int, Field(ge=1, le=2**31 - 2)]
    """The newest version, as far as you know."""


@router.get("/inboxes")
async def list_inboxes(
    user: Colleague, request: Request, house: HouseDep, limit: Limit = 50, cursor: IdCursor = None
) -> dict[str, Any]:
    """Inboxes; who may not read the configuration gets their names."""
    async with house.db.transaction() as tx:
        rows = await inboxes.inboxes(tx, limit=limit + 1, after=cursor)
    if not user.may(Permission.READ_CONFIGURATION):
        names = ("id", "name", "channel", "is_active")
        return page([{name: row[name] for name in names} for row in rows], limit)
    address = own_address(request, house.settings)
    return page([_shown(row, address) for row in rows], limit)


@router.get("/inboxes/{id}")
async def get_inbox(id: UUID, _: Reader, request: Request, house: HouseDep) -> dict[str, Any]:  # noqa: A002
    """One inbox."""
    async with house.db.transaction() as tx:
        return _shown(await inboxes.inbox(tx, id), own_address(request, house.settings))


@router.post("/inboxes", status_code=201)
async def make_inbox(body: _Inbox, user: Editor, request: Request, house: HouseDep) -> dict[str, Any]:
    """Make an inbox for the web."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    async with house.db.transaction() as tx:
        inbox_id = await inboxes.make_inbox(tx, given, actor_id=user.id, ip=user.ip, at=house.clock.now())
        made = await inboxes.inbox(tx, inbox_id)
        await _check_guided(house, tx, made)
    await house.inboxes.load(house.db)
    return _shown(made, own_address(request, house.settings))


@router.patch("/inboxes/{id}")
async def change_inbox(
    id: UUID,  # noqa: A002
    body: _InboxChange,
    user: Editor,
    request: Request,
    house: HouseDep,
) -> dict[str, Any]:
    """Change an inbox; of `settings` the given fields only."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    async with house.db.transaction() as tx:
        before = await inboxes.inbox(tx, id, hold=True)
        await inboxes.change_inbox(tx, id, given, actor_id=user.id, ip=user.ip, at=house.clock.now())
        changed = await inboxes.inbox(tx, id)
        await _check_guided(house, tx, changed, before)
    await house.inboxes.load(house.db)
    return _shown(changed, own_address(request, house.settings))


@router.get("/inboxes/{id}/greetings")
async def list_greetings(
    id: UUID,  # noqa: A002
    _: Reader,
    house: HouseDep,
    limit: Limit = 50,
    cursor: SeqCursor = None,
) -> dict[str, Any]:
    """Versions of welcome and guided questions, newest first, with what each changed."""
    async with house.db.reading() as tx:
        await inboxes.inbox(tx, id)
        rows = await greetings.versions(tx, id, limit=limit + 1, before=cursor)
    items = [
        {**row, "at": moment(row["at"]), "changes": [change.model_dump() for change in row["changes"]]} for row in rows
    ]
    return page(items, limit, key="version")


@router.post("/inboxes/{id}/greetings/{version}/restore", status_code=201)
async def restore_greeting(
    id: UUID,  # noqa: A002
    version: Annotated[int, Path(ge=1, le=2**31 - 1)],
    body: _Restore,
    user: Editor,
    house: HouseDep,
) -> dict[str, Any]:
    """Make an earlier welcome with its guided questions live again, as a new version."""
    async with house.db.transaction() as tx:
        made = await inboxes.restore_greeting(
            tx, id, version, after=body.after, actor_id=user.id, ip=user.ip, at=house.clock.now()
        )
    await house.inboxes.load(house.db)
    return {"version": made}


@router.post("/inboxes/{id}/rotate-secret", status_code=201)
async def rotate_secret(id: UUID, user: Editor, house: HouseDep) -> dict[str, Any]:  # noqa: A002
    """Make a new identity key; the one before it stays valid until the next rotation. `secret` is shown this once."""
    async with house.db.transaction() as tx:
        key_id, secret = await keys.rotate(tx, house.vault, id, at=house.clock.now())
        await audit.append(
            tx, actor_id=user.id, action="inbox.key_rotated", subject=f"inbox:{id}", data={"key": key_id}, ip=user.ip
        )
    return {"id": key_id, "secret": secret}


async def _check_guided(
    house: HouseDep, tx: Transaction, after: dict[str, Any], before: dict[str, Any] | None = None
) -> None:
    """Refuse guided questions that newly lead nowhere."""
    now, then = (InboxSettings.model_validate(row["settings"] if row else {}) for row in (after, before))
    await guided.check(house, tx, now.guided_questions, then.guided_questions)


def _shown(row: dict[str, Any], address: str) -> dict[str, Any]:
    key = quote(row["key"], safe="")
    return row | {
        "settings": InboxSettings.model_validate(row["settings"]).model_dump(mode="json"),
        "identity_keys": [
            {"id": each["id"], "last4": each.get("last4", ""), "created_at": each.get("created_at")}
            for each in row["identity_keys"]
        ],
        "embed": {
            "snippet": f'<script async src="{escape(address)}/widget.js" data-inbox="{key}"></script>',
            "page": f"{address}/chat?inbox={key}",
        },
        "created_at": moment(row["created_at"]),
        "updated_at": moment(row["updated_at"]),
    }
