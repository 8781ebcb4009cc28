"""The numbers a text states, however they are written: 7, ７, 七天, seven days. Pure; reads normalised text."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_MARKER = re.compile(r"^\s*\d{1,2}[.)、](?!\d)\s*", re.MULTILINE)
"""The number of a list's item says nothing."""
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")

_ZH = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_ZH_SCALE = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_HAN = re.compile(r"[零〇一二两三四五六七八九十百千万半]+")
_HAN_MEASURED = re.compile(
    rf"(?:百分之)({_HAN.pattern})|({_HAN.pattern})\s*(?=个?(?:工作日|自然日|天|日|小时|钟头|分钟|刻钟|秒|星期|周|月|年|季度)|元|块|角|折|成|倍|次|件"
    "|双|箱|瓶|台|套|公斤|斤|千克|克|厘米|公里|米|岁|级|份|张)"
)

_EN_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_EN = {word: str(n) for n, word in enumerate(_EN_ONES)}
_EN |= {
    word: str(n * 10)
    for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety hundred".split(), start=2)
}
_EN |= {"once": "1", "twice": "2", "half": "0.5", "hundred": "100", "thousand": "1000", "double": "2"}
_WORD = re.compile(rf"\b(?:{'|'.join(_EN)})\b")
_WORD_MEASURED = re.compile(
    rf"\b({'|'.join(_EN)})[\s-]+(?:business[\s-]|working[\s-]|calendar[\s-]|full[\s-])?"
    r"(?:second|minute|hour|day|night|week|month|quarter|year|percent|per cent|dollar|euro|pound|yuan|cent|time|item|"
    r"piece|gram|kilo|metre|meter|kilometre|mile|hundred|thousand)|\b(twice|double|half)\b"
)


def stated(text: str) -> set[str]:
    """Numbers a text commits itself to: all in digits, and words that are followed by a measure."""
    found = _digits(_MARKER.sub("", text))
    found |= {han(one or other) for one, other in _HAN_MEASURED.findall(text)}
    return found | {_EN[one or other] for one, other in _WORD_MEASURED.findall(text)}


def mentioned(text: str) -> set[str]:
    """Every number a text holds, measured or not."""
    return _digits(text) | {han(run) for run in _HAN.findall(text)} | {_EN[word] for word in _WORD.findall(text)}


def _digits(text: str) -> set[str]:
    return set(_DIGITS.findall(_THOUSANDS.sub("", text)))


def han(run: str) -> str:
    """The value of a Chinese number up to the ten thousands; 半 alone is one half."""
    if run == "半":
        return "0.5"
    if not any(c in _ZH_SCALE for c in run):  # read digit by digit: 二〇二六
        return "".join(str(_ZH[c]) for c in run if c in _ZH).lstrip("0") or "0"
    total = part = digit = 0
    for c in run:
        if c == "万":
            total, part, digit = (total + part + digit or 1) * 10_000, 0, 0
        elif c in _ZH_SCALE:
            part, digit = part + (digit or 1) * _ZH_SCALE[c], 0
        elif c in _ZH:
            digit = _ZH[c]
    return str(total + part + digit)
