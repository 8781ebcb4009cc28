"""How often somebody may do something."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.kit.clock import FakeClock
from tongxi.kit.rate_limit import Limiter, Rate, RateLimited, network_of

RATE = Rate(5, timedelta(seconds=10), "test")


async def test_so_many_at_once_then_evenly() -> None:
    clock = FakeClock()
    limiter = Limiter(now=clock.monotonic)
    for _ in range(5):
        await limiter.check(RATE, "a")
    with pytest.raises(RateLimited) as refused:
        await limiter.check(RATE, "a")
    assert refused.value.fields == {"retry_after": 2}
    await limiter.check(RATE, "b")
    clock.advance(seconds=2)
    await limiter.check(RATE, "a")
    with pytest.raises(RateLimited):
        await limiter.check(RATE, "a")
    clock.advance(seconds=10)
    for _ in range(5):
        await limiter.check(RATE, "a")


@given(st.lists(st.floats(0, 5), max_size=200))
def test_no_window_holds_more_than_twice_the_rate(steps: list[float]) -> None:
    clock = FakeClock()
    limiter = Limiter(now=clock.monotonic)
    allowed: list[float] = []
    for step in steps:
        clock.advance(seconds=step)
        if limiter.hit(RATE, "a") == 0:
            allowed.append(clock.monotonic())
    for at in allowed:
        assert sum(at <= other < at + RATE.seconds for other in allowed) <= 2 * RATE.times


def test_waiting_as_told_is_enough() -> None:
    clock = FakeClock()
    limiter = Limiter(now=clock.monotonic)
    for _ in range(30):
        wait = limiter.hit(RATE, "a")
        clock.advance(seconds=wait)
        assert not wait or limiter.hit(RATE, "a") == 0


def test_keys_nobody_uses_are_forgotten() -> None:
    clock = FakeClock()
    limiter = Limiter(now=clock.monotonic)
    for n in range(5000):
        limiter.hit(RATE, str(n))
        clock.advance(seconds=1)
    assert len(limiter._due) < 1100


def test_an_address_counts_with_its_network() -> None:
    assert network_of("2001:db8::1:2:3") == network_of("2001:db8::9") == "2001:db8::/64"
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("fe80::1%eth0") == "fe80::/64"
    assert network_of("") == ""
