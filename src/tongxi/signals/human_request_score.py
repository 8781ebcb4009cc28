"""How much a text sounds like the wish for a person: a scored lexicon of character pieces and words. Pure.

For wordings that no rule foresaw. The weights are learnt from text written for this project (CC0) by
scripts/fit_human_request.py and kept as one byte for each of 16,384 hashed pieces; figures in docs/reference/signals.md.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from zlib import crc32

BUCKETS = 1 << 14
MAX_CHARS = 60
"""Longer texts are left to the rules: in a long story the pieces add up to anything."""
SCALE = 16.0
"""Weight steps to one unit of log-odds."""

_RUNS = re.compile(r"[a-z0-9']+|[\u3400-\u9fff]+|□+|#+|[?!]")


def pieces(text: str) -> set[int]:
    """Buckets of the pieces of folded text: Han 1–4-grams, Latin words, pairs of them and their 3–4-grams."""
    found: set[str] = set()
    before = "<"
    runs = _RUNS.findall(text[:MAX_CHARS])
    for run in runs:
        if "\u3400" <= run[0] <= "\u9fff":
            padded = f"{'<' if before == '<' else ''}{run}"
            found.update(padded[i : i + n] for n in (1, 2, 3, 4) for i in range(len(padded) - n + 1))
        elif run[0] in "□#?!":
            found.add(run[0])
        else:
            padded = f" {run} "
            found.add(padded)
            found.add(f"{before} {run}")
            found.update(padded[i : i + n] for n in (3, 4) for i in range(len(padded) - n + 1))
        before = run
    found.add(f"{before[-2:]}>")
    found.add(f"={min(len(runs), 12)}")
    return {crc32(piece.encode()) % BUCKETS for piece in found}


def score(text: str) -> float:
    """Log-odds that folded text asks for a person; below zero when it rather does not."""
    bias, weights = _load()
    return bias + sum(weights[bucket] for bucket in pieces(text)) / SCALE


@cache
def _load() -> tuple[float, memoryview]:
    data = (files("tongxi") / "signals" / "human_request.weights").read_bytes()
    return memoryview(data[:4]).cast("f")[0], memoryview(data[4:]).cast("b")
