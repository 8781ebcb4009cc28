"""From a commit to the screens that watch: in-process delivery, in order, without gaps.

A subscription has a cursor. What was just committed is handed over directly when it is the next entry; anything else
(a commit of another process, two commits announced out of order, the first read) is fetched from the database, which
is the only truth. So a lost wake-up costs latency, never data.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol
from uuid import UUID

import structlog

log = structlog.get_logger(__name__)


class Numbered(Protocol):
    """An entry of a log."""

    seq: int


Fetch = Callable[[UUID, int], Awaitable[Sequence[Any]]]
"""(conversation, after) → the entries with a higher `seq`, in order; at most a page."""
Watcher = Callable[[UUID, bool], None]
"""(conversation, changed): something was committed; `changed` when its state or holder did."""


class Subscription:
    """One reader of one conversation."""

    __slots__ = ("_deliver", "_dirty", "_live", "_signal", "_syncing", "conversation_id", "cursor")

    def __init__(
        self,
        live: Live,
        conversation_id: UUID,
        deliver: Callable[[UUID, Sequence[Any]], None],
        signal: Callable[[UUID, str, Any], None],
    ) -> None:
        self._live = live
        self.conversation_id = conversation_id
        self._deliver = deliver
        self._signal = signal
        self.cursor = 0
        self._syncing = True  # until `start`: the reader is still taking its snapshot
        self._dirty = False

    def start(self, cursor: int) -> None:
        """The snapshot up to `cursor` is with the reader: deliver what comes after."""
        self.cursor = cursor
        self._syncing = False
        if self._dirty:
            self._sync()

    def offer(self, entries: Sequence[Any]) -> None:
        if self._syncing:
            self._dirty = True
            return
        if entries[0].seq <= self.cursor:
            entries = [entry for entry in entries if entry.seq > self.cursor]
            if not entries:
                return
        if entries[0].seq != self.cursor + 1:
            self._sync()
            return
        self.cursor = entries[-1].seq
        self._deliver(self.conversation_id, entries)

    def signal(self, kind: str, payload: Any) -> None:
        self._signal(self.conversation_id, kind, payload)

    def _sync(self) -> None:
        self._syncing = True
        self._live.spawn(self._catch_up())

    async def _catch_up(self) -> None:
        while True:
            self._dirty = False
            try:
                entries = await self._live.fetch(self.conversation_id, self.cursor)
            except Exception:
                log.exception("live.catch_up_failed", conversation_id=str(self.conversation_id))
                await asyncio.sleep(0.5)
                continue
            if entries:
                self.cursor = entries[-1].seq
                self._deliver(self.conversation_id, entries)
            elif not self._dirty:
                self._syncing = False
                return


class Live:
    """The hub of one process."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self._subscriptions: dict[UUID, list[Subscription]] = {}
        self._watchers: list[Watcher] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Any) -> None:
        """Run a coroutine; kept and cancelled with the hub."""
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def subscribe(
        self,
        conversation_id: UUID,
        deliver: Callable[[UUID, Sequence[Any]], None],
        signal: Callable[[UUID, str, Any], None],
    ) -> Subscription:
        """Register before taking the snapshot; nothing is delivered until `Subscription.start`."""
        subscription = Subscription(self, conversation_id, deliver, signal)
        self._subscriptions.setdefault(conversation_id, []).append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        readers = self._subscriptions.get(subscription.conversation_id)
        if readers is None or subscription not in readers:
            return
        readers.remove(subscription)
        if not readers:
            del self._subscriptions[subscription.conversation_id]

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` after every commit of any conversation."""
        self._watchers.append(watcher)

    def unwatch(self, watcher: Watcher) -> None:
        self._watchers.remove(watcher)

    def publish(self, conversation_id: UUID, entries: Sequence[Any], *, changed: bool = False) -> None:
        """Committed: hand the entries to the readers of the conversation."""
        readers = self._subscriptions.get(conversation_id)
        if readers is not None:
            for reader in tuple(readers):
                if entries:
                    reader.offer(entries)
                if changed:
                    reader.signal("changed", None)
        for watcher in self._watchers:
            watcher(conversation_id, changed)

    def signal(self, conversation_id: UUID, kind: str, payload: Any) -> None:
        """Tell the readers something that is not logged (typing, read marks, place in the queue)."""
        for reader in tuple(self._subscriptions.get(conversation_id, ())):
            reader.signal(kind, payload)

    def is_watched(self, conversation_id: UUID) -> bool:
        return conversation_id in self._subscriptions
