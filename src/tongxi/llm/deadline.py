"""The time one question may take, shared out over the engines it is put to."""

from __future__ import annotations

from tongxi.kit.clock import Clock
from tongxi.llm.protocol import ModelFailed

FIRST_SHARE = 0.65
"""Of the time that is left, for an engine that has another one behind it."""


class Deadline:
    """Begins when it is made."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._started = clock.monotonic()
        self.end = self._started + seconds
        """Monotonic seconds."""

    def used(self) -> float:
        """Seconds since the question was put."""
        return self._clock.monotonic() - self._started

    def left(self) -> float:
        """Seconds; negative when it is over."""
        return self.end - self._clock.monotonic()

    def share(self, *, is_last: bool) -> float:
        """Seconds for an engine: all that is left for the last one, else enough is left for the next."""
        return max(0.001, self.left() * (1.0 if is_last else FIRST_SHARE))

    def over(self, error: ModelFailed) -> ModelFailed:
        """The failure, with how long it took."""
        error.seconds = self.used()
        return error
