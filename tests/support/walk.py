"""The whole application by its routes, and principals to call them as."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI
from fastapi.routing import APIRoute
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from tongxi.accounts import sessions
from tongxi.accounts.roles import Role
from tongxi.api import auth, errors
from tongxi.api.desk_live import DeskLive
from tongxi.api.security import Guard
from tongxi.app import ROUTERS, build, close
from tongxi.house import House
from tongxi.kit.ids import new_id
from tongxi.settings import Settings

HOST = "http://tongxi.test"


def _routers() -> Iterator[Any]:
    for name in ROUTERS:
        if find_spec(f"tongxi.api.{name}") is not None:
            yield import_module(f"tongxi.api.{name}").router


def endpoints() -> dict[str, APIRoute]:
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


ENDPOINTS = endpoints()


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


@asynccontextmanager
async def open_walk(database_url: str, data: Path) -> AsyncIterator[Walk]:
    """The application with every router, on a database with a user of each role."""
    settings = Settings(
        data=data, database_url=database_url, secret=SecretStr("for tests only " * 4), rate_limit_factor=1e6
    )
    house = await build(settings)
    try:
        app = _app()
        app.state.house = house
        app.state.desk_live = DeskLive(house)
        opened = Walk(app, house)
        await opened.fill()
        yield opened
    finally:
        await close(house)
