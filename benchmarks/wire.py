"""A small, cheap WebSocket (RFC 6455), client and server side, and the HTTP to go with it.

The load generator shares the machine with the server under test, so it must cost little: text frames only, no
extensions, no fragments, and an all-zero masking key, which is legal and leaves nothing to compute.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import struct
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import urlsplit

import orjson

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
NO_MASK = bytes(4)


def frame(payload: bytes, opcode: int = TEXT, *, masked: bool = False) -> bytes:
    """One whole frame. `masked`: as a client must send it."""
    n, bit = len(payload), 0x80 if masked else 0
    if n < 126:
        head = bytes((0x80 | opcode, bit | n))
    elif n < 65536:
        head = struct.pack("!BBH", 0x80 | opcode, bit | 126, n)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, bit | 127, n)
    return head + NO_MASK + payload if masked else head + payload


def unmask(data: bytes, key: bytes) -> bytes:
    """Take the client's mask off."""
    if key == NO_MASK:
        return data
    n = len(data)
    mask = (key * (n // 4 + 1))[:n]
    return (int.from_bytes(data, "little") ^ int.from_bytes(mask, "little")).to_bytes(n, "little")


class Socket(asyncio.Protocol):
    """One WebSocket; `on_text(socket, payload)` per message, `on_close(socket)` at the end."""

    __slots__ = ("_buffer", "_handshake", "is_open", "on_close", "on_text", "opened", "path", "transport")

    def __init__(
        self,
        on_text: Callable[[Socket, bytes], None],
        on_close: Callable[[Socket], None] | None = None,
        handshake: bytes | None = None,
    ) -> None:
        """`handshake`: the request a client sends; a server has none."""
        self.on_text, self.on_close = on_text, on_close
        self.path = ""
        self.is_open = False
        self.transport: Any = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._handshake = handshake
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        if self._handshake:
            self.transport.write(self._handshake)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(f"closed in the handshake: {self._buffer[:200]!r} {error or ''}"))
            self.opened.exception()
        if self.on_close:
            self.on_close(self)

    def send(self, payload: bytes) -> None:
        self.transport.write(frame(payload, masked=self._handshake is not None))

    def close(self) -> None:
        if self.transport and not self.transport.is_closing():
            self.transport.write(frame(struct.pack("!H", 1000), CLOSE, masked=self._handshake is not None))
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        if not self.is_open:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                self._buffer = buffer
                return
            if not self._open(buffer[:end]):
                return
            buffer = buffer[end + 4 :]
        at, size = 0, len(buffer)
        while size - at >= 2:
            opcode, n, body = buffer[at] & 15, buffer[at + 1] & 127, at + 2
            is_masked = buffer[at + 1] & 128
            if n >= 126:
                width = 2 if n == 126 else 8
                if size - body < width:
                    break
                n, body = int.from_bytes(buffer[body : body + width], "big"), body + width
            if size - body < n + (4 if is_masked else 0):
                break
            if is_masked:
                payload = unmask(buffer[body + 4 : body + 4 + n], buffer[body : body + 4])
                at = body + 4 + n
            else:
                payload = buffer[body : body + n]
                at = body + n
            if opcode == TEXT:
                self.on_text(self, payload)
            elif opcode == PING:
                self.transport.write(frame(payload, PONG, masked=self._handshake is not None))
            elif opcode == CLOSE:
                self.transport.close()
        self._buffer = buffer[at:]

    def _open(self, head: bytes) -> bool:
        lines = head.split(b"\r\n")
        if self._handshake:
            if b" 101 " not in lines[0]:
                self.opened.set_exception(ConnectionError(head[:300].decode("latin1")))
                self.opened.exception()
                self.transport.close()
                return False
        else:
            self.path = lines[0].split(b" ")[1].decode()
            key = next(line[18:].strip() for line in lines if line[:18].lower() == b"sec-websocket-key:")
            accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
            self.transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
        self.is_open = True
        self.opened.set_result(None)
        return True


async def connect(
    url: str,
    on_text: Callable[[Socket, bytes], None],
    on_close: Callable[[Socket], None] | None = None,
    headers: dict[str, str] | None = None,
) -> Socket:
    """Open a socket. Raises: `OSError`, `ConnectionError` when the server refuses."""
    parts = urlsplit(url)
    nonce = base64.b64encode(os.urandom(16)).decode()
    extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    request = (
        f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {nonce}\r\nSec-WebSocket-Version: 13\r\n{extra}\r\n"
    )
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(
        lambda: Socket(on_text, on_close, request.encode()), parts.hostname or "", parts.port or 80
    )
    await socket.opened
    return socket


class Http:
    """JSON over a few kept connections."""

    def __init__(self, url: str, connections: int = 8) -> None:
        self._parts = urlsplit(url)
        self._free: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None] = asyncio.LifoQueue()
        for _ in range(connections):
            self._free.put_nowait(None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        while not self._free.empty():
            if connection := self._free.get_nowait():
                connection[1].close()

    async def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """One call; the decoded JSON. Raises: `RuntimeError` with the answer when it is not 2xx, `OSError`."""
        connection = await self._free.get()
        try:
            if connection is not None:
                try:
                    status, answer = await self._exchange(connection, method, path, body, headers or {})
                except (OSError, asyncio.IncompleteReadError):  # it was closed while it was idle
                    connection = None
            if connection is None:
                connection = await asyncio.open_connection(self._parts.hostname, self._parts.port or 80)
                status, answer = await self._exchange(connection, method, path, body, headers or {})
        except BaseException:
            if connection is not None:
                connection[1].close()
            connection = None
            raise
        finally:
            self._free.put_nowait(connection)
        if not 200 <= status < 300:
            raise RuntimeError(f"{method} {path}: {status} {answer[:300]!r}")
        return orjson.loads(answer) if answer else None

    async def _exchange(
        self,
        connection: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        method: str,
        path: str,
        body: Any,
        headers: dict[str, str],
    ) -> tuple[int, bytes]:
        reader, writer = connection
        payload = b"" if body is None else orjson.dumps(body)
        lines = {"Host": self._parts.netloc, "Content-Type": "application/json", "Content-Length": str(len(payload))}
        head = "".join(f"{name}: {value}\r\n" for name, value in (lines | headers).items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + payload)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin1")
        length = 0
        for line in answer.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "transfer-encoding":
                raise RuntimeError(f"{method} {path}: chunked answers are not understood")
        return int(answer.split(" ", 2)[1]), await reader.readexactly(length)
