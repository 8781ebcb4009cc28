"""Who is at his desk. The state is the person's choice; being connected is a lease that his socket renews."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal
from uuid import UUID

from tongxi.kit.db import Transaction

PresenceState = Literal["online", "break", "away"]

GRACE_SECONDS = 25
"""How long an agent may be gone before his conversations go back to the queue."""
ACT_SECONDS = 180
"""How long somebody without an open socket is there after what he last did: the time to write a reply."""
RENEW_SECONDS = 10
"""How often a process renews the leases of the agents connected to it."""


async def renew(tx: Transaction, user_ids: Collection[UUID]) -> None:
    """The sockets of these users are open; their leases run from now."""
    await tx.execute(
        "insert into presence (user_id, leased_until) select id, now() + make_interval(secs => %s)"
        " from unnest(%s::uuid[]) as id on conflict (user_id) do update set leased_until = excluded.leased_until",
        (GRACE_SECONDS, sorted(user_ids)),
    )


async def acted(tx: Transaction, user_id: UUID) -> None:
    """This user has no socket here but did something: he is there for a while."""
    await tx.execute(
        "insert into presence (user_id, leased_until) values (%s, now() + make_interval(secs => %s))"
        " on conflict (user_id) do update set leased_until = greatest(presence.leased_until, excluded.leased_until)",
        (user_id, ACT_SECONDS),
    )


async def left(tx: Transaction, user_id: UUID) -> None:
    """The last socket of this user closed, or he signed out: the grace time starts."""
    await tx.execute(
        "update presence set leased_until = least(leased_until, now() + make_interval(secs => %s)) where user_id = %s",
        (GRACE_SECONDS, user_id),
    )


async def choose(tx: Transaction, user_id: UUID, state: PresenceState, reason: str) -> None:
    """Set what the person says of himself."""
    await tx.execute(
        "insert into presence (user_id, state, reason, since) values (%(user)s, %(state)s, %(reason)s, now())"
        " on conflict (user_id) do update set state = excluded.state, reason = excluded.reason,"
        " since = case when presence.state = excluded.state then presence.since else now() end",
        {"user": user_id, "state": state, "reason": reason},
    )


async def state_of(tx: Transaction, user_id: UUID) -> str:
    """`online`, `break` or `away`."""
    return str(await tx.value("select state from presence where user_id = %s", (user_id,)) or "away")


async def team(tx: Transaction, *, user_id: UUID | None = None) -> list[dict[str, Any]]:
    """Everybody who can hold conversations, with presence and load."""
    rows = await tx.dicts(
        """
        select u.id, u.name, u.title, u.role, u.capacity, coalesce(p.state, 'away') as state, coalesce(p.reason,
          '') as reason,
               p.since, coalesce(p.leased_until > now(), false) as connected,
               (select count(*) from conversation c where c.holder_id = u.id and c.state in ('active',
                 'wrap_up')) as load,
               coalesce((select array_agg(s.skill order by s.skill) from user_skill s where s.user_id = u.id),
                 '{}') as skills
        from app_user u left join presence p on p.user_id = u.id
        where u.is_active and u.role in ('owner', 'supervisor', 'agent') and (%(user)s::uuid is null or u.id = %(user)s)
        order by u.name
        """,
        {"user": user_id},
    )
    return [
        {
            "user": {"id": row["id"], "name": row["name"], "title": row["title"], "role": row["role"]},
            "state": row["state"],
            "reason": row["reason"],
            "since": row["since"],
            "connected": row["connected"],
            "load": row["load"],
            "capacity": row["capacity"],
            "skills": row["skills"],
        }
        for row in rows
    ]
