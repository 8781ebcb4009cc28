"""How likely each found entry is the right one, or none of them: a multinomial logit over the candidates. Pure.

Every candidate has a strength, "none of them" has one too; chances are the softmax over all. The weights rank and judge
at once. Fitted by scripts/fit_confidence.py; method, n and calibration in docs/reference/search.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class Evidence(NamedTuple):
    """What speaks for an entry."""

    words: float
    """Share of the word-search score a perfect passage would have, 0…1."""
    overlap: float
    """Dice overlap of the question's terms with the nearest title or example question, 0…1."""
    name: float
    """Cosine of the question with the nearest title or example question, -1…1."""
    body: float
    """Cosine with the nearest sentence of the text, -1…1."""

    @property
    def is_nothing(self) -> bool:
        """Neither a word nor a meaning in common."""
        return self.words <= 0 and max(self.name, self.body) <= 0

    def features(self) -> tuple[float, ...]:
        """In the order of `Weights.entry`."""
        name, body = max(0.0, self.name), max(0.0, self.body)
        return (
            self.words,
            self.overlap,
            name,
            body,
            max(name, body),
            self.words * max(name, body),
            float(self.overlap >= 1),
        )


@dataclass(frozen=True, slots=True)
class Around:
    """What the question is like, whatever is found."""

    terms: int
    """Different terms asked."""
    is_blind: bool = False
    """The encoder has no opinion; words alone count."""
    elsewhere: float = 0.0
    """How much nearer it is to a known meaning that no article is about, 0…1."""

    def features(self) -> tuple[float, ...]:
        """In the order of `Weights.none`."""
        return 1.0, math.log1p(self.terms), self.elsewhere


@dataclass(frozen=True, slots=True)
class Weights:
    """Of strengths: `entry` of a candidate, `none` of there being no right one."""

    entry: tuple[float, ...]
    none: tuple[float, ...]


SEEING = Weights((4, 2, 4, 2, 6, 0, 0), (6, 0, 4))
BLIND = Weights((8, 4, 0, 0, 0, 0, 0), (4, 0, 0))


def of(evidence: Sequence[Evidence], around: Around) -> list[float]:
    """How likely each is the right one, 0…1; together at most 1."""
    if not evidence:
        return []
    weights = BLIND if around.is_blind else SEEING
    strengths = np.array([e.features() for e in evidence]) @ np.array(weights.entry)
    none = float(np.dot(around.features(), weights.none))
    top = max(float(strengths.max()), none)
    shares = np.exp(strengths - top)
    return [float(share) for share in shares / (shares.sum() + math.exp(none - top))]


def rough(words: Floats, names: Floats, bodies: Floats) -> Floats:
    """A strength without the costly evidence, for choosing candidates: one value an entry."""
    likeness: Floats = np.maximum(names, bodies)
    return words + likeness
