"""A WooCommerce shop, through its REST API v3: the customer's own orders.

Whose orders: asked for by the verified contact's customer id (or e-mail), and each order that comes back is compared
with it again. Source: woocommerce.github.io/woocommerce-rest-api-docs.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import httpx2

from tongxi.connectors.asking import ask, check_status
from tongxi.connectors.notes import ADD_NOTE, AddNote, note_with_key
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

_ID = re.compile(r"^[1-9]\d{0,18}$")
"""0 is every guest."""
_EMAIL = re.compile(r"^[^\s\"'\\()@]{1,64}@[A-Za-z0-9.-]{1,190}$")
_PAGE: Final = 100
_STATUS: Final = {
    "pending": OrderStatus.AWAITING_PAYMENT, "failed": OrderStatus.AWAITING_PAYMENT,
    "on-hold": OrderStatus.AWAITING_PAYMENT, "processing": OrderStatus.PREPARING,
    "completed": OrderStatus.COMPLETED, "cancelled": OrderStatus.CANCELLED, "refunded": OrderStatus.REFUNDED,
}  # fmt: skip


class WooCommerce:
    """`secret`: `consumer key:consumer secret`. `contact`: what the verified contact's id is."""

    def __init__(
        self, base_url: str, secret: str, *, system: str, prefix: str, client: httpx2.AsyncClient,
        contact: Literal["customer_id", "email"] = "customer_id", with_notes: bool = False,
        timeout: timedelta = timedelta(seconds=5),
    ) -> None:  # fmt: skip
        self.system = system
        self._url = f"{base_url.rstrip('/')}/wp-json/wc/v3"
        self._headers = {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
        self._prefix, self._client, self._contact = prefix, client, contact
        self._with_notes, self._timeout = with_notes, timeout

    def tools(self) -> Sequence[Tool]:
        listing = "The customer's own orders, newest first."
        tools = [
            Tool(LIST_ORDERS, listing, ListOrders, "read", self._list, timeout=self._timeout),
            Tool(GET_ORDER, "One of the customer's own orders.", GetOrder, "read", self._get, timeout=self._timeout),
        ]
        if self._with_notes:
            about = "Add a note for the staff to one of the customer's own orders."
            tools.append(
                Tool(f"{self._prefix}__{ADD_NOTE}", about, AddNote, "write", self._add_note, timeout=self._timeout)
            )
        return tools

    async def check(self) -> None:
        """See whether the shop answers and takes our key. Raises: `ToolFailed`."""
        await self._get_json("/orders", {"per_page": "1"})

    async def close(self) -> None:
        await self._client.aclose()

    # ── tools ───────────────────────────────────────────────────────────────────────────────────
    async def _list(self, call: Call, arguments: ListOrders) -> Orders:
        own = await self._own(call.contact_external_id, arguments.limit)
        return Orders(orders=tuple(_order(one) for one in own))

    async def _get(self, call: Call, arguments: GetOrder) -> Order:
        return _order(await self._one(call, arguments.number))

    async def _add_note(self, call: Call, arguments: AddNote) -> Document:
        order_id = int((await self._one(call, arguments.number))["id"])
        notes = await self._get_json(f"/orders/{order_id}/notes", {})
        before = "\n".join(str(one.get("note", "")) for one in notes)
        text, is_there = note_with_key(before, arguments.note, call.idempotency_key or "")
        if not is_there:
            sent = {"note": text, "customer_note": False}
            answer = await ask(
                self._client, "POST", f"{self._url}/orders/{order_id}/notes", json=sent, headers=self._headers
            )
            check_status(answer.status)
        return Document(data={"done": True})

    async def _one(self, call: Call, number: str) -> dict[str, Any]:
        """By id, which mostly is the number; else among the customer's own, for shops that number otherwise."""
        wanted = number.removeprefix("#")
        if _ID.match(wanted):
            try:
                found = await self._get_json(f"/orders/{wanted}", {})
            except ToolFailed as error:
                if error.code is not FailureCode.NOT_FOUND:
                    raise
            else:
                if self._is_own(found, call.contact_external_id) and str(found["number"]) == wanted:
                    return dict(found)
        for one in await self._own(call.contact_external_id, _PAGE):
            if str(one["number"]).removeprefix("#").casefold() == wanted.casefold():
                return one
        raise ToolFailed(FailureCode.NOT_FOUND)

    async def _own(self, contact: str, limit: int) -> list[dict[str, Any]]:
        is_email = self._contact == "email"
        if not (_EMAIL if is_email else _ID).match(contact):
            return []
        query = {"per_page": str(_PAGE if is_email else min(limit, _PAGE)), "orderby": "date", "order": "desc"}
        query["search" if is_email else "customer"] = contact
        found = await self._get_json("/orders", query)
        if not isinstance(found, list):
            raise ToolFailed(FailureCode.BAD_ANSWER, "no list")
        own = [one for one in found if isinstance(one, dict) and self._is_own(one, contact)]
        if not is_email and len(own) < len(found):
            raise ToolFailed(FailureCode.BAD_ANSWER, "orders of another customer")
        return own[:limit]

    def _is_own(self, order: dict[str, Any], contact: str) -> bool:
        if self._contact == "email":
            return str((order.get("billing") or {}).get("email", "")).casefold() == contact.casefold() != ""
        return bool(_ID.match(contact)) and str(order.get("customer_id", "")) == contact

    async def _get_json(self, path: str, query: dict[str, str]) -> Any:
        answer = await ask(self._client, "GET", self._url + path, params=query, headers=self._headers)
        check_status(answer.status)
        return answer.json()


# ── what it says, in our words ──────────────────────────────────────────────────────────────────
def _order(said: dict[str, Any]) -> Order:
    currency = str(said["currency"])
    status = _STATUS.get(str(said["status"]), OrderStatus.UNKNOWN)
    parcels = tuple(_parcels(said, status))
    to = said.get("shipping") or {}
    return Order(
        number=str(said["number"]),
        status=OrderStatus.SHIPPED if parcels and status is OrderStatus.COMPLETED else status,
        raw_status=str(said["status"]),
        placed_at=_time(said["date_created_gmt"]),
        updated_at=_time(said["date_modified_gmt"]),
        total=Money(amount=said["total"], currency=currency),
        items=tuple(_item(one, currency) for one in said["line_items"] if one["quantity"] >= 1),
        tracking_numbers=tuple(parcel.tracking_number for parcel in parcels),
        shipments=parcels,
        address=" ".join(str(to.get(part) or "") for part in ("city", "address_1")).strip(),
    )


def _item(said: dict[str, Any], currency: str) -> Item:
    title = str(said["name"])
    return Item(
        name=Name(zh=title, en=title),
        quantity=said["quantity"],
        price=Money(amount=str(said["price"]), currency=currency),
    )


def _parcels(said: dict[str, Any], status: OrderStatus) -> list[Shipment]:
    """Parcels as the usual tracking extension keeps them with the order."""
    made = []
    for meta in said.get("meta_data") or ():
        if meta.get("key") != "_wc_shipment_tracking_items" or not isinstance(meta.get("value"), list):
            continue
        for one in meta["value"]:
            carrier = str(one.get("custom_tracking_provider") or one.get("tracking_provider") or "")
            made.append(
                Shipment(
                    carrier=Name(zh=carrier, en=carrier),
                    tracking_number=str(one.get("tracking_number") or ""),
                    status=OrderStatus.SHIPPED if status is OrderStatus.COMPLETED else status,
                )
            )
    return made


def _time(said: str) -> datetime:
    """`…_gmt` fields carry no zone."""
    at = datetime.fromisoformat(said)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
