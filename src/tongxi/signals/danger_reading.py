"""How much a message sounds like danger now, learnt: what the fixed rules of `danger` do not foresee. Pure.

It reads the whole message and each sentence by itself, for danger is often one sentence of a long message.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tongxi.kit.text import READINGS, fold
from tongxi.signals.danger_words import kinds
from tongxi.signals.features import MAX_CHARS, joined
from tongxi.signals.linear import heads

MAX_SENTENCES = 40
_SENTENCE = re.compile(r"(?:[^。!?;\n.]|\.(?! ))+")


def columns(folded: str) -> NDArray[np.int64]:
    """Buckets of the pieces of folded text and of its classes of words: (pieces,), 0 … BUCKETS - 1."""
    return joined(folded, kinds(folded))


def stretches(folded: str) -> list[tuple[int, int]]:
    """The whole text, and each of its sentences where there are several."""
    found = [hit.span() for hit in _SENTENCE.finditer(folded) if hit[0].strip()]
    return [(0, len(folded)), *(found[:MAX_SENTENCES] if len(found) > 1 else ())]


@lru_cache(maxsize=READINGS)
def danger_share(text: str) -> tuple[float, tuple[int, int]]:
    """Probability of danger now, 0…1, and the stretch of the text it is highest in."""
    folded = fold(text[:MAX_CHARS])
    head = heads()["danger"]
    said = [(float(head.logits(columns(folded.text[a:b]))[0]), (a, b)) for a, b in stretches(folded.text)]
    logit, span = max(said, key=lambda one: one[0])
    return float(1 / (1 + np.exp(-logit))), folded.span(*span)
