"""From what raters say to one verdict, and how far the raters can be trusted. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from tongxi.calibration.bounds import Count, upper_bound


class Verdict(StrEnum):
    """What a rater finds."""

    RIGHT = "right"
    INCOMPLETE = "incomplete"
    """Correct as far as it goes; counted apart, not as wrong."""
    WRONG = "wrong"
    """Wrong, unsafe or unsupported."""


class Settled(NamedTuple):
    """Where an answer stands."""

    verdict: Verdict | None
    """None while labels are missing."""
    missing: int
    """Labels still needed."""


def settle(labels: Sequence[Verdict], raters: int) -> Settled:
    """The verdict of `raters` people, in their order; a third decides when they differ about "wrong"."""
    missing = raters - len(labels)
    if missing > 0:
        return Settled(None, missing)
    wrong = [label is Verdict.WRONG for label in labels[: raters + 1]]
    if len(set(wrong[:raters])) > 1:
        if len(wrong) <= raters:
            return Settled(None, 1)
        is_wrong = wrong.count(True) * 2 > len(wrong)
    else:
        is_wrong = wrong[0]
    if is_wrong:
        return Settled(Verdict.WRONG, 0)
    kinds = [label for label in labels[: raters + 1] if label is not Verdict.WRONG]
    return Settled(Verdict.INCOMPLETE if Verdict.INCOMPLETE in kinds else Verdict.RIGHT, 0)


def kappa(pairs: Sequence[tuple[Verdict, Verdict]]) -> float | None:
    """Cohen's kappa of "wrong or not" over the first two labels of each answer; None when nobody ever said wrong.

    Range -1…1; 0 is what chance gives. Source: Cohen 1960.
    """
    n = len(pairs)
    table = Counter((a is Verdict.WRONG, b is Verdict.WRONG) for a, b in pairs)
    if n == 0 or table[False, False] == n or table[True, True] == n:
        return None
    agreed = (table[True, True] + table[False, False]) / n
    first = (table[True, True] + table[True, False]) / n
    second = (table[True, True] + table[False, True]) / n
    chance = first * second + (1 - first) * (1 - second)
    return (agreed - chance) / (1 - chance)


def missed(planted: int, overlooked: int, delta: float) -> tuple[float | None, float]:
    """Share of planted errors that raters let pass, and its upper bound at confidence 1 - delta; 0…1."""
    if not planted:
        return None, 1.0
    return overlooked / planted, upper_bound(Count(planted, overlooked), delta)


def true_bound(alpha: float, miss_rate: float) -> float:
    """The bound on what is really wrong when raters overlook `miss_rate` of the wrong answers; at most 1."""
    return 1.0 if miss_rate >= 1 else min(1.0, alpha / (1 - miss_rate))
