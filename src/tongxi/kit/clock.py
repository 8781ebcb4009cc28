"""Time as an argument: whoever needs the hour is given a `Clock`, so tests and replays choose it."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time. `SystemClock` in the product, `FakeClock` in tests, replay and simulation."""

    def now(self) -> datetime:
        """Current time, aware, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back. For durations, not for dates."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class FakeClock:
    """Stands still until told to move. `start` must be aware."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) -> None:
        assert start.tzinfo is not None, "a naive time has no meaning"
        self._start = self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._start).total_seconds()

    def advance(self, by: timedelta | None = None, /, **units: float) -> datetime:
        """Move forward by a timedelta or by its units (`advance(minutes=3)`); give the new time."""
        step = by if by is not None else timedelta(**units)
        assert step >= timedelta(0), "time does not go back"
        self._now += step
        return self._now
