"""The leading feeling of a writer, one of seven; learnt. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tongxi.kit.text import READINGS
from tongxi.signals.linear import shares

Label = Literal["angry", "anxious", "disappointed", "grateful", "happy", "neutral", "sad"]
LABELS: tuple[Label, ...] = ("angry", "anxious", "disappointed", "grateful", "happy", "neutral", "sad")
"""In the order of the head's columns."""


@dataclass(frozen=True, slots=True)
class Emotion:
    """A feeling and how sure the reading is."""

    label: Label
    share: float
    """Probability of the label, 0…1."""


@lru_cache(maxsize=READINGS)
def emotion(text: str) -> Emotion:
    """Read one message; empty text is neutral."""
    if not text.strip():
        return Emotion("neutral", 1.0)
    guesses = shares("emotion", text)
    best = int(guesses.argmax())
    return Emotion(LABELS[best], round(float(guesses[best]), 3))
