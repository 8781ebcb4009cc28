"""Texts as word pieces of a fixed vocabulary, lower case and without accents. Pure.

Source: Devlin et al. 2019, BERT; greedy longest match first, from left to right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

MAX_WORD_CHARS = 100
"""A longer word is unknown."""
_ASCII_MARKS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_HAN = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


class WordPieces:
    """The vocabulary of a model."""

    def __init__(self, pieces: Sequence[str]) -> None:
        """`pieces` in the order of their numbers; `[CLS]`, `[SEP]` and `[UNK]` among them, inner ones with `##`."""
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._first, self._last = self._numbers["[CLS]"], self._numbers["[SEP]"]
        self._unknown = self._numbers["[UNK]"]
        self._of_word = lru_cache(maxsize=20_000)(self._cut)

    def numbers(self, text: str, limit: int) -> list[int]:
        """The text's pieces between the marks of beginning and end, at most `limit` in all. Any text is allowed."""
        found = [self._first]
        for word in words(text):
            found += self._of_word(word)
            if len(found) >= limit:
                break
        return [*found[: limit - 1], self._last]

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > MAX_WORD_CHARS:
            return (self._unknown,)
        cut: list[int] = []
        at = 0
        while at < len(word):
            inner = "##" if at else ""
            end = next((n for n in range(len(word), at, -1) if inner + word[at:n] in self._numbers), None)
            if end is None:
                return (self._unknown,)
            cut.append(self._numbers[inner + word[at:end]])
            at = end
        return tuple(cut)


def words(text: str) -> list[str]:
    """Words and single marks, lower case, accents removed; every Han character is a word."""
    if text.isascii():
        plain = text.lower()
    else:
        spaced = "".join(f" {c} " if _is_han(c) else c for c in text)
        bare = (c for c in unicodedata.normalize("NFD", spaced) if unicodedata.category(c) != "Mn")
        plain = "".join(c.lower() for c in bare)  # one by one: the model was taught so at the end of Greek words
    made: list[str] = []
    word = ""
    for c in plain:
        if c.isalnum():
            word += c
        elif c.isspace() or _is_mark(c):
            if word:
                made.append(word)
            word = ""
            if not c.isspace():
                made.append(c)
        elif unicodedata.category(c)[0] != "C" and c != "\ufffd":
            word += c
    return [*made, word] if word else made


def _is_mark(c: str) -> bool:
    return c in _ASCII_MARKS or unicodedata.category(c)[0] == "P"


def _is_han(c: str) -> bool:
    return c >= "\u3400" and any(low <= ord(c) <= high for low, high in _HAN)
