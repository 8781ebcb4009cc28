"""What the encoder sees of a text: hashed words and character pieces. Pure.

Latin script gives words, stems, 3–4-grams and pairs of words; Han script gives 1–3-grams. Traditional characters are
folded to simplified ones before, so that both spellings of a word are the same pieces.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

from tongxi.kit.stemming import stem
from tongxi.kit.text import normalise

MAX_CHARS = 240
"""A text is read up to here, after folding; what is longer belongs cut into sentences first (`segments`)."""
HAN_GRAMS = (1, 2, 3)
LATIN_GRAMS = (3, 4)

_RUNS = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_HAN_START = "\u3400"
_STOPS = re.compile(r"(?<=[。！？!?；;\n])|(?<=\.)\s")


def pieces(text: str) -> npt.NDArray[np.uint32]:
    """CRC-32 of every different piece of `text`, sorted: shape (n,), n = 0 for a text without letters or digits."""
    found: set[str] = set()
    words: list[str] = []
    for run in _RUNS.findall(normalise(text[: 4 * MAX_CHARS])[:MAX_CHARS].replace("’", "'")):
        if run[0] >= _HAN_START:
            found.update([run[i : i + n] for n in HAN_GRAMS for i in range(len(run) - n + 1)])
            words.append("")
        elif run[0].isdigit():
            words.append("#")
        else:
            words.append(stem(run))
            found.update(_word_pieces(run))
    found.update(f"{a} {b}" for a, b in pairwise(words) if a and b)
    if "#" in words:
        found.add("#")
    hashes = np.fromiter((crc32(piece.encode()) for piece in found), dtype=np.uint32, count=len(found))
    hashes.sort()
    return hashes


@lru_cache(maxsize=20_000)
def _word_pieces(word: str) -> tuple[str, ...]:
    padded = f"<{word}>"
    return (f"w{word}", f"s{stem(word)}", *[padded[i : i + n] for n in LATIN_GRAMS for i in range(len(padded) - n + 1)])


def segments(text: str, *, limit: int = 120) -> list[str]:
    """Sentences of a passage, joined while they stay within `limit` characters; never empty for a text with letters."""
    made: list[str] = []
    held = ""
    for part in _STOPS.split(text):
        part = part.strip()
        if not part:
            continue
        if held and len(held) + len(part) > limit:
            made.append(held)
            held = part
        else:
            held = f"{held} {part}" if held else part
    return [*made, held] if held else made
