"""Who did what to the installation: append-only, written in the transaction of the act itself.

Never customer text, never a secret, never a password; ids, codes and the names of changed fields.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tongxi.kit.db import Transaction


async def append(
    tx: Transaction,
    *,
    actor_id: UUID | None,
    action: str,
    subject: str = "",
    data: dict[str, Any] | None = None,
    ip: str = "",
) -> None:
    """Add an entry; it stands if and only if the caller's transaction commits.

    `action` is `noun.verb` in the past tense (`user.changed`); `subject` is `kind:id`; None as actor is the system
    or somebody who is not signed in.
    """
    await tx.execute(
        "insert into audit_entry (actor_id, action, subject, data, ip) values (%s, %s, %s, %s, %s)",
        (actor_id, action, subject, Jsonb(data or {}), ip),
    )
