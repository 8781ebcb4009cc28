"""A local HTTP server that speaks chat completions, and misbehaves on order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Plan:
    """How to treat the next request."""

    text: str = ""
    """What the model writes, when nothing else is said."""
    finish: str | None = "stop"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    """The response's body as it is, instead of a completion."""
    cut: int | None = None
    """Close the connection after so many bytes of the body."""
    hang: bool = False
    """Take the request and say nothing."""
    drip: float = 0
    """Seconds between two bytes of the body."""

    def bytes(self) -> bytes:
        """The body."""
        if self.body is not None:
            return self.body
        if self.status != 200:
            return orjson.dumps({"error": {"message": "no", "type": "error", "param": None, "code": None}})
        message = {"role": "assistant", "content": self.text}
        choice = {"index": 0, "message": message, "finish_reason": self.finish}
        return orjson.dumps({"id": "c1", "object": "chat.completion", "model": "test-model", "choices": [choice]})


@dataclass(slots=True)
class ModelServer:
    """Set `plan`, then ask; `asked` holds what came in."""

    plan: Plan = field(default_factory=Plan)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    given_up: int = 0
    """Requests whose client went away before it had its answer."""
    on_asked: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """Base address, as in `TONGXI_MODEL_URL`."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def data(self) -> dict[str, Any]:
        """The JSON document of the newest question."""
        document: dict[str, Any] = orjson.loads(self.asked[-1]["messages"][1]["content"])
        return document

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; one request on it."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            request, *lines = head.strip().split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.headers.append(headers | {":request": request})
            self.asked.append(orjson.loads(body))
            self.on_asked()
            await self._answer(self.plan, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, plan: Plan, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if plan.hang:
            await reader.read()  # ends when the client hangs up
            self.given_up += 1
            return
        body = plan.bytes()
        lines = [f"HTTP/1.1 {plan.status} X", f"Content-Length: {len(body)}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in plan.headers]
        writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        if plan.drip:
            for byte in body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(plan.drip)
            return
        writer.write(body if plan.cut is None else body[: plan.cut])
        await writer.drain()


@asynccontextmanager
async def model_server(text: str = "") -> AsyncIterator[ModelServer]:
    """Listen on a free port."""
    model = ModelServer(Plan(text))
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(model.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1")
    model.port = server.sockets[0].getsockname()[1]
    try:
        yield model
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
