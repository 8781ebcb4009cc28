"""Word search in the passages of one language: BM25, as a share of the best score a passage could have."""

from __future__ import annotations

from collections.abc import Sequence

import bm25s
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

K1, B = 1.2, 0.6


class Words:
    """BM25 over bags of terms, one a passage. Immutable once built."""

    def __init__(self, bags: Sequence[list[str]]) -> None:
        self._rows = len(bags)
        self._places: dict[str, int] = {}
        if any(bags):
            self._bm25 = bm25s.BM25(k1=K1, b=B)
            self._bm25.index(list(bags), show_progress=False)
            self._places = self._bm25.vocab_dict
            data, start = self._bm25.scores["data"], self._bm25.scores["indptr"]
            ceiling = np.maximum.reduceat(data, np.minimum(start[:-1], len(data) - 1))
            ceiling[start[:-1] == start[1:]] = 0
            self._ceiling = ceiling
            self._rarest = float(ceiling.max())

    def shares(self, terms: Sequence[str]) -> Floats:
        """Score of every passage over that of one with each asked term at its best: (passages,), 0…1."""
        known = [term for term in terms if term in self._places]
        if not known:
            return np.zeros(self._rows, dtype=np.float32)
        ceiling = float(self._ceiling[[self._places[term] for term in known]].sum())
        # A term no passage has counts as the rarest: what is asked about is not here.
        ceiling += (len(terms) - len(known)) * self._rarest
        scores: Floats = self._bm25.get_scores(known)
        return np.minimum(scores / ceiling, 1) if ceiling > 0 else np.zeros_like(scores)
