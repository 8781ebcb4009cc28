"""Which of the customer's own orders does the text mean? Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from tongxi.bot.flows import order_names, order_time
from tongxi.bot.flows.order_names import NEWEST, OLDEST, ORDINALS, named
from tongxi.bot.memory import FlowPosition, Offer
from tongxi.connectors.orders import Order
from tongxi.decisions import Reason
from tongxi.kit.text import normalise
from tongxi.signals.order_wish import wants_order_status

MAX_CHARS = 2_000
MAX_CHOICES = 5
SHORT = 40
"""Characters up to which any text counts as the answer to "which one?" unless it is a question of its own."""

_OTHER_ONE = re.compile(
    r"^不对|不是这[个单笔]|另外?一?[个单笔](?!问题|事)|别的那?[个单笔]|[上前]一?[个单笔]|换一?[个单笔]|(?:其他|其它|别的)(?:的|那些)?(?:订)?单|(?:搞|弄|看)错了?"
    r"|\b(?:the other|another|different|wrong) (?:one|order|parcel)\b|\bnot (?:that|this)(?: one| order)?\b"
    r"|\bthe second one\b"
)
_ONLY_ORDER = re.compile(
    r"[\s\W_]+|改?[送寄改换]到|不对|不是|错了|应该|打错|说错|我(?:说|指|要)?的?|是|改成?|换成?|选|要|这[个单笔]?|那[个单笔]?|另外?一?[个单笔]?|别的|订?单号?|编号|的|了|吧|啊|哦|嗯|其实|还是|等等|等一下|就|呢|个|笔|包裹|快递"
    r"|\b(?:actually|no|not|sorry|wait|oops|hmm|i|mean|meant|it'?s|it|is|was|the|this|that|other|another|one|ones|order|parcel|number|wrong|but|rather|instead|please|pls|my|for|and|what|about|of|with|a|s|in)\b"
)
"""Words around the naming of an order that say nothing else."""
_QUESTION = re.compile(r"怎么|如何|为什么|吗|多久|多少|能不能|可以|[?？]|\b(?:how|can|why|what|does|is)\b")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which order is meant."""

    order: Order | None = None
    among: tuple[Order, ...] = ()
    """To choose from, when it is not clear."""
    is_missing: bool = False
    """A number was named that is none of the customer's."""
    is_not_then: bool = False
    """A day was named on which the customer ordered nothing."""
    is_guess: bool = False
    """Nothing in the text names it: it is the only one that fits."""


def choose(
    orders: Sequence[Order], text: str, *, today: date, zone: str = "UTC", offered: Sequence[str] = (), shown: str = "",
    fitting: Sequence[Order] = (), is_asked: bool = False, may_guess: bool = True,
) -> Choice:  # fmt: skip
    """Which of the contact's own `orders` (newest first) the text means.

    `offered`: numbers in the order in which they were shown; `shown`: the one the talk was about until now;
    `fitting`: those something can be done with, preferred where the text names none. `may_guess`: an order that is
    open is taken for the one meant where others are not.
    """
    found, is_missing = named(text, orders)
    if len(found) == 1:
        return Choice(order=found[0])
    if is_missing:
        return Choice(among=first_few(orders), is_missing=True)
    listed = [one for number in offered for one in orders if one.number == number]
    if (is_asked or shown) and (one := order_names.by_place(text, listed or orders)):
        return Choice(order=one)
    pool = list(found or orders)
    is_correction = bool(shown) and asks_for_another(text)
    if is_correction:
        pool = [one for one in pool if one.number != shown]
        if not pool:
            return Choice(among=first_few(orders), is_missing=True)
    days = order_time.meant(text, today, is_asked=is_asked)
    if days is not None:
        then = [one for one in pool if days[0] <= one.placed_at.astimezone(ZoneInfo(zone)).date() <= days[1]]
        if not then:
            goods = order_names.by_goods(text, pool)  # days are misremembered, goods are not
            return Choice(order=goods[0]) if len(goods) == 1 else Choice(among=first_few(pool), is_not_then=True)
        pool = then
    goods = order_names.by_goods(text, pool) or order_names.by_part_of_goods(text, listed if is_asked else pool)
    if len(goods) == 1:
        return Choice(order=goods[0])
    pool = goods or pool
    if len(pool) > 1 and fitting:
        pool = [one for one in pool if one in fitting] or pool
    is_said = bool(goods) or days is not None or is_correction
    if len(pool) == 1:
        return Choice(order=pool[0], is_guess=not is_said)
    is_open = [one for one in pool if one.is_open]
    if len(is_open) == 1 and (is_correction or (may_guess and not shown)):
        return Choice(order=is_open[0], is_guess=not is_said)
    if not is_open and not shown and not is_asked and may_guess:
        return Choice(order=pool[0], is_guess=not is_said)
    return Choice(among=first_few(pool))


def first_few(orders: Sequence[Order]) -> tuple[Order, ...]:
    """Open ones first, each newest first."""
    return tuple(sorted(orders, key=lambda one: not one.is_open)[:MAX_CHOICES])


def points_at(text: str, orders: Sequence[Offer], today: date) -> str | None:
    """The number of the one order a short message names and says nothing else: "不对，还是水壶那单", "no, the kettle".

    By number, goods, or the day it was placed; a place in a list is not enough.
    """
    folded = normalise(text)
    if len(folded) > SHORT or not orders:
        return None
    by_number = [one.value for one in orders if one.value.lower() in folded.replace(" ", "")]
    rest = order_names.NUMBER.sub(" ", order_names.NO_NUMBER.sub(" ", folded))
    days = order_time.meant(folded, today, is_asked=True)
    rest = OLDEST.sub(" ", NEWEST.sub(" ", order_time.without(rest) if days else rest))
    left = _ONLY_ORDER.sub(" ", _OTHER_ONE.sub(" ", rest)).split()
    if not left:
        found = by_number
        if not found and days:
            found = [one.value for one in orders if one.day and days[0].isoformat() <= one.day <= days[1].isoformat()]
        if not found and len(orders) > 1 and (NEWEST.search(folded) or OLDEST.search(folded)):
            found = [orders[0 if NEWEST.search(folded) else -1].value]
    else:
        found = [one.value for one in orders if all(_is_called(piece, one) for piece in left)]
    return found[0] if len(found) == 1 else None


def _is_called(piece: str, order: Offer) -> bool:
    """Whether a piece of text is nothing but a name of the order's goods, or a part of one."""
    names = [normalise(name) for name in order.words.split("\n") if name]
    if piece.isascii():
        stem = piece.removesuffix("s")
        return len(stem) >= 3 and any(re.search(rf"\b{re.escape(stem)}s?\b", name) for name in names)
    if len(piece) >= 2 and any(piece in name for name in names):
        return True
    thing = piece.removesuffix("子")
    return any(thing in name if thing != piece and len(thing) == 1 else _overlaps(piece, name) for name in names)


def _overlaps(piece: str, name: str) -> bool:
    """Half of a short word's pairs stand in the name, the last one among them: "羽绒被" in "白鹅绒被"."""
    pairs = [piece[i : i + 2] for i in range(len(piece) - 1)]
    return 1 < len(pairs) <= 4 and pairs[-1] in name and 2 * sum(pair in name for pair in pairs) >= len(pairs)


def continues(position: FlowPosition, text: str, today: date) -> Reason | None:
    """Tell whether the text says which order is meant, or corrects the one that was shown; value 1 when plainly so."""
    is_short = len(text.strip()) <= SHORT
    asks = _QUESTION.search(normalise(text).rstrip("?？ "))  # "and the other one?" asks for nothing but that one
    if _picks(position, text, today) or (is_short and asks_for_another(text) and not asks):
        return Reason(code="flow_open", value=1.0)
    is_asked = position.step == "ask:order"
    return Reason(code="flow_open") if (is_asked and is_short) or wants_order_status(text) else None


def _picks(position: FlowPosition, text: str, today: date) -> bool:
    """One of the customer's orders is named: by number, or, when asked, by its place, its goods or its day."""
    folded = normalise(text[:MAX_CHARS])
    if any(offer.value.lower() in folded for offer in (*position.offered, *position.orders)):
        return True
    if points_at(text, position.orders, today):
        return True
    if position.step != "ask:order" or len(folded) > SHORT or _QUESTION.search(folded):
        return False
    names = [name for offer in position.offered for name in offer.words.split("\n") if name]
    places = (*ORDINALS, NEWEST, OLDEST, order_names.LAST)
    if any(p.search(folded) for p in places) or any(order_names.speaks_of(folded, name, name) for name in names):
        return True
    if order_time.meant(folded, today, is_asked=False):
        return True
    shared = [
        offer.value for offer in position.offered if any(order_names.shares(folded, n) for n in offer.words.split("\n"))
    ]
    return len(shared) == 1


def speaks_of_orders(text: str) -> bool:
    """Tell whether the text is about which order: the word, or "the other one"."""
    return re.search(r"单|另|别的|其他|其它|换一|\b(?:order|other|another|different)\b", normalise(text)) is not None


def puts_right(text: str) -> bool:
    """Tell whether the message is about which order, and nothing else: a number by itself, "不是这个，换一个"."""
    folded = normalise(text[:MAX_CHARS])
    plain = order_names.NO_NUMBER.sub(" ", folded)
    without = order_names.NUMBER.sub(" ", plain)
    is_named = without != plain or (asks_for_another(folded) and speaks_of_orders(folded))
    return is_named and not _ONLY_ORDER.sub("", _OTHER_ONE.sub("", without))


def asks_for_another(text: str) -> bool:
    """Tell whether the writer means another order than the one shown ("不对，是另一个订单")."""
    return _OTHER_ONE.search(normalise(text[:MAX_CHARS])) is not None
