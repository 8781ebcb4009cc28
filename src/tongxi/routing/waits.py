"""How long someone will wait. Pure.

Conversations leave the queue at intervals; someone at place k waits for k of them. With the observed intervals as
they are (n of them, mean m, variance v), the sum of k has mean km and variance kv, and km itself is off by k²v/n; the
quantiles are those of the gamma distribution with these moments (Wilson–Hilferty approximation). How often the band
holds: docs/reference/waits.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, pvariance

ENOUGH = 20
"""Fewer observed intervals give no estimate: better no number than a wrong one."""
LONGEST_SECONDS = 3600
_Z90 = 1.2815515655446004


def gamma_quantile(mean: float, variance: float, z: float) -> float:
    """Quantile of the gamma distribution with these moments at the standard normal `z`; ≥ 0."""
    if variance <= 0:
        return mean
    shape = mean * mean / variance
    third = 1 / (9 * shape)
    return mean * max(0.0, 1 - third + z * sqrt(third)) ** 3


def band_seconds(gaps: Sequence[float], place: int) -> tuple[int, int] | None:
    """(P50, P90) of the wait at `place` (1 = next), from the recent intervals between departures in seconds.

    `gaps`: only those during which somebody was waiting; a pause of the queue is no service. None when there are
    fewer than `ENOUGH`, or the estimate is beyond an hour.
    """
    if len(gaps) < ENOUGH or place < 1:
        return None
    mean = fmean(gaps) * place
    variance = pvariance(gaps) * place * (1 + place / len(gaps))
    low, high = gamma_quantile(mean, variance, 0.0), gamma_quantile(mean, variance, _Z90)
    if high > LONGEST_SECONDS:
        return None
    return round(low), max(round(high), round(low) + 1)
