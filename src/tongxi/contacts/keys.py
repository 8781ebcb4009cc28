"""The keys with which shops sign their customers' identities: sealed in the inbox' row, newest first."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex
from typing import Any
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from tongxi.contacts.identity import IdentityKey
from tongxi.kit.crypto import Unreadable, Vault, new_token
from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound

log = structlog.get_logger(__name__)

ACTIVE = 2
"""The newest and, so that a rotation locks nobody out, the one before it."""


def scope(inbox_id: UUID) -> str:
    """What a sealed key is bound to."""
    return f"inbox:{inbox_id}:identity"


async def active_keys(tx: Transaction, vault: Vault, inbox_id: UUID) -> list[IdentityKey]:
    """The keys of an inbox that count now. One that cannot be opened is left out and logged."""
    stored: list[dict[str, Any]] | None = await tx.value("select identity_keys from inbox where id = %s", (inbox_id,))
    keys = []
    for key in (stored or [])[:ACTIVE]:
        try:
            keys.append(IdentityKey(key["id"], vault.unseal(key["secret"], scope=scope(inbox_id))))
        except Unreadable:
            log.error("identity_key.unreadable", inbox_id=str(inbox_id), key_id=key["id"])
    return keys


async def rotate(tx: Transaction, vault: Vault, inbox_id: UUID, *, at: datetime) -> tuple[str, str]:
    """Put a new key in front; the one before it stays active, older ones go. Give its id and secret, shown this once.

    Raises: `NotFound`.
    """
    stored: list[dict[str, Any]] | None = await tx.value(
        "select identity_keys from inbox where id = %s for update", (inbox_id,)
    )
    if stored is None:
        raise NotFound
    key_id, secret = token_hex(4), new_token()
    key = {
        "id": key_id,
        "secret": vault.seal(secret, scope=scope(inbox_id)),
        "last4": secret[-4:],
        "created_at": at.isoformat(),
    }
    await tx.execute(
        "update inbox set identity_keys = %s, updated_at = %s where id = %s",
        (Jsonb([key, *stored][:ACTIVE]), at, inbox_id),
    )
    return key_id, secret
