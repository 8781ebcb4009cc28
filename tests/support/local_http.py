"""A local HTTP server that answers as a test says, and misbehaves on order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpcore2
import orjson

from tongxi.kit.egress import Egress


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    hang: bool = False
    """Take the request and say nothing."""
    pieces: Iterable[bytes] | None = None
    """The body piece by piece, without a declared length."""
    drip_seconds: float = 0
    """Pause before each byte of the body."""


def reply(value: object, status: int = 200, **headers: str) -> Reply:
    """JSON."""
    return Reply(orjson.dumps(value), status, headers=tuple(headers.items()))


Answer = Callable[[Asked], Reply | Awaitable[Reply]]


@dataclass(slots=True)
class LocalHttp:
    """Set `answer`; `asked` holds what came in."""

    answer: Answer = lambda _: Reply(status=404)
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            line, *rest = head.strip().split("\r\n")
            headers = {k.lower(): v.strip() for k, _, v in (one.partition(":") for one in rest)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            asked = Asked(line.split(" ")[0], line.split(" ")[1], headers, body)
            self.asked.append(asked)
            made = self.answer(asked)
            await self._send(made if isinstance(made, Reply) else await made, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _send(self, said: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if said.hang:
            await reader.read()
            return
        lines = [f"HTTP/1.1 {said.status} X", f"Content-Type: {said.kind}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in said.headers]
        if said.pieces is None:
            lines.append(f"Content-Length: {len(said.body)}")
        writer.write("\r\n".join([*lines, "", ""]).encode())
        if said.pieces is not None:
            for piece in said.pieces:
                writer.write(piece)
                await writer.drain()
        elif said.drip_seconds:
            for byte in said.body:
                await asyncio.sleep(said.drip_seconds)
                writer.write(bytes([byte]))
                await writer.drain()
        else:
            writer.write(said.body)
        await writer.drain()


@asynccontextmanager
async def local_http(answer: Answer) -> AsyncIterator[LocalHttp]:
    """Listen on a free port."""
    made = LocalHttp(answer)
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(made.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(connected, "127.0.0.1")
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(slots=True)
class Wire(httpcore2.AsyncNetworkBackend):
    """Stands for the internet: connections to a public address end at a server of the test."""

    servers: dict[str, int]
    """Address → port on this machine."""
    dialled: list[str] = field(default_factory=list)
    """Addresses that were really connected to."""
    _real: httpcore2.AsyncNetworkBackend = field(default_factory=httpcore2.AnyIOBackend)

    async def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore2.AsyncNetworkStream:
        self.dialled.append(host)
        if host not in self.servers:
            raise httpcore2.ConnectError("nobody there")
        return await self._real.connect_tcp("127.0.0.1", self.servers[host], *args, **options)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def internet(names: dict[str, list[str] | list[list[str]]], servers: dict[str, int]) -> tuple[Egress, Wire]:
    """An `Egress` on a small internet of names and servers. A list of lists: what each look-up gives in turn."""
    wire = Wire(servers)
    turns: dict[str, int] = {}

    async def resolve(host: str, port: int) -> list[str]:
        found = names.get(host, [host])
        if found and isinstance(found[0], list):
            turn = turns[host] = turns.get(host, -1) + 1
            return list(found[min(turn, len(found) - 1)])
        return [str(one) for one in found]

    return Egress(resolve=resolve, network=wire), wire
