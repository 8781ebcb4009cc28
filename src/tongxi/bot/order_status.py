"""The flow "where is my order": for the verified customer only, from the shop's own system, with its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tongxi.bot.flow import FlowContact, FlowStep
from tongxi.bot.memory import FlowPosition
from tongxi.bot.order_choice import asks_for_another, by_goods, by_place, named
from tongxi.connectors.orders import (
    GET_ORDER,
    LIST_ORDERS,
    GetOrder,
    ListOrders,
    Order,
    Orders,
    OrderStatus,
    Shipment,
    card,
)
from tongxi.connectors.protocol import Answer, Connectors, Failure, FailureCode
from tongxi.decisions import Reason
from tongxi.kit.i18n import base, has, t

NAME = "order_status"

MAX_CHOICES = 5
MAX_TRIES = 3
"""Times "which one?" is asked before a person is."""
STILL = timedelta(hours=48)
"""A parcel on its way without news for longer is not normal."""
_MOVING = {OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which order is meant."""

    order: Order | None = None
    among: tuple[Order, ...] = ()
    """To choose from, when it is not clear."""
    is_missing: bool = False
    """A number was named that is none of the customer's."""


async def step(
    *,
    position: FlowPosition,
    text: str,
    contact: FlowContact,
    connectors: Connectors,
    language: str,
    now: datetime,
) -> FlowStep:
    """Find the order that is meant and tell how it stands, or ask which one."""
    language = base(language)
    if connectors.system_of(LIST_ORDERS) is None:
        return _offer(language, "no_system", "failed", Reason(code="no_shop_system", met=False))
    if contact.shop_id is None:
        return _offer(language, "sign_in", "refused", Reason(code="contact_unverified", met=False))
    listed = await connectors.call(LIST_ORDERS, ListOrders(), Orders, contact_external_id=contact.shop_id)
    if isinstance(listed, Failure):
        return _failed(listed, language)
    orders = listed.value.orders
    if not orders:
        return FlowStep(
            t(language, "flow.order_status.none"), "done", {"live": [_live(listed)]}, reasons=(_count(orders),)
        )
    choice = choose(orders, text, position)
    if choice.order is None:
        return _ask(choice, position, listed, language, now)
    number = choice.order.number
    found = await connectors.call(GET_ORDER, GetOrder(number=number), Order, contact_external_id=contact.shop_id)
    if isinstance(found, Failure):
        if found.code is FailureCode.NOT_FOUND:
            return _ask(Choice(among=choice.among or orders, is_missing=True), position, listed, language, now)
        return _failed(found, language)
    return _tell(found, orders, language, now)


# ── which one (pure) ────────────────────────────────────────────────────────────────────────────────
def choose(orders: Sequence[Order], text: str, position: FlowPosition) -> Choice:
    """Which of the contact's own `orders` (newest first) the text means."""
    found, is_missing = named(text, orders)
    if len(found) == 1:
        return Choice(order=found[0])
    offered = [one for number in position.slots.get("offered", "").split() for one in orders if one.number == number]
    shown = position.slots.get("shown")
    if is_missing:
        return Choice(among=_first_few(orders), is_missing=True)
    if position.step == "which" and offered and (one := by_place(text, offered)):
        return Choice(order=one)
    pool = list(found or orders)
    is_correction = bool(shown) and asks_for_another(text)
    if is_correction:
        pool = [one for one in pool if one.number != shown]
        if not pool:
            return Choice(among=_first_few(orders), is_missing=True)
    goods = by_goods(text, pool)
    if len(goods) == 1:
        return Choice(order=goods[0])
    pool = goods or pool
    if len(pool) == 1:
        return Choice(order=pool[0])
    is_open = [one for one in pool if one.is_open]
    if len(is_open) == 1 and (is_correction or not shown):
        return Choice(order=is_open[0])
    if not is_open and not shown and position.step != "which":
        return Choice(order=pool[0])
    return Choice(among=_first_few(pool))


def _first_few(orders: Sequence[Order]) -> tuple[Order, ...]:
    """Open ones first, each newest first."""
    return tuple(sorted(orders, key=lambda one: not one.is_open)[:MAX_CHOICES])


# ── what is said ────────────────────────────────────────────────────────────────────────────────────
def _ask(choice: Choice, position: FlowPosition, listed: Answer[Orders], language: str, now: datetime) -> FlowStep:
    tries = position.tries + 1 if position.step == "which" else 1
    reasons = (Reason(code="order_unknown" if choice.is_missing else "several_orders", value=float(len(choice.among))),)
    if tries > MAX_TRIES:
        return FlowStep("", "hand_off", reasons=(Reason(code="flow_stuck", value=tries, threshold=MAX_TRIES),))
    key = "not_yours" if choice.is_missing else "which"
    slots = {
        "offered": " ".join(one.number for one in choice.among),
        "goods": "\n".join(item.name.text(language) for one in choice.among for item in one.items),
    }
    if "shown" in position.slots:
        slots["shown"] = position.slots["shown"]
    text = _stale(listed, language, now) + t(language, f"flow.order_status.{key}")
    content: dict[str, Any] = {
        "live": [_live(listed)],
        "quick_replies": [{"id": f"order:{one.number}", "label": _label(one, language)} for one in choice.among],
    }
    if choice.is_missing:
        content["offer_person"] = True
    return FlowStep(
        text, "asked", content, FlowPosition(name=NAME, step="which", slots=slots, tries=tries), {}, reasons
    )


def _tell(found: Answer[Order], orders: Sequence[Order], language: str, now: datetime) -> FlowStep:
    order = found.value
    lines = [_stale(found, language, now) + _standing(order, language)]
    offers_person = found.is_stale or order.status in (OrderStatus.UNKNOWN, OrderStatus.DELIVERY_FAILED)
    for shipment in order.shipments:
        lines.append(_parcel(shipment, language, now, alone=len(order.shipments) == 1))
        if _is_still(shipment, now):
            offers_person = True
            silent = age(now - shipment.trace[0].at, language)
            lines.append(t(language, "flow.order_status.still", age=silent))
    content: dict[str, Any] = {
        "live": [_live(found)],
        "card": {"type": "order", "order": card(order, language, found.checked_at, status_text(order, language))},
    }
    others = [one for one in _first_few(orders) if one.number != order.number and one.is_open][: MAX_CHOICES - 1]
    if others:
        content["quick_replies"] = [{"id": f"order:{one.number}", "label": _label(one, language)} for one in others]
    if offers_person:
        content["offer_person"] = True
    slots = {"shown": order.number, "offered": " ".join(one.number for one in _first_few(orders))}
    facts = {
        "order": {"value": order.number, "verified": True},
        "order_status": {"value": order.status.value, "verified": True},
    }
    reasons = (Reason(code="order_found", value=1.0), *([_ill(found)] if found.is_stale else []))
    return FlowStep(
        "\n".join(lines), "done", content, FlowPosition(name=NAME, step="shown", slots=slots), facts, reasons
    )


def _standing(order: Order, language: str) -> str:
    """One sentence on the order itself."""
    key = f"flow.order_status.is.{order.status.value}"
    return t(
        language,
        key if has(key) else "flow.order_status.is",
        order=order.number,
        goods=goods(order, language),
        status=status_text(order, language),
    )


def _parcel(shipment: Shipment, language: str, now: datetime, *, alone: bool) -> str:
    """Carrier, number, newest news and, while it moves, when it is expected."""
    which = "parcel" if alone else "parcel_of_several"
    said = t(
        language,
        f"flow.order_status.{which}",
        carrier=shipment.carrier.text(language),
        number=shipment.tracking_number,
        status=t(language, f"order.status.{shipment.status.value}"),
    )
    if shipment.trace:
        newest = shipment.trace[0]
        news = newest.text.text(language)
        said += t(language, "flow.order_status.news", age=age(now - newest.at, language), text=news)
    if shipment.status in _MOVING and shipment.expected_at:
        late = shipment.expected_at < now
        key = "late" if late else "expected"
        said += t(language, f"flow.order_status.{key}", time=age(abs(shipment.expected_at - now), language))
    return said


def _is_still(shipment: Shipment, now: datetime) -> bool:
    return shipment.status in _MOVING and bool(shipment.trace) and now - shipment.trace[0].at > STILL


def status_text(order: Order, language: str) -> str:
    """The order's status in words; the shop's own word when we do not know it."""
    return t(language, f"order.status.{order.status.value}", raw=order.raw_status)


def goods(order: Order, language: str) -> str:
    """What was ordered, in few words."""
    if not order.items:
        return t(language, "order.goods.none")
    first = order.items[0].name.text(language)
    pieces = sum(item.quantity for item in order.items)
    return first if pieces == 1 else t(language, "order.goods.more", first=first, pieces=pieces)


def age(duration: timedelta, language: str) -> str:
    """A length of time in words, coarse: minutes, hours or days."""
    minutes = max(int(duration.total_seconds() // 60), 0)
    if minutes < 1:
        return t(language, "time.moment")
    if minutes < 90:
        return t(language, "time.minutes", n=minutes)
    hours = round(minutes / 60)
    return t(language, "time.hours", n=hours) if hours < 48 else t(language, "time.days", n=round(hours / 24))


def _label(order: Order, language: str) -> str:
    return f"{order.number} {goods(order, language)}"[:80]


def _stale(answer: Answer[Any], language: str, now: datetime) -> str:
    """Words in front of remembered data; empty for fresh data."""
    if not answer.is_stale:
        return ""
    return (
        t(language, "flow.order_status.stale", system=answer.system, age=age(now - answer.checked_at, language)) + "\n"
    )


def _live(answer: Answer[Any]) -> dict[str, str]:
    at = answer.checked_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"system": answer.system, "checked_at": at}


def _failed(failure: Failure, language: str) -> FlowStep:
    return _offer(language, "down", "failed", Reason(code=f"system_{failure.code.value}", met=False))


def _offer(language: str, key: str, outcome: Any, reason: Reason) -> FlowStep:
    return FlowStep(t(language, f"flow.order_status.{key}"), outcome, {"offer_person": True}, reasons=(reason,))


def _ill(answer: Answer[Any]) -> Reason:
    return Reason(code=f"system_{answer.error.value}" if answer.error else "system_ok", met=False)


def _count(orders: Sequence[Order]) -> Reason:
    return Reason(code="no_orders", value=float(len(orders)))
