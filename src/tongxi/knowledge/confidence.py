"""How far a search result can be trusted: a logistic model of what BM25 gives. Pure.

Fitted by scripts/fit_confidence.py; method, n and calibration in docs/reference/search.md.
"""

from __future__ import annotations

import math
from typing import NamedTuple

WEIGHTS = (-4.979, 4.247, 3.437, 3.182, 1.097)
"""Bias, share of the possible score, margin, overlap with the matched question, length."""

AMBIGUOUS = 0.5
"""Confidence of each of several articles that a bare word fits alike: enough to ask, not enough to answer."""


class Evidence(NamedTuple):
    """What speaks for a hit."""

    score: float
    ceiling: float
    """The score of a row with every asked term at its best."""
    rival: float
    """Score of the best other article."""
    overlap: float
    """Dice overlap of the question with the nearest title or example question, 0…1."""
    terms: int
    """Different terms asked."""
    is_ambiguous: bool = False
    """The whole question is only a part of this name and of another article's."""

    def features(self) -> tuple[float, ...]:
        """What the model looks at, in the order of `WEIGHTS`."""
        share = self.score / self.ceiling if self.ceiling > 0 else 0.0
        margin = (self.score - self.rival) / max(self.score, self.rival) if self.score > 0 else 0.0
        return 1.0, min(1.0, share), margin, self.overlap, math.log1p(self.terms) - 2.0


def of(evidence: Evidence) -> float:
    """How likely the hit is the right one, 0…1."""
    z = sum(weight * value for weight, value in zip(WEIGHTS, evidence.features(), strict=True))
    likely = 1 / (1 + math.exp(-z))
    return AMBIGUOUS if evidence.is_ambiguous else likely
