"""Exact binomial bounds on a rate of wrong answers, and the search for the loosest threshold that keeps one. Pure.

Source: Angelopoulos et al. 2021 (Learn then Test); Clopper and Pearson 1934; Angelopoulos et al. 2022 (conformal risk
control) for `loosest_conformal`. Method: docs/explanation/promised-error-rate.md.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

STARTS = 5
"""Start points of the fixed sequence; each spends the same part of the error budget."""
_STEPS = 60
"""Halvings of an interval within 0…1: below the spacing of floats."""


class Count(NamedTuple):
    """What was found at one threshold."""

    answered: int
    wrong: int


def binomial_cdf(k: int, n: int, p: float) -> float:
    """Chance of at most `k` in `n` independent trials of chance `p`. Summed from the largest term outwards."""
    if k < 0:
        return 0.0
    if k >= n or p <= 0.0:
        return 1.0
    if p >= 1.0:
        return 0.0
    if k < n * p:
        return min(1.0, _tail(k, n, p, down=True))
    return max(0.0, 1.0 - _tail(k + 1, n, p, down=False))


def _tail(k: int, n: int, p: float, *, down: bool) -> float:
    """Sum of the terms from `k` on, away from the mean, where each is smaller than the one before."""
    term = math.exp(
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log1p(-p)
    )
    total, odds = 0.0, p / (1 - p)
    while term > total * 1e-17 and 0 <= k <= n:
        total += term
        term *= k / ((n - k + 1) * odds) if down else (n - k) * odds / (k + 1)
        k += -1 if down else 1
    return total


@lru_cache(maxsize=65536)
def p_value(count: Count, alpha: float) -> float:
    """Of "the true risk is above `alpha`", 0…1; 1 when nothing was answered."""
    return binomial_cdf(count.wrong, count.answered, alpha) if count.answered else 1.0


def upper_bound(count: Count, delta: float) -> float:
    """One-sided Clopper–Pearson bound: the rate the truth exceeds with chance at most `delta`, 0…1."""
    if count.wrong >= count.answered:
        return 1.0
    low, high = count.wrong / count.answered, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if binomial_cdf(count.wrong, count.answered, middle) > delta:
            low = middle
        else:
            high = middle
    return high


def lower_bound(count: Count, delta: float) -> float:
    """The rate the truth falls below with chance at most `delta`, 0…1."""
    if not count.wrong:
        return 0.0
    return 1.0 - upper_bound(Count(count.answered, count.answered - count.wrong), delta)


def most_wrong(n: int, alpha: float, level: float) -> int | None:
    """Largest number of wrong answers among `n` that one test of `level` still certifies; None: impossible."""
    k = -1
    while k + 1 <= n and binomial_cdf(k + 1, n, alpha) <= level:
        k += 1
    return k if k >= 0 else None


def fewest(alpha: float, level: float) -> int:
    """Fewest audited answers, none of them wrong, that one test of `level` certifies."""
    n = math.ceil(math.log(level) / math.log1p(-alpha) - 1e-9)
    while binomial_cdf(0, n, alpha) > level:
        n += 1
    return n


def counts(scores: Sequence[float], wrong: Sequence[bool], grid: Sequence[float]) -> list[Count]:
    """What is answered, and wrong, at each threshold of `grid`: an answer is given when its score is at least that."""
    pairs = sorted(zip(scores, wrong, strict=True), reverse=True)
    falling = [-score for score, _ in pairs]
    errors = list(accumulate((bool(w) for _, w in pairs), initial=0))
    return [Count(n, errors[n]) for n in (bisect_right(falling, -threshold) for threshold in grid)]


def starts_of(size: int, starts: int = STARTS) -> list[int]:
    """Where the walks begin on a grid of `size`: spread evenly, strictest first."""
    return sorted({i * size // starts for i in range(starts)}) if size else []


def passed(found: Sequence[Count], alpha: float, delta: float, starts: int = STARTS) -> list[int]:
    """Places on the grid (strict → loose) whose risk is certified at most `alpha`, all together at `delta`.

    Multi-start fixed sequence: from each start point towards looser thresholds while the test at `delta / starts`
    holds. The family-wise error over all thresholds stays at or below `delta`.
    """
    held: set[int] = set()
    for start in starts_of(len(found), starts):
        for place in range(start, len(found)):
            if p_value(found[place], alpha) > delta / starts:
                break
            held.add(place)
    return sorted(held)


def loosest_conformal(
    scores: Sequence[float], wrong: Sequence[bool], grid: Sequence[float], alpha: float
) -> int | None:
    """Loosest place on the grid that keeps wrong answers **per conversation** at or below `alpha` on average.

    `scores` and `wrong` of all conversations, also those the bot would not answer (score below the loosest). An
    expectation over calibrations, not a confidence statement; never the risk among the answered.
    """
    n = len(scores)
    best = None
    for place, count in enumerate(counts(scores, wrong, grid)):
        if count.wrong / (n + 1) + 1 / (n + 1) > alpha:
            break
        best = place
    return best
