"""Leaves a system alone that keeps failing, and lets one call through now and then to see if it is back. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Breaker:
    """Closed: calls pass. Open: none does until `rest_seconds` are over, then one at a time until one succeeds."""

    failures_to_open: int = 5
    rest_seconds: float = 10
    failures: int = 0
    """In a row."""
    retry_at: float = 0
    """Monotonic seconds; meaningful while open."""

    @property
    def is_open(self) -> bool:
        return self.failures >= self.failures_to_open

    def allows(self, now: float) -> bool:
        """May a call be made at `now` (monotonic seconds)? While open, a yes claims the one trial call."""
        if not self.is_open:
            return True
        if now < self.retry_at:
            return False
        self.retry_at = now + self.rest_seconds
        return True

    def succeeded(self) -> None:
        self.failures = 0

    def failed(self, now: float) -> None:
        self.failures += 1
        if self.is_open:
            self.retry_at = now + self.rest_seconds
