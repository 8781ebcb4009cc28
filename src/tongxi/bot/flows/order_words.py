"""How an order stands, in words: carrier, newest news, delay, and how old the data is. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tongxi.connectors.orders import Order, OrderStatus, Shipment, card
from tongxi.connectors.protocol import Answer
from tongxi.kit.i18n import has, t

STILL = timedelta(hours=48)
"""A parcel on its way without news for longer is not normal."""
_MOVING = {OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY}


def standing(found: Answer[Order], language: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """What to say about an order, and the content that goes with it: card and, when something is wrong, a person."""
    order = found.value
    lines = [stale(found, language, now) + _standing(order, language)]
    offers_person = found.is_stale or order.status in (OrderStatus.UNKNOWN, OrderStatus.DELIVERY_FAILED)
    for shipment in order.shipments:
        lines.append(_parcel(shipment, language, now, alone=len(order.shipments) == 1))
        if _is_still(shipment, now):
            offers_person = True
            silent = age(now - shipment.trace[0].at, language)
            lines.append(t(language, "flow.order_status.still", age=silent))
    content: dict[str, Any] = {
        "card": {"type": "order", "order": card(order, language, found.checked_at, status_text(order, language))}
    }
    if offers_person:
        content["offer_person"] = True
    return "\n".join(lines), content


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


def label(order: Order, language: str) -> str:
    """Number and goods, for a button."""
    return f"{order.number} {goods(order, language)}"[:80]


def stale(answer: Answer[Any], language: str, now: datetime) -> str:
    """Words in front of remembered data; empty for fresh data."""
    if not answer.is_stale:
        return ""
    return (
        t(language, "flow.order_status.stale", system=answer.system, age=age(now - answer.checked_at, language)) + "\n"
    )


def live(answer: Answer[Any]) -> dict[str, str]:
    """From which system, as of when."""
    at = answer.checked_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"system": answer.system, "checked_at": at}
