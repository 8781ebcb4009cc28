"""How upset a customer sounds, learnt: sarcasm and complaints that hold no wording of anger. Pure.

`mood` sees fixed wordings; this sees the rest, and says whether a wording such as 到底 or "complain" was meant that way.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from tongxi.kit.text import READINGS
from tongxi.signals.features import columns
from tongxi.signals.linear import heads
from tongxi.signals.mood import mood

CODE = "upset"
UPSET_AT = 0.25
"""From this probability on a message without a wording of anger counts as a mood of -2."""
CALM_AT = 0.1
"""Below it a wording of displeasure alone (到底选哪个, "how do I complain") counts as -1."""


@lru_cache(maxsize=READINGS)
def upset(text: str) -> float:
    """Probability that the writer is angry or threatens, 0…1; empty text is 0."""
    if not text.strip():
        return 0.0
    return round(float(1 / (1 + np.exp(-heads()["upset"].logits(columns(text))[0]))), 3)


def felt(text: str) -> int:
    """How the writer feels, -3…2: the wording of `mood`, corrected by the learnt reading where that is clear."""
    level, share = mood(text), upset(text)
    if level == -2 and share < CALM_AT:
        return -1
    return min(level, -2) if share >= UPSET_AT else level
