"""The supervisor's figures of this moment and of today."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import AwareDatetime

from tongxi.accounts.roles import Permission
from tongxi.api.auth import SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.desk import presence

router = APIRouter(prefix="/api/v1", tags=["overview"])

LONGEST: Final = timedelta(days=2)
"""A day begins no longer ago than this, wherever one is."""

WatchingDep = Annotated[SignedIn, requires(Permission.WATCH_OVERVIEW)]

_TODAY = """
counted as (
  select count(*) filter (where c.created_at >= today.since) as started from conversation c
  join today on today.id = c.inbox_id where c.created_at >= (select min(since) from today)
), moved as (
  select count(*) as handed_off from log_entry l join conversation c on c.id = l.conversation_id
  join today on today.id = c.inbox_id
  where l.type = 'handed_off' and l.at >= (select min(since) from today) and l.at >= today.since
), over as (
  select count(*) as ended from episode e join conversation c on c.id = e.conversation_id
  join today on today.id = c.inbox_id
  where e.ended_at >= (select min(since) from today) and e.ended_at >= today.since
), judged as (
  select count(r.csat) as rated, avg(r.csat)::float8 as csat_mean from rating r
  join conversation c on c.id = r.conversation_id join today on today.id = c.inbox_id
  where r.at >= (select min(since) from today) and r.at >= today.since
), promised as (
  select count(*) as promises_open, count(*) filter (where promised_at < now()) as promises_overdue
  from follow_up where state = 'open'
)
select started, handed_off, ended, rated, csat_mean, promises_open, promises_overdue
from counted, moved, over, judged, promised
"""


@router.get("/overview")
async def overview(_user: WatchingDep, house: HouseDep, since: AwareDatetime | None = None) -> dict[str, Any]:
    """Conversations per state, waits per queue in seconds, the team, and today's counts with their n.

    Today begins at `since`, the midnight of whoever looks, at most two days ago; without it at midnight in the time
    zone of each conversation's inbox.
    """
    now = house.clock.now()
    begin = None if since is None else max(since, now - LONGEST)
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
            f"""
            with today as (select * from unnest(%s::uuid[], %s::timestamptz[]) as inbox (id, since)), {_TODAY}
            """,
            ([box.id for box in house.inboxes], [begin or box.settings.hours.day_of(now) for box in house.inboxes]),
        )
        team = await presence.team(tx)
    return {
        "states": {"bot": 0, "queued": 0, "active": 0, "wrap_up": 0} | {row["state"]: row["n"] for row in states},
        "queues": queues,
        "today": today,
        "agents": team,
        "at": now,
    }
