"""Find conversations by what a colleague types: a number, a name, words of recent messages."""

from __future__ import annotations

from uuid import UUID

from tongxi.kit.db import Transaction

MOST = 200
RECENT_MESSAGES = 50_000
"""Only the newest messages are searched by text, so that a search stays a search."""


async def find(tx: Transaction, words: str, *, with_text: bool) -> list[UUID]:
    """Ids of at most 200 matches, newest first; `with_text` also searches messages."""
    words = words.strip().removeprefix("#")
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    number = int(words) if words.isascii() and words.isdigit() and len(words) < 16 else -1
    sql = (
        "select c.id, c.updated_at from conversation c join contact p on p.id = c.contact_id"
        " where c.number = %(number)s or p.name ilike %(pattern)s"
        + (" or p.email ilike %(pattern)s or p.phone like %(pattern)s" if with_text else "")
    )
    if with_text:
        sql += (
            " union select c.id, c.updated_at from (select conversation_id, text from message where erased_at is null"
            " order by id desc limit %(recent)s) m join conversation c on c.id = m.conversation_id"
            " where m.text ilike %(pattern)s"
        )
    rows = await tx.dicts(
        f"select id from ({sql}) found order by updated_at desc limit %(most)s",
        {"number": number, "pattern": pattern, "recent": RECENT_MESSAGES, "most": MOST},
    )
    return [row["id"] for row in rows]
