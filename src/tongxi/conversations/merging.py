"""A visitor proved who he is: the conversations he opened in this session become the known contact's."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tongxi.conversations.events import Actor, ContactMerged
from tongxi.conversations.log import hold, record
from tongxi.kit.db import Transaction
from tongxi.kit.live import Live


async def move(
    tx: Transaction,
    live: Live,
    *,
    session_id: UUID,
    from_contact: UUID,
    to_contact: UUID,
    at: datetime,
    idle: timedelta,
) -> list[UUID]:
    """Move what `from_contact` opened in this session, never an older conversation of another device; give the ids.

    The authorship of his messages moves along, so that a repeated client id is still recognised.
    """
    rows = await tx.dicts(
        "select id from conversation where contact_id = %s and session_id = %s order by id", (from_contact, session_id)
    )
    moved: list[UUID] = [row["id"] for row in rows]
    for conversation_id in moved:
        conversation = await hold(tx, conversation_id)
        await record(
            tx,
            live,
            conversation,
            ContactMerged(from_contact=from_contact, to_contact=to_contact),
            actor=Actor(kind="customer", id=to_contact),
            at=at,
            idle=idle,
            changes={"contact_id": to_contact},
        )
    await tx.execute(
        "update message set author_id = %s where conversation_id = any(%s) and sender = 'customer' and author_id = %s",
        (to_contact, moved, from_contact),
    )
    await tx.execute(
        "update follow_up set contact_id = %s where conversation_id = any(%s) and contact_id = %s",
        (to_contact, moved, from_contact),
    )
    return moved
