"""A client of the Model Context Protocol, tools only: Streamable HTTP, or a program's standard streams.

The handshake revisions up to 2025-11-25, which every server answers. Nothing is offered to the server: it cannot ask
back, read files or have a model called. Source: modelcontextprotocol.io, specification 2025-11-25, "Transports".
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol

import httpx2
import orjson

from tongxi import __version__
from tongxi.connectors.protocol import FailureCode, ToolFailed
from tongxi.kit.egress import AddressRefused

REVISION: Final = "2025-11-25"
KNOWN_REVISIONS: Final = frozenset({"2024-11-05", "2025-03-26", "2025-06-18", REVISION})
MAX_BYTES: Final = 2_000_000
"""Of one answer."""
MAX_TOOLS: Final = 200
_MAX_PAGES: Final = 20
_INVALID_PARAMS: Final = -32602
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")
"""What a program is given of our environment: no secrets of ours."""


class Transport(Protocol):
    """Carries one JSON-RPC request at a time."""

    async def send(self, message: dict[str, Any], *, first: bool) -> dict[str, Any] | None:
        """Give the answer to a request, None for a notification. Raises: `ToolFailed`."""
        ...

    def agreed(self, revision: str) -> None:
        """The revision both sides speak."""
        ...

    @property
    def is_fresh(self) -> bool:
        """Whether the other side has yet to be greeted."""
        ...

    async def close(self) -> None: ...


class Session:
    """Greets when needed, then asks. Calls wait for one another."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._one = asyncio.Lock()
        self._number = 0

    async def list_tools(self) -> list[dict[str, Any]]:
        """All tools as the server describes them. Raises: `ToolFailed`."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(_MAX_PAGES):
            said = await self._request("tools/list", {"cursor": cursor} if cursor else {})
            tools = said.get("tools")
            if not isinstance(tools, list):
                raise ToolFailed(FailureCode.BAD_ANSWER, "tools")
            found += [one for one in tools if isinstance(one, dict) and isinstance(one.get("name"), str)]
            cursor = said.get("nextCursor")
            if not cursor or len(found) >= MAX_TOOLS:
                break
        return found[:MAX_TOOLS]

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Run a tool; give its result as it came. Raises: `ToolFailed`."""
        return await self._request("tools/call", {"name": tool, "arguments": dict(arguments)})

    async def close(self) -> None:
        await self._transport.close()

    async def _request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        async with self._one:
            for is_last in (False, True):
                try:
                    if self._transport.is_fresh:
                        await self._greet()
                    return await self._ask(method, params)
                except _Forgotten:
                    if is_last:
                        raise ToolFailed(FailureCode.UNAVAILABLE, "session") from None
        raise AssertionError("unreachable")

    async def _greet(self) -> None:
        hello = {
            "protocolVersion": REVISION, "capabilities": {}, "clientInfo": {"name": "tongxi", "version": __version__},
        }  # fmt: skip
        said = await self._ask("initialize", hello, first=True)
        revision = said.get("protocolVersion")
        if revision not in KNOWN_REVISIONS:
            raise ToolFailed(FailureCode.BAD_ANSWER, "revision")
        self._transport.agreed(str(revision))
        await self._transport.send({"jsonrpc": "2.0", "method": "notifications/initialized"}, first=False)

    async def _ask(self, method: str, params: dict[str, Any], *, first: bool = False) -> dict[str, Any]:
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        answer = await self._transport.send(message, first=first)
        if answer is None or answer.get("id") != self._number:
            raise ToolFailed(FailureCode.BAD_ANSWER, "id")
        error = answer.get("error")
        if error is not None:
            code = error.get("code") if isinstance(error, dict) else None
            wrong = FailureCode.BAD_ARGUMENTS if code == _INVALID_PARAMS else FailureCode.BAD_ANSWER
            raise ToolFailed(wrong, f"error {code}" if isinstance(code, int) else "error")
        result = answer.get("result")
        if not isinstance(result, dict):
            raise ToolFailed(FailureCode.BAD_ANSWER, "result")
        return result


class _Forgotten(Exception):
    """The server no longer knows the session: greet again."""


class HttpTransport:
    """Streamable HTTP: one address; an answer is JSON or a stream of events."""

    def __init__(self, client: httpx2.AsyncClient, url: str, headers: Mapping[str, str]) -> None:
        self._client, self._url, self._headers = client, url, dict(headers)
        self._session = ""
        self._revision = ""

    @property
    def is_fresh(self) -> bool:
        return not self._revision

    def agreed(self, revision: str) -> None:
        self._revision = revision

    async def send(self, message: dict[str, Any], *, first: bool) -> dict[str, Any] | None:
        headers = {
            **self._headers, "Content-Type": "application/json", "Accept": "application/json, text/event-stream",
        }  # fmt: skip
        if first:
            self._session = self._revision = ""
        if self._session:
            headers["Mcp-Session-Id"] = self._session
        if self._revision:
            headers["MCP-Protocol-Version"] = self._revision
        try:
            async with self._client.stream(
                "POST", self._url, content=orjson.dumps(message), headers=headers
            ) as response:
                if first:
                    self._session = response.headers.get("mcp-session-id", "")
                return await self._answer(message, response)
        except httpx2.TimeoutException as error:
            raise ToolFailed(FailureCode.TIMEOUT, type(error).__name__) from error
        except AddressRefused as error:
            raise ToolFailed(FailureCode.REFUSED, "address") from error
        except httpx2.HTTPError as error:
            raise ToolFailed(FailureCode.UNAVAILABLE, type(error).__name__) from error

    async def close(self) -> None:
        if self._session:
            with suppress(httpx2.HTTPError, AddressRefused):
                known = {"Mcp-Session-Id": self._session, "MCP-Protocol-Version": self._revision}
                await self._client.delete(self._url, headers=self._headers | known)
        await self._client.aclose()

    async def _answer(self, message: dict[str, Any], response: httpx2.Response) -> dict[str, Any] | None:
        status = response.status_code
        if status == 404 and self._session:
            self._session = self._revision = ""
            raise _Forgotten
        if status in (400, 401, 403, 404, 405, 406):
            raise ToolFailed(FailureCode.REFUSED, str(status))
        if status == 202 or "id" not in message:
            return None
        if status != 200:
            raise ToolFailed(FailureCode.UNAVAILABLE if status >= 429 else FailureCode.BAD_ANSWER, str(status))
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/event-stream":
            async for data in _events(response):
                found = _message(data)
                if found.get("id") == message["id"] and ("result" in found or "error" in found):
                    return found
            raise ToolFailed(FailureCode.BAD_ANSWER, "stream ended")
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > MAX_BYTES:
                raise ToolFailed(FailureCode.BAD_ANSWER, "too large")
        return _message(bytes(body))


async def _events(response: httpx2.Response) -> AsyncIterator[bytes]:
    """The data of each event. Source: HTML Living Standard, 9.2 "Server-sent events"."""
    size, data, held = 0, list[bytes](), b""
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > MAX_BYTES:
            raise ToolFailed(FailureCode.BAD_ANSWER, "too large")
        *lines, held = (held + piece).replace(b"\r\n", b"\n").split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                data.append(line[5:].removeprefix(b" "))
            elif not line and data:
                yield b"\n".join(data)
                data = []


def _message(data: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise ToolFailed(FailureCode.BAD_ANSWER, "not JSON") from error
    if not isinstance(found, dict):
        raise ToolFailed(FailureCode.BAD_ANSWER, "not a message")
    return found


class StdioTransport:
    """A program on this machine, one message a line; started when first needed, and again after it ended."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command, self._environment = tuple(command), dict(environment)
        self._process: asyncio.subprocess.Process | None = None
        self._revision = ""

    @property
    def is_fresh(self) -> bool:
        return not self._revision or self._process is None or self._process.returncode is not None

    def agreed(self, revision: str) -> None:
        self._revision = revision

    async def send(self, message: dict[str, Any], *, first: bool) -> dict[str, Any] | None:
        try:
            process = await self._running(first=first)
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(orjson.dumps(message) + b"\n")
            await process.stdin.drain()
            while "id" in message:
                line = await process.stdout.readuntil(b"\n")
                if not line.strip():
                    continue
                found = _message(line)
                if found.get("id") == message["id"] and ("result" in found or "error" in found):
                    return found
            return None
        except asyncio.CancelledError:
            await self._stop()  # its next line would answer a question nobody asks any more
            raise
        except asyncio.LimitOverrunError as error:
            await self._stop()
            raise ToolFailed(FailureCode.BAD_ANSWER, "too large") from error
        except (OSError, asyncio.IncompleteReadError) as error:
            await self._stop()
            raise ToolFailed(FailureCode.UNAVAILABLE, type(error).__name__) from error

    async def close(self) -> None:
        await self._stop()

    async def _running(self, *, first: bool) -> asyncio.subprocess.Process:
        if first or self._process is None or self._process.returncode is not None:
            await self._stop()
            kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL, env=kept | self._environment, limit=MAX_BYTES,
            )  # fmt: skip
        return self._process

    async def _stop(self) -> None:
        process, self._process, self._revision = self._process, None, ""
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()
