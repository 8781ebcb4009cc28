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
SMALL = 0.05
"""Below this alpha those stakes lose faster on right answers than they win on a doubled risk: one of 1 is added, the
best against a doubling. Any mixture of bets keeps the bound on false alarms."""
RUNS, BLOCK = 600, 60
"""Simulated runs behind `audits_until_alarm`, and how many of them are in memory at once."""
HORIZON = 50
"""Audits that are simulated, times 1/alpha: ten times what a doubled risk needs."""


def stakes(alpha: float) -> tuple[float, ...]:
    """What is bet on "wrong", per unit of surprise."""
    return (*(bet / alpha for bet in BETS), *((1.0,) if alpha < SMALL else ()))


class Monitor:
    """One watch: begins at 1 with each certificate and at each tightening."""

    def __init__(self, alpha: float, delta: float) -> None:
        self.alpha, self.delta = alpha, delta
        self.audits = self.wrong = 0
        self._stakes = stakes(alpha)
        self._logs = [0.0] * len(self._stakes)

    @property
    def evidence(self) -> float:
        """What a unit bet has become; 1 at the start."""
        return sum(math.exp(min(value, 700.0)) for value in self._logs) / len(self._logs)

    @property
    def alarm(self) -> bool:
        """Enough evidence that the risk is above alpha."""
        return self.evidence >= 1 / self.delta

    def add(self, wrong: bool) -> bool:
        """Take the next audit in its order; tell whether the alarm stands."""
        self.audits += 1
        self.wrong += wrong
        for place, stake in enumerate(self._stakes):
            self._logs[place] += math.log1p(stake * (float(wrong) - self.alpha))
        return self.alarm


def alarms(losses: np.ndarray[tuple[int, int], np.dtype[np.bool_]], alpha: float, delta: float) -> list[int | None]:
    """Number of the audit that raises the alarm, from 1, of every row of `losses`: (runs, audits); None: none."""
    logs = np.stack([np.cumsum(np.log1p(stake * (losses - alpha)), axis=1) for stake in stakes(alpha)])
    is_alarm = np.logaddexp.reduce(logs, axis=0) - math.log(len(logs)) >= -math.log(delta)
    return [int(row.argmax()) + 1 if row.any() else None for row in is_alarm]


@lru_cache(maxsize=256)
def audits_until_alarm(alpha: float, delta: float, risk: float) -> int | None:
    """Median number of audits until the alarm when the true risk is `risk`; None beyond the horizon.

    Simulated, some 0.2 s at alpha 0.05 and 1 s at 0.01, then remembered: not for the event loop.
    """
    horizon, chance = round(HORIZON / alpha), np.random.default_rng(0)
    found: list[int | None] = []
    for _ in range(RUNS // BLOCK):
        found += alarms(chance.random((BLOCK, horizon)) < risk, alpha, delta)
    median = sorted(horizon + 1 if at is None else at for at in found)[RUNS // 2]
    return median if median <= horizon else None
