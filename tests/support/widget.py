"""The customer side of the HTTP interface without the rest of the application, on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx2
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OctKey
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from tongxi.api import attachments, contacts, errors, widget
from tongxi.api.security import Guard
from tongxi.contacts.keys import scope
from tongxi.conversations import service
from tongxi.conversations.append import Append, Writer
from tongxi.conversations.inboxes import Inboxes
from tongxi.conversations.queries import fetch_page
from tongxi.house import House
from tongxi.kit.clock import SystemClock
from tongxi.kit.db import Database
from tongxi.kit.ids import new_id
from tongxi.kit.live import Live
from tongxi.settings import Settings

KEY = "shop-zh"
SECRET = "a secret of the shop, long enough to sign with"
ORIGIN = "https://shop.example"


class Desk:
    """An inbox, and a client that speaks to it."""

    def __init__(self, house: House, http: httpx2.AsyncClient) -> None:
        self.house = house
        self.http = http

    @property
    def inbox_id(self) -> UUID:
        return self.house.inboxes.by_key(KEY).id

    async def add_inbox(self, key: str, *, secrets: dict[str, str] | None = None, **settings: Any) -> UUID:
        """Make an inbox; `secrets`: identity keys by id, newest first."""
        inbox_id = new_id()
        keys = [
            {
                "id": name,
                "secret": self.house.vault.seal(secret, scope=scope(inbox_id)),
                "created_at": datetime.now(UTC).isoformat(),
            }
            for name, secret in (secrets or {"k1": SECRET}).items()
        ]
        async with self.house.db.transaction() as tx:
            await tx.execute(
                "insert into inbox (id, key, name, settings, identity_keys) values (%s, %s, %s, %s, %s)",
                (inbox_id, key, f"Inbox {key}", Jsonb({"allowed_origins": [ORIGIN]} | settings), Jsonb(keys)),
            )
            await self.house.inboxes.load(tx)
        return inbox_id

    async def set(self, **settings: Any) -> None:
        """Change settings of the inbox."""
        async with self.house.db.transaction() as tx:
            await tx.execute("update inbox set settings = settings || %s where key = %s", (Jsonb(settings), KEY))
            await self.house.inboxes.load(tx)

    async def session(self, *, token: str | None = None, status: int = 200, **body: Any) -> dict[str, Any]:
        """Call the session route."""
        body = {"inbox": KEY} | ({"token": token} if token else {}) | body
        answer = await self.http.post("/api/v1/widget/session", json=body, headers={"Origin": ORIGIN})
        assert answer.status_code == status, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def call(self, method: str, path: str, token: str | None, **options: Any) -> httpx2.Response:
        """Call a route of the customer side."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.http.request(
            method, f"/api/v1/widget/{path}", headers=headers | options.pop("headers", {}), **options
        )

    async def write(self, token: str, text: str = "你好", *, client_id: str = "c1") -> UUID:
        """Write a message as the visitor; give the conversation."""
        return await self.write_as(await self.visitor(token), text, client_id=client_id)

    async def write_as(self, visitor: dict[str, Any], text: str = "你好", *, client_id: str = "c1") -> UUID:
        """Write a message as a visitor, e.g. one whose session has ended meanwhile."""
        now = self.house.clock.now()
        async with self.house.db.transaction() as tx:
            conversation_id, _ = await service.start(
                tx, self.house.live, self.house.inboxes.get(visitor["inbox_id"]), contact_id=visitor["contact_id"],
                session_id=visitor["session_id"], language="zh", at=now,
            )  # fmt: skip
        await self.house.writer.append(Append(conversation_id, "customer", visitor["contact_id"], client_id, text))
        return conversation_id

    async def visitor(self, token: str) -> dict[str, Any]:
        """The visitor of a token."""
        from dataclasses import asdict

        from tongxi.contacts.visitors import find_visitor

        async with self.house.db.transaction() as tx:
            found = await find_visitor(tx, token)
        assert found is not None
        return asdict(found)

    async def value(self, sql: str, *params: Any) -> Any:
        """First column of the first row."""
        async with self.house.db.transaction() as tx:
            return await tx.value(sql, params)


def identity(
    subject: str = "u_123",
    *,
    secret: str = SECRET,
    header: dict[str, Any] | None = None,
    without: str = "",
    **claims: Any,
) -> str:
    """A token as the shop's server signs it."""
    now = int(datetime.now(UTC).timestamp())
    body = {"sub": subject, "aud": KEY, "iat": now, "exp": now + 300} | claims
    body.pop(without, None)
    return jwt.encode({"alg": "HS256"} | (header or {}), body, OctKey.import_key(secret))


@asynccontextmanager
async def desk(db: Database, data: Path) -> AsyncIterator[Desk]:
    """A running customer side with one inbox and nothing else in the database."""
    async with db.transaction() as tx:
        for table in ("conversation", "attachment", "contact", "inbox", "app_user"):  # the rest goes with them
            await tx.execute(f"delete from {table}")
    settings = Settings(data=data, secret=SecretStr("test secret of at least 32 characters"))
    live = Live(fetch_page(db))
    writer = Writer(db, live)
    house = House(
        settings=settings,
        clock=SystemClock(),
        db=db,
        live=live,
        writer=writer,
        inboxes=Inboxes(),
        knowledge=cast("Any", None),
        connectors=cast("Any", None),
        history_id=new_id(),
        calibration=cast("Any", None),
    )
    app = FastAPI()
    app.state.house = house
    errors.install(app)
    app.add_middleware(Guard)
    for module in (widget, attachments, contacts):
        app.include_router(module.router)
    await writer.start()
    try:
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app), base_url="http://testserver", timeout=30
        ) as http:
            made = Desk(house, http)
            await made.add_inbox(KEY)
            yield made
    finally:
        await writer.stop()
        await live.close()
