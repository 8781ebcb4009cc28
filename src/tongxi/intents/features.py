"""Texts as sparse rows: words, pairs of words and character n-grams of both scripts, each block of length one. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from tongxi.kit.text import normalise

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]

MAX_CHARS = 2_000
"""A text is read up to here; of a longer one the end is read too (`clip`)."""
LATIN_GRAMS = (3, 4)
HAN_GRAMS = (1, 4)
PAIR_WORDS = 20
"""Pairs of words are taken among the first ones; a letter has too many."""
BLOCKS = ("word", "pair", "gram")
WEIGHTS = {"word": 1.0, "pair": 0.6, "gram": 1.0}

_RUNS = re.compile(r"[0-9a-z_]+(?:['’][a-z]+)?|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+|[^\s\w]+|\w+")
_HAN_START = "\u3400"


def clip(text: str) -> str:
    """The part of a text that is read: all of it, or its beginning and its last quarter of `MAX_CHARS`."""
    if len(text) <= MAX_CHARS:
        return text
    return text[: MAX_CHARS * 3 // 4] + "\n" + text[-(MAX_CHARS // 4) :]


def terms(text: str) -> dict[str, list[str]]:
    """The terms of a text by block, with repetitions. Any text is allowed; one without words has none."""
    words: list[str] = []
    grams: list[str] = []
    for run in _RUNS.findall(normalise(clip(text))):
        if run[0] >= _HAN_START:
            for n in range(HAN_GRAMS[0], HAN_GRAMS[1] + 1):
                grams += [run[i : i + n] for i in range(len(run) - n + 1)]
            grams += ("^" + run[:2], run[-2:] + "$")
        elif run[0].isalnum() or run[0] == "_":
            words.append(run.replace("’", "'"))
            padded = f" {run} "
            for n in range(LATIN_GRAMS[0], min(LATIN_GRAMS[1] + 1, len(padded))):
                grams += [padded[i : i + n] for i in range(len(padded) - n + 1)]
        else:
            grams.append(run[:3])
    pairs = combinations(dict.fromkeys(words[:PAIR_WORDS]), 2)
    return {
        "word": words + [f"{a} {b}" for a, b in pairwise(("", *words, ""))] if words else [],
        "pair": [f"{a}&{b}" if a < b else f"{b}&{a}" for a, b in pairs],
        "gram": grams,
    }


@dataclass(frozen=True, slots=True)
class Row:
    """One text: columns (terms,) ascending within a block, weights (terms,) of length one overall or empty."""

    places: Places
    values: Floats


class Vocabulary:
    """The columns of the terms that were seen in training, and how telling each is. Immutable once made."""

    def __init__(self, columns: dict[str, dict[str, int]], idf: Floats) -> None:
        """`columns`: block → term → column · `idf`: (columns,), ≥ 1."""
        self.columns, self.idf = columns, idf

    def __len__(self) -> int:
        return len(self.idf)

    @classmethod
    def of(cls, texts: Sequence[dict[str, list[str]]], *, min_texts: int, blocks: Sequence[str] = BLOCKS) -> Vocabulary:
        """Learn from the terms of texts, of `blocks` only; a term counts when at least `min_texts` texts have it.

        Frequent terms come first: learning and reading then find their weights close together.
        """
        columns: dict[str, dict[str, int]] = {}
        idf: list[float] = []
        for block in BLOCKS:
            seen: Counter[str] = Counter()
            for bags in texts if block in blocks else ():
                seen.update(set(bags[block]))
            kept = {term: n for term, n in seen.most_common() if n >= min_texts}
            columns[block] = {term: len(idf) + i for i, term in enumerate(kept)}
            idf += [math.log((1 + len(texts)) / (1 + n)) + 1 for n in kept.values()]
        return cls(columns, np.array(idf, dtype=np.float32))

    def row(self, bags: dict[str, list[str]]) -> Row:
        """The row of one text: per block (1 + log count) × idf, made of length one, then weighted by `WEIGHTS`."""
        places: list[int] = []
        parts: list[Floats] = []
        # A number in a Chinese review must not weigh as much as the review: words count by their share of the text.
        latin = sum(len(term) for term in bags["word"])
        share = math.sqrt(latin / max(1, latin + sum(len(term) == 1 for term in bags["gram"])))
        for block in BLOCKS:
            known = self.columns[block]
            counts = Counter(known[term] for term in bags[block] if term in known)
            if not counts:
                continue
            at = list(counts)
            values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(at)))) * self.idf[at]
            places += at
            weight = WEIGHTS[block] * (1.0 if block == "gram" else share)
            parts.append(values * np.float32(weight / math.sqrt(float(values @ values))))
        if not parts:
            return Row(np.zeros(0, np.int32), np.zeros(0, np.float32))
        values = np.concatenate(parts)
        return Row(np.array(places, np.int32), values / np.float32(math.sqrt(float(values @ values))))

    def is_counted(self) -> npt.NDArray[np.bool_]:
        """Which columns count for `known_share`: all but pairs of words. Shape (columns,)."""
        made = np.ones(len(self), bool)
        made[list(self.columns["pair"].values())] = False
        return made

    def known_share(self, bags: dict[str, list[str]]) -> float:
        """Share of a text's different terms that were seen in training, 0…1; 0 for a text without terms."""
        asked = {(block, term) for block in ("word", "gram") for term in bags[block]}
        return sum(term in self.columns[block] for block, term in asked) / len(asked) if asked else 0.0


def stacked(rows: Iterable[Row]) -> tuple[npt.NDArray[np.int64], Places, Floats]:
    """Rows as the three arrays of a CSR matrix: starts (n + 1,), places, values."""
    listed = list(rows)
    starts = np.zeros(len(listed) + 1, np.int64)
    np.cumsum([len(row.places) for row in listed], out=starts[1:])
    if not listed:
        return starts, np.zeros(0, np.int32), np.zeros(0, np.float32)
    return starts, np.concatenate([r.places for r in listed]), np.concatenate([r.values for r in listed])
