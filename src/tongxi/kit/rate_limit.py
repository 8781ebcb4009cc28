"""How often somebody may do something: one `Limiter` for a process, shared through Redis where there are several.

In process it is a virtual-time token bucket (GCRA): one number a key, about a microsecond a check, no timers. The
`limits` library serves Redis only: its memory store walks all keys in a task of its own after every hit.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tongxi.kit.errors import AppError

if TYPE_CHECKING:
    from limits.aio.strategies import RateLimiter


class RateLimited(AppError):
    """Too many requests; wait a little and try again."""

    code = "rate_limited"
    status = 429

    def __init__(self, retry_after: float) -> None:
        """`retry_after`: seconds, rounded up to whole ones, at least 1."""
        super().__init__(None, retry_after=max(1, math.ceil(retry_after)))


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `times` within any `per`, all at once if need be; then evenly."""

    times: int
    per: timedelta
    name: str
    """What is counted, e.g. `widget.send`; part of the key."""

    @property
    def seconds(self) -> float:
        """Length of the window."""
        return self.per.total_seconds()


class Limiter:
    """Counts hits by rate and key."""

    def __init__(self, redis_url: str | None = None, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._due: dict[tuple[str, str], float] = {}
        """When the bucket of a key is full again."""
        self._sweep_at = 1024
        self._redis = _redis_strategy(redis_url) if redis_url else None

    async def check(self, rate: Rate, key: str) -> None:
        """Count one hit. Raises: `RateLimited` when it is one too many (such a hit does not count)."""
        wait = await self._shared(rate, key) if self._redis else self.hit(rate, key)
        if wait > 0:
            raise RateLimited(wait)

    def hit(self, rate: Rate, key: str) -> float:
        """Count one hit in this process; give 0 when it is allowed, else the seconds to wait."""
        now = self._now()
        step = rate.seconds / rate.times
        place = (rate.name, key)
        due = max(self._due.get(place, now), now) + step
        wait = due - now - rate.seconds
        if wait > 1e-9:
            return wait
        self._due[place] = due
        if len(self._due) > self._sweep_at:
            self._due = {name: at for name, at in self._due.items() if at > now}
            self._sweep_at = max(1024, 2 * len(self._due))
        return 0.0

    async def _shared(self, rate: Rate, key: str) -> float:
        from limits import RateLimitItemPerSecond
        from limits.errors import StorageError

        assert self._redis is not None
        item = RateLimitItemPerSecond(rate.times, max(1, round(rate.seconds)), namespace="tongxi")
        try:
            if await self._redis.hit(item, rate.name, key):
                return 0.0
            stats = await self._redis.get_window_stats(item, rate.name, key)
        except StorageError:
            return self.hit(rate, key)  # without Redis each process counts for itself
        return max(1.0, stats.reset_time - time.time())


def network_of(ip: str) -> str:
    """An address as a key to count by: an IPv6 customer has a whole /64. What is no address stays as it is."""
    try:
        found = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return ip
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _redis_strategy(url: str) -> RateLimiter:
    from limits.aio.storage import RedisStorage
    from limits.aio.strategies import SlidingWindowCounterRateLimiter

    return SlidingWindowCounterRateLimiter(RedisStorage(f"async+{url}", wrap_exceptions=True, implementation="redispy"))
