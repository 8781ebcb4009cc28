"""The WebSocket under the live screens: frames in by a plain call, frames out in one write per loop turn.

uvicorn's own protocol speaks ASGI: a queue, two tasks' worth of hops and a pause of the transport per message. For
`/ws/*` the handshake goes through ASGI as usual; after it a `Session` is attached and takes the frames directly.
Measured in docs/benchmarks.md. Everything below the frame (parsing, masking, ping, close) stays with `websockets`.
"""

from __future__ import annotations

import struct
from typing import Any, Protocol, cast

import orjson
import structlog
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import State

log = structlog.get_logger(__name__)

MAX_MESSAGE = 4_000_000
"""Bytes after which the connection is cut (1009). What is between this and `MAX_FRAME` gets a typed error."""
MAX_FRAME = 65_536
MAX_UNSENT = 4_000_000
"""Bytes a reader may leave unread before he is cut off (4408) and resumes later."""


class Session(Protocol):
    """What handles the frames of one socket. Called on the event loop; must not block."""

    def on_text(self, data: bytes) -> None:
        """A text frame came."""
        ...

    def on_close(self) -> None:
        """The socket is gone; called once."""
        ...


class LiveSocket(WebSocketsSansIOProtocol):
    """uvicorn's protocol with a direct mode. Use as `uvicorn.Config(ws=LiveSocket)`."""

    session: Session | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._out: list[bytes] = []

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            cast(dict[str, Any], self.scope["extensions"])["tongxi.socket"] = self

    async def run_asgi(self) -> None:
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except Exception:
            log.exception("socket.handshake_failed")
            self.send_500_response()
        if self.session is None:
            if self.close_timer is None:
                self.transport.close()
            return
        # An idle socket keeps no request, no scope, no queue.
        del self.scope, self.request, self.response
        self.queue = cast(Any, None)

    def attach(self, session: Session) -> None:
        """Hand all further frames to `session`. Call once, after the handshake was accepted."""
        self.session = session
        if self.disconnected:
            session.on_close()

    def send_receive_event_to_app(self) -> None:
        if self.session is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        try:
            self.session.on_text(bytes(data))
        except Exception:
            log.exception("socket.session_failed")
            self.close(1011)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.session is None:
            super().connection_lost(exc)
            return
        self.stop_keepalive()
        self.connections.discard(self)
        self.disconnected = True
        self.writable.set()
        if self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = None
        self._out.clear()
        self.session.on_close()

    def handle_close(self, event: Any) -> None:
        if self.session is not None and not self.close_sent:
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.transport.close()
            return
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        if self.session is None:
            super().handle_parser_exception()
            return
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.close()

    def shutdown(self) -> None:
        if self.session is None:
            super().shutdown()
            return
        self.stop_keepalive()
        self._flush()
        if not self.close_sent and self.conn.state is State.OPEN:
            self.conn.send_close(1012)
            self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()

    def push(self, payload: bytes) -> None:
        """Send a text frame soon; several pushed in one turn of the loop leave in one write."""
        if self.disconnected or self.close_sent:
            return
        if not self._out:
            self.loop.call_soon(self._flush)
        self._out.append(_header(len(payload)))
        self._out.append(payload)

    def _flush(self) -> None:
        if not self._out or self.disconnected or self.close_sent or self.conn.state is not State.OPEN:
            self._out.clear()
            return
        self.transport.write(b"".join(self._out))
        self._out.clear()
        if self.transport.get_write_buffer_size() > MAX_UNSENT:
            log.info("socket.too_slow")
            self.close(4408, "read faster and resume")
            self.transport.abort()

    def close(self, code: int, reason: str = "") -> None:
        """Say why and close."""
        if self.disconnected or self.close_sent:
            return
        self._flush()
        if self.conn.state is State.OPEN:
            self.conn.send_close(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)

    def pause(self) -> None:
        """Read nothing more for now: the sender is ahead of the database."""
        if not self.read_paused and not self.disconnected:
            self.read_paused = True
            self.transport.pause_reading()

    def resume(self) -> None:
        if self.read_paused and not self.disconnected:
            self.read_paused = False
            self.transport.resume_reading()


def _header(size: int) -> bytes:
    """Head of an unmasked, final text frame. Source: RFC 6455, section 5.2."""
    if size < 126:
        return bytes((0x81, size))
    if size < 65_536:
        return struct.pack("!BBH", 0x81, 126, size)
    return struct.pack("!BBQ", 0x81, 127, size)


def encode(frame: dict[str, Any]) -> bytes:
    """A frame as JSON; dates as RFC 3339, ids as strings."""
    return orjson.dumps(frame, option=orjson.OPT_UTC_Z)
