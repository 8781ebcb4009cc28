"""Whether a message is negative, neutral or positive; learnt, with the fixed wordings of `mood` beside it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tongxi.kit.text import READINGS, fold
from tongxi.signals.linear import shares
from tongxi.signals.mood import read

MAX_CHARS = 2_000
Label = Literal["negative", "neutral", "positive"]
LABELS: tuple[Label, ...] = ("negative", "neutral", "positive")
"""In the order of the head's columns."""


@dataclass(frozen=True, slots=True)
class Sentiment:
    """How a message sounds."""

    label: Label
    score: float
    """-1 (surely negative) … 1 (surely positive): P(positive) - P(negative)."""


@lru_cache(maxsize=READINGS)
def sentiment(text: str) -> Sentiment:
    """Read one message; empty text is neutral. A wording of fury outweighs a positive guess."""
    text = text[:MAX_CHARS]
    if not text.strip():
        return Sentiment("neutral", 0.0)
    negative, neutral, positive = (float(share) for share in shares("sentiment", text))
    if read(fold(text).text)[0] <= -3 and positive > negative:
        negative, positive = positive, negative
    best: Label = max(zip((negative, neutral, positive), LABELS, strict=True))[1]
    return Sentiment(best, round(positive - negative, 3))
