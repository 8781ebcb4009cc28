"""The colleagues' side of the HTTP interface without the rest of the application, on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx2
from fastapi import APIRouter, FastAPI
from pydantic import SecretStr

from tongxi.accounts import passwords, sessions
from tongxi.accounts.roles import Role
from tongxi.api import audit, auth, errors, inboxes, queues, users
from tongxi.api.security import Guard
from tongxi.conversations.inboxes import Inboxes
from tongxi.house import House
from tongxi.kit.clock import FakeClock
from tongxi.kit.db import Database
from tongxi.kit.ids import new_id
from tongxi.settings import Settings

HOST = "http://tongxi.test"
PASSWORD = "a fine long password"
ROUTERS = (auth.router, users.router, inboxes.router, queues.router, audit.router)

_hashes: dict[str, str] = {}


class Client:
    """One browser: keeps its cookie, sends what our own pages send."""

    def __init__(self, app: FastAPI, *, address: str = "203.0.113.7", base: str = HOST) -> None:
        transport = httpx2.ASGITransport(app=app, client=(address, 4711))
        headers = {"X-Tongxi": "1", "Origin": base}
        self.http = httpx2.AsyncClient(transport=transport, base_url=f"{base}/api/v1", headers=headers)

    async def call(self, method: str, path: str, *, status: int | None = None, **options: Any) -> Any:
        """Call a route; give its JSON (None when there is none), after checking the status if one is given."""
        answer = await self.http.request(method, path, **options)
        if status is not None:
            assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def refused(self, method: str, path: str, status: int, code: str, **options: Any) -> dict[str, Any]:
        """Call a route that must refuse with a problem of this status and code."""
        answer = await self.http.request(method, path, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json"
        problem: dict[str, Any] = answer.json()
        assert problem["code"] == code, problem
        assert problem["status"] == status
        return problem

    async def login(self, email: str, password: str = PASSWORD) -> dict[str, Any]:
        """Sign in."""
        me: dict[str, Any] = await self.call(
            "POST", "/auth/login", json={"email": email, "password": password}, status=200
        )
        return me


class Office:
    """The server, and people who use it."""

    def __init__(self, app: FastAPI, house: House, clock: FakeClock) -> None:
        self.app = app
        self.house = house
        self.clock = clock

    def client(self, **options: Any) -> Client:
        """A browser without a session."""
        return Client(self.app, **options)

    async def user(self, role: Role | str, *, name: str = "", email: str = "", password: str = PASSWORD) -> UUID:
        """Make an account."""
        if password not in _hashes:
            _hashes[password] = await passwords.hashed(password)
        user_id = new_id()
        async with self.house.db.transaction() as tx:
            await tx.execute(
                "insert into app_user (id, email, name, role, password_hash) values (%s, %s, %s, %s, %s)",
                (user_id, email or f"{role}@shop.example", name or f"The {role}", str(role), _hashes[password]),
            )
        return user_id

    async def signed_in(self, role: Role | str, *, email: str = "", **options: Any) -> Client:
        """Make an account; give a browser signed in to it."""
        user_id = await self.user(role, email=email)
        async with self.house.db.transaction() as tx:
            token = await sessions.start(tx, user_id, at=self.clock.now())
        client = self.client(**options)
        client.http.cookies.set(auth.cookie_name(self.house), token)
        return client

    async def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        """Rows of a query."""
        async with self.house.db.transaction() as tx:
            return await tx.dicts(sql, params)

    async def actions(self) -> list[str]:
        """Actions in the audit log, oldest first."""
        return [row["action"] for row in await self.rows("select action from audit_entry order by seq")]


@asynccontextmanager
async def office(
    database_url: str, data: Path, *, routers: Iterable[APIRouter] = ROUTERS, **settings: Any
) -> AsyncIterator[Office]:
    """Open the server on a migrated database."""
    db, clock = Database(database_url), FakeClock()
    await db.open()
    try:
        nothing = cast(Any, None)  # these routes have no use for the rest of the house
        house = House(
            settings=Settings(data=data, secret=SecretStr("for tests only " * 4), **settings),
            clock=clock, db=db, live=nothing, writer=nothing, inboxes=Inboxes(), knowledge=nothing, connectors=nothing,
            history_id=new_id(), calibration=nothing,
        )  # fmt: skip
        await house.inboxes.load(db)
        app = FastAPI()
        app.add_middleware(Guard)
        errors.install(app)
        for router in routers:
            app.include_router(router)
        app.state.house = house
        yield Office(app, house, clock)
    finally:
        await db.close()
