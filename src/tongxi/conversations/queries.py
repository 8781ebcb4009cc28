"""Reads of conversations: entries, the customer's view, what the bot has to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tongxi.attachments.links import Sign
from tongxi.configuration import InboxSettings
from tongxi.conversations.events import Actor, Kind
from tongxi.conversations.log import Entry
from tongxi.conversations.views import entry_view
from tongxi.kit.db import Database, Transaction

PAGE = 200
"""Entries in one answer at most."""

_SELECT = """
select l.seq, l.type, l.at, l.actor, l.actor_id, l.data, m.id as message_id, m.client_id, m.text, m.content,
       coalesce(m.is_note, false) as is_note, m.erased_at is not null as erased, u.name as agent_name
from log_entry l
left join message m on m.conversation_id = l.conversation_id and m.seq = l.seq
left join app_user u on l.actor = 'agent' and u.id = l.actor_id
where l.conversation_id = %(conversation)s
"""


@dataclass(slots=True)
class EntryRow:
    seq: int
    type: str
    at: datetime
    actor: Kind
    actor_id: UUID | None
    data: dict[str, Any]
    message_id: UUID | None
    client_id: str | None
    text: str | None
    content: dict[str, Any] | None
    is_note: bool
    erased: bool
    agent_name: str | None


async def entries(
    tx: Transaction,
    conversation_id: UUID,
    *,
    after: int = 0,
    before: int | None = None,
    limit: int = PAGE,
    public: bool = False,
) -> list[Entry]:
    """Entries with `after < seq < before` in order: the first `limit` of them, or, with `before`, the last.

    `public`: only what the customer sees.
    """
    sql = _SELECT + " and l.seq > %(after)s"
    if public:
        sql += " and m.id is not null and not m.is_note"
    if before is not None:
        sql += " and l.seq < %(before)s order by l.seq desc limit %(limit)s"
    else:
        sql += " order by l.seq limit %(limit)s"
    rows = await tx.all(
        EntryRow, sql, {"conversation": conversation_id, "after": after, "before": before, "limit": limit}
    )
    if before is not None:
        rows.reverse()
    persona = await bot_name(tx, conversation_id) if any(row.actor == "bot" for row in rows) else ""
    result: list[Entry] = []
    if not rows:
        return result
    # `prev` of the first row comes from before the page.
    prev = await tx.value(
        "select coalesce(max(seq), 0) from message where conversation_id = %s and seq < %s and not is_note",
        (conversation_id, rows[0].seq),
    )
    for row in rows:
        name = persona if row.actor == "bot" else row.agent_name or ""
        entry = Entry(
            conversation_id, row.seq, row.type, row.at,
            Actor(row.actor, row.actor_id, name), row.data, prev,
            row.message_id, row.client_id, row.text or "", row.content, row.is_note, row.erased,
        )  # fmt: skip
        if entry.is_public:
            prev = entry.seq
        result.append(entry)
    return result


async def bot_name(tx: Transaction, conversation_id: UUID) -> str:
    """The persona's name in the conversation's language."""
    row = await tx.dict(
        "select i.settings, c.language from conversation c join inbox i on i.id = c.inbox_id where c.id = %s",
        (conversation_id,),
    )
    return InboxSettings.model_validate(row["settings"]).persona_name(row["language"]) if row else ""


def fetch_page(database: Database) -> Any:
    """What `Live` reads when it has to catch up."""

    async def fetch(conversation_id: UUID, after: int) -> list[Entry]:
        async with database.transaction() as tx:
            return await entries(tx, conversation_id, after=after)

    return fetch


async def customer_entries(
    tx: Transaction,
    conversation_id: UUID,
    *,
    sign: Sign,
    after: int = 0,
    before: int | None = None,
    limit: int = PAGE,
) -> tuple[list[dict[str, Any]], bool]:
    """What the customer sees, and whether there is more in that direction. Ownership is the caller's to check."""
    found = await entries(tx, conversation_id, after=after, before=before, limit=limit + 1, public=True)
    more = len(found) > limit
    if more:
        found = found[1:] if before is not None else found[:limit]
    return [entry_view(entry, for_customer=True, sign=sign) for entry in found], more


@dataclass(slots=True)
class Unanswered:
    """A customer message the bot has not answered."""

    seq: int
    text: str
    at: datetime
    message_id: UUID
    content: dict[str, Any]


async def unanswered(tx: Transaction, conversation_id: UUID, after: int) -> list[Unanswered]:
    """Customer messages after `after`, in order; at most the newest 20."""
    rows = await tx.all(
        Unanswered,
        "select seq, text, at, id as message_id, content from message"
        " where conversation_id = %s and sender = 'customer' and seq > %s order by seq desc limit 20",
        (conversation_id, after),
    )
    rows.reverse()
    return rows
