"""A contact's conversations as colleagues see them: what it was about and how it went."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongxi.conversations.visibility import READABLE, Reader
from tongxi.kit.db import Transaction

_CONTENT = ("subject", "tags", "disposition", "outcome", "summary", "resolved", "csat")


async def has_readable(tx: Transaction, contact_id: UUID, reader: Reader) -> bool:
    """Whether the colleague may read at least one conversation of the contact, or all there are."""
    return reader.sees_all or bool(
        await tx.value(
            f"select true from conversation c where c.contact_id = %(contact)s and {READABLE} limit 1",
            {"contact": contact_id} | reader.params,
        )
    )


async def history(
    tx: Transaction, contact_id: UUID, reader: Reader, *, before: UUID | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Conversations of the contact, newest first, each with its newest episode; `before`: id of the last one seen.

    Of one that another agent holds, what it is about is left out (`readable` false).
    """
    rows = await tx.dicts(
        "select c.id, c.number, c.state, c.language, c.episode, c.created_at, c.updated_at, i.name as inbox,"
        f" c.subject, c.tags, e.ended_at, e.ended_by, e.disposition, e.outcome, e.summary, {READABLE} as readable,"
        " r.resolved, r.csat, u.name as agent"
        " from conversation c join inbox i on i.id = c.inbox_id"
        " left join episode e on e.conversation_id = c.id and e.episode = c.episode"
        " left join rating r on r.conversation_id = c.id and r.episode = c.episode"
        " left join app_user u on u.id = coalesce(c.holder_id, e.wrapped_up_by)"
        " where c.contact_id = %(contact)s and (%(before)s::uuid is null or c.id < %(before)s)"
        " order by c.id desc limit %(limit)s",
        {"contact": contact_id, "before": before, "limit": limit} | reader.params,
    )
    for row in rows:
        if not row["readable"]:
            row |= dict.fromkeys(_CONTENT)
    return rows
