"""Reads about people: the list of accounts, one account, oneself, open invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound

_USER = """
select u.id, u.email, u.name, u.role, u.title, u.locale, u.theme, u.is_active, u.capacity, u.created_at,
       coalesce((select json_agg(json_build_object('skill', s.skill, 'level', s.level) order by s.skill)
                 from user_skill s where s.user_id = u.id), '[]') as skills,
       coalesce((select json_agg(m.queue_id order by m.queue_id)
                 from queue_member m where m.user_id = u.id), '[]') as queues,
       coalesce(p.state, 'away') as presence
from app_user u left join presence p on p.user_id = u.id
"""


async def users(tx: Transaction, *, limit: int, after: UUID | None = None) -> list[dict[str, Any]]:
    """Accounts in the order they were made, from the one after `after`."""
    return await tx.dicts(
        _USER + " where %(after)s::uuid is null or u.id > %(after)s order by u.id limit %(limit)s",
        {"after": after, "limit": limit},
    )


async def user(tx: Transaction, user_id: UUID) -> dict[str, Any]:
    """One account. Raises: `NotFound`."""
    found = await tx.dict(_USER + " where u.id = %s", (user_id,))
    if found is None:
        raise NotFound
    return found


async def has_users(tx: Transaction) -> bool:
    """Whether anybody has an account."""
    return bool(await tx.value("select exists (select 1 from app_user)"))


async def invitations(tx: Transaction, at: datetime, *, limit: int, after: UUID | None = None) -> list[dict[str, Any]]:
    """Invitations that can still be accepted, in the order they were made."""
    return await tx.dicts(
        "select i.id, i.email, i.role, i.created_at, i.expires_at, u.name as invited_by"
        " from invitation i left join app_user u on u.id = i.invited_by"
        " where i.accepted_at is null and i.expires_at > %(at)s and (%(after)s::uuid is null or i.id > %(after)s)"
        " order by i.id limit %(limit)s",
        {"at": at, "after": after, "limit": limit},
    )
