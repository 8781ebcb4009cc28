"""What all workspace sockets of this process share: coalesced list rows, presence, viewers, places in the queue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from uuid import UUID

import structlog

from tongxi.accounts.roles import Permission
from tongxi.api.agent_live import AgentSession
from tongxi.api.socket import encode
from tongxi.desk import presence, visibility
from tongxi.desk.rows import counts, rows_of
from tongxi.house import House
from tongxi.kit.errors import AppError
from tongxi.routing import queries

log = structlog.get_logger(__name__)

ROWS_EVERY_SECONDS = 0.2
ROWS_AT_ONCE = 100
"""Rows read and sent per interval at most; under a flood lists lag, threads do not."""


class DeskLive:
    """What all workspace sockets of this process share: coalesced rows, presence, viewers, places in the queue."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.sessions: set[AgentSession] = set()
        self.inbox_of: dict[UUID, UUID] = {}
        """Inbox of conversations seen in rows; bounded."""
        self._told: dict[UUID, int] = {}
        """Epoch at which those who lost sight of a conversation were told; bounded."""
        self._dirty: dict[UUID, None] = {}
        self._wake = asyncio.Event()
        self._places_due = False
        self._task: asyncio.Task[None] | None = None
        house.live.watch(self._committed)
        house.on_queue_changed.append(self._queue_changed)
        house.on_assigned.append(self._assigned)

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="desk-live")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def join(self, session: AgentSession) -> None:
        self.sessions.add(session)

    def leave(self, session: AgentSession) -> None:
        self.sessions.discard(session)
        if not any(one.user.id == session.user.id for one in self.sessions):
            self._house.live.spawn(self._left(session.user.id))

    async def _left(self, user_id: UUID) -> None:
        async with self._house.db.transaction() as tx:
            await presence.left(tx, user_id)
        self.presence_changed(user_id)

    def connected(self) -> set[UUID]:
        """Users with an open socket here."""
        return {session.user.id for session in self.sessions}

    def dirty(self, conversation_id: UUID) -> None:
        """The row changed: sent with the next round."""
        if self.sessions:
            self._dirty[conversation_id] = None
            self._wake.set()

    def _committed(self, conversation_id: UUID, _changed: bool) -> None:
        self.dirty(conversation_id)

    def _queue_changed(self) -> None:
        self._places_due = True
        self._wake.set()

    def _assigned(self, agent_id: UUID, conversation_id: UUID) -> None:
        for session in self.sessions:
            if session.user.id == agent_id:
                session.socket.push(encode({"t": "assigned", "conversation": conversation_id}))
                if conversation_id not in session.subscriptions:
                    self._house.live.spawn(_quietly(session.follow(conversation_id, 0, snapshot=False)))
        self.presence_changed(agent_id)

    def presence_changed(self, user_id: UUID) -> None:
        """Tell everybody's screens."""
        if self.sessions:
            self._house.live.spawn(self._send_presence(user_id))

    async def _send_presence(self, user_id: UUID) -> None:
        async with self._house.db.reading() as tx:
            found = await presence.team(tx, user_id=user_id)
        for one in found:
            self._broadcast(encode({"t": "presence", **one}))

    def viewers_changed(self, conversation_id: UUID) -> None:
        names = sorted({one.user.name for one in self.sessions if conversation_id in one.subscriptions})
        self._house.live.signal(conversation_id, "viewers", {"names": names})

    def _broadcast(self, frame: bytes) -> None:
        for session in self.sessions:
            if session.is_ready:
                session.socket.push(frame)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                started = time.monotonic()
                await self._round()
                # A slow database slows the lists, not the other way round.
                await asyncio.sleep(max(ROWS_EVERY_SECONDS, 3 * (time.monotonic() - started)))
            except AppError:
                await asyncio.sleep(1)
            except Exception:
                log.exception("desk_live.failed")
                await asyncio.sleep(1)

    async def _round(self) -> None:
        if self._places_due:
            self._places_due = False
            await self._send_places()
        batch = list(self._dirty)[:ROWS_AT_ONCE]
        for conversation_id in batch:
            del self._dirty[conversation_id]
        if self._dirty:
            self._wake.set()
        readers = [one for one in self.sessions if one.is_ready and one.user.may(Permission.READ_CONVERSATIONS)]
        if not batch or not readers:
            return
        async with self._house.db.reading() as tx:
            rows = await rows_of(tx, batch)
            totals = {one.user.id: await counts(tx, one.user.id) for one in {r.user.id: r for r in readers}.values()}
            scopes = {one.user.id: await visibility.scope(tx, one.user.id, one.user.role) for one in readers}
        if len(self.inbox_of) > 20_000:
            self.inbox_of.clear()
            self._told.clear()
        for row in rows:
            self.inbox_of[row["id"]] = row["inbox"]["id"]
            frame = encode({"t": "row", "row": row})
            has_moved = self._told.get(row["id"]) != row["epoch"]
            self._told[row["id"]] = row["epoch"]
            for session in readers:
                if scopes[session.user.id].may_see_row(row):
                    session.socket.push(frame)
                    continue
                session.lose(row["id"])
                if has_moved:
                    session.socket.push(encode({"t": "gone", "conversation": row["id"]}))
        for session in readers:
            session.socket.push(encode({"t": "counts", **totals[session.user.id]}))

    async def _send_places(self) -> None:
        """Every waiting customer whose widget is open here learns the new place."""
        async with self._house.db.reading() as tx:
            waiting = await queries.places(tx)
            bands: dict[tuple[Any, int], Any] = {}
            for one in waiting:
                if self._house.live.is_watched(one["conversation_id"]):
                    key = (one["queue_id"], one["place"])
                    if key not in bands:
                        bands[key] = await queries.band(tx, *key)
        for one in waiting:
            conversation_id, queue_id = one.pop("conversation_id"), one.pop("queue_id")
            if self._house.live.is_watched(conversation_id):
                self._house.live.signal(
                    conversation_id, "queue", one | {"band_seconds": bands.get((queue_id, one["place"]))}
                )


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    with suppress(AppError):
        await work
