"""Clocks: aware, UTC, and still when they should be."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tongxi.kit.clock import Clock, FakeClock, SystemClock


def test_the_system_clock_is_aware_and_utc() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


def test_a_fake_clock_moves_only_when_told() -> None:
    clock: Clock = (fake := FakeClock())
    start = clock.now()
    assert clock.now() == start
    assert fake.advance(minutes=3) == start + timedelta(minutes=3) == clock.now()
    assert fake.advance(timedelta(seconds=1)) == clock.now()
    assert clock.monotonic() == 181


def test_a_fake_clock_keeps_utc_and_refuses_what_makes_no_sense() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert FakeClock(datetime(2026, 1, 1, 8, tzinfo=shanghai)).now() == datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(AssertionError):
        FakeClock(datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(AssertionError):
        FakeClock().advance(seconds=-1)
