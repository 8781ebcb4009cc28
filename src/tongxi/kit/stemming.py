"""A light stem of English words, for search and meaning alike. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

_DOUBLE = re.compile(r"([bdfgmnprt])\1$")
_VOWEL = re.compile(r"[aeiouy]")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A light English stem: plural, possessive, -ing, -ed, -ly, -er, -ment, -ation are taken off."""
    word = word.replace("’", "'").removesuffix("'s").replace("'", "")
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix in ("ation", "ement", "ment", "ing", "ed", "ly", "er", "al"):
        head = word.removesuffix(suffix)
        if head is not word and len(head) >= 3 and _VOWEL.search(head):
            word = _DOUBLE.sub(r"\1", head)
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word
