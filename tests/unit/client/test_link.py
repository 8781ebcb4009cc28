"""The socket that comes back by itself, against a server that follows a script."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from websockets.asyncio.server import ServerConnection, serve

from tongxi.client import Backoff, Closed, Frame, ProtocolError
from tongxi.client.link import Link

Script = Callable[[ServerConnection, int], Awaitable[None]]


class FakePeer:
    """A client without state: greets, collects what it is given."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.renewals = 0
        self.token = "old"

    def headers(self) -> dict[str, str]:
        return {"Origin": "http://shop.example"}

    def hello(self) -> Frame:
        return {"t": "hello", "token": self.token}

    def receive(self, frame: Frame) -> None:
        self.frames.append(frame)

    async def renew(self) -> None:
        self.renewals += 1
        self.token = "new"


async def take(socket: ServerConnection) -> dict[str, Any]:
    frame: dict[str, Any] = orjson.loads(await socket.recv())
    return frame


async def put(socket: ServerConnection, **frame: Any) -> None:
    await socket.send(orjson.dumps(frame).decode())


async def greet(socket: ServerConnection) -> dict[str, Any]:
    hello = await take(socket)
    await put(socket, t="ready")
    return hello


@asynccontextmanager
async def linked(script: Script) -> AsyncIterator[tuple[Link, FakePeer]]:
    """A link to a server that runs `script(socket, number)` for each connection, from 1."""
    count = 0

    async def one(socket: ServerConnection) -> None:
        nonlocal count
        count += 1
        await script(socket, count)

    async with serve(one, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        peer = FakePeer()
        link = Link(f"ws://127.0.0.1:{port}", peer, backoff=Backoff(0.01, 0.05), use_proxy=False)
        try:
            yield link, peer
        finally:
            await link.close()


def ack(client_id: str, seq: int) -> dict[str, Any]:
    return {"t": "ack", "id": client_id, "seq": seq, "message_id": f"m{seq}", "conversation": "c"}


async def test_a_message_is_repeated_with_the_same_id_until_it_is_acknowledged() -> None:
    seen = []

    async def script(socket: ServerConnection, number: int) -> None:
        await greet(socket)
        seen.append((await take(socket))["id"])
        if number == 1:
            socket.transport.abort()  # the message arrived, the acknowledgement is lost
            return
        await put(socket, **ack(seen[-1], 3))
        await socket.wait_closed()

    async with linked(script) as (link, _):
        await link.open(5)
        got = await asyncio.wait_for(link.deliver({"t": "send", "id": "one", "text": "hi"}), 5)
    assert got.seq == 3
    assert seen == ["one", "one"]


async def test_messages_written_while_offline_are_sent_in_order_when_back() -> None:
    order: list[str] = []
    may_answer = asyncio.Event()

    async def script(socket: ServerConnection, number: int) -> None:
        await take(socket)
        if number == 1:
            await put(socket, t="ready")
            socket.transport.abort()
            return
        await may_answer.wait()
        await put(socket, t="ready")
        for seq in range(1, 4):
            order.append((await take(socket))["id"])
            await put(socket, **ack(order[-1], seq))
        await socket.wait_closed()

    async with linked(script) as (link, _):
        await link.open(5)
        await link.wait_until(lambda: not link.is_ready, 5)
        sends = [asyncio.create_task(link.deliver({"t": "send", "id": name})) for name in "abc"]
        await asyncio.sleep(0)
        may_answer.set()
        await asyncio.wait_for(asyncio.gather(*sends), 5)
    assert order == ["a", "b", "c"]


async def test_a_refused_message_fails_alone_and_a_busy_server_is_asked_again() -> None:
    tries: list[str] = []

    async def script(socket: ServerConnection, number: int) -> None:
        await greet(socket)
        while True:
            frame = await take(socket)
            tries.append(frame["id"])
            if frame["id"] == "bad":
                await put(socket, t="error", id="bad", code="too_large", detail="8,000 at most")
            elif tries.count("busy") == 1:
                await put(socket, t="error", id="busy", code="unavailable", detail="", retry_after=0.01)
            else:
                await put(socket, **ack("busy", 7))

    async with linked(script) as (link, _):
        await link.open(5)
        with pytest.raises(ProtocolError) as refused:
            await link.deliver({"t": "send", "id": "bad"})
        assert refused.value.code == "too_large"
        assert (await asyncio.wait_for(link.deliver({"t": "send", "id": "busy"}), 5)).seq == 7
    assert tries == ["bad", "busy", "busy"]


async def test_a_limit_that_names_no_message_repeats_what_waits() -> None:
    tries = []

    async def script(socket: ServerConnection, number: int) -> None:
        await greet(socket)
        tries.append(await take(socket))
        await put(socket, t="error", code="rate_limited", detail="", retry_after=0.01)
        tries.append(await take(socket))
        await put(socket, **ack("one", 1))
        await socket.wait_closed()

    async with linked(script) as (link, _):
        await link.open(5)
        assert (await asyncio.wait_for(link.deliver({"t": "send", "id": "one"}), 5)).seq == 1
    assert len(tries) == 2


async def test_a_dead_token_is_renewed_and_said_at_the_next_hello() -> None:
    tokens = []

    async def script(socket: ServerConnection, number: int) -> None:
        tokens.append((await take(socket))["token"])
        if number == 1:
            await socket.close(4401)
            return
        await put(socket, t="ready")
        await socket.wait_closed()

    async with linked(script) as (link, peer):
        await link.open(5)
        assert (peer.renewals, tokens) == (1, ["old", "new"])


async def test_it_gives_up_where_trying_again_cannot_help() -> None:
    async def script(socket: ServerConnection, number: int) -> None:
        await take(socket)
        await socket.close(4403, "this site may not embed the inbox")

    async with linked(script) as (link, _):
        with pytest.raises(ProtocolError, match="origin_refused"):
            await link.open(5)
        with pytest.raises(ProtocolError):
            await link.deliver({"t": "send", "id": "one"})


async def test_after_the_history_was_rewound_it_starts_from_the_snapshot() -> None:
    async def script(socket: ServerConnection, number: int) -> None:
        await take(socket)
        if number == 1:
            await put(socket, t="error", code="epoch_changed", detail="")
        else:
            await put(socket, t="ready")
        await socket.wait_closed()

    async with linked(script) as (link, peer):
        await link.open(5)
        assert [frame["t"] for frame in peer.frames] == ["forget", "ready"]


async def test_closing_tells_whoever_still_waits() -> None:
    async def script(socket: ServerConnection, number: int) -> None:
        await greet(socket)
        await socket.wait_closed()

    async with linked(script) as (link, _):
        await link.open(5)
        waiting = asyncio.create_task(link.deliver({"t": "send", "id": "one"}))
        events = asyncio.create_task(anext(aiter(link.events()), None))
        await asyncio.sleep(0.01)
        await link.close()
        with pytest.raises(Closed):
            await waiting
        assert await events is None


def test_back_off_spreads_a_crowd_and_is_bounded() -> None:
    backoff = Backoff(first=0.5, cap=30)
    waits = [backoff.next() for _ in range(50)]
    assert all(0 <= wait <= 30 for wait in waits)
    assert waits[0] <= 0.5
    assert len(set(waits)) == 50
    backoff.reset()
    assert backoff.next() <= 0.5
