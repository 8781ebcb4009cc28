"""How far a search result can be trusted: a logistic model of what BM25 gives. Pure."""

from __future__ import annotations

import math

WEIGHTS = (-4.979, 4.247, 3.437, 3.182, 1.097)
"""Bias, share of the possible score, margin to the runner-up, overlap with the matched question, log of the length."""


def features(score: float, ceiling: float, rival: float, overlap: float, terms: int) -> tuple[float, ...]:
    """What the model looks at. `ceiling` is the score a row with every asked term would have."""
    share = score / ceiling if ceiling > 0 else 0.0
    margin = (score - rival) / max(score, rival) if score > 0 else 0.0
    return 1.0, min(1.0, share), margin, overlap, math.log1p(terms) - 2.0


def of(score: float, ceiling: float, rival: float, overlap: float, terms: int) -> float:
    """How likely the hit is the right one, 0…1. `rival` is the best other article's score."""
    z = sum(w * x for w, x in zip(WEIGHTS, features(score, ceiling, rival, overlap, terms), strict=True))
    return 1 / (1 + math.exp(-z))
