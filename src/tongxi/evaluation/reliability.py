"""How far the probabilities of the learnt classes can be believed: mean probability beside the share that was right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tongxi.evaluation.score import Score
from tongxi.signals.emotion import LABELS as EMOTIONS
from tongxi.signals.linear import shares
from tongxi.signals.sentiment import LABELS as SENTIMENTS
from tongxi.signals.urgency import CODE as LEARNT
from tongxi.signals.urgency import LEVELS, urgency

EDGES = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.000001)
"""Bins of probability."""


def scores(rows: Sequence[Mapping[str, Any]]) -> Iterator[Score]:
    """For each class a line a bin, then the expected calibration error: mean gap, weighted by lines, 0…1.

    Urgency without the lines a fixed rule decides. Source: Naeini et al. (2015), expected calibration error.
    """
    ruleless = [row for row in rows if urgency(str(row["text"])).reason.code == LEARNT]
    heads: tuple[tuple[str, Sequence[str], Sequence[Mapping[str, Any]]], ...] = (
        ("sentiment", SENTIMENTS, rows), ("emotion", EMOTIONS, rows), ("urgency", LEVELS, ruleless),
    )  # fmt: skip
    for name, labels, lines in heads:
        yield from bins(name, [_guess(name, labels, row) for row in lines])


def _guess(name: str, labels: Sequence[str], row: Mapping[str, Any]) -> tuple[float, bool]:
    """Probability of the likeliest label, and whether it is right."""
    found = shares(name, str(row["text"]))
    best = int(found.argmax())
    return float(found[best]), labels[best] == row[name]


def bins(name: str, guesses: Sequence[tuple[float, bool]]) -> Iterator[Score]:
    """A line a bin of probability, then the expected calibration error."""
    gap = 0.0
    for low, high in pairwise(EDGES):
        here = [one for one in guesses if low <= one[0] < high]
        if not here:
            continue
        mean, right = sum(share for share, _ in here) / len(here), sum(is_right for _, is_right in here)
        gap += abs(right - mean * len(here))
        yield Score(f"{name}, p {low:.1f} to {min(high, 1.0):.1f}", f"right (mean p {mean:.2f})", len(here), right)
    yield Score(name, "calibration error", len(guesses), value=gap / max(1, len(guesses)))
