"""How soon a message needs somebody: low, normal, high or critical. Fixed rules for danger, beside learnt readings. Pure.

`critical` is a person in danger, a product or place about to hurt someone, money leaving at this moment, thoughts of ending
one's life. A rule alone makes it so, whatever the weights say; so does the learnt reading of danger, and that of the levels.
Figures: docs/reference/signals.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tongxi.decisions import Reason
from tongxi.kit.text import READINGS
from tongxi.signals.danger import danger
from tongxi.signals.danger_reading import danger_share
from tongxi.signals.linear import shares

Level = Literal["low", "normal", "high", "critical"]
LEVELS: tuple[Level, ...] = ("low", "normal", "high", "critical")
"""Rising; the order of the head's columns."""
CODE = "urgency"
DANGER_AT = 0.4
"""Learnt probability of danger from which a message counts as critical without a rule. Low: a miss may cost a life."""
CRITICAL_AT = 0.3
"""The same, of the level `critical`."""


@dataclass(frozen=True, slots=True)
class Urgency:
    """A level and what speaks for it."""

    level: Level
    score: float
    """Expected level, 0 (low) … 1 (critical)."""
    reason: Reason
    """Code `danger` with the wording when a rule saw it, else `urgency` with the probability of the level; `span` is the
    sentence that was read as danger."""


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
    danger_now, span = danger_share(text)
    if danger_now >= DANGER_AT:
        value = round(danger_now, 3)
        return Urgency("critical", max(score, value), Reason(code=CODE, value=value, threshold=DANGER_AT, span=span))
    if guesses[3] >= CRITICAL_AT:
        return Urgency("critical", score, Reason(code=CODE, value=round(guesses[3], 3), threshold=CRITICAL_AT))
    best = max(range(3), key=guesses.__getitem__)
    return Urgency(LEVELS[best], score, Reason(code=CODE, value=round(guesses[best], 3)))
