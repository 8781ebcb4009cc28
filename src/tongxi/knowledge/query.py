"""A question as the search takes it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from tongxi.encoder import Encoder
from tongxi.kit.text import normalise
from tongxi.knowledge.arrays import Floats
from tongxi.knowledge.text import tokens

MAX_TERMS = 160
"""Different terms of a query that count; a pasted letter is read by its first ones."""
MEANT_CHARS = 160
"""A longer question is a letter: the encoder, made for short texts, is not asked."""
TRUSTED = (0.4, 0.6)
"""Known share of a question's pieces at which its meaning begins to count, and from which it counts in full."""

_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the search takes it."""

    terms: tuple[str, ...]
    vector: Floats
    """(dimensions,); its length, 0…1, is how far the encoder can be trusted: zeros where it has no opinion."""
    known: float
    """Share of the question's pieces that the encoder knows, 0…1."""
    wording: str = ""
    """Without marks, to be compared with titles and example questions."""
    sentence: Floats | None = None
    """(dimensions,), of length 1: the vector of the extra `english`."""

    @classmethod
    def of(cls, text: str, encoder: Encoder, sentence: Floats | None = None) -> Query:
        """Read normalised text."""
        short = text if len(text) <= MEANT_CHARS else ""
        vector, known = encoder.read(short)
        low, high = TRUSTED
        trust = np.float32(min(1.0, max(0.0, (known - low) / (high - low))))
        terms = tuple(dict.fromkeys(tokens(text)))[:MAX_TERMS]
        return cls(terms, vector * trust, known, wording(short), sentence)


def wording(normalised: str) -> str:
    """Without marks, to be compared word by word."""
    return _MARKS.sub(" ", normalised.replace("’", "'").replace("what's", "what is")).strip()


def terms_of(text: str) -> list[str]:
    """The terms of a text that is not normalised yet."""
    return tokens(normalise(text))
