"""Inboxes as the business sets them up. Those of the running process are `conversations.inboxes`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from tongxi import audit
from tongxi.configuration import greetings
from tongxi.configuration.greetings import Greeting
from tongxi.configuration.inbox import InboxSettings
from tongxi.configuration.store import changed
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Invalid, NotFound
from tongxi.kit.ids import new_id

_INBOX = (
    "select id, key, name, channel, queue_id, settings, identity_keys, is_active, created_at, updated_at from inbox "
)
_COLUMNS = ("name", "queue_id", "is_active")


async def inboxes(tx: Transaction, *, limit: int, after: UUID | None = None) -> list[dict[str, Any]]:
    """Inboxes in the order they were made."""
    return await tx.dicts(
        _INBOX + "where %(after)s::uuid is null or id > %(after)s order by id limit %(limit)s",
        {"after": after, "limit": limit},
    )


async def inbox(tx: Transaction, inbox_id: UUID, *, hold: bool = False) -> dict[str, Any]:
    """One inbox. Raises: `NotFound`."""
    found = await tx.dict(_INBOX + "where id = %s " + ("for update" if hold else ""), (inbox_id,))
    if found is None:
        raise NotFound
    return found


async def make_inbox(tx: Transaction, values: Mapping[str, Any], *, actor_id: UUID, ip: str, at: datetime) -> UUID:
    """Make an inbox out of `name`, `queue_id` and some `settings`. Raises: `Invalid`."""
    inbox_id = new_id()
    settings = changed(InboxSettings(), values.get("settings", {}), loc=("body", "settings"))
    _check_identity(settings, has_key=False)
    await tx.execute(
        "insert into inbox (id, key, name, settings, created_at, updated_at) values (%s, %s, %s, %s, %s, %s)",
        (inbox_id, secrets.token_urlsafe(12), values["name"], Jsonb(settings.model_dump(mode="json")), at, at),
    )
    await _write(tx, inbox_id, values)
    await audit.append(tx, actor_id=actor_id, action="inbox.made", subject=f"inbox:{inbox_id}", ip=ip)
    return inbox_id


async def change_inbox(
    tx: Transaction, inbox_id: UUID, changes: Mapping[str, Any], *, actor_id: UUID, ip: str, at: datetime
) -> None:
    """Change an inbox; of `settings` the given fields only. Raises: `NotFound`, `Invalid`."""
    before = await inbox(tx, inbox_id, hold=True)
    fields = sorted(set(changes) - {"settings"})
    if "settings" in changes:
        old = InboxSettings.model_validate(before["settings"])
        settings = changed(old, changes["settings"], loc=("body", "settings"))
        await greetings.keep(tx, inbox_id, Greeting.of(old), Greeting.of(settings), author_id=actor_id)
        _check_identity(settings, has_key=bool(before["identity_keys"]))
        await tx.execute(
            "update inbox set settings = %s where id = %s", (Jsonb(settings.model_dump(mode="json")), inbox_id)
        )
        fields += [f"settings.{name}" for name in sorted(changes["settings"])]
    await _write(tx, inbox_id, changes)
    await tx.execute("update inbox set updated_at = %s where id = %s", (at, inbox_id))
    await audit.append(
        tx, actor_id=actor_id, action="inbox.changed", subject=f"inbox:{inbox_id}", data={"fields": fields}, ip=ip
    )


async def restore_greeting(
    tx: Transaction, inbox_id: UUID, version: int, *, after: int, actor_id: UUID, ip: str, at: datetime
) -> int:
    """Make what customers read first what it was in a version, as a new one on top of `after`; its number.

    Raises: `NotFound`, `StaleVersion`.
    """
    await inbox(tx, inbox_id, hold=True)
    value = await greetings.held(tx, inbox_id, version, after=after)
    await change_inbox(tx, inbox_id, {"settings": value.model_dump(mode="json")}, actor_id=actor_id, ip=ip, at=at)
    return await greetings.restored(tx, inbox_id, version, after=after)


def _check_identity(settings: InboxSettings, *, has_key: bool) -> None:
    if settings.enforce_identity and not has_key:
        raise Invalid(errors=[{"loc": ["body", "settings", "enforce_identity"], "msg": "make an identity key first"}])


async def _write(tx: Transaction, inbox_id: UUID, values: Mapping[str, Any]) -> None:
    columns = {name: values[name] for name in _COLUMNS if name in values}
    if not columns:
        return
    assignments = ", ".join(f"{name} = %({name})s" for name in columns)
    try:
        async with tx.connection.transaction():
            await tx.execute(f"update inbox set {assignments} where id = %(id)s", {**columns, "id": inbox_id})
    except psycopg.errors.ForeignKeyViolation:
        raise Invalid(errors=[{"loc": ["body", "queue_id"], "msg": "there is no such queue"}]) from None
