"""Which letters a regular expression cannot do without: a cheap look that saves most searches. Pure.

A text without any of the pieces a pattern needs cannot match it. Pieces are at most `MOST` letters long, so that one set of
the pieces of a text answers for every pattern. Where nothing can be told, nothing is claimed.
"""

from __future__ import annotations

# The parser of `re` has no stubs; its public name, sre_parse, is deprecated.
import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

MOST = 4
MAX_CHARS = 600
"""Longer texts hold most pieces anyway."""
AT_HAND = 16
"""Texts whose pieces are kept: those being read now, for the pieces weigh a hundred times the text."""
_MOST_CHOICES = 24
"""A class of more characters than this says nothing."""

Needed = frozenset[str]
"""Every match holds at least one of them."""


def needed(pattern: str) -> Needed | None:
    """Pieces of which each match of the pattern holds at least one; None where that cannot be told."""
    return _of(parser.parse(pattern))


@lru_cache(maxsize=AT_HAND)
def pieces(text: str) -> frozenset[str]:
    """Every run of 1 to `MOST` letters of a text."""
    return frozenset(text[i : i + n] for n in range(1, MOST + 1) for i in range(len(text) - n + 1))


def _of(sequence: Iterable[tuple[Any, Any]]) -> Needed | None:
    """The best that one item of a sequence, or a run of plain letters in it, gives: long pieces, then few of them."""
    found: list[Needed] = []
    run = ""
    for code, argument in sequence:
        if code is codes.LITERAL:
            run += chr(argument)
            continue
        if code is codes.AT:  # a border stands between letters, not in their place
            continue
        found += [frozenset({_piece(run)})] if run else []
        run = ""
        own = _of_item(code, argument)
        found += [own] if own is not None else []
    found += [frozenset({_piece(run)})] if run else []
    return max(found, key=_worth, default=None)


def _of_item(code: Any, argument: Any) -> Needed | None:
    if code is codes.SUBPATTERN:
        flags_on, flags_off, inner = argument[1:]
        return None if flags_on or flags_off else _of(inner)
    if code is codes.BRANCH:
        each = [_of(branch) for branch in argument[1]]
        known = [one for one in each if one is not None]
        return frozenset().union(*known) if len(known) == len(each) else None
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        least, _, inner = argument
        return _of(inner) if least else None
    if code is codes.ATOMIC_GROUP:
        return _of(argument)
    if code is codes.IN:
        return _of_class(argument)
    return None


def _of_class(members: Sequence[tuple[Any, Any]]) -> Needed | None:
    if len(members) > _MOST_CHOICES or any(code is not codes.LITERAL for code, _ in members):
        return None
    return frozenset(chr(argument) for _, argument in members)


def _piece(run: str) -> str:
    """The end of a run that is looked for: endings of words are rarer than their beginnings."""
    return run[-MOST:]


def _worth(one: Needed) -> tuple[int, int]:
    return min(map(len, one)), -len(one)
