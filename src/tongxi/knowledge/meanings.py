"""Sentence vectors of a library's English texts: which title, question or passage lies nearest to a question. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]
Home = tuple[int, int | None]
"""Article, and its passage; None: a title or an example question."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """All of them at once; a part of them would favour those who have theirs."""

    vectors: Floats
    """(texts, dimensions), unit rows."""
    names: tuple[Places, Places]
    """Rows that are names of articles, and whose."""
    bodies: tuple[Places, Places]
    """Rows that are passages of articles, and whose."""
    has: npt.NDArray[np.bool_]
    """(articles,) whether an article has such texts."""

    @classmethod
    def of(
        cls, texts: Mapping[bytes, tuple[str, Sequence[Home]]], vectors: Mapping[bytes, Floats], articles: int
    ) -> Meanings:
        """`texts`: the library's texts by digest · `vectors`: those of its English texts, all of them."""
        digests = [digest for digest in texts if digest in vectors]
        places = [(row, *home) for row, digest in enumerate(digests) for home in texts[digest][1]]
        names = [(row, article) for row, article, passage in places if passage is None]
        bodies = [(row, article) for row, article, passage in places if passage is not None]
        has = np.zeros(articles, bool)
        has[[article for _, article, _ in places]] = True
        return cls(np.stack([vectors[digest] for digest in digests]), _columns(names), _columns(bodies), has)

    def likeness(self, asked: Floats, least: float) -> tuple[Floats, Floats]:
        """Highest cosine of each article's names and of its passages: (articles,) each; `least` without any."""
        cosines: Floats = np.vecdot(self.vectors, asked)
        made = []
        for rows, articles in (self.names, self.bodies):
            best = np.full(len(self.has), least, np.float32)
            np.maximum.at(best, articles, cosines[rows])
            made.append(best)
        return made[0], made[1]


def _columns(pairs: Sequence[tuple[int, int]]) -> tuple[Places, Places]:
    made = np.array(pairs, np.intp).reshape(-1, 2)
    return made[:, 0], made[:, 1]
