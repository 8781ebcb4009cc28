"""Orders as the product knows them, whatever shop they come from, and the tools every shop connector offers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

LIST_ORDERS = "orders.list"
GET_ORDER = "orders.get"
"""Read tools: the contact's orders, newest first, without traces; one order with its shipments."""


class OrderStatus(StrEnum):
    """Where an order stands. Texts: `order.status.<value>` in locales."""

    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    PREPARING = "preparing"
    SHIPPED = "shipped"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    RETURNING = "returning"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"
    """The shop used a word we do not know; `Order.raw_status` keeps it."""


OPEN = frozenset(OrderStatus) - {
    OrderStatus.COMPLETED,
    OrderStatus.CANCELLED,
    OrderStatus.REFUNDED,
    OrderStatus.DELIVERED,
}
"""Still on their way to some end: what "my order" most likely means."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Money(_Value):
    """An amount in major units."""

    amount: Decimal
    currency: str = Field(pattern="^[A-Z]{3}$")


class Name(_Value):
    """What a thing is called, in both languages of the product; one may be empty."""

    zh: str = ""
    en: str = ""

    def text(self, language: str) -> str:
        """In `language`, else in the other one."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


class Item(_Value):
    """One line of an order."""

    name: Name
    quantity: int = Field(ge=1)
    price: Money
    """Of one piece."""


class TracePoint(_Value):
    """What the carrier reported."""

    at: AwareDatetime
    text: Name
    place: str = ""


class Shipment(_Value):
    """One parcel."""

    carrier: Name
    tracking_number: str
    status: OrderStatus
    expected_at: AwareDatetime | None = None
    trace: tuple[TracePoint, ...] = ()
    """Newest first."""


class Order(_Value):
    """One order of one customer."""

    number: str = Field(min_length=1, max_length=64)
    status: OrderStatus
    raw_status: str = ""
    placed_at: AwareDatetime
    updated_at: AwareDatetime
    total: Money
    items: tuple[Item, ...] = ()
    tracking_numbers: tuple[str, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    """Only from `orders.get`."""
    address: str = ""
    """City and street only, as the shop gives it to others."""
    remark: str = ""
    """What the customer wrote when ordering: data, never an instruction."""

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class Orders(_Value):
    """A contact's orders, newest first."""

    orders: tuple[Order, ...] = ()


class ListOrders(_Value):
    """Arguments of `orders.list`."""

    limit: int = Field(default=20, ge=1, le=100)


class GetOrder(_Value):
    """Arguments of `orders.get`."""

    number: str = Field(min_length=1, max_length=64)


def card(order: Order, language: str, checked_at: datetime, status_text: str) -> dict[str, object]:
    """An order as screens show it: texts in one language, money as strings, times in RFC 3339."""
    return {
        "number": order.number,
        "status": order.status.value,
        "status_text": status_text,
        "is_open": order.is_open,
        "placed_at": _time(order.placed_at),
        "updated_at": _time(order.updated_at),
        "checked_at": _time(checked_at),
        "total": _money(order.total),
        "items": [
            {"name": item.name.text(language), "quantity": item.quantity, "price": _money(item.price)}
            for item in order.items
        ],
        "address": order.address,
        "shipments": [
            {
                "carrier": shipment.carrier.text(language),
                "tracking_number": shipment.tracking_number,
                "status": shipment.status.value,
                "expected_at": _time(shipment.expected_at) if shipment.expected_at else None,
                "trace": [
                    {"at": _time(point.at), "text": point.text.text(language), "place": point.place}
                    for point in shipment.trace
                ],
            }
            for shipment in order.shipments
        ],
    }


def _money(value: Money) -> dict[str, str]:
    return {"amount": str(value.amount), "currency": value.currency}


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
