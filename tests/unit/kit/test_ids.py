"""Ids: UUIDv7, growing within a process whatever the clock does."""

import threading
import time
from uuid import UUID

import pytest

from tongxi.kit import ids
from tongxi.kit.ids import new_id, time_of


def test_ids_grow_and_never_repeat() -> None:
    made = [new_id() for _ in range(50_000)]
    assert made == sorted(set(made))


def test_an_id_is_a_version_7_uuid_that_knows_its_time() -> None:
    before = time.time()
    made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert UUID(str(made)) == made
    assert before - 0.002 <= time_of(made) <= time.time() + 0.002


def test_ids_grow_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert new_id() > first


def test_a_full_millisecond_borrows_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    monkeypatch.setattr(ids, "_tail", (1 << 74) - 1)
    second = new_id()
    assert second > first
    assert second.version == 7


def test_threads_do_not_make_the_same_id() -> None:
    made: list[UUID] = []
    threads = [threading.Thread(target=lambda: made.extend([new_id() for _ in range(5_000)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 20_000
