"""No customer waits in silence: one loop acts on every overdue row.

Each open conversation has a `responsible` and a `next_action_at`; whoever missed it is helped, replaced or warned.
Safe to run in several processes at once: rows are taken with `skip locked` and the deadline is moved first.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from tongxi import housekeeping
from tongxi.bot import turn
from tongxi.bot.flows.settling import settle
from tongxi.conversations import log as conversation_log
from tongxi.conversations import service
from tongxi.conversations.events import SYSTEM, ReplyOverdue, WrappedUp
from tongxi.conversations.log import record
from tongxi.conversations.state import REPLY_DEADLINE, State
from tongxi.house import House
from tongxi.kit.db import Unavailable
from tongxi.routing import service as routing

log = structlog.get_logger(__name__)

INTERVAL_SECONDS = 0.5
TIDY_EVERY = 1200
"""Rounds between two housekeepings: ten minutes."""
TEND_EVERY = 120
"""Rounds between two looks for answers to audit: a minute."""
BATCH = 200
BOT_TRIES = timedelta(seconds=20)
"""A customer message the bot has failed to answer for this long goes to people."""


class Sweeper:
    """The loop of one process. `lag_seconds` is how late the last overdue row was found."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._task: asyncio.Task[None] | None = None
        self.lag_seconds = 0.0

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="sweeper")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        round_ = 0
        while True:
            try:
                await self.sweep()
                if round_ % 4 == 0:
                    await routing.release_absent(self._house)
                    await self._house.inboxes.load(self._house.db)
                    await self._house.bot.refresh(self._house.db)
                    await self._house.registry.refresh(self._house.db)
                    await self._house.knowledge.refresh(self._house.db)
                    self._house.sources.tick(self._house.db, self._house.knowledge.load)
                    await self._house.flows.refresh(self._house.db)
                    await self._house.intents.refresh(self._house.db)
                    await self._house.intents.read_ahead(self._house.knowledge.all_names())
                    await self._house.calibration.refresh(self._house.db)
                    await self._house.models.refresh(self._house.db)
                    self._house.vectors.tick(self._house.db)
                    self._house.english.tick(self._house.db)
                    await routing.assign_waiting(self._house)
                if round_ % TEND_EVERY == 0:
                    await settle(self._house)
                    await self._house.calibration.tend(self._house.db)
                if round_ % TIDY_EVERY == 0:
                    await housekeeping.tidy(self._house)
                round_ += 1
            except Unavailable:
                await asyncio.sleep(1)
            except Exception:
                log.exception("sweeper.failed")
            await asyncio.sleep(INTERVAL_SECONDS)

    async def sweep(self) -> int:
        """Act on what is overdue now; how many rows."""
        rows = await self._take()
        for row in rows:
            try:
                await self._act(row)
            except Unavailable:
                raise
            except Exception:
                log.exception("sweeper.row_failed", conversation_id=str(row["id"]))
        self.lag_seconds = max((row["late"] for row in rows), default=0.0)
        return len(rows)

    async def _take(self) -> list[dict[str, Any]]:
        """Overdue rows, their deadline moved on so that nobody else takes them meanwhile."""
        async with self._house.db.transaction() as tx:
            return await tx.dicts(
                """
                with due as (
                  select id, next_action_at from conversation
                  where state <> 'closed' and next_action_at < now()
                  order by next_action_at limit %s for update skip locked
                )
                update conversation c set next_action_at =
                  case when c.state = 'queued' or c.responsible = 'customer' then c.next_action_at
                       else now() + interval '5 s' end
                from due where c.id = due.id
                returning c.id, c.state, c.responsible, c.holder_id,
                          extract(epoch from now() - due.next_action_at)::float8 as late,
                          extract(epoch from now() - c.waiting_since)::float8 as waited
                """,
                (BATCH,),
            )

    async def _act(self, row: dict[str, Any]) -> None:
        house, conversation_id = self._house, row["id"]
        match row["state"], row["responsible"]:
            case "bot", "bot":
                if (row["waited"] or 0) > BOT_TRIES.total_seconds():
                    await turn.fail(house, conversation_id, "deadline")
                else:
                    turn.start(house, conversation_id)
            case "queued", _:
                await routing.refresh_waiting(house, conversation_id)
            case "active", "agent":
                await self._warn(conversation_id, row["holder_id"])
            case "wrap_up", _:
                await self._close_wrap_up(conversation_id)
            case _, "customer":
                await self._end_idle(conversation_id)

    async def _warn(self, conversation_id: UUID, holder_id: UUID) -> None:
        """The agent is late: said once in the log per deadline; the customer's clock goes on."""
        house = self._house
        async with house.db.transaction() as tx:
            conversation = await conversation_log.hold(tx, conversation_id)
            if conversation.state is not State.ACTIVE or conversation.responsible != "agent":
                return
            at = house.clock.now()
            await record(
                tx, house.live, conversation, ReplyOverdue(agent_id=holder_id), actor=SYSTEM, at=at,
                idle=house.inboxes.get(conversation.inbox_id).idle, changes={"next_action_at": at + REPLY_DEADLINE},
            )  # fmt: skip

    async def _close_wrap_up(self, conversation_id: UUID) -> None:
        house = self._house
        async with house.db.transaction() as tx:
            conversation = await conversation_log.hold(tx, conversation_id)
            if conversation.state is not State.WRAP_UP:
                return
            await service.close(
                tx, house.live, conversation, house.inboxes.get(conversation.inbox_id),
                fact=WrappedUp(cause="deadline"), actor=SYSTEM, at=house.clock.now(),
            )  # fmt: skip
        await routing.assign_waiting(house)

    async def _end_idle(self, conversation_id: UUID) -> None:
        """The customer has been silent for the inbox's idle time: end, say that a message reopens."""
        house = self._house
        async with house.db.transaction() as tx:
            conversation = await conversation_log.hold(tx, conversation_id)
            at = house.clock.now()
            overdue = conversation.next_action_at is not None and conversation.next_action_at <= at
            if conversation.state is State.CLOSED or conversation.responsible != "customer" or not overdue:
                return
            await service.end(
                tx, house.live, conversation, house.inboxes.get(conversation.inbox_id),
                actor=SYSTEM, cause="idle", at=at,
            )  # fmt: skip


async def recover(house: House) -> int:
    """After a start: take up the turns a crashed process left, at once instead of at their deadline; how many."""
    async with house.db.transaction() as tx:
        rows = await tx.dicts(
            "select id from conversation where state = 'bot' and customer_seq > answered_seq and responsible = 'bot'"
            " limit 5000"
        )
    for row in rows:
        turn.start(house, row["id"])
    return len(rows)
