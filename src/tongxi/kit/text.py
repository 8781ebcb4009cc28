"""Matching works on a folded copy of the text; this makes the copy and keeps the way back. Pure.

Source: Unicode Standard Annex 15 (NFKC); OpenCC `t2s` for traditional to simplified characters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

READINGS = 1024
"""Texts whose reading is kept: several detectors ask for the same message, and customers write the same things."""

_simplify = OpenCC("t2s").convert
_BLANK = re.compile(r"\s+")


@lru_cache(maxsize=READINGS)
def normalise(text: str) -> str:
    """NFKC, lower case, simplified characters, single blanks. Idempotent."""
    text = unicodedata.normalize("NFKC", text).lower()
    if not text.isascii():
        # Simplifying can give a character that NFKC folds once more.
        text = unicodedata.normalize("NFKC", _simplify(text)).lower()
    return _BLANK.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded copy, character by character, with the place each came from."""

    text: str
    places: tuple[int, ...]
    """For each character of `text` its index in the original."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the original behind `text[start:end]`."""
        if not self.places or start >= end:
            return (0, 0)
        return (self.places[start], self.places[min(end, len(self.places)) - 1] + 1)


@lru_cache(maxsize=READINGS)
def fold(text: str) -> Folded:
    """NFKC, lower case and simplified characters, keeping the way back to the original's characters."""
    if text.isascii():
        return Folded(text.lower(), tuple(range(len(text))))
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for folded in unicodedata.normalize("NFKC", character).lower():
            characters.append(folded)
            places.append(place)
    joined = "".join(characters)
    simple = _simplify(joined)
    return Folded(simple if len(simple) == len(joined) else joined, tuple(places))
