"""How much a text sounds like the wish for a person: a linear score over pieces of words and word classes. Pure.

A wish is often one clause at the end of a long complaint, so the text is read twice: as a whole, and clause by clause,
alone and with the next; the two best add up. The weights are learnt from text written for this project (CC0) by
scripts/fit_human_request.py, one byte for each of 2^18 hashed pieces. Figures: docs/reference/signals.md.
"""

from __future__ import annotations

import re
import struct
from functools import cache
from importlib.resources import files
from itertools import pairwise
from zlib import crc32

from tongxi.signals.human_request_words import kinds

BITS = 18
BUCKETS = 1 << BITS
_MASK = BUCKETS - 1
HEADER = struct.Struct("<ff")
"""Bias, in log-odds, and weight steps to one unit of log-odds."""
WHOLE = 200
"""Characters of folded text that are read at once; of a longer text only what surrounds the best clause."""
_ENDS = 16
"""Of a longer story so many clauses are read at its beginning and at its end."""

Span = tuple[int, int]

_RUNS = re.compile(r"[a-z0-9']+|[\u3400-\u9fff]+|[?!]|[,.;]")
_BETWEEN = re.compile(
    r"[,。!?;\n…]+\s*|\.+(?:\s+|$)|:\s|\s-+\s|--+|(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])"
    r"|\s+(?=(?:but|so|and|because|then|please|pls|can|could)\b)"
)
_APART = re.compile(
    r"(?<![\u3400-\u9fff])(?:[\u3400-\u9fff][^\w\u3400-\u9fff]{1,3}){2,}[\u3400-\u9fff](?![\u3400-\u9fff])"
    r"|\b(?:[a-z][^\w,]{1,2}){3,12}[a-z]\b"
)
_MARKS = re.compile(r"\W+")


def closed(text: str) -> str:
    """Folded text with what was spelled apart ("人 工", "h-u-m-a-n") written in one."""
    return _APART.sub(lambda found: _MARKS.sub("", found.group()), text)


def clauses(text: str) -> list[Span]:
    """Places of the clauses of folded text: divided at marks, and in English before words such as "but" and "please"."""
    found = []
    start = 0
    for mark in _BETWEEN.finditer(text):
        if text[start : mark.start()].strip():
            found.append((start, mark.start()))
        start = mark.end()
    if text[start:].strip():
        found.append((start, len(text)))
    return found if len(found) <= 2 * _ENDS else found[:_ENDS] + found[-_ENDS:]


def windows(text: str) -> list[Span]:
    """What is read besides the whole text: each clause, and each with the next; nothing of a text of one clause."""
    each = clauses(text)
    if len(each) < 2:
        return []
    return each + [(a, d) for (a, b), (c, d) in pairwise(each) if c - b < WHOLE]


def pieces(text: str) -> set[int]:
    """Buckets of the pieces of folded text.

    Han characters in runs of 1 to 5 and in pairs with a gap, Latin words in runs of 1 to 3 and 3 to 5 letters of them,
    the first and the last two of both, word classes.
    """
    found: list[int] = []
    units: list[bytes] = []
    has_latin = False
    for run in _RUNS.findall(text[:WHOLE]):
        if "\u3400" <= run[0] <= "\u9fff":
            han = [character.encode() for character in run]
            hashes = [crc32(one) for one in han]
            for n in range(1, 6):
                found += hashes
                hashes = [crc32(one, before) for before, one in zip(hashes, han[n:], strict=False)]
            found += [crc32(b, crc32(b"_", crc32(a))) for a, b in zip(han, han[2:], strict=False)]
            found += [crc32(b, crc32(b"__", crc32(a))) for a, b in zip(han, han[3:], strict=False)]
            units += han
        else:
            word = run.encode()
            found.append(crc32(word, _WORD))
            units.append(word)
            if len(run) > 1:
                has_latin = True
                padded = b" %b " % word
                found += [crc32(padded[i : i + n]) for n in (3, 4, 5) for i in range(len(padded) - n + 1)]
    if has_latin:
        pairs = [crc32(b, crc32(b" ", crc32(a, _WORD))) for a, b in pairwise(units)]
        found += pairs
        found += [crc32(c, crc32(b" ", before)) for before, c in zip(pairs, units[2:], strict=False)]
        found += [crc32(c, crc32(b" _ ", crc32(a, _WORD))) for a, c in zip(units, units[2:], strict=False)]
    if units:
        found += [crc32(b"^" + units[0]), crc32(b"$" + units[-1])]
        found += [crc32(b"^" + b" ".join(units[:2])), crc32(b"$" + b" ".join(units[-2:]))]
    found += _signs(kinds(text[:WHOLE]))
    return {one & _MASK for one in found}


_WORD = crc32(b"w")


def _signs(kinds_: str) -> list[int]:
    """Runs of up to four classes, and pairs of classes in order with anything between."""
    each = [kind.encode() for kind in kinds_]
    found = []
    hashes = [crc32(b"@" + one) for one in each]
    for n in range(1, 5):
        found += hashes
        hashes = [crc32(one, before) for before, one in zip(hashes, each[n:], strict=False)]
    seen: dict[str, int] = {}
    for kind, one in zip(kinds_, each, strict=True):
        if kind not in "_,":
            found += [crc32(one, before) for before in seen.values()]
            seen.setdefault(kind, crc32(b"&" + one))
    return found


def score(folded: str) -> tuple[float, Span]:
    """Log-odds that folded text asks for a person, of the whole and of its best clause added up, and that clause."""
    text = closed(folded)
    bias, steps, weights = _load()

    def of(start: int, end: int) -> float:
        return bias + sum([weights[bucket] for bucket in pieces(text[start:end])]) / steps

    best, place = max(((of(*one), one) for one in windows(text)), default=(None, (0, len(text))))
    start, end = (0, len(text)) if len(text) <= WHOLE else (max(0, place[0] - WHOLE // 4), place[1] + WHOLE // 4)
    whole = of(start, end)
    return whole + (whole if best is None else best), place if len(text) == len(folded) else (0, len(folded))


@cache
def _load() -> tuple[float, float, memoryview]:
    data = (files("tongxi") / "signals" / "human_request.weights").read_bytes()
    bias, steps = HEADER.unpack_from(data)
    return bias, steps, memoryview(data)[HEADER.size :].cast("b")
