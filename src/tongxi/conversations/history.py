"""A contact's conversations as colleagues see them: what it was about and how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from tongxi.kit.db import Transaction

Readable = Callable[..., bool]
"""(state, holder_id, queue_id), by keyword → whether the colleague may read such a conversation."""

_FRAME = ("state", "holder_id", "queue_id")
_CONTENT = ("subject", "tags", "disposition", "outcome", "summary", "resolved", "csat")
_MOST = 200


async def any_readable(tx: Transaction, contact_id: UUID, readable: Readable) -> bool:
    """Whether the colleague may read at least one of the contact's newest conversations."""
    rows = await tx.dicts(
        "select distinct state, holder_id, queue_id from (select state, holder_id, queue_id from conversation"
        " where contact_id = %s order by created_at desc limit %s) as newest",
        (contact_id, _MOST),
    )
    return any(readable(**row) for row in rows)


async def history(
    tx: Transaction, contact_id: UUID, readable: Readable, *, before: UUID | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Conversations of the contact, newest first, each with its newest episode; `before`: id of the last one seen.

    Of one the colleague may not read, what it is about is left out (`readable` false).
    """
    rows = await tx.dicts(
        "select c.id, c.number, c.state, c.holder_id, c.queue_id, c.language, c.episode, c.created_at, c.updated_at,"
        " i.name as inbox, c.subject, c.tags, e.ended_at, e.ended_by, e.disposition, e.outcome, e.summary,"
        " r.resolved, r.csat, u.name as agent"
        " from conversation c join inbox i on i.id = c.inbox_id"
        " left join episode e on e.conversation_id = c.id and e.episode = c.episode"
        " left join rating r on r.conversation_id = c.id and r.episode = c.episode"
        " left join app_user u on u.id = coalesce(c.holder_id, e.wrapped_up_by)"
        " where c.contact_id = %(contact)s and (%(before)s::uuid is null or c.id < %(before)s)"
        " order by c.id desc limit %(limit)s",
        {"contact": contact_id, "before": before, "limit": limit},
    )
    for row in rows:
        row["readable"] = readable(**{name: row[name] for name in _FRAME})
        if not row["readable"]:
            row |= dict.fromkeys(_CONTENT)
        del row["holder_id"], row["queue_id"]
    return rows
