"""Which orders a text names: by number, by goods, by its place in a list. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tongxi.connectors.orders import Order
from tongxi.kit.text import normalise

MAX_CHARS = 2_000

NUMBER = re.compile(
    r"(?:#|\bno\.?|number|订单号?|单号|编号)\s*[:：是为]?\s*[a-z]{0,5}\d{4,}|[a-z]{0,6}-?\d{6,}", re.IGNORECASE
)
"""What looks like the number of an order or a parcel."""
NO_NUMBER = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<![a-z\d])20[2-9]\d[01]\d[0-3]\d(?!\d)", re.IGNORECASE)
"""Telephone numbers and dates, which do."""
_TAIL = re.compile(r"(?<![a-z0-9])\d{4,}(?![a-z0-9])", re.IGNORECASE)
NEWEST = re.compile(r"最近|最新|刚[买下拍]|最后[买下拍]|\b(?:latest|newest|most recent|last order)\b")
OLDEST = re.compile(r"最早|最老|最旧|最久|\b(?:oldest|earliest)\b")
ORDINALS = (
    re.compile(r"第一|头一|\bfirst\b|^1$"),
    re.compile(r"第二|\bsecond\b|^2$"),
    re.compile(r"第三|\bthird\b|^3$"),
    re.compile(r"第四|\bfourth\b|^4$"),
    re.compile(r"第五|\bfifth\b|^5$"),
)
LAST = re.compile(r"最后一?[个单]|\blast(?: one)?\b")
_LATIN_WORD = re.compile(r"[a-z]{4,}")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_GENERIC = {"with", "double", "electric", "white", "mini", "pack", "pieces", "steel", "clear", "desk", "travel"}
_THING = re.compile(r"([\u4e00-\u9fff])子")
"""A thing by its everyday name: 被子 for 白鹅绒被, 壶子 for 冷水壶."""


def named(text: str, orders: Sequence[Order]) -> tuple[list[Order], bool]:
    """The customer's own orders that the text names by number, and whether it names a number that is none of theirs.

    A number counts only when it is one of `orders`: somebody else's and a mistyped one look the same here.
    """
    folded = normalise(text[:MAX_CHARS])
    squeezed = _squeeze(folded)
    found = [one for one in orders if any(_stands_in(key, squeezed) for key in (one.number, *one.tracking_numbers))]
    if not found:
        tails = {tail[-8:] for tail in _TAIL.findall(folded)}
        found = [one for one in orders if any(one.number.lower().endswith(tail) for tail in tails)]
    if found:
        return found, False
    rest = NO_NUMBER.sub(" ", folded)
    return [], bool(NUMBER.search(rest) or (rest.isascii() and NUMBER.search(_squeeze(rest))))


def by_goods(text: str, orders: Sequence[Order]) -> list[Order]:
    """The orders with goods the text speaks of; of several, those it spells out longest."""
    folded = normalise(text[:MAX_CHARS])
    found = [
        (max(speaks_of(folded, item.name.zh, item.name.en) for item in one.items), one) for one in orders if one.items
    ]
    most = max((length for length, _ in found), default=0)
    return [one for length, one in found if length and length == most]


def by_part_of_goods(text: str, orders: Sequence[Order]) -> list[Order]:
    """The orders whose goods share two characters with the text, where others do not: "羽绒被" for a "白鹅绒被"."""
    folded = normalise(text[:MAX_CHARS])
    found = [one for one in orders if any(shares(folded, item.name.zh) for item in one.items)]
    return found if len(found) < len(orders) else []


def by_place(text: str, orders: Sequence[Order]) -> Order | None:
    """The order meant by "the first", "第二个", "最早那个", out of `orders` as they were shown."""
    folded = normalise(text[:MAX_CHARS])
    if NEWEST.search(folded):
        return max(orders, key=lambda one: one.placed_at, default=None)
    if OLDEST.search(folded):
        return min(orders, key=lambda one: one.placed_at, default=None)
    for place, pattern in enumerate(ORDINALS[: len(orders)]):
        if pattern.search(folded):
            return orders[place]
    return orders[-1] if orders and LAST.search(folded) else None


def speaks_of(text: str, zh: str, en: str) -> int:
    """How many characters of the name of goods the text spells out; 0 when it does not speak of them."""
    most = 0
    for run in _HAN.findall(normalise(zh)):
        if len(run) == 2 and run in text:
            most = max(most, 2)
        for start in range(len(run) - 2):
            for end in range(len(run), max(start + 2, start + most), -1):
                if run[start:end] in text:
                    most = max(most, end - start)
                    break
    words = set(_LATIN_WORD.findall(en.lower())) - _GENERIC
    said = {word for spelt in _LATIN_WORD.findall(text) for word in (spelt, spelt.removesuffix("s"), spelt + "s")}
    return max(most, sum(len(word) for word in words & said))


def shares(text: str, name: str) -> bool:
    """Two characters of the name in a row stand in the text, or the thing it is, by its everyday name."""
    runs = _HAN.findall(normalise(name))
    if any(run[i : i + 2] in text for run in runs for i in range(len(run) - 1)):
        return True
    return any(thing in run for thing in _THING.findall(text) for run in runs)


def _stands_in(number: str, squeezed: str) -> bool:
    """The whole number, not a piece of a longer one."""
    return re.search(rf"(?<!\d){re.escape(_squeeze(number))}(?!\d)", squeezed) is not None


def _squeeze(text: str) -> str:
    """Without the blanks and marks people put into numbers."""
    return re.sub(r"[\s\-#]", "", text.lower())
