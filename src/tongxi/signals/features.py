"""What the linear detectors read in a text: hashed pieces of characters and words, and signs of the rules. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tongxi.kit.text import READINGS, fold
from tongxi.signals.danger import danger_in
from tongxi.signals.literals import AT_HAND
from tongxi.signals.mood import read
from tongxi.signals.risk import codes

BUCKETS = 1 << 15
MAX_CHARS = 2_000

_RUNS = re.compile(r"[a-z0-9']+|[\u3400-\u9fff]+|[^\s]")


@lru_cache(maxsize=READINGS)
def columns(text: str) -> NDArray[np.int64]:
    """Buckets of the pieces of a text, sorted, each once: (pieces,), 0 … BUCKETS - 1."""
    folded = fold(text[:MAX_CHARS]).text
    return joined(folded, signs(folded))


def joined(folded: str, extra: set[str]) -> NDArray[np.int64]:
    """Buckets of the pieces of folded text and of further signs, sorted, each once."""
    return np.array(sorted(_hashed(folded) | {crc32(one.encode()) % BUCKETS for one in extra}), dtype=np.int64)


@lru_cache(maxsize=AT_HAND)
def _hashed(folded: str) -> frozenset[int]:
    """Several detectors read the same pieces."""
    return frozenset(crc32(piece.encode()) % BUCKETS for piece in pieces(folded))


def pieces(folded: str) -> set[str]:
    """Han 1–4-grams, Latin words, pairs of words and 4-grams, marks, and the rough length."""
    found: set[str] = set()
    before = "<"
    for run in _RUNS.findall(folded):
        if "\u3400" <= run[0] <= "\u9fff":
            found.update([run[i : i + n] for n in (1, 2, 3, 4) for i in range(len(run) - n + 1)])
        elif run[0].isalnum():
            padded = f" {run} "
            found.add(padded)
            found.add(f"{before} {run}")
            if len(run) > 3:
                found.update([f"~{padded[i : i + 4]}" for i in range(len(padded) - 3)])
        else:
            found.add(run)
        before = run
    found.add(f"={min(6, len(folded) // 12)}")
    return found


def signs(folded: str) -> set[str]:
    """What the fixed rules see in folded text: kinds of danger, risks, mood."""
    return {
        f"@mood{read(folded)[0]}",
        *(f"@{code}" for code in codes(folded)),
        *(f"@!{kind}" for kind, _ in danger_in(folded)),
    }
