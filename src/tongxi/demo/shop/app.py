"""The shop's HTTP service: a key-guarded API for the product, public pages for its customers."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tongxi.demo.shop import data
from tongxi.demo.shop.actions import PATHS, action_routes
from tongxi.demo.shop.faults import Fault, Faults
from tongxi.demo.shop.pages import page_routes

_API = ("/orders", "/products", "/customers", *PATHS)


@dataclass(frozen=True, slots=True)
class ShopConfig:
    """What the shop is told at its start."""

    database: Path
    key: str
    """Bearer token of the API."""
    inbox: str
    """Public key of the inbox whose widget the pages show."""
    secret: str
    """Signs the customers' identity."""
    desk_port: int
    """Port of Tongxi on the machine the visitor calls us by."""
    desk_url: str | None = None
    """Address of Tongxi, when it is not simply this machine."""


def create_shop(config: ShopConfig) -> Starlette:
    """Build the application; the database must have been made."""
    fault = [Fault()]

    def allowed(request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(token.encode(), config.key.encode())

    def guarded(call: Callable[[Request], Response]) -> Callable[[Request], Response]:
        return lambda request: call(request) if allowed(request) else _problem(401, "key")

    def orders(request: Request) -> Response:
        customer = request.query_params.get("customer", "")
        limit = request.query_params.get("limit", "20")
        if not customer or not limit.isdecimal():
            return _problem(422, "customer")
        with data.connect(config.database) as database:
            rows = database.execute(
                "select * from purchase where customer_id = ? order by placed_at desc limit ?",
                (customer, min(int(limit), 100)),
            ).fetchall()
            return JSONResponse({"orders": [data.order_view(database, row, _now()) for row in rows]})

    def order(request: Request) -> Response:
        with data.connect(config.database) as database:
            number = request.path_params["number"]
            row = database.execute("select * from purchase where number = ?", (number,)).fetchone()
            if row is None:
                return _problem(404, "order")
            if request.url.path.endswith("/shipments"):
                return JSONResponse({"shipments": data.shipments(database, number, _now())})
            return JSONResponse(data.order_view(database, row, _now()))

    def products(request: Request) -> Response:
        words = request.query_params.get("q", "").lower().split()
        with data.connect(config.database) as database:
            rows = database.execute("select * from product order by id").fetchall()
        found = [dict(row) for row in rows if all(_stands(word, row) for word in words)]
        return JSONResponse({"products": found})

    def customer(request: Request) -> Response:
        with data.connect(config.database) as database:
            row = database.execute("select * from customer where id = ?", (request.path_params["id"],)).fetchone()
        return _problem(404, "customer") if row is None else JSONResponse(dict(row))

    async def faults(request: Request) -> Response:
        if not allowed(request):
            return _problem(401, "key")
        if request.method == "POST":
            try:
                fault[0] = Fault.model_validate_json(await request.body())
            except ValidationError:
                return _problem(422, "fault")
        return JSONResponse(fault[0].model_dump())

    routes = [
        Route("/orders", guarded(orders)),
        Route("/orders/{number}", guarded(order)),
        Route("/orders/{number}/shipments", guarded(order)),
        Route("/products", guarded(products)),
        Route("/customers/{id}", guarded(customer)),
        Route("/_faults", faults, methods=["GET", "POST"]),
        Route("/_health", lambda _: JSONResponse({"ok": True})),
        *action_routes(config.database, guarded, allowed),
        *page_routes(config),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Faults, fault=fault, paths=_API)])


def _stands(word: str, row: sqlite3.Row) -> bool:
    """Whether the goods go by the word; of an English one also by its singular."""
    name = f"{row['id']} {row['zh']} {row['en']}".lower()
    return word in name or (word.isascii() and len(word) > 3 and word.removesuffix("s") in name)


def _now() -> datetime:
    return datetime.now(UTC)


def _problem(status: int, what: str) -> JSONResponse:
    body: dict[str, Any] = {"error": what}
    return JSONResponse(body, status)
