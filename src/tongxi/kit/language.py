"""Which of the product's languages a text is written in. Pure."""

from __future__ import annotations

import re

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z]{2,}")
_OTHER = re.compile(r"https?://\S+|[A-Za-z0-9._+-]{1,64}@\S+|[A-Z]*\d[\w-]*")
MAX_CHARS = 1_000

_PINYIN = frozenset(
    "zhuan ren gong rengong kefu zenme weishenme shenme wo yao ni hao nihao tui kuan tuikuan huo fahuo kuaidi dingdan "
    "xiexie bu mei you zai ma de xiadan qian dao le".split()
)


def detect_language(text: str, fallback: str) -> str:
    """`zh` or `en`; `fallback` when the text does not show it (a number, an emoji, a link, a lone brand name)."""
    text = _OTHER.sub(" ", text[:MAX_CHARS])
    han = len(_HAN.findall(text))
    words = [w.lower() for w in _WORD.findall(text)]
    if han:
        # A Chinese sentence carries English words more often than the other way round.
        return "zh" if han * 1.5 >= len(words) or len(words) < 4 else "en"
    if not words:
        return fallback
    if all(word in _PINYIN for word in words):
        return "zh"
    if len(words) == 1 and (len(words[0]) < 4 and words[0] not in {"hi", "yes", "no", "ok", "bot", "rep"}):
        return fallback
    return "en" if len(words) > 1 or words[0] not in {"ok", "app", "vip", "vpn", "wifi"} else fallback
