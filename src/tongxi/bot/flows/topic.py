"""What a message that says nothing but a topic is about: "关于退款", "it's about my refund". Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import SequenceMatcher

MAX_CHARS = 40
LIKENESS = 0.85
"""Of a misspelt English word; below five letters nothing is taken for a slip."""

_AROUND = re.compile(
    r"[\s\W_]+|关于|有关|相关|说到|说说|聊聊|问问|咨询|事情|事儿|问题|方面|那个|这个|有一?个|就是|还有|快点|赶紧|尽快|马上|能不能|可不可以|可以|是不是|你们|我们|这边"
    r"|[我你您来问说聊事个的了掉嘛呢吗么吧呀啊哦嘅嘢呐咯那这快给把将请]"
    r"|\b(?:regarding|concerning|re|it|its|is|s|questions?|issues?|problems?|things?|stuff|matter|request|have|got|get|give|make|do|so|on|of|for|and|this|that|these|one|just|hey|well|quick|now|asap|i|ve|m|me|we|us|our|your|you|about|an?|the|my|to|want|need|please|pls|thanks)\b"
)


def topic(bare: str, known: Collection[str]) -> str | None:
    """The one of `known` that is all the message names, said once or twice, or nearly right; None if it says more."""
    if len(bare) > MAX_CHARS:
        return None
    left = _AROUND.sub("" if not bare.isascii() else " ", bare)
    left = " ".join(dict.fromkeys(left.split()))
    if left in known:
        return left
    for word in known:
        if word.isascii():
            if left.isascii() and len(left) >= 5 and len(word) >= 5 and _is_like(left, word):
                return word
        elif word and left.replace(word, "") == "" and word in left:
            return word
    return None


def _is_like(left: str, word: str) -> bool:
    lengths = len(left), len(word)  # what they can share at most is the shorter one: most need no comparing
    return 2 * min(lengths) / sum(lengths) >= LIKENESS and SequenceMatcher(None, left, word).ratio() >= LIKENESS
