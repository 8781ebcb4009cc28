"""Who did what to the installation: append-only, written in the transaction of the act itself.

Never customer text, never a secret, never a password; ids, codes and the names of changed fields.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tongxi.kit.db import Transaction

_ID = "split_part(a.subject, ':', 2)::uuid"
_NAME = f"""
case split_part(a.subject, ':', 1)
  when 'user' then (select name from app_user where id = {_ID})
  when 'queue' then (select name from queue where id = {_ID})
  when 'inbox' then (select name from inbox where id = {_ID})
  when 'article' then (select title from article where id = {_ID})
  when 'source' then (select url from knowledge_source where id = {_ID})
  when 'connector' then (select title from connector where id = {_ID})
  when 'model_provider' then (select name from model_provider where id = {_ID})
  when 'conversation' then (select '#' || number from conversation where id = {_ID})
  when 'invitation' then (select email from invitation where id = {_ID})
  when 'skill' then coalesce((select name from skill where code = split_part(a.subject, ':', 2)),
                             split_part(a.subject, ':', 2))
  when 'flow' then split_part(a.subject, ':', 2)
end
"""


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


async def entries(
    tx: Transaction, *, limit: int, before: int | None = None, action: str | None = None
) -> list[dict[str, Any]]:
    """Entries, newest first, from the one before `before`; `action` keeps only those.

    `name` is what the subject is called today; None where it has no name or is gone.
    """
    return await tx.dicts(
        f"select a.seq, a.at, a.actor_id, u.name as actor, a.action, a.subject, {_NAME} as name, a.data, a.ip"
        " from audit_entry a left join app_user u on u.id = a.actor_id"
        " where (%(before)s::bigint is null or a.seq < %(before)s)"
        " and (%(action)s::text is null or a.action = %(action)s)"
        " order by a.seq desc limit %(limit)s",
        {"before": before, "action": action, "limit": limit},
    )
