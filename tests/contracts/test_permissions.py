"""Every endpoint × every role against one table. An endpoint without a row fails, and so does a row without endpoint.

Source: docs/reference/roles.md.
"""

from __future__ import annotations

import pkgutil
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from psycopg.types.json import Jsonb
from pydantic import SecretStr

import tongxi.api
from tongxi.accounts import sessions
from tongxi.accounts.roles import Role
from tongxi.api import auth, errors
from tongxi.api.security import Guard
from tongxi.app import ROUTERS, build, close
from tongxi.house import House
from tongxi.kit.ids import new_id
from tongxi.settings import Settings

HOST = "http://tongxi.test"

# Who may: O owner, A admin, S supervisor, E editor, G agent, R auditor (who reads).
LETTERS = {
    "O": Role.OWNER, "A": Role.ADMIN, "S": Role.SUPERVISOR, "E": Role.EDITOR, "G": Role.AGENT, "R": Role.AUDITOR,
}  # fmt: skip
EVERYBODY = "OASEGR"
"""Anybody with a session."""
PUBLIC = "public"
"""Anybody at all."""
VISITOR = "visitor"
"""A customer's token, and nothing else."""
SIGNED = "signed"
"""A customer's token, or a signed address."""

TABLE = {
    # accounts
    "GET /auth/status": PUBLIC,
    "POST /auth/first-owner": PUBLIC,
    "POST /auth/login": PUBLIC,
    "POST /auth/logout": PUBLIC,
    "GET /auth/me": EVERYBODY,
    "PATCH /auth/me": EVERYBODY,
    "POST /auth/password": EVERYBODY,
    "GET /auth/sessions": EVERYBODY,
    "DELETE /auth/sessions": EVERYBODY,
    "DELETE /auth/sessions/{}": EVERYBODY,
    "GET /users": "OA   R",
    "POST /users": "OA",
    "GET /users/{}": "OA   R",
    "PATCH /users/{}": "OA",
    "POST /users/{}/password": "OA",
    "GET /roles": EVERYBODY,
    "GET /invitations": "OA",
    "POST /invitations": "OA",
    "DELETE /invitations/{}": "OA",
    "GET /invitations/{}": PUBLIC,
    "POST /invitations/{}/accept": PUBLIC,
    "GET /audit": "O    R",
    # configuration
    "GET /inboxes": EVERYBODY,
    "POST /inboxes": "OA",
    "GET /inboxes/{}": "OAS  R",
    "PATCH /inboxes/{}": "OA",
    "POST /inboxes/{}/rotate-secret": "OA",
    "GET /queues": EVERYBODY,
    "POST /queues": "OAS",
    "PATCH /queues/{}": "OAS",
    "GET /skills": EVERYBODY,
    "POST /skills": "OAS",
    # conversations
    "GET /conversations": "O S GR",
    "GET /conversations/counts": "O S GR",
    "GET /conversations/{}": "O S G",
    "GET /conversations/{}/entries": "O S G",
    "GET /conversations/{}/briefing": "O S G",
    "GET /conversations/{}/orders": "O S G",
    "GET /conversations/{}/wrap-up": "O S G",
    "POST /conversations/{}/wrap-up": "O S G",
    "POST /conversations/{}/messages": "O S G",
    "POST /conversations/{}/notes": "O S G",
    "POST /conversations/{}/claim": "O S G",
    "POST /conversations/{}/transfer": "O S G",
    "POST /conversations/{}/give-back": "O S G",
    "POST /conversations/{}/end": "O S G",
    "POST /conversations/{}/read": "O S G",
    "POST /conversations/{}/typing": "O S G",
    "POST /queue/next": "O S G",
    "GET /presence": EVERYBODY,
    "PUT /presence": "O S G",
    "GET /agents": EVERYBODY,
    "GET /overview": "OAS  R",
    "GET /follow-ups": "O S G",
    "PATCH /follow-ups/{}": "O S G",
    "POST /attachments": "O S G",
    "GET /attachments/{}": "O S G",
    "GET /contacts/{}": "O S G",
    "GET /contacts/{}/history": "O S G",
    "GET /contacts/{}/pages": "O S G",
    # knowledge
    "GET /articles": EVERYBODY,
    "POST /articles": "OASEG",
    "POST /articles/import": "OASE",
    "GET /articles/{}": EVERYBODY,
    "PATCH /articles/{}": "OASEG",
    "DELETE /articles/{}": "OASE",
    "POST /articles/{}/publish": "OASE",
    "POST /articles/{}/unpublish": "OASE",
    "GET /articles/{}/versions": EVERYBODY,
    "GET /knowledge/search": EVERYBODY,
    # customers
    "POST /widget/session": PUBLIC,
    "DELETE /widget/session": VISITOR,
    "GET /widget/conversations": VISITOR,
    "GET /widget/conversations/{}/entries": VISITOR,
    "POST /widget/messages": VISITOR,
    "POST /widget/attachments": VISITOR,
    "GET /widget/attachments/{}": SIGNED,
    "POST /widget/person": VISITOR,
    "POST /widget/bot": VISITOR,
    "POST /widget/end": VISITOR,
    "POST /widget/follow-up": VISITOR,
    "POST /widget/rating": VISITOR,
    "POST /widget/feedback": VISITOR,
    "POST /widget/pages": VISITOR,
    "PUT /widget/browsing": VISITOR,
}
OPEN_PAGES = {
    "GET /healthz", "GET /readyz", "GET /widget.js", "GET /widget/assets/{}", "GET /chat",
}  # fmt: skip
"""Outside of the API: for everybody, without anybody's data."""


def _routers() -> Iterator[Any]:
    for name in ROUTERS:
        if find_spec(f"tongxi.api.{name}") is not None:
            yield import_module(f"tongxi.api.{name}").router


def _endpoints() -> dict[str, APIRoute]:
    """`METHOD /path` below /api/v1, with `{}` for what varies; pages outside of the API keep their whole path."""
    found: dict[str, APIRoute] = {}
    for router in _routers():
        for route in router.routes:
            assert isinstance(route, APIRoute), f"{route}: this test does not know how to walk it"
            parts = ["{}" if part.startswith("{") else part for part in route.path.split("/")]
            for method in (route.methods or set()) - {"HEAD", "OPTIONS"}:
                found[f"{method} {'/'.join(parts).removeprefix('/api/v1')}"] = route
    return found


def _app() -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(Guard)
    errors.install(app)
    for router in _routers():
        app.include_router(router)
    return app


ENDPOINTS = _endpoints()


class Walk:
    """The running application, and principals to call it as."""

    def __init__(self, app: FastAPI, house: House) -> None:
        self.app = app
        self.house = house
        self.users: dict[Role, UUID] = {}
        self.inbox_key = "walk"

    async def fill(self) -> None:
        """Make an account for each role, and an inbox."""
        async with self.house.db.transaction() as tx:
            for role in Role:
                self.users[role] = new_id()
                await tx.execute(
                    "insert into app_user (id, email, name, role) values (%s, %s, %s, %s)",
                    (self.users[role], f"{role}@shop.example", role.value, role.value),
                )
            await tx.execute(
                "insert into inbox (id, key, name, settings) values (%s, %s, 'Walk', %s)",
                (new_id(), self.inbox_key, Jsonb({})),
            )
            await self.house.inboxes.load(tx)

    def http(self) -> httpx2.AsyncClient:
        """A client without rights."""
        address = f"198.51.{new_id().int % 256}.{new_id().int % 256}"  # rates per address are another test's matter
        transport = httpx2.ASGITransport(app=self.app, client=(address, 1))
        return httpx2.AsyncClient(transport=transport, base_url=HOST, headers={"X-Tongxi": "1", "Origin": HOST})

    async def cookie(self, role: Role) -> dict[str, str]:
        """Headers of a fresh session: an endpoint may end the one it is called with."""
        async with self.house.db.transaction() as tx:
            token = await sessions.start(tx, self.users[role], at=self.house.clock.now())
        return {"Cookie": f"{auth.cookie_name(self.house)}={token}"}

    async def bearer(self) -> dict[str, str]:
        """Headers of a new customer."""
        async with self.http() as http:
            answer = await http.post("/api/v1/widget/session", json={"inbox": self.inbox_key})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    async def call(self, endpoint: str, headers: dict[str, str]) -> httpx2.Response:
        """Call an endpoint with ids that do not exist and an empty body."""
        method, path = endpoint.split(" ")
        path = "/api/v1" + path.replace("{}", str(uuid4()))
        options: dict[str, Any] = {"json": {}} if method in ("POST", "PATCH", "PUT") else {}
        async with self.http() as http:
            return await http.request(method, path, headers=headers, **options)


@pytest.fixture
async def walk(database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    """The application with every router, on a database with a user of each role."""
    settings = Settings(data=tmp_path, database_url=database_url, secret=SecretStr("for tests only " * 4))
    house = await build(settings)
    try:
        app = _app()
        app.state.house = house
        opened = Walk(app, house)
        await opened.fill()
        yield opened
    finally:
        await close(house)


def _roles(endpoint: str) -> set[Role]:
    return {LETTERS[letter] for letter in TABLE[endpoint].replace(" ", "")}


def _for_colleagues() -> list[str]:
    return [endpoint for endpoint in ENDPOINTS if TABLE.get(endpoint, PUBLIC) not in (PUBLIC, VISITOR, SIGNED)]


def _for_customers() -> list[str]:
    return [endpoint for endpoint in ENDPOINTS if TABLE.get(endpoint) in (VISITOR, SIGNED)]


def test_every_endpoint_has_a_row() -> None:
    known = TABLE.keys() | OPEN_PAGES
    pages = {
        name for name, route in ENDPOINTS.items() if not route.path.startswith("/api/") and not route.include_in_schema
    }
    assert sorted(ENDPOINTS.keys() - known - pages) == []


def test_every_row_has_an_endpoint() -> None:
    assert sorted(TABLE.keys() - ENDPOINTS.keys()) == []


def test_every_router_is_part_of_the_application() -> None:
    modules = {module.name for module in pkgutil.iter_modules(tongxi.api.__path__)}
    with_routes = {name for name in modules if hasattr(import_module(f"tongxi.api.{name}"), "router")}
    assert with_routes <= set(ROUTERS)


@pytest.mark.parametrize("role", Role)
async def test_each_role_may_what_its_row_says(walk: Walk, role: Role) -> None:
    wrong = []
    for endpoint in _for_colleagues():
        answer = await walk.call(endpoint, await walk.cookie(role))
        refused = answer.status_code == 403 and answer.json()["code"] == "forbidden"
        if answer.status_code == 401 or answer.status_code >= 500 or refused == (role in _roles(endpoint)):
            wrong.append(f"{endpoint}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


@pytest.mark.parametrize("who", ["nobody", "a customer", "a wrong session"])
async def test_colleagues_endpoints_are_closed_to_everybody_else(walk: Walk, who: str) -> None:
    wrong = []
    for endpoint in _for_colleagues():
        headers = {
            "nobody": {},
            "a customer": await walk.bearer() if who == "a customer" else {},
            "a wrong session": {"Cookie": "tongxi=" + "x" * 43},
        }[who]
        answer = await walk.call(endpoint, headers)
        if answer.status_code != 401 or answer.json()["code"] != "unauthenticated":
            wrong.append(f"{endpoint}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


async def test_customers_endpoints_take_a_customers_token_only(walk: Walk) -> None:
    wrong = []
    for endpoint in _for_customers():
        for headers in ({}, await walk.cookie(Role.OWNER), {"Authorization": "Bearer " + "x" * 43}):
            answer = await walk.call(endpoint, headers)
            if answer.status_code != 401:
                wrong.append(f"{endpoint} without a token: {answer.status_code} {answer.text[:200]}")
        answer = await walk.call(endpoint, await walk.bearer())
        if answer.status_code in (401, 403) or answer.status_code >= 500:
            wrong.append(f"{endpoint} with a token: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


async def test_public_endpoints_do_not_ask_who_is_there(walk: Walk) -> None:
    wrong = []
    for endpoint in (name for name in ENDPOINTS if TABLE.get(name) == PUBLIC):
        answer = await walk.call(endpoint, {})
        if answer.status_code in (401, 403) or answer.status_code >= 500:
            wrong.append(f"{endpoint}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


@pytest.mark.parametrize("role", [Role.ADMIN, Role.EDITOR, Role.AUDITOR])
async def test_what_a_customer_writes_reaches_nobody_who_may_not_read_it(walk: Walk, role: Role) -> None:
    canary = "金丝雀 canary-7391"
    customer = await walk.bearer()
    async with walk.http() as http:
        sent = await http.post(
            "/api/v1/widget/messages", json={"id": "c1", "text": f"{canary}，我要转人工"}, headers=customer
        )
        assert sent.status_code == 201, sent.text
        [seen] = (await http.get("/api/v1/widget/conversations", headers=customer)).json()["items"]
        owner = await walk.cookie(Role.OWNER)
        read = await http.get(f"/api/v1/conversations/{seen['id']}", headers=owner)
        assert "canary-7391" in read.text, "the test has to see the text where it may be seen"
        contact = read.json()["contact"]["id"]
    leaks = []
    for endpoint in _for_colleagues():
        method, path = endpoint.split(" ")
        if method != "GET":
            continue
        for of in (seen["id"], contact, str(seen["number"])) if "{}" in path else ("",):
            for query in ("", "?q=canary-7391", "?group=all", "?group=all&q=canary-7391"):
                async with walk.http() as http:
                    answer = await http.get(f"/api/v1{path.replace('{}', of)}{query}", headers=await walk.cookie(role))
                if "canary-7391" in answer.text or ("q=" in query and seen["id"] in answer.text):
                    leaks.append(f"{path}{query}: {answer.text[:200]}")
    assert leaks == []
