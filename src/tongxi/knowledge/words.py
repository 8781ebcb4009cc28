"""Word search in the passages of one language: BM25, as a share of the best score a passage could have.

Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", with the inverse document
frequency of Lucene, which is never negative (Kamphuis et al. 2020, "Which BM25 do you mean?").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

K1, B = 1.2, 0.6


class Words:
    """BM25 over bags of terms, one a passage. Immutable once built."""

    def __init__(self, bags: Sequence[list[str]]) -> None:
        self._rows = len(bags)
        self._places: dict[str, int] = {}
        if not any(bags):
            return
        average = sum(map(len, bags)) / len(bags)
        places, passages, frequencies = [], [], []
        for row, bag in enumerate(bags):
            length = K1 * ((1 - B) + B * len(bag) / average)
            for term, count in Counter(bag).items():
                places.append(self._places.setdefault(term, len(self._places)))
                passages.append(row)
                frequencies.append(count / (length + count))
        term_of = np.array(places, dtype=np.intp)
        held_by = np.bincount(term_of)
        rarity = np.array([_rarity(n, len(bags)) for n in held_by.tolist()], dtype=np.float32)
        scores = (rarity[term_of] * np.array(frequencies)).astype(np.float32)
        order = np.argsort(term_of, kind="stable")  # one term after the other, its passages in their order
        self._passages = np.array(passages, dtype=np.int32)[order]
        self._scores: Floats = scores[order]
        ends = np.cumsum(held_by)
        self._ceiling: Floats = np.maximum.reduceat(self._scores, ends - held_by)
        self._rarest = float(self._ceiling.max())
        self._ends = [0, *ends.tolist()]

    def shares(self, terms: Sequence[str]) -> Floats:
        """Score of every passage over that of one with each asked term at its best: (passages,), 0…1."""
        known = [self._places[term] for term in terms if term in self._places]
        scores = np.zeros(self._rows, dtype=np.float32)
        if not known:
            return scores
        ceiling = float(self._ceiling[known].sum())
        # A term no passage has counts as the rarest: what is asked about is not here.
        ceiling += (len(terms) - len(known)) * self._rarest
        for place in known:
            mine = slice(self._ends[place], self._ends[place + 1])
            scores[self._passages[mine]] += self._scores[mine]
        return np.minimum(scores / ceiling, 1) if ceiling > 0 else np.zeros_like(scores)


def _rarity(held_by: int, passages: int) -> float:
    """Inverse document frequency of a term that so many of the passages hold."""
    return math.log(1 + (passages - held_by + 0.5) / (held_by + 0.5))
