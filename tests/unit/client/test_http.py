"""Calls over HTTP, against a server that gives prepared answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from tongxi.client import ProtocolError
from tongxi.client.http import Http, is_loopback, origin


@asynccontextmanager
async def answering(*answers: tuple[int, str, str]) -> AsyncIterator[tuple[Http, list[str]]]:
    """An `Http` whose server gives (status, extra header lines, body) one after the other; and the request lines."""
    left, seen = list(answers), []

    async def one(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            request = (await stream.receive()).decode()
            seen.append(request.split("\r\n", 1)[0])
            status, headers, body = left.pop(0)
            length = len(body.encode())
            head = f"HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
            await stream.send((head + body).encode())

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    async with anyio.create_task_group() as group:
        group.start_soon(listener.serve, one)
        http = Http(f"http://127.0.0.1:{port}")
        try:
            yield http, seen
        finally:
            await http.close()
            group.cancel_scope.cancel()


async def test_a_problem_becomes_an_error_with_its_code_and_fields() -> None:
    body = '{"code":"stale_epoch","detail":"taken","status":409,"epoch":4,"holder":{"kind":"agent"}}'
    async with answering((409, "Content-Type: application/problem+json\r\n", body)) as (http, seen):
        with pytest.raises(ProtocolError) as refused:
            await http.call("POST", "/conversations/x/claim", {"epoch": 3})
    assert (refused.value.code, refused.value.status, refused.value.extra["epoch"]) == ("stale_epoch", 409, 4)
    assert seen == ["POST /api/v1/conversations/x/claim HTTP/1.1"]


async def test_a_busy_server_is_asked_again_while_patience_lasts() -> None:
    busy = (503, "", "nginx says no")
    async with answering(busy, (429, "Retry-After: 0\r\n", '{"code":"rate_limited"}'), (200, "", "{}")) as (http, seen):
        assert await http.call("GET", "/x", patience=20) == {}
        assert len(seen) == 3
    async with answering(busy) as (http, _):
        with pytest.raises(ProtocolError, match="unavailable"):
            await http.call("GET", "/x")


async def test_an_answer_without_a_body_is_none_and_nobody_there_is_a_connection_error() -> None:
    async with answering((204, "", "")) as (http, _):
        assert await http.call("DELETE", "/widget/session") is None
    http = Http("http://127.0.0.1:1")
    with pytest.raises(ConnectionError):
        await http.call("GET", "/x")
    await http.close()


def test_origin_and_loopback() -> None:
    assert origin("https://help.example.com:8443/chat?x=1") == "https://help.example.com:8443"
    assert [
        is_loopback(url) for url in ("http://127.0.0.1:8000", "http://[::1]/", "http://localhost", "http://a.b")
    ] == [
        True,
        True,
        True,
        False,
    ]
