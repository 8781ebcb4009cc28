"""Shops that speak the interfaces of Shopify and WooCommerce, as far as the connectors use them, with their faults.

Written after the vendors' documents (shopify.dev; woocommerce-rest-api-docs), not against a live shop: what passes here
is simulator-verified.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.local_http import Asked, Reply, reply

TOKEN = "shpat_0123456789abcdef"
WOO_SECRET = "ck_0123456789:cs_9876543210"


@dataclass(slots=True)
class Sold:
    """An order as all shops of a test have it."""

    number: str
    customer: str
    day: int
    state: str = "shipped"
    """Ours: `paid`, `shipped`, `cancelled`, `odd`."""
    email: str = ""
    notes: list[str] = field(default_factory=list)


ORDERS = [
    Sold("1001", "501", 1, "paid", "an@x.example"),
    Sold("1002", "501", 3, "shipped", "an@x.example"),
    Sold("1003", "501", 2, "cancelled", "an@x.example"),
    Sold("1004", "502", 4, "odd", "bo@x.example"),
]


@dataclass(slots=True)
class ShopServer:
    """Set `fault`; `left` says for how many requests (None: all)."""

    orders: list[Sold] = field(default_factory=lambda: [replace(one, notes=[]) for one in ORDERS])
    fault: Reply | None = None
    left: int | None = None
    tokens: list[str] = field(default_factory=lambda: [TOKEN])
    foreign: bool = False
    """Answer a search with everybody's orders, as a fuzzy search may."""

    def misbehave(self, fault: Reply | None, left: int | None = None) -> None:
        self.fault, self.left = fault, left

    def _faulty(self) -> Reply | None:
        if self.fault is None or self.left == 0:
            return None
        if self.left is not None:
            self.left -= 1
        return self.fault

    # ── Shopify ──
    def shopify(self, asked: Asked) -> Reply:
        """GraphQL Admin API and the token endpoint."""
        if asked.path == "/admin/oauth/access_token":
            if b"client_secret=s3cret" not in asked.body or b"grant_type=client_credentials" not in asked.body:
                return reply({"error": "invalid_client"}, 400)
            self.tokens.append(f"shpat_fresh{len(self.tokens)}")
            return reply({"access_token": self.tokens[-1], "scope": "read_orders", "expires_in": 86399})
        if faulty := self._faulty():
            return faulty
        if asked.method != "POST" or not re.fullmatch(r"/admin/api/20\d\d-\d\d/graphql\.json", asked.path):
            return reply({"errors": "Not Found"}, 404)
        if asked.headers.get("x-shopify-access-token") != self.tokens[-1]:
            return reply({"errors": "[API] Invalid API key or access token"}, 401)
        query, variables = asked.json()["query"], asked.json()["variables"]
        if "shop {" in query:
            return reply({"data": {"shop": {"name": "Test"}}})
        if query.startswith("mutation"):
            sent = variables["input"]
            (one,) = [o for o in self.orders if f"gid://shopify/Order/{o.number}" == sent["id"]]
            one.notes = [sent["note"]]
            return reply({"data": {"orderUpdate": {"order": {"id": sent["id"]}, "userErrors": []}}})
        found = sorted(self.orders, key=lambda o: -o.day)
        if not self.foreign:
            q = variables["q"]
            if match := re.search(r"customer_id:(\S+)", q):
                found = [o for o in found if o.customer == match[1]]
            if match := re.search(r'email:"([^"]+)"', q):
                found = [o for o in found if o.email == match[1]]
            if match := re.search(r'name:"([^"]+)"', q):
                found = [o for o in found if match[1] in f"#{o.number}"]
        return reply({"data": {"orders": {"nodes": [_shopify_order(o) for o in found[: variables["n"]]]}}})

    # ── WooCommerce ──
    def woocommerce(self, asked: Asked) -> Reply:
        """REST v3."""
        if faulty := self._faulty():
            return faulty
        wanted = "Basic " + base64.b64encode(WOO_SECRET.encode()).decode()
        if asked.headers.get("authorization") != wanted:
            return reply({"code": "woocommerce_rest_cannot_view", "data": {"status": 401}}, 401)
        match asked.method, asked.path.removeprefix("/wp-json/wc/v3").strip("/").split("/"):
            case "GET", ["orders"]:
                found = sorted(self.orders, key=lambda o: -o.day)
                if "customer" in asked.query and not self.foreign:
                    found = [o for o in found if o.customer == asked.query["customer"]]
                if "search" in asked.query:
                    found = [o for o in found if asked.query["search"].split("@")[0] in o.email]
                return reply([_woo_order(o) for o in found[: int(asked.query.get("per_page", "10"))]])
            case "GET", ["orders", number]:
                return reply(_woo_order(self._numbered(number))) if self._numbered(number) else _woo_missing()
            case "GET", ["orders", number, "notes"]:
                return reply([{"note": note} for note in self._numbered(number).notes])
            case "POST", ["orders", number, "notes"]:
                self._numbered(number).notes.append(asked.json()["note"])
                return reply({"id": 1}, 201)
        return _woo_missing()

    def _numbered(self, number: str) -> Any:
        return next((o for o in self.orders if o.number == number), None)

    # ── a system of one's own, for the mapping file ──
    def plain(self, asked: Asked) -> Reply:
        """A small REST interface in its own words."""
        if faulty := self._faulty():
            return faulty
        if asked.headers.get("x-key") != TOKEN:
            return reply({"error": "key"}, 401)
        match asked.method, asked.path.strip("/").split("/"):
            case "GET", ["customers", who, "orders"]:
                found = [o for o in self.orders if o.customer == who or self.foreign]
                return reply({"data": [_plain_order(o) for o in sorted(found, key=lambda o: -o.day)]})
            case "GET", ["orders", number] if self._numbered(number):
                return reply(_plain_order(self._numbered(number)))
        return reply({"error": "none"}, 404)


def _shopify_order(o: Sold) -> dict[str, Any]:
    money = {"shopMoney": {"amount": "19.90", "currencyCode": "EUR"}}
    paid, sent = {
        "paid": ("PAID", "UNFULFILLED"), "shipped": ("PAID", "FULFILLED"), "cancelled": ("VOIDED", "UNFULFILLED"),
        "odd": ("NEW_WORD", "NEW_WORD"),
    }[o.state]  # fmt: skip
    parcels = [
        {"displayStatus": "OUT_FOR_DELIVERY", "createdAt": f"2026-11-0{o.day}T10:00:00Z",
         "estimatedDeliveryAt": "2026-11-20T12:00:00Z", "trackingInfo": [{"number": "DHL1", "company": "DHL"}]}
    ]  # fmt: skip
    return {
        "id": f"gid://shopify/Order/{o.number}", "name": f"#{o.number}", "note": "\n".join(o.notes) or None,
        "createdAt": f"2026-11-0{o.day}T08:00:00Z", "updatedAt": f"2026-11-0{o.day}T09:00:00Z",
        "cancelledAt": "2026-11-05T00:00:00Z" if o.state == "cancelled" else None,
        "displayFinancialStatus": paid, "displayFulfillmentStatus": sent,
        "customer": {"legacyResourceId": o.customer, "email": o.email}, "totalPriceSet": money,
        "shippingAddress": {"city": "Berlin", "address1": "Torstr. 1"},
        "lineItems": {"nodes": [{"title": "Kettle", "quantity": 1, "originalUnitPriceSet": money}]},
        "fulfillments": parcels if o.state == "shipped" else [],
    }  # fmt: skip


def _woo_order(o: Sold) -> dict[str, Any]:
    status = {"paid": "processing", "shipped": "completed", "cancelled": "cancelled", "odd": "at-the-customs"}[o.state]
    tracking = [{"tracking_provider": "DHL", "tracking_number": "DHL1"}]
    return {
        "id": int(o.number), "number": o.number, "status": status, "currency": "EUR", "customer_id": int(o.customer),
        "date_created_gmt": f"2026-11-0{o.day}T08:00:00", "date_modified_gmt": f"2026-11-0{o.day}T09:00:00",
        "total": "19.90", "billing": {"email": o.email}, "shipping": {"city": "Berlin", "address_1": "Torstr. 1"},
        "line_items": [{"name": "Kettle", "quantity": 1, "price": 19.9}],
        "meta_data": [{"key": "_wc_shipment_tracking_items", "value": tracking if o.state == "shipped" else []}],
    }  # fmt: skip


def _plain_order(o: Sold) -> dict[str, Any]:
    return {
        "no": o.number, "owner": o.customer, "state": {"paid": 1, "shipped": 2, "cancelled": 3, "odd": 77}[o.state],
        "created": f"2026-11-0{o.day}T08:00:00Z", "changed": f"2026-11-0{o.day}T09:00:00Z", "cents": 1990,
        "lines": [{"what": "Kettle", "n": 1, "cents": 1990}], "to": "Berlin Torstr. 1",
    }  # fmt: skip


def _woo_missing() -> Reply:
    return reply({"code": "woocommerce_rest_shop_order_invalid_id", "data": {"status": 404}}, 404)


MAPPING = """
base_url: URL
auth: {kind: header, name: X-Key}
timeout_seconds: 0.5
tools:
  - name: orders.list
    about: The customer's own orders.
    path: /customers/{contact}/orders
    owner: /data/*/owner
    result: {orders: {each: /data, item: ORDER}}
  - name: orders.get
    about: One order.
    path: /orders/{number}
    owner: /owner
    result: ORDER
""".replace(
    "ORDER",
    """
      {number: /no, raw_status: {at: /state, as: text}, placed_at: /created, updated_at: /changed, address: /to,
       status: {at: /state, map: {"1": paid, "2": shipped, "3": cancelled}, default: unknown},
       total: {amount: {at: /cents, as: minor_units}, currency: {const: EUR}},
       items: {each: /lines, item: {name: {en: /what, zh: /what}, quantity: /n,
               price: {amount: {at: /cents, as: minor_units}, currency: {const: EUR}}}}}""",
)
