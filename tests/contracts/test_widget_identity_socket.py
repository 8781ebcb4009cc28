"""Identity on the customer's socket: the same rules as over HTTP, also while the socket is open. A real server."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
import uvicorn
from psycopg.types.json import Jsonb
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect

from tests.support.files import picture
from tests.support.widget import KEY, ORIGIN, SECRET, identity
from tongxi.api import live
from tongxi.api.socket import LiveSocket
from tongxi.app import create_app
from tongxi.contacts.keys import scope
from tongxi.kit.crypto import Vault
from tongxi.kit.db import Database
from tongxi.kit.ids import new_id
from tongxi.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

MASTER = "test secret of at least 32 characters"
MISSING = "00000000-0000-7000-8000-000000000000"


class Server:
    """A running server and its database."""

    def __init__(self, address: str, db: Database, inbox_id: UUID) -> None:
        self.address = address
        self.db = db
        self.inbox_id = inbox_id

    async def http(self, method: str, path: str, token: str | None = None, **options: Any) -> httpx2.Response:
        headers = {"Origin": ORIGIN} | ({"Authorization": f"Bearer {token}"} if token else {})
        async with httpx2.AsyncClient(base_url=f"http://{self.address}/api/v1/widget/") as client:
            return await client.request(method, path, headers=headers, **options)

    async def session(self, **body: Any) -> dict[str, Any]:
        answer = await self.http("POST", "session", json={"inbox": KEY} | body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    async def set(self, **settings: Any) -> None:
        """Change the inbox as a colleague would; the server notices by itself."""
        async with self.db.transaction() as tx:
            await tx.execute("update inbox set settings = settings || %s", (Jsonb(settings),))

    @asynccontextmanager
    async def hello(self, token: Any, *, origin: str = ORIGIN, **frame: Any) -> AsyncIterator[Customer]:
        async with connect(f"ws://{self.address}/ws/widget", origin=origin, proxy=None) as link:  # type: ignore[arg-type]
            customer = Customer(link)
            await customer.send(t="hello", token=token, **frame)
            yield customer


class Customer:
    """One open socket."""

    def __init__(self, link: ClientConnection) -> None:
        self.link = link

    async def send(self, **frame: Any) -> None:
        await self.link.send(json.dumps(frame))

    async def get(self, kind: str) -> dict[str, Any]:
        """The next frame of a kind."""
        async with asyncio.timeout(10):
            while True:
                frame: dict[str, Any] = json.loads(await self.link.recv())
                if frame["t"] == kind:
                    return frame

    async def closed(self) -> int | None:
        """Wait for the close; its code."""
        await asyncio.wait_for(self.link.wait_closed(), 10)
        return self.link.close_code


@pytest.fixture
async def server(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.2)
    inbox_id = new_id()
    sealed = Vault(MASTER).seal(SECRET, scope=scope(inbox_id))
    async with db.transaction() as tx:
        await tx.execute(
            "insert into inbox (id, key, name, settings, identity_keys) values (%s, %s, 'Shop', %s, %s)",
            (inbox_id, KEY, Jsonb({"allowed_origins": [ORIGIN]}), Jsonb([{"id": "k1", "secret": sealed}])),
        )
    settings = Settings(data=tmp_path, database_url=db.dsn, secret=SecretStr(MASTER))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(settings), ws=LiveSocket, ws_per_message_deflate=False, log_config=None)
        running = uvicorn.Server(config)
        task = asyncio.create_task(running.serve(sockets=[listener]))
        while not running.started:
            assert not task.done(), "the server did not start"
            await asyncio.sleep(0.01)
        try:
            yield Server(f"127.0.0.1:{listener.getsockname()[1]}", db, inbox_id)
        finally:
            running.should_exit = True
            await task


async def test_a_hello_without_a_valid_token_is_refused(server: Server) -> None:
    for token in ("x", "a" * 43, "", None, 5, {"a": 1}):
        async with server.hello(token) as customer:
            assert (await customer.get("error"))["code"] == "unauthenticated"
            assert await customer.closed() == 4401


async def test_a_foreign_site_gets_no_socket(server: Server) -> None:
    token = (await server.session())["token"]
    async with server.hello(token, origin="https://evil.example") as customer:
        assert (await customer.get("error"))["code"] == "origin_refused"
        assert await customer.closed() == 4403


async def test_a_foreign_and_a_missing_conversation_look_the_same(server: Server) -> None:
    owner, stranger = await server.session(), await server.session()
    async with server.hello(owner["token"]) as customer:
        await customer.get("ready")
        await customer.send(t="send", id="1", text="secret")
        conversation = (await customer.get("ack"))["conversation"]
    errors = []
    for wanted in (conversation, MISSING):
        async with server.hello(stranger["token"], conversation=wanted) as customer:
            errors.append(await customer.get("error"))
    assert errors[0] == errors[1]
    assert errors[0]["code"] == "not_found"


async def test_signing_out_closes_the_socket(server: Server) -> None:
    token = (await server.session())["token"]
    async with server.hello(token) as customer:
        await customer.get("ready")
        assert (await server.http("DELETE", "session", token)).status_code == 204
        assert await customer.closed() == 4401


async def test_signing_in_moves_the_conversation_and_closes_the_anonymous_socket(server: Server) -> None:
    before = await server.session()
    async with server.hello(before["token"]) as customer:
        await customer.get("ready")
        await customer.send(t="send", id="1", text="还没登录")
        ack = await customer.get("ack")
        after = await server.session(token=before["token"], identity=identity())
        assert after["conversation"]["id"] == ack["conversation"]
        assert await customer.closed() == 4401
    async with server.hello(after["token"]) as customer:
        ready = await customer.get("ready")
        assert ready["entries"][0]["text"] == "还没登录"
        await customer.send(t="send", id="1", text="还没登录")
        again = await customer.get("ack")
        assert (again["seq"], again["message_id"]) == (ack["seq"], ack["message_id"]), "repeated, stored once"


async def test_enforced_identity_holds_for_every_frame_also_on_open_sockets(server: Server) -> None:
    session = await server.session()
    async with server.hello(session["token"]) as customer:
        await customer.get("ready")
        await customer.send(t="send", id="0", text="before")
        await customer.get("ack")
        await server.set(enforce_identity=True)
        async with asyncio.timeout(10):
            while not (await server.session())["inbox"]["enforce_identity"]:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)
        before = await count(server, "log_entry")
        for frame in (
            {"t": "send", "id": "1", "text": "x"},
            {"t": "typing", "on": True},
            {"t": "read", "seq": 1},
            {"t": "person"},
            {"t": "bot"},
            {"t": "end"},
            {"t": "page", "url": "https://shop.example/", "title": "x"},
        ):
            await customer.send(**frame)
            assert (await customer.get("error"))["code"] == "identity_required", frame
        assert await count(server, "log_entry") == before
        assert await count(server, "page_view") == 0
    async with server.hello(session["token"]) as customer:
        assert (await customer.get("ready"))["conversation"] is not None, "reading stays possible"
    verified = await server.session(token=session["token"], identity=identity())
    async with server.hello(verified["token"]) as customer:
        await customer.get("ready")
        await customer.send(t="send", id="2", text="x")
        await customer.get("ack")


async def test_a_message_carries_the_senders_files_and_nobody_elses(server: Server) -> None:
    owner, thief = await server.session(), await server.session()
    files = {"file": ("a.png", picture(), "image/png")}
    file = (await server.http("POST", "attachments", owner["token"], files=files)).json()["id"]
    async with server.hello(thief["token"]) as customer:
        await customer.get("ready")
        await customer.send(t="send", id="1", text="mine?", attachments=[file])
        assert (await customer.get("error"))["code"] == "not_found"
    assert await count(server, "message") == 0
    async with server.hello(owner["token"]) as customer:
        await customer.get("ready")
        await customer.send(t="send", id="1", text="", attachments=[file])
        entry = (await customer.get("entry"))["entry"]
    (shown,) = entry["content"]["attachments"]
    async with httpx2.AsyncClient() as anybody:
        assert (await anybody.get(f"http://{server.address}{shown['url']}")).status_code == 200


async def count(server: Server, table: str) -> int:
    async with server.db.transaction() as tx:
        return int(await tx.value(f"select count(*) from {table}"))
