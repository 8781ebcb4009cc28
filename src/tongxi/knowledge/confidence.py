"""How likely each found entry is the right one, or none of them: a multinomial logit over the candidates. Pure.

Every candidate has a strength, "none of them" has one too; chances are the softmax over all. The weights rank and judge
at once. Fitted by scripts/fit_confidence.py; method, n and calibration in docs/reference/search.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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
    sentence: tuple[float, float] | None = None
    """Cosines of sentence vectors with the nearest title or example question, and passage; None: it has no such."""

    @property
    def is_nothing(self) -> bool:
        """Neither a word nor a meaning in common."""
        return self.words <= 0 and max(self.name, self.body, *(self.sentence or ())) <= 0

    def features(self, terms: int) -> tuple[float, ...]:
        """In the order of `Weights.entry`; `terms`: different terms asked."""
        name, body = max(0.0, self.name), max(0.0, self.body)
        length = math.log1p(terms)
        return (
            # A share of many words says more than the same share of two.
            self.words * length,
            self.words**2 * length,
            self.overlap**2,
            name,
            body,
            # Words and meaning often say the same: together they count less than their sum.
            self.words * max(name, body),
        )

    def all_features(self, terms: int) -> tuple[float, ...]:
        """In the order of `Weights.entry` where there are sentence vectors."""
        name, body = (max(0.0, cosine) for cosine in self.sentence or (0.0, 0.0))
        best = max(name, body)
        return (
            *self.features(terms), name, body, best**2, self.words * best, self.overlap**2 * name,
            float(self.sentence is None),
        )  # fmt: skip


class Asked(NamedTuple):
    """What the question is like, whatever is found."""

    terms: int
    """Different terms asked."""
    known: float
    """Share of its pieces that the encoder knows, 0…1; 0: it has no opinion, words alone count."""
    has_sentence: bool = False
    """The extra `english` made a vector of it, and the base has its own."""

    def features(self) -> tuple[float, float, float]:
        """In the order of `Weights.none`."""
        return 1.0, math.log1p(self.terms), self.known


class Weights(NamedTuple):
    """Of strengths: `entry` of a candidate, `none` of there being no right one."""

    entry: tuple[float, ...]
    none: tuple[float, float, float]


SEEING = Weights((1.6, 6.09, 2.48, 7.44, 5.09, -10.76), (4.32, -0.19, 1.76))
BLIND = Weights((6.13, -2.36, 7.11, 0.0, 0.0, 0.0), (4.74, -0.25, 0.0))
ENGLISH = Weights((-0.02, 3.41, -5.17, 4.88, 2.91, -4.05, 2.33, 8.23, 1.02, -1.63, 4.97, 2.79), (1.74, -0.15, 5.09))
ENGLISH_BLIND = Weights((1.53, 1.48, -1.88, 0.0, 0.0, 0.0, 3.94, 9.35, 2.14, -3.4, 2.19, 4.56), (5.75, -0.07, 0.0))
"""Of questions with a sentence vector: with the encoder's opinion, and without."""


def of(evidence: Sequence[Evidence], asked: Asked) -> list[float]:
    """How likely each is the right one, 0…1; together at most 1."""
    if not evidence:
        return []
    if asked.has_sentence:
        weights = ENGLISH if asked.known > 0 else ENGLISH_BLIND
        seen = np.array([e.all_features(asked.terms) for e in evidence])
    else:
        weights = SEEING if asked.known > 0 else BLIND
        seen = np.array([e.features(asked.terms) for e in evidence])
    strengths = seen @ np.array(weights.entry)
    none = float(np.dot(asked.features(), weights.none))
    top = max(float(strengths.max()), none)
    shares = np.exp(strengths - top)
    return [float(share) for share in shares / (shares.sum() + math.exp(none - top))]


def rough(words: Floats, names: Floats, bodies: Floats) -> Floats:
    """A strength without the costly evidence, for choosing candidates: one value an entry."""
    likeness: Floats = np.maximum(names, bodies)
    return words + likeness
