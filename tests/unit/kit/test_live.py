"""A reader gets every entry once and in order, whatever order commits are announced in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from tongxi.kit.live import Live, Subscription

CONVERSATION = uuid4()


@dataclass(frozen=True)
class One:
    seq: int


class Bench:
    """A log in memory, the hub, and a reader of it."""

    def __init__(self, page: int = 3) -> None:
        self.stored: list[One] = []
        self.page = page
        self.fetches = 0
        self.failing = 0
        self.live = Live(self._fetch)
        self.got: list[int] = []
        self.signals: list[str] = []

    async def _fetch(self, _: UUID, after: int) -> Sequence[One]:
        self.fetches += 1
        await asyncio.sleep(0)
        if self.failing:
            self.failing -= 1
            raise OSError("the database is away")
        return [one for one in self.stored if one.seq > after][: self.page]

    def subscribe(self) -> Subscription:
        return self.live.subscribe(
            CONVERSATION,
            lambda _, entries: self.got.extend(one.seq for one in entries),
            lambda _, kind, payload: self.signals.append(kind),
        )

    def commit(self, n: int) -> list[One]:
        new = [One(len(self.stored) + 1 + k) for k in range(n)]
        self.stored.extend(new)
        return new

    def publish(self, entries: Sequence[One], **options: Any) -> None:
        self.live.publish(CONVERSATION, entries, **options)

    async def settle(self) -> None:
        for _ in range(400):
            if not self.live._tasks:
                return
            await asyncio.sleep(0.005 if self.failing else 0)


async def test_the_next_entry_is_handed_over_without_a_read() -> None:
    bench = Bench()
    bench.subscribe().start(0)
    bench.publish(bench.commit(2))
    bench.publish(bench.commit(1))
    assert bench.got == [1, 2, 3]
    assert bench.fetches == 0


async def test_a_gap_is_fetched() -> None:
    bench = Bench()
    bench.subscribe().start(0)
    bench.commit(2)  # committed by another process
    bench.publish(bench.commit(1))
    await bench.settle()
    assert bench.got == [1, 2, 3]
    assert bench.fetches > 0


async def test_what_was_seen_is_not_delivered_again() -> None:
    bench = Bench()
    bench.subscribe().start(0)
    first = bench.commit(2)
    bench.publish(first)
    bench.publish(first)
    bench.publish([*first, *bench.commit(1)])
    await bench.settle()
    assert bench.got == [1, 2, 3]


async def test_nothing_before_the_snapshot_and_nothing_lost_while_it_is_taken() -> None:
    bench = Bench()
    bench.commit(4)
    reader = bench.subscribe()
    late = bench.commit(1)
    bench.publish(late)
    assert bench.got == []
    reader.start(4)
    await bench.settle()
    assert bench.got == [5]


async def test_a_failing_read_is_tried_again() -> None:
    bench = Bench()
    bench.failing = 1
    bench.subscribe().start(0)
    bench.commit(1)
    bench.publish(bench.commit(1))
    async with asyncio.timeout(3):
        while bench.got != [1, 2]:  # noqa: ASYNC110 - the reader is what is waited for
            await asyncio.sleep(0.01)


async def test_unsubscribed_hears_nothing() -> None:
    bench = Bench()
    reader = bench.subscribe()
    reader.start(0)
    assert bench.live.is_watched(CONVERSATION)
    bench.live.unsubscribe(reader)
    bench.live.unsubscribe(reader)
    bench.publish(bench.commit(1), changed=True)
    bench.live.signal(CONVERSATION, "typing", None)
    assert (bench.got, bench.signals) == ([], [])
    assert not bench.live.is_watched(CONVERSATION)


async def test_changes_are_signalled_after_the_entries() -> None:
    bench = Bench()
    bench.subscribe().start(0)
    heard: list[bool] = []
    watcher = lambda _, changed: heard.append(changed)  # noqa: E731 - the same one is taken off again
    bench.live.watch(watcher)
    bench.publish(bench.commit(1), changed=True)
    bench.live.unwatch(watcher)
    bench.publish([])
    assert (bench.got, bench.signals, heard) == ([1], ["changed"], [True])


@st.composite
def announcements(draw: st.DrawFn) -> list[tuple[str, int]]:
    """Steps: commit n entries and keep their announcement, announce the i-th kept one, or let the loop run."""
    return draw(
        st.lists(
            st.tuples(st.sampled_from(["commit", "announce", "announce", "twice", "run"]), st.integers(1, 4)),
            max_size=40,
        )
    )


@given(announcements(), st.integers(0, 10), st.integers(1, 5))
@settings(max_examples=150, deadline=None)
def test_any_order_of_announcements(steps: list[tuple[str, int]], start_after: int, page: int) -> None:
    async def run() -> None:
        bench = Bench(page)
        reader = bench.subscribe()
        kept: list[list[One]] = []
        for n, (what, size) in enumerate(steps):
            if n == start_after:
                reader.start(0)
            match what:
                case "commit":
                    kept.append(bench.commit(size))
                case "announce" if kept:
                    bench.publish(kept.pop(size % len(kept)))
                case "twice" if kept:
                    bench.publish(kept[size % len(kept)])
                case "run":
                    await asyncio.sleep(0)
            assert bench.got == list(range(1, len(bench.got) + 1))
        if start_after >= len(steps):
            reader.start(0)
        for entries in reversed(kept):
            bench.publish(entries)
        # Nothing more is announced: whoever was told of the newest entry has all of them.
        bench.publish(bench.commit(1))
        await bench.settle()
        assert bench.got == [one.seq for one in bench.stored]
        await bench.live.close()

    asyncio.run(run())
