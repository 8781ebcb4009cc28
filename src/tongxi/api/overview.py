"""The supervisor's figures of this moment and of today."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter

from tongxi.accounts.roles import Permission
from tongxi.api.auth import SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.desk import presence

router = APIRouter(prefix="/api/v1", tags=["overview"])

WatchingDep = Annotated[SignedIn, requires(Permission.WATCH_OVERVIEW)]


@router.get("/overview")
async def overview(_user: WatchingDep, house: HouseDep) -> dict[str, Any]:
    """Conversations per state, waits per queue in seconds, the team, and today's counts with their n. Today is
    UTC's."""
    async with house.db.transaction() as tx:
        states = await tx.dicts("select state, count(*) as n from conversation where state <> 'closed' group by state")
        queues = await tx.dicts(
            """
            select q.id, q.name, count(c.id) as waiting,
                   extract(epoch from now() - min(c.queued_at))::float8 as longest_wait_seconds,
                   (select count(*) from conversation a where a.queue_id = q.id and a.state = 'active') as active
            from queue q left join conversation c on c.queue_id = q.id and c.state = 'queued'
            group by q.id, q.name, q.position order by q.position, q.name
            """
        )
        today = await tx.dict(
            """
            select (select count(*) from conversation where created_at >= date_trunc('day', now())) as started,
                   (select count(*) from log_entry where type = 'handed_off' and at >= date_trunc('day',
                     now())) as handed_off,
                   (select count(*) from episode where ended_at >= date_trunc('day', now())) as ended,
                   (select count(*) from rating where at >= date_trunc('day', now()) and csat is not null) as rated,
                   (select avg(csat)::float8 from rating where at >= date_trunc('day', now())) as csat_mean,
                   (select count(*) from follow_up where state = 'open') as promises_open,
                   (select count(*) from follow_up where state = 'open' and promised_at < now()) as promises_overdue
            """
        )
        team = await presence.team(tx)
    return {
        "states": {"bot": 0, "queued": 0, "active": 0, "wrap_up": 0} | {row["state"]: row["n"] for row in states},
        "queues": queues,
        "today": today,
        "agents": team,
        "at": house.clock.now(),
    }
