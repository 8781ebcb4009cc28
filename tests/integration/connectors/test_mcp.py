"""Tools of real MCP servers, over HTTP and as a program; and of servers that misbehave."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.support.local_http import Asked, Reply, local_http, reply
from tongxi.connectors.decisions import Allowed
from tongxi.connectors.mcp import McpServer
from tongxi.connectors.mcp_session import HttpTransport, Session, StdioTransport
from tongxi.connectors.protocol import Answer, Connectors, Document, Failure, FailureCode, ToolFailed
from tongxi.kit.egress import Egress

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
SERVER = [sys.executable, str(ROOT / "tests/support/mcp_server.py")]
ALLOWED = {
    "stock": Allowed(allowed=True, public=True),
    "points": Allowed(allowed=True, contact="member_id"),
    "shout": Allowed(allowed=True, public=True),
    "fail": Allowed(allowed=True, public=True),
    "sleep": Allowed(allowed=True, public=True, effect="write"),
    "secret": Allowed(allowed=False, public=True),
}


def over_http(url: str, *, seconds: float = 5, **headers: str) -> Session:
    egress = Egress({url.split("/")[2]})
    return Session(HttpTransport(egress.client(timeout=timedelta(seconds=seconds)), url, headers))


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[str]:
    """The package's own HTTP server, as a process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *SERVER, str(port), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    for _ in range(300):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        except OSError:
            await asyncio.sleep(0.1)
    yield f"http://127.0.0.1:{port}/mcp"
    process.kill()
    await process.wait()


@pytest.fixture(params=["http", "stdio"])
async def server(request: pytest.FixtureRequest, address: str) -> AsyncIterator[McpServer]:
    def made() -> Session:
        return over_http(address) if request.param == "http" else Session(StdioTransport([*SERVER, "stdio"], {}))

    first = McpServer(made(), system="stock", prefix="wms", tools={}, discovered=[], timeout=timedelta(seconds=10))
    discovered = await first.discover()
    await first.close()
    opened = McpServer(
        made(), system="stock", prefix="wms", tools=ALLOWED, discovered=discovered, timeout=timedelta(seconds=10)
    )
    yield opened
    await opened.close()


async def ask(server: McpServer, tool: str, arguments: dict[str, Any], who: str = "C1", **more: Any) -> Any:
    found = await Connectors([server]).call(tool, arguments, Document, contact_external_id=who, **more)
    return found.value.data if isinstance(found, Answer) else found.code


async def test_only_allowed_tools_are_offered_under_the_servers_name(server: McpServer) -> None:
    assert [(tool.name, tool.effect, tool.needs_contact) for tool in server.tools()] == [
        ("wms__stock", "read", False), ("wms__points", "read", True), ("wms__shout", "read", False),
        ("wms__fail", "read", False), ("wms__sleep", "write", True),
    ]  # fmt: skip


async def test_a_tool_answers(server: McpServer) -> None:
    found = await ask(server, "wms__stock", {"product": "kettle"}, who="")
    assert orjson.loads(found["text"]) == {"left": 46}


async def test_the_customer_is_filled_in_by_code(server: McpServer) -> None:
    (points,) = [tool for tool in server.tools() if tool.name == "wms__points"]
    assert "member_id" not in points.schema()["properties"]
    assert "C77 has 120 points" in (await ask(server, "wms__points", {}, who="C77"))["text"]
    assert await ask(server, "wms__points", {"member_id": "C1"}, who="C77") is FailureCode.BAD_ARGUMENTS


async def test_arguments_are_checked_before_they_are_sent(server: McpServer) -> None:
    for wrong in ({}, {"product": 5}, {"product": "x", "size": "large"}, {"product": ["x"]}):
        assert await ask(server, "wms__stock", wrong, who="") is FailureCode.BAD_ARGUMENTS


async def test_much_text_is_cut_and_a_failure_is_one(server: McpServer) -> None:
    found = await ask(server, "wms__shout", {"times": 5_000}, who="")
    assert (len(found["text"]), found["is_cut"]) == (20_000, True)
    assert await ask(server, "wms__fail", {}, who="") is FailureCode.REFUSED
    assert (await ask(server, "wms__stock", {"product": "a"}, who=""))["text"], "the session goes on"


async def test_what_takes_too_long_is_given_up_and_the_next_call_works(server: McpServer) -> None:
    connectors = Connectors([server], timeout=timedelta(seconds=1))
    tool = connectors.tool("wms__sleep")
    assert tool is not None
    object.__setattr__(tool, "timeout", timedelta(seconds=0.3))
    told = await connectors.call(
        "wms__sleep", {"seconds": 1.0}, Document, contact_external_id="C1", idempotency_key="k"
    )
    assert told == Failure(FailureCode.TIMEOUT, "stock", is_outcome_unknown=True)
    assert (await ask(server, "wms__stock", {"product": "a"}, who=""))["text"]


async def test_a_program_gets_its_own_secret_and_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "TONGXI_SECRET", "ours")
    session = Session(StdioTransport([*SERVER, "stdio"], {"MCP_SECRET": "theirs"}))
    said = await session.call("secret", {})
    await session.close()
    assert said["content"][0]["text"] == "theirs|"


async def test_a_program_that_is_not_there_or_ends_is_unavailable() -> None:
    for command in (["/nonexistent/program"], [sys.executable, "-c", "pass"]):
        session = Session(StdioTransport(command, {}))
        with pytest.raises(ToolFailed) as failed:
            await session.list_tools()
        assert failed.value.code is FailureCode.UNAVAILABLE
        await session.close()


# ── servers that misbehave ──
HELLO = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "x", "version": "1"}}


def speaking(answers: dict[str, Any]) -> Any:
    """A server that gives these results by method; a `Reply` as it is."""

    def answer(asked: Asked) -> Reply:
        if asked.method == "DELETE":
            return Reply(status=405)
        message = asked.json()
        if "id" not in message:
            return Reply(status=202)
        found = answers.get(message["method"], HELLO if message["method"] == "initialize" else {})
        if isinstance(found, Reply):
            return found
        return reply({"jsonrpc": "2.0", "id": message["id"], **(found if "error" in found else {"result": found})})

    return answer


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"initialize": Reply(status=401)}, FailureCode.REFUSED),
        ({"initialize": Reply(status=500)}, FailureCode.UNAVAILABLE),
        ({"initialize": Reply(status=302, headers=(("Location", "http://10.0.0.1/"),))}, FailureCode.BAD_ANSWER),
        ({"initialize": Reply(b"<html>")}, FailureCode.BAD_ANSWER),
        ({"initialize": Reply(b"[]")}, FailureCode.BAD_ANSWER),
        ({"initialize": {"protocolVersion": "1999-01-01"}}, FailureCode.BAD_ANSWER),
        ({"initialize": Reply(hang=True)}, FailureCode.TIMEOUT),
        ({"tools/list": {"tools": "many"}}, FailureCode.BAD_ANSWER),
        ({"tools/list": {"error": {"code": -32601, "message": "no"}}}, FailureCode.BAD_ANSWER),
        ({"tools/list": Reply(b"data: {}\n\n", kind="text/event-stream")}, FailureCode.BAD_ANSWER),
        ({"tools/list": Reply(b"a" * 3_000_000)}, FailureCode.BAD_ANSWER),
        ({"tools/list": Reply(b"data: " + b"a" * 3_000_000, kind="text/event-stream")}, FailureCode.BAD_ANSWER),
    ],
)
async def test_each_fault_has_its_code(answers: dict[str, Any], code: FailureCode) -> None:
    async with local_http(speaking(answers)) as server:
        session = over_http(f"{server.url}/mcp", seconds=0.5)
        with pytest.raises(ToolFailed) as failed:
            await session.list_tools()
        assert failed.value.code is code
        await session.close()


async def test_a_forgotten_session_is_greeted_again() -> None:
    greeted = 0

    def answer(asked: Asked) -> Reply:
        nonlocal greeted
        message = asked.json() if asked.method == "POST" else {}
        if message.get("method") == "initialize":
            greeted += 1
            return reply({"jsonrpc": "2.0", "id": message["id"], "result": HELLO}, mcp_session_id=f"s{greeted}")
        if asked.headers.get("mcp-session-id") != "s2":
            return Reply(status=404)
        assert asked.headers["mcp-protocol-version"] == "2025-06-18"
        return reply({"jsonrpc": "2.0", "id": message.get("id"), "result": {"tools": []}})

    async with local_http(answer) as server:
        session = over_http(f"{server.url}/mcp")
        assert await session.list_tools() == []
        assert greeted == 2
        await session.close()


async def test_a_stream_may_talk_of_other_things_first() -> None:
    events = (
        b": hello\n\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\n"
        b"data: {\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"sampling/createMessage\"}\r\n\r\n"
        b"data: {\"jsonrpc\":\"2.0\",\"id\":2,\ndata: \"result\":{\"tools\":[{\"name\":\"a\"}]}}\n\n"
    )  # fmt: skip
    async with local_http(speaking({"tools/list": Reply(events, kind="text/event-stream")})) as server:
        session = over_http(f"{server.url}/mcp")
        assert await session.list_tools() == [{"name": "a"}]
        await session.close()


async def test_a_schema_we_cannot_check_is_not_offered() -> None:
    tools = [
        {"name": "ok", "inputSchema": {"type": "object"}},
        {"name": "odd", "inputSchema": {"type": "object", "patternProperties": {"(a+)+": {}}}},
        {"name": "elsewhere", "inputSchema": {"properties": {"a": {"$ref": "http://inside/x"}}}},
        {"inputSchema": {}},
        "nonsense",
    ]
    async with local_http(speaking({"tools/list": {"tools": tools}})) as server:
        opened = McpServer(
            over_http(f"{server.url}/mcp"),
            system="x",
            prefix="x",
            tools={},
            discovered=[],
            timeout=timedelta(seconds=1),
        )
        found = await opened.discover()
        await opened.close()
    assert [(one["name"], one["problem"]) for one in found] == [("ok", ""), ("odd", "schema"), ("elsewhere", "schema")]
    told = dict.fromkeys(("ok", "odd"), Allowed(allowed=True, public=True))
    offered = McpServer(
        over_http("http://127.0.0.1:9/mcp"), system="x", prefix="x", tools=told, discovered=found,
        timeout=timedelta(seconds=1),
    )  # fmt: skip
    assert [tool.name for tool in offered.tools()] == ["x__ok"]
    await offered.close()
