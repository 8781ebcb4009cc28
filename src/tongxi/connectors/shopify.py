"""A Shopify shop, through its GraphQL Admin API: the customer's own orders.

Whose orders: searched by the verified contact's customer id (or e-mail), and each order that comes back is compared
with it again, because that search is a fuzzy one. Source: shopify.dev, "Admin API", version 2026-10.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final, Literal

import httpx2

from tongxi.connectors.asking import ask, check_status
from tongxi.connectors.notes import ADD_NOTE, AddNote, note_with_key
from tongxi.connectors.oauth import ClientCredentials
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
)
from tongxi.connectors.protocol import Call, Document, FailureCode, Tool, ToolFailed

MAX_WAIT_SECONDS: Final = 2.0
"""For the bucket of query costs to fill again."""
_ID = re.compile(r"^\d{1,20}$")
_EMAIL = re.compile(r"^[^\s\"'\\()@:]{1,64}@[A-Za-z0-9.-]{1,190}$")
_NUMBER = re.compile(r"^#?[A-Za-z0-9_-]{1,40}$")

_ORDER = """
  id name note createdAt updatedAt cancelledAt displayFinancialStatus displayFulfillmentStatus
  customer { legacyResourceId email }
  totalPriceSet { shopMoney { amount currencyCode } }
  shippingAddress { city address1 }
  lineItems(first: 50) { nodes { title quantity originalUnitPriceSet { shopMoney { amount currencyCode } } } }
  fulfillments(first: 10) { displayStatus createdAt estimatedDeliveryAt trackingInfo(first: 5) { number company } }
"""
_FIND = f"query($q: String!, $n: Int!) {{ orders(first: $n, query: $q, sortKey: CREATED_AT, reverse: true) {{ nodes {{ {_ORDER} }} }} }}"  # noqa: E501
_NOTE = "mutation($input: OrderInput!) { orderUpdate(input: $input) { order { id } userErrors { message } } }"

_PARCEL: Final = {
    "DELIVERED": OrderStatus.DELIVERED, "PICKED_UP": OrderStatus.DELIVERED,
    "OUT_FOR_DELIVERY": OrderStatus.OUT_FOR_DELIVERY, "READY_FOR_PICKUP": OrderStatus.READY_FOR_PICKUP,
    "ATTEMPTED_DELIVERY": OrderStatus.DELIVERY_FAILED, "FAILURE": OrderStatus.DELIVERY_FAILED,
    "NOT_DELIVERED": OrderStatus.DELIVERY_FAILED, "CANCELED": OrderStatus.CANCELLED,
    "IN_TRANSIT": OrderStatus.SHIPPED, "FULFILLED": OrderStatus.SHIPPED, "MARKED_AS_FULFILLED": OrderStatus.SHIPPED,
    "CARRIER_PICKED_UP": OrderStatus.SHIPPED, "DELAYED": OrderStatus.SHIPPED,
    "LABEL_PRINTED": OrderStatus.PREPARING, "LABEL_PURCHASED": OrderStatus.PREPARING,
    "SUBMITTED": OrderStatus.PREPARING, "CONFIRMED": OrderStatus.PREPARING,
}  # fmt: skip


class Shopify:
    """`secret`: a static token, or `id:secret` for client credentials. `contact`: what the verified contact's id is."""

    def __init__(
        self, base_url: str, secret: str, *, version: str, system: str, prefix: str, client: httpx2.AsyncClient,
        contact: Literal["customer_id", "email"] = "customer_id", tokens: ClientCredentials | None = None,
        with_notes: bool = False, timeout: timedelta = timedelta(seconds=5),
    ) -> None:  # fmt: skip
        self.system = system
        self._url = f"{base_url}/admin/api/{version}/graphql.json"
        self._secret, self._prefix, self._client, self._contact = secret, prefix, client, contact
        self._tokens, self._with_notes, self._timeout = tokens, with_notes, timeout

    def tools(self) -> Sequence[Tool]:
        tools = [
            self._tool(LIST_ORDERS, "The customer's own orders, newest first.", ListOrders, self._list),
            self._tool(GET_ORDER, "One of the customer's own orders with its parcels.", GetOrder, self._get),
        ]
        if self._with_notes:
            about = "Add a note for the staff to one of the customer's own orders."
            tools.append(
                Tool(f"{self._prefix}__{ADD_NOTE}", about, AddNote, "write", self._add_note, timeout=self._timeout)
            )
        return tools

    async def check(self) -> None:
        """See whether the shop answers and takes our token. Raises: `ToolFailed`."""
        await self._query("{ shop { name } }", {})

    async def close(self) -> None:
        await self._client.aclose()

    def _tool(self, name: str, about: str, arguments: Any, run: Callable[..., Any]) -> Tool:
        return Tool(name, about, arguments, "read", run, timeout=self._timeout)

    # ── tools ───────────────────────────────────────────────────────────────────────────────────
    async def _list(self, call: Call, arguments: ListOrders) -> Orders:
        nodes = await self._find(call.contact_external_id, "", arguments.limit)
        return Orders(orders=tuple(_order(node) for node in nodes))

    async def _get(self, call: Call, arguments: GetOrder) -> Order:
        return _order(await self._one(call, arguments.number))

    async def _add_note(self, call: Call, arguments: AddNote) -> Document:
        node = await self._one(call, arguments.number)
        before = str(node.get("note") or "")
        text, is_there = note_with_key(before, arguments.note, call.idempotency_key or "")
        if not is_there:
            sent = {"id": node["id"], "note": f"{before}\n{text}".strip()[:5000]}
            said = await self._query(_NOTE, {"input": sent})
            if said["orderUpdate"]["userErrors"]:
                raise ToolFailed(FailureCode.REFUSED, "userErrors")
        return Document(data={"done": True})

    async def _one(self, call: Call, number: str) -> dict[str, Any]:
        if not _NUMBER.match(number):
            raise ToolFailed(FailureCode.NOT_FOUND)
        name = number.removeprefix("#")
        for node in await self._find(call.contact_external_id, f'name:"{name}" AND ', 10):
            if str(node["name"]).removeprefix("#").casefold() == name.casefold():
                return node
        raise ToolFailed(FailureCode.NOT_FOUND)

    async def _find(self, contact: str, condition: str, limit: int) -> list[dict[str, Any]]:
        """Orders that are the contact's beyond doubt."""
        is_email = self._contact == "email"
        if not (_EMAIL if is_email else _ID).match(contact):
            return []
        whose = f'email:"{contact}"' if is_email else f"customer_id:{contact}"
        said = await self._query(_FIND, {"q": f"{condition}{whose}", "n": limit})
        own = []
        for node in said["orders"]["nodes"]:
            customer = node.get("customer") or {}
            named = customer.get("email" if is_email else "legacyResourceId")
            if named is not None and str(named).casefold() == contact.casefold():
                own.append(node)
        return own

    # ── wire ────────────────────────────────────────────────────────────────────────────────────
    async def _query(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Data of a query. Raises: `ToolFailed`."""
        for is_last in (False, True):
            token = self._secret if self._tokens is None else await self._tokens.token()
            answer = await ask(
                self._client, "POST", self._url, json={"query": query, "variables": variables},
                headers={"X-Shopify-Access-Token": token},
            )  # fmt: skip
            if answer.status == 401 and self._tokens is not None and not is_last:
                self._tokens.forget()
                continue
            check_status(answer.status, {402: FailureCode.UNAVAILABLE, 423: FailureCode.UNAVAILABLE})
            said = answer.json()
            if not isinstance(said, dict):
                raise ToolFailed(FailureCode.BAD_ANSWER, "no object")
            codes = _error_codes(said)
            if "THROTTLED" in codes and not is_last:
                await asyncio.sleep(_wait_seconds(said))
                continue
            if codes:
                raise ToolFailed(_meaning(codes), ",".join(sorted(codes))[:80])
            data = said.get("data")
            if not isinstance(data, dict):
                raise ToolFailed(FailureCode.BAD_ANSWER, "no data")
            return data
        raise AssertionError("unreachable")


def _error_codes(said: dict[str, Any]) -> set[str]:
    errors = said.get("errors")
    if not errors:
        return set()
    if not isinstance(errors, list):
        return {"UNKNOWN"}
    return {
        str((one.get("extensions") or {}).get("code") or "UNKNOWN") if isinstance(one, dict) else "UNKNOWN"
        for one in errors
    }


def _meaning(codes: set[str]) -> FailureCode:
    if "ACCESS_DENIED" in codes:
        return FailureCode.REFUSED
    if codes & {"THROTTLED", "INTERNAL_SERVER_ERROR", "SHOP_INACTIVE"}:
        return FailureCode.UNAVAILABLE
    return FailureCode.BAD_ANSWER


def _wait_seconds(said: dict[str, Any]) -> float:
    """Until the bucket holds what the query costs."""
    cost = (said.get("extensions") or {}).get("cost") or {}
    status = cost.get("throttleStatus") or {}
    try:
        missing = float(cost["requestedQueryCost"]) - float(status["currentlyAvailable"])
        return min(max(missing / float(status["restoreRate"]), 0.05), MAX_WAIT_SECONDS)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return MAX_WAIT_SECONDS / 2


# ── what it says, in our words ──────────────────────────────────────────────────────────────────
def _order(node: dict[str, Any]) -> Order:
    parcels = tuple(_parcel(one) for one in node.get("fulfillments") or ())
    address = node.get("shippingAddress") or {}
    return Order(
        number=str(node["name"]),
        status=_status(node, [parcel.status for parcel in parcels]),
        raw_status=f"{node.get('displayFinancialStatus')}/{node.get('displayFulfillmentStatus')}",
        placed_at=node["createdAt"],
        updated_at=node["updatedAt"],
        total=_money(node["totalPriceSet"]),
        items=tuple(_item(one) for one in node["lineItems"]["nodes"] if one["quantity"] >= 1),
        tracking_numbers=tuple(parcel.tracking_number for parcel in parcels if parcel.tracking_number),
        shipments=parcels,
        address=" ".join(str(address.get(part) or "") for part in ("city", "address1")).strip(),
    )


def _status(node: dict[str, Any], parcels: list[OrderStatus]) -> OrderStatus:
    paid, sent = str(node.get("displayFinancialStatus")), str(node.get("displayFulfillmentStatus"))
    if node.get("cancelledAt") or paid in ("VOIDED", "EXPIRED"):
        return OrderStatus.CANCELLED
    if paid == "REFUNDED":
        return OrderStatus.REFUNDED
    for status in (OrderStatus.DELIVERY_FAILED, OrderStatus.READY_FOR_PICKUP, OrderStatus.OUT_FOR_DELIVERY):
        if status in parcels:
            return status
    if parcels and all(status is OrderStatus.DELIVERED for status in parcels) and sent == "FULFILLED":
        return OrderStatus.DELIVERED
    if sent in ("FULFILLED", "PARTIALLY_FULFILLED"):
        return OrderStatus.SHIPPED
    if paid in ("PENDING", "PARTIALLY_PAID"):
        return OrderStatus.AWAITING_PAYMENT
    if sent in ("IN_PROGRESS", "OPEN", "PENDING_FULFILLMENT", "ON_HOLD", "SCHEDULED"):
        return OrderStatus.PREPARING
    if sent == "UNFULFILLED" and paid in ("PAID", "AUTHORIZED", "PARTIALLY_REFUNDED"):
        return OrderStatus.PAID
    return OrderStatus.UNKNOWN


def _parcel(said: dict[str, Any]) -> Shipment:
    tracking: dict[str, Any] = next(iter(said.get("trackingInfo") or ()), {})
    carrier = str(tracking.get("company") or "")
    return Shipment(
        carrier=Name(zh=carrier, en=carrier),
        tracking_number=str(tracking.get("number") or ""),
        status=_PARCEL.get(str(said.get("displayStatus")), OrderStatus.UNKNOWN),
        expected_at=said.get("estimatedDeliveryAt"),
    )


def _item(said: dict[str, Any]) -> Item:
    title = str(said["title"])
    return Item(name=Name(zh=title, en=title), quantity=said["quantity"], price=_money(said["originalUnitPriceSet"]))


def _money(said: dict[str, Any]) -> Money:
    return Money(amount=said["shopMoney"]["amount"], currency=said["shopMoney"]["currencyCode"])
