"""Who asks for simpler words: an elderly customer, someone new to the language, someone in a hurry to understand. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from tongxi.decisions import Reason
from tongxi.kit.text import READINGS, fold

CODE = "wants_plain"
MAX_CHARS = 2_000

_WISH = re.compile(
    r"(?:说|讲|写|打)[^,。!?]{0,3}(?:慢|简单|简短|明白|清楚|通俗|短)[一点些]{0,2}|(?:简单|通俗|大白话|白话)[一点些]{0,2}(?:说|讲|地说|点说)|慢(?:一)?点(?:说|讲|来)|一步一步(?:来|说|教)"
    r"|(?:字|字体)[^,。!?]{0,4}(?:大[一点些]|太小|放大|看不清)|(?:看|听)不(?:太|大)?(?:懂|明白)|(?:没|看得|我)(?:看|听)?不?(?:懂|明白)(?:你|您)?(?:说|写)|说人话|字太多|太长了?(?:看|我)"
    r"|(?:我|俺)(?:年纪|岁数)大|老(?:人家?|年人|头子|太婆|太太)[^,。!?]{0,6}(?:不会|看不|不懂|眼)|眼睛(?:不好|花|看不清)|老花|不识字|不会用(?:手机|这个)|(?:中文|普通话|国语)不(?:太)?好|睇唔明|听唔明|讲慢[啲点]"
    r"|\b(?:simpl(?:e|er|ify)|plain|easy|easier|short(?:er)?)\b[^.!?]{0,12}\b(?:words?|english|terms|language|sentences?|way|please)\b|\b(?:slow(?:er)? (?:down|please)|more slowly|step by step)\b"
    r"|\b(?:bigger|larger|large) (?:text|letters|font|print|type)\b|\b(?:font|text|letters) (?:is|are) too small\b|\b(?:i )?(?:don'?t|do not|can'?t|cannot) (?:really )?(?:understand|follow|read)\b(?: (?:this|that|it|you|the text|all))?"
    r"|\bmy (?:english|chinese|eyes) (?:is|are|isn'?t|aren'?t)(?: not)?(?: very| so)? (?:good|bad|poor)\b|\bi(?:'m| am) (?:\w+ ){0,2}(?:elderly|old|[789]\d)\b(?! (?:account|order|customer))|\btoo (?:complicated|many words|long to read)\b|\bexplain like\b"
)
_NOT = re.compile(
    r"(?:说明书|图纸|发票|处方|笔迹)[^,。!?]{0,4}看不懂|看不懂的(?:书|电影)|easy (?:return|fit)|don'?t understand why"
)


@lru_cache(maxsize=READINGS)
def wants_plain(text: str) -> Reason | None:
    """The wording that asks for short and simple words, or shows that they would help."""
    folded = fold(text[:MAX_CHARS])
    masked = _NOT.sub(lambda m: "□" * len(m.group()), folded.text.replace("’", "'"))
    hit = _WISH.search(masked)
    return Reason(code=CODE, value=1.0, threshold=1.0, span=folded.span(*hit.span())) if hit else None
