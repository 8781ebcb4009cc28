"""Watching a certified risk: a bet against "the risk is at most alpha" whose winnings raise the alarm. Pure.

Valid at any time: the chance of ever alarming while the risk is at most alpha is at most delta (Ville's inequality), so
nothing is lost by looking after every audit. Source: docs/explanation/promised-error-rate.md, "Drift alarm".
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

BETS = (0.1, 0.3, 0.6)
"""Stakes times alpha; below 1, so that no single right answer loses everything."""
RUNS, HORIZON = 1000, 4000
"""Simulated runs and audits behind `audits_until_alarm`."""


class Monitor:
    """One watch: begins at 1 with each certificate and at each tightening."""

    def __init__(self, alpha: float, delta: float) -> None:
        self.alpha, self.delta = alpha, delta
        self.audits = self.wrong = 0
        self._logs = [0.0] * len(BETS)

    @property
    def evidence(self) -> float:
        """What a unit bet has become; 1 at the start."""
        return sum(math.exp(min(value, 700.0)) for value in self._logs) / len(BETS)

    @property
    def alarm(self) -> bool:
        """Enough evidence that the risk is above alpha."""
        return self.evidence >= 1 / self.delta

    def add(self, wrong: bool) -> bool:
        """Take the next audit in its order; tell whether the alarm stands."""
        self.audits += 1
        self.wrong += wrong
        for place, bet in enumerate(BETS):
            self._logs[place] += math.log1p(bet / self.alpha * (float(wrong) - self.alpha))
        return self.alarm


def alarms(losses: np.ndarray[tuple[int, int], np.dtype[np.bool_]], alpha: float, delta: float) -> list[int | None]:
    """Number of the audit that raises the alarm, from 1, of every row of `losses`: (runs, audits); None: none."""
    logs = np.stack([np.cumsum(np.log1p(bet / alpha * (losses - alpha)), axis=1) for bet in BETS])
    is_alarm = np.logaddexp.reduce(logs, axis=0) - math.log(len(BETS)) >= -math.log(delta)
    return [int(row.argmax()) + 1 if row.any() else None for row in is_alarm]


@lru_cache(maxsize=256)
def audits_until_alarm(alpha: float, delta: float, risk: float) -> int | None:
    """Median number of audits until the alarm when the true risk is `risk`; None beyond the horizon."""
    losses = np.random.default_rng(0).random((RUNS, HORIZON)) < risk
    found = sorted(HORIZON + 1 if at is None else at for at in alarms(losses, alpha, delta))
    median = found[RUNS // 2]
    return median if median <= HORIZON else None
