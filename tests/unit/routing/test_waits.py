"""The band told to a customer against what then happened, by simulation with fixed seeds."""

from __future__ import annotations

import heapq
import itertools
import random
from statistics import NormalDist, fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.routing.waits import ENOUGH, LONGEST_SECONDS, band_seconds, gamma_quantile


def departures(rng: random.Random, agents: int, mean: float, n: int, *, sigma: float = 0.6) -> list[float]:
    """Gaps between departures from a queue that never empties: `agents` serve, log-normal service times."""
    mu = -(sigma**2) / 2
    free = [rng.uniform(0, mean) for _ in range(agents)]
    heapq.heapify(free)
    times = []
    for _ in range(n):
        at = heapq.heappop(free)
        times.append(at)
        heapq.heappush(free, at + mean * rng.lognormvariate(mu, sigma))
    return [later - earlier for earlier, later in itertools.pairwise(times)]


@pytest.mark.parametrize("agents", [1, 4, 12])
@pytest.mark.parametrize("place", [1, 3, 8])
@pytest.mark.parametrize("seen", [ENOUGH, 100])
def test_half_wait_less_than_the_first_figure_and_nine_in_ten_less_than_the_second(
    agents: int, place: int, seen: int
) -> None:
    rng = random.Random(agents * 100 + place)
    below_low, below_high = [], []
    for _ in range(400):
        gaps = departures(rng, agents, 25.0 * agents, 51 + seen + place)[50:]
        band = band_seconds(gaps[:seen], place)
        assert band is not None
        wait = sum(gaps[seen : seen + place])
        below_low.append(wait <= band[0])
        below_high.append(wait <= band[1])
    # 400 draws: the standard error is 2.5 points at the median and 1.5 at P90.
    assert 0.37 <= fmean(below_low) <= 0.62
    assert 0.84 <= fmean(below_high) <= 0.96


@pytest.mark.parametrize("shape", [0.5, 1.0, 2.0, 5.0, 40.0])
def test_the_quantiles_are_those_of_the_gamma_distribution(shape: float) -> None:
    rng = random.Random(7)
    mean = 120.0
    drawn = sorted(rng.gammavariate(shape, mean / shape) for _ in range(40_000))
    for p in (0.5, 0.9):
        got = gamma_quantile(mean, mean * mean / shape, NormalDist().inv_cdf(p))
        true = drawn[int(p * len(drawn))]
        assert got == pytest.approx(true, rel=0.06, abs=2)


def test_too_little_is_no_estimate() -> None:
    assert band_seconds([30.0] * (ENOUGH - 1), 1) is None
    assert band_seconds([30.0] * ENOUGH, 1) is not None
    assert band_seconds([30.0] * ENOUGH, 0) is None


def test_beyond_an_hour_nothing_is_told() -> None:
    assert band_seconds([600.0] * 50, 5) == (3000, 3001)
    assert band_seconds([600.0] * 50, 7) is None


@given(
    st.lists(st.floats(0, 5000, allow_nan=False), min_size=ENOUGH, max_size=200),
    st.integers(1, 300),
)
def test_a_band_is_always_a_band(gaps: list[float], place: int) -> None:
    band = band_seconds(gaps, place)
    if band is not None:
        low, high = band
        assert 0 <= low < high <= LONGEST_SECONDS + 1


@given(st.lists(st.floats(1, 500, allow_nan=False), min_size=ENOUGH, max_size=100), st.integers(1, 20))
def test_further_back_waits_longer(gaps: list[float], place: int) -> None:
    nearer, further = band_seconds(gaps, place), band_seconds(gaps, place + 1)
    if nearer is not None and further is not None:
        assert further[0] >= nearer[0]
