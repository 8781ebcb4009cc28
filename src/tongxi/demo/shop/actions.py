"""The shop's API for everyday business: reads by address, changes by `POST /actions/<tool>` with an idempotency key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tongxi.demo.shop import account, business, change, data

PATHS = ("/actions", "/refunds", "/coupons", "/appointments", "/slots", "/account", "/operations")
MAX_BYTES = 100_000

Guarded = Callable[[Callable[[Request], Response]], Callable[[Request], Response]]


def action_routes(database_path: Path, guarded: Guarded, allowed: Callable[[Request], bool]) -> list[Route]:
    """The routes. `guarded`: asks for the key; `allowed`: the same as a question."""

    def of_customer(read: Callable[[Any, str, Request], Any]) -> Callable[[Request], Response]:
        def call(request: Request) -> Response:
            customer = request.query_params.get("customer", "")
            with data.connect(database_path) as database:
                found = read(database, customer, request)
            return JSONResponse({"error": "customer"}, 404) if found is None else JSONResponse(found)

        return guarded(call)

    async def act(request: Request) -> Response:
        if not allowed(request):
            return JSONResponse({"error": "key"}, 401)
        key = request.headers.get("idempotency-key", "")
        try:
            body = orjson.loads(await request.body())
            customer, arguments = str(body["customer"]), dict(body["arguments"])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            return JSONResponse({"error": "body"}, 422)
        tool = request.path_params["tool"]
        if not 8 <= len(key) <= 80 or (not customer and tool not in business.FOR_ANYONE):
            return JSONResponse({"error": "key" if customer else "customer"}, 422)
        return await run_in_threadpool(_carry_out, database_path, tool, customer, arguments, key)

    return [
        Route("/actions/{tool}", act, methods=["POST"]),
        Route(
            "/refunds",
            of_customer(
                lambda db, who, request: {"refunds": business.refunds(db, who, request.query_params.get("number", ""))}
            ),
        ),
        Route("/coupons", of_customer(lambda db, who, _: {"coupons": business.coupons(db, who, business.now())})),
        Route(
            "/appointments",
            of_customer(lambda db, who, _: {"appointments": business.appointments(db, who, business.now())}),
        ),
        Route(
            "/slots",
            of_customer(
                lambda db, _, request: {
                    "slots": business.slots(db, request.query_params.get("service", ""), business.now())
                }
            ),
        ),
        Route(
            "/account",
            of_customer(lambda db, who, _: account.account(db, who, len(business.coupons(db, who, business.now())))),
        ),
        Route(
            "/operations/{key}",
            of_customer(lambda db, who, request: business.operation(db, who, request.path_params["key"])),
        ),
    ]


def _carry_out(path: Path, tool: str, customer: str, arguments: dict[str, Any], key: str) -> Response:
    try:
        with data.connect(path) as database:
            return JSONResponse(business.perform(database, tool, customer, arguments, key, business.now()))
    except KeyError:
        return JSONResponse({"error": "tool"}, 404)
    except change.Missing:
        return JSONResponse({"error": "not_found"}, 404)
    except ValueError:
        return JSONResponse({"error": "key_reused"}, 409)
