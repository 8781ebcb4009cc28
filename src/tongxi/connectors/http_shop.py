"""A shop over plain HTTP: the small REST dialect of docs/how-to/connect-a-shop.md, spoken by the demo shop.

A shop of your own either speaks it too or gets a connector like this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import AwareDatetime, BaseModel, ConfigDict

from tongxi.connectors import business
from tongxi.connectors.orders import (
    GET_ORDER,
    LIST_ORDERS,
    GetOrder,
    Item,
    ListOrders,
    Money,
    Name,
    Order,
    Orders,
    OrderStatus,
    Shipment,
    TracePoint,
)
from tongxi.connectors.protocol import Call, FailureCode, Tool, ToolFailed

W = TypeVar("W", bound=BaseModel)

_MAX_BYTES = 1_000_000
_TIMEOUT_SECONDS = 2.0

LOOKUPS: Final = {
    business.REFUND_STATUS: ("/refunds", "The customer's refunds and how they stand."),
    business.APPOINTMENT_SLOTS: ("/slots", "Free times for a service."),
    business.LIST_APPOINTMENTS: ("/appointments", "The customer's appointments to come."),
    business.GET_ACCOUNT: ("/account", "The customer's own account."),
    business.LIST_COUPONS: ("/coupons", "The customer's usable coupons."),
    business.FIND_OPERATION: ("/operations/{key}", "What became of a change, by its key."),
}
"""Read tool → address, about."""
CHANGES: Final = {
    business.CHANGE_ADDRESS: "Another address for an order that has not left.",
    business.CANCEL_ORDER: "Cancel an order that has not left.",
    business.REQUEST_REFUND: "Ask for the money back for an order.",
    business.REQUEST_EXCHANGE: "Ask for another piece in place of one of an order.",
    business.REQUEST_INVOICE: "Ask for the invoice of an order.",
    business.BOOK_APPOINTMENT: "Take a free time.",
    business.MOVE_APPOINTMENT: "Another time for an appointment.",
    business.CANCEL_APPOINTMENT: "Give an appointment up.",
    business.SEND_RESET_LINK: "Send a link for choosing a new password to what is on file.",
    business.TOP_UP: "Put money on the account or on a phone.",
    business.CREATE_LEAD: "Note somebody who wants to do business with the shop.",
    business.CREATE_REPAIR: "Note something that is broken.",
    business.CREATE_CALLBACK: "Have somebody call.",
    business.UNDO_OPERATION: "Take a change back while that is possible.",
}
"""Write tool → about."""


class HttpShop:
    """Orders and everyday business of one shop.

    `url`: base address; `key`: sent as a bearer token; `has_actions`: it speaks more than the three order addresses.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        system: str,
        has_actions: bool = False,
        client: httpx2.AsyncClient | None = None,
    ) -> None:
        self.system = system
        self._has_actions = has_actions
        self._client = client or httpx2.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=_TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
            limits=httpx2.Limits(max_connections=50, max_keepalive_connections=10),
        )

    def tools(self) -> Sequence[Tool]:
        return (
            Tool(LIST_ORDERS, "The customer's own orders, newest first.", ListOrders, "read", self._list),
            Tool(GET_ORDER, "One of the customer's own orders with its parcels.", GetOrder, "read", self._get),
            *(self._lookup(name, *where) for name, where in LOOKUPS.items() if self._has_actions),
            *(self._change(name, about) for name, about in CHANGES.items() if self._has_actions),
        )

    def _lookup(self, name: str, path: str, about: str) -> Tool:
        """A read: arguments go into the query, or into the path where it names them."""
        shape = business.CANONICAL[name]

        async def run(call: Call, arguments: BaseModel) -> BaseModel:
            given = {key: str(value) for key, value in arguments.model_dump().items() if value not in (None, "")}
            place = path.format(**{key: quote(value, safe="") for key, value in given.items()})
            query = {key: value for key, value in given.items() if f"{{{key}}}" not in path}
            return await self._fetch(shape.result, place, {**query, "customer": call.contact_external_id})

        return Tool(name, about, shape.arguments, "read", run, needs_contact=not shape.for_anyone)

    def _change(self, name: str, about: str) -> Tool:
        """A write: one request, its key in the header, never repeated from here."""
        shape = business.CANONICAL[name]

        async def run(call: Call, arguments: BaseModel) -> BaseModel:
            body = {"customer": call.contact_external_id, "arguments": arguments.model_dump(mode="json")}
            headers = {"Idempotency-Key": call.idempotency_key or ""}
            return await self._send(shape.result, "POST", f"/actions/{name}", json=body, headers=headers)

        return Tool(name, about, shape.arguments, "write", run, needs_contact=not shape.for_anyone)

    async def close(self) -> None:
        await self._client.aclose()

    async def _list(self, call: Call, arguments: ListOrders) -> Orders:
        query = {"customer": call.contact_external_id, "limit": str(arguments.limit)}
        found = await self._fetch(_OrderList, "/orders", query)
        if any(order.customer_id != call.contact_external_id for order in found.orders):
            raise ToolFailed(FailureCode.BAD_ANSWER, "orders of another customer")
        orders = sorted((order.read() for order in found.orders), key=lambda order: order.placed_at, reverse=True)
        return Orders(orders=tuple(orders))

    async def _get(self, call: Call, arguments: GetOrder) -> Order:
        path = f"/orders/{quote(arguments.number, safe='')}"
        order = await self._fetch(_Order, path)
        if order.customer_id != call.contact_external_id:
            raise ToolFailed(FailureCode.NOT_FOUND)
        shipments = await self._fetch(_ShipmentList, f"{path}/shipments")
        return order.read(tuple(one.read() for one in shipments.shipments))

    async def _fetch(self, kind: type[W], path: str, query: dict[str, str] | None = None) -> W:
        """One GET, its body checked. Raises: `ToolFailed`, `pydantic.ValidationError`."""
        return await self._send(kind, "GET", path, params=query)

    async def _send(self, kind: type[W], method: str, path: str, **request: Any) -> W:
        try:
            async with self._client.stream(method, path, **request) as response:
                _check(response.status_code)
                body = bytearray()
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > _MAX_BYTES:
                        raise ToolFailed(FailureCode.BAD_ANSWER, "too large")
                return kind.model_validate_json(bytes(body))
        except httpx2.TimeoutException as error:
            raise ToolFailed(FailureCode.TIMEOUT, type(error).__name__) from error
        except httpx2.DecodingError as error:
            raise ToolFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
        except httpx2.HTTPError as error:
            raise ToolFailed(FailureCode.UNAVAILABLE, type(error).__name__) from error


def _check(status: int) -> None:
    if status == 200:
        return
    if status in (404, 410):
        raise ToolFailed(FailureCode.NOT_FOUND)
    if status in (400, 401, 403, 409, 422):
        raise ToolFailed(FailureCode.REFUSED, str(status))
    raise ToolFailed(FailureCode.UNAVAILABLE if status >= 429 else FailureCode.BAD_ANSWER, str(status))


# ── the dialect ─────────────────────────────────────────────────────────────────────────────────────
class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Line(_Wire):
    name: Name
    quantity: int
    price: Money


class _Point(_Wire):
    at: AwareDatetime
    text: Name
    place: str = ""


class _Shipment(_Wire):
    carrier: Name
    tracking_number: str
    status: str
    expected_at: AwareDatetime | None = None
    trace: tuple[_Point, ...] = ()

    def read(self) -> Shipment:
        points = [TracePoint(at=point.at.astimezone(UTC), text=point.text, place=point.place) for point in self.trace]
        return Shipment(
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            status=_status(self.status),
            expected_at=self.expected_at.astimezone(UTC) if self.expected_at else None,
            trace=tuple(sorted(points, key=lambda point: point.at, reverse=True)),
        )


class _Order(_Wire):
    number: str
    customer_id: str
    status: str
    placed_at: AwareDatetime
    updated_at: AwareDatetime
    total: Money
    items: tuple[_Line, ...] = ()
    tracking_numbers: tuple[str, ...] = ()
    address: str = ""
    remark: str = ""

    def read(self, shipments: tuple[Shipment, ...] = ()) -> Order:
        return Order(
            number=self.number,
            status=_status(self.status),
            raw_status=self.status,
            placed_at=self.placed_at.astimezone(UTC),
            updated_at=self.updated_at.astimezone(UTC),
            total=self.total,
            items=tuple(Item(name=line.name, quantity=line.quantity, price=line.price) for line in self.items),
            tracking_numbers=self.tracking_numbers,
            shipments=shipments,
            address=self.address,
            remark=self.remark,
        )


class _OrderList(_Wire):
    orders: tuple[_Order, ...]


class _ShipmentList(_Wire):
    shipments: tuple[_Shipment, ...]


def _status(word: str) -> OrderStatus:
    try:
        return OrderStatus(word)
    except ValueError:
        return OrderStatus.UNKNOWN
