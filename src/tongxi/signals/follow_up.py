"""A short question that lives on the one before it: "那新疆呢", "and to Shanghai?". Pure."""

from __future__ import annotations

import re

from tongxi.kit.text import fold

MAX_CHARS = {"zh": 16, "en": 48}

_LEAD = re.compile(
    r"^(?:那么?|那如果|如果是?|要是|还有|然后|那要是|换成)\s*|(?:的话)?(?:呢|咧|嘞|嗎|吗|么)?[\W_]*$"
    r"|^(?:and|but|ok(?:ay)?|so|then|also|what about|how about|what if(?: it'?s| it is)?)\b[\s,]*"
)
_EMPTY = re.compile(
    r"是|在|的|也|都|到|去|要|会|能|可以|怎么|如何|什么|哪里?|多少|多久|几"
    r"|\b(?:is|are|was|it|its|that|this|those|them|they|there|the|a|an|to|for|in|on|of|with|by|at|from|do|does|did|can|could|will|would|should"
    r"|i|you|we|my|your|me|how|what|when|where|which|who|why|if|much|many|long|about|any|some|too|same|one|ones|get|be|have|has)\b"
)
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z0-9]{2,}")
_STEM = 5
"""Letters in which two forms of an English word agree."""


def follows(text: str) -> str:
    """What a short question adds to the one before: without what joins it on. Empty for a question of its own length."""
    folded = fold(text[:200]).text.strip()
    if not folded or len(folded) > MAX_CHARS["en" if folded.isascii() else "zh"]:
        return ""
    before = ""
    while before != folded:
        before, folded = folded, _LEAD.sub("", folded).strip(" ,.?!，。？！")
    return folded


def spoken_of(addition: str, passage: str) -> bool:
    """Whether a passage speaks of what the question adds: of more than half of its words that say something."""
    said, found = fold(passage).text, fold(addition).text
    plain = _EMPTY.sub(" ", found)
    pieces = [run[i : i + 2] for run in _HAN.findall(plain) for i in range(max(1, len(run) - 1)) if len(run) > 1]
    stems = [word[:_STEM] for word in _WORD.findall(plain)]
    known = {word[:_STEM] for word in _WORD.findall(said)} if stems else set()
    hits = [piece in said for piece in pieces] + [stem in known for stem in stems]
    return bool(hits) and 2 * sum(hits) > len(hits)
