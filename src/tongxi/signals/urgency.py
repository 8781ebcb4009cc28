"""How soon a message needs somebody: low, normal, high or critical. Fixed rules for danger, beside a learnt reading. Pure.

`critical` is a person in danger, a product or place about to hurt someone, money leaving at this moment, thoughts of ending
one's life: a rule alone makes it so, whatever the weights say. Figures: docs/reference/signals.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tongxi.decisions import Reason
from tongxi.kit.text import READINGS
from tongxi.signals.danger import danger
from tongxi.signals.linear import shares

Level = Literal["low", "normal", "high", "critical"]
LEVELS: tuple[Level, ...] = ("low", "normal", "high", "critical")
"""Rising; the order of the head's columns."""
CODE = "urgency"
CRITICAL_AT = 0.3
"""Learnt probability from which a message counts as critical without a rule."""


@dataclass(frozen=True, slots=True)
class Urgency:
    """A level and what speaks for it."""

    level: Level
    score: float
    """Expected level, 0 (low) … 1 (critical)."""
    reason: Reason
    """Code `danger` with the wording when a rule saw it, else `urgency` with the probability of the level."""


@lru_cache(maxsize=READINGS)
def urgency(text: str) -> Urgency:
    """Read one message; empty text is low."""
    if not text.strip():
        return Urgency("low", 0.0, Reason(code=CODE, value=1.0))
    ruled = danger(text)
    if ruled:
        return Urgency("critical", 1.0, ruled)
    guesses = [float(share) for share in shares("urgency", text)]
    score = round(sum(i * share for i, share in enumerate(guesses)) / 3, 3)
    if guesses[3] >= CRITICAL_AT:
        return Urgency("critical", score, Reason(code=CODE, value=round(guesses[3], 3), threshold=CRITICAL_AT))
    best = max(range(3), key=guesses.__getitem__)
    return Urgency(LEVELS[best], score, Reason(code=CODE, value=round(guesses[best], 3)))
