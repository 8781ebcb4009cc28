"""Numbers in what people write: 100, 1,000, 20多万, 五百, 400k, two hundred. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tongxi.bot.flows.models import Option
from tongxi.bot.quantities import han
from tongxi.kit.text import normalise

MAX_CHARS = 500

_SCALE = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000, "thousand": 1_000, "grand": 1_000, "million": 1_000_000, "m": 1_000_000}  # fmt: skip
_DIGITS = re.compile(
    r"(?<![\d.a-z-])(\d+(?:,\d{3})+|\d+)(\.\d+)?\s*(?:[多几来余]\s*)?(万|w(?![a-z])|千|k(?![a-z])|thousand|grand|million|m(?![a-z]))?(?![\d])"
)
_HAN = re.compile(r"[一二两三四五六七八九十百千万][一二两三四五六七八九十百千万零〇多几来]*")
_EN = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "half a": 0.5}  # fmt: skip
_WORDS = re.compile(
    rf"\b({'|'.join(sorted(_EN, key=len, reverse=True))}) (?:(hundred)\b\s*)?(thousand|grand|million)?(?<=[a-z])\b"
)
_TENS = {"ten": 10, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}  # fmt: skip
_TEN = re.compile(rf"\b({'|'.join(_TENS)})\b(?: (thousand|grand))?")


def numbers(text: str) -> list[float]:
    """Every number in the order of its kind: digits, Chinese, English."""
    folded = normalise(text[:MAX_CHARS])
    return [*_digits(folded), *_chinese(folded), *_english(folded)]


def amount(text: str) -> str | None:
    """An amount of money in major units: the first number."""
    found = numbers(text)
    return f"{found[0]:.2f}" if found else None


def option(options: Sequence[Option], text: str, *, is_asked: bool) -> str | None:
    """The one option a number of the text is: the number itself, or, when it is asked for, one within its bounds."""
    found = numbers(text)
    if not found:
        return None
    same = {one.value for one in options if _number(one.value) in found}
    if not same and is_asked:
        same = {one.value for one in options if any(_within(one, number) for number in found)}
    return same.pop() if len(same) == 1 else None


def _within(one: Option, number: float) -> bool:
    if one.at_least is None and one.below is None:
        return False
    return (one.at_least is None or number >= one.at_least) and (one.below is None or number < one.below)


def _number(value: str) -> float | None:
    return float(value) if re.fullmatch(r"\d+(?:\.\d+)?", value) else None


def _digits(text: str) -> Iterator[float]:
    for hit in _DIGITS.finditer(text):
        yield float(hit[1].replace(",", "") + (hit[2] or "")) * _SCALE.get(hit[3] or "", 1)


def _chinese(text: str) -> Iterator[float]:
    for hit in _HAN.finditer(text):
        run = re.sub("[多几来]", "", hit[0])
        if len(run) > 1 or run in "十百":
            yield float(han(run))


def _english(text: str) -> Iterator[float]:
    for hit in _WORDS.finditer(text):
        if hit[2] or hit[3]:
            yield _EN[hit[1]] * (100 if hit[2] else 1) * _SCALE.get(hit[3] or "", 1)
    for hit in _TEN.finditer(text):
        yield float(_TENS[hit[1]]) * _SCALE.get(hit[2] or "", 1)
