"""Which of the customer's own orders does the text mean? Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tongxi.bot.memory import FlowPosition
from tongxi.connectors.orders import Order
from tongxi.decisions import Reason
from tongxi.kit.text import normalise
from tongxi.signals.order_wish import wants_order_status

MAX_CHARS = 2_000
MAX_CHOICES = 5
SHORT = 40
"""Characters up to which any text counts as the answer to "which one?" unless it is a question of its own."""

_NUMBER = re.compile(
    r"(?:#|\bno\.?|number|订单号?|单号|编号)\s*[:：是为]?\s*[a-z]{0,5}\d{4,}|[a-z]{0,6}-?\d{6,}", re.IGNORECASE
)
"""What looks like the number of an order or a parcel."""
_NO_NUMBER = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<![a-z\d])20[2-9]\d[01]\d[0-3]\d(?!\d)", re.IGNORECASE)
"""Telephone numbers and dates, which do."""
_TAIL = re.compile(r"(?<![a-z0-9])\d{4,}(?![a-z0-9])", re.IGNORECASE)
_OTHER_ONE = re.compile(
    r"^不对|不是这[个单笔]|另外?一?[个单笔](?!问题|事)|别的那?[个单笔]|[上前]一?[个单笔]|换一?[个单笔]|(?:其他|其它|别的)(?:的|那些)?(?:订)?单|(?:搞|弄|看)错了?"
    r"|\b(?:the other|another|different|wrong) (?:one|order|parcel)\b|\bnot (?:that|this)(?: one| order)?\b"
    r"|\bthe second one\b"
)
_ONLY_ORDER = re.compile(
    r"[\s\W_]+|不对|不是|错了|应该|我(?:说|指|要)?的?|是|改成?|换成?|选|要|这[个单笔]?|那[个单笔]?|另外?一?[个单笔]?|别的|订?单号?|编号|的|了|吧|啊|哦"
    r"|\b(?:actually|no|not|sorry|i|mean|meant|it'?s|it|is|the|this|that|other|another|one|order|number|wrong|but|rather|instead|please)\b"
)
"""Words around the naming of an order that say nothing else."""
_QUESTION = re.compile(r"怎么|如何|为什么|吗|多久|多少|能不能|可以|[?？]|\b(?:how|can|why|what|does|is)\b")
_ORDINALS = (
    re.compile(r"第一|最近|最新|刚[买下拍]|头一|\b(?:first|latest|newest|most recent|last)\b|^1$"),
    re.compile(r"第二|\bsecond\b|^2$"),
    re.compile(r"第三|\bthird\b|^3$"),
    re.compile(r"第四|\bfourth\b|^4$"),
    re.compile(r"第五|\bfifth\b|^5$"),
)
_LATIN_WORD = re.compile(r"[a-z]{4,}")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
_GENERIC = {"with", "double", "electric", "white", "mini", "pack", "pieces", "steel", "clear", "desk", "travel"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which order is meant."""

    order: Order | None = None
    among: tuple[Order, ...] = ()
    """To choose from, when it is not clear."""
    is_missing: bool = False
    """A number was named that is none of the customer's."""


def choose(
    orders: Sequence[Order], text: str, *, offered: Sequence[str] = (), shown: str = "", is_asked: bool = False
) -> Choice:
    """Which of the contact's own `orders` (newest first) the text means.

    `offered`: numbers in the order in which they were shown; `shown`: the one the talk was about until now.
    """
    found, is_missing = named(text, orders)
    if len(found) == 1:
        return Choice(order=found[0])
    if is_missing:
        return Choice(among=first_few(orders), is_missing=True)
    listed = [one for number in offered for one in orders if one.number == number]
    if is_asked and listed and (one := by_place(text, listed)):
        return Choice(order=one)
    pool = list(found or orders)
    is_correction = bool(shown) and asks_for_another(text)
    if is_correction:
        pool = [one for one in pool if one.number != shown]
        if not pool:
            return Choice(among=first_few(orders), is_missing=True)
    goods = by_goods(text, pool) or (by_part_of_goods(text, listed) if is_asked else [])
    if len(goods) == 1:
        return Choice(order=goods[0])
    pool = goods or pool
    if len(pool) == 1:
        return Choice(order=pool[0])
    is_open = [one for one in pool if one.is_open]
    if len(is_open) == 1 and (is_correction or not shown):
        return Choice(order=is_open[0])
    if not is_open and not shown and not is_asked:
        return Choice(order=pool[0])
    return Choice(among=first_few(pool))


def first_few(orders: Sequence[Order]) -> tuple[Order, ...]:
    """Open ones first, each newest first."""
    return tuple(sorted(orders, key=lambda one: not one.is_open)[:MAX_CHOICES])


def continues(position: FlowPosition, text: str) -> Reason | None:
    """Tell whether the text says which order is meant, or corrects the one that was shown; value 1 when plainly so."""
    is_short = len(text.strip()) <= SHORT
    asks = _QUESTION.search(normalise(text).rstrip("?？ "))  # "and the other one?" asks for nothing but that one
    if _picks(position, text) or (is_short and asks_for_another(text) and not asks):
        return Reason(code="flow_open", value=1.0)
    is_asked = position.step == "ask:order"
    return Reason(code="flow_open") if (is_asked and is_short) or wants_order_status(text) else None


def _picks(position: FlowPosition, text: str) -> bool:
    """One of the offered orders is named: by number, or, when asked, by its place or its goods and nothing is asked."""
    folded = normalise(text[:MAX_CHARS])
    if any(offer.value.lower() in folded for offer in position.offered):
        return True
    if position.step != "ask:order" or len(folded) > SHORT or _QUESTION.search(folded):
        return False
    names = [name for offer in position.offered for name in offer.words.split("\n") if name]
    if any(p.search(folded) for p in _ORDINALS) or any(_speaks_of(folded, name, name) for name in names):
        return True
    shared = [offer.value for offer in position.offered if any(_shares(folded, n) for n in offer.words.split("\n"))]
    return len(shared) == 1


def speaks_of_orders(text: str) -> bool:
    """Tell whether the text is about which order: the word, or "the other one"."""
    return re.search(r"单|另|别的|其他|其它|换一|\b(?:order|other|another|different)\b", normalise(text)) is not None


def puts_right(text: str) -> bool:
    """Tell whether the message is about which order, and nothing else: a number by itself, "不是这个，换一个"."""
    folded = normalise(text[:MAX_CHARS])
    plain = _NO_NUMBER.sub(" ", folded)
    without = _NUMBER.sub(" ", plain)
    is_named = without != plain or (asks_for_another(folded) and speaks_of_orders(folded))
    return is_named and not _ONLY_ORDER.sub("", _OTHER_ONE.sub("", without))


def asks_for_another(text: str) -> bool:
    """Tell whether the writer means another order than the one shown ("不对，是另一个订单")."""
    return _OTHER_ONE.search(normalise(text[:MAX_CHARS])) is not None


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
    rest = _NO_NUMBER.sub(" ", folded)
    return [], bool(_NUMBER.search(rest) or (rest.isascii() and _NUMBER.search(_squeeze(rest))))


def by_goods(text: str, orders: Sequence[Order]) -> list[Order]:
    """The orders with goods the text speaks of."""
    folded = normalise(text[:MAX_CHARS])
    return [one for one in orders if any(_speaks_of(folded, item.name.zh, item.name.en) for item in one.items)]


def by_part_of_goods(text: str, orders: Sequence[Order]) -> list[Order]:
    """The orders whose goods share two characters with the text, where others do not: "羽绒被" for a "白鹅绒被"."""
    folded = normalise(text[:MAX_CHARS])
    found = [one for one in orders if any(_shares(folded, item.name.zh) for item in one.items)]
    return found if len(found) < len(orders) else []


def by_place(text: str, orders: Sequence[Order]) -> Order | None:
    """The order meant by "the first", "第二个", out of `orders` as they were shown."""
    folded = normalise(text[:MAX_CHARS])
    for place, pattern in enumerate(_ORDINALS[: len(orders)]):
        if pattern.search(folded):
            return orders[place]
    return None


def _speaks_of(text: str, zh: str, en: str) -> bool:
    for run in _HAN.findall(normalise(zh)):
        if any(run[start : start + 3] in text for start in range(len(run) - 2)) or (len(run) == 2 and run in text):
            return True
    words = set(_LATIN_WORD.findall(en.lower())) - _GENERIC
    return bool(words & set(_LATIN_WORD.findall(text)))


def _shares(text: str, name: str) -> bool:
    return any(run[i : i + 2] in text for run in _HAN.findall(normalise(name)) for i in range(len(run) - 1))


def _stands_in(number: str, squeezed: str) -> bool:
    """The whole number, not a piece of a longer one."""
    return re.search(rf"(?<!\d){re.escape(_squeeze(number))}(?!\d)", squeezed) is not None


def _squeeze(text: str) -> str:
    """Without the blanks and marks people put into numbers."""
    return re.sub(r"[\s\-#]", "", text.lower())
