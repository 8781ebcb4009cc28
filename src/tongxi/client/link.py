"""One WebSocket that comes back by itself, and the messages that wait in it until they are acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from tongxi.client.values import Ack, Event, Frame, ProtocolError

FATAL_CLOSE = {4400: "malformed", 4403: "origin_refused", 4413: "too_large"}
"""Close codes after which trying again changes nothing."""
TOKEN_CLOSE = 4401


class Closed(ConnectionError):
    """The client was closed before this happened."""


class Backoff:
    """Full jitter: each wait is uniform between nothing and a bound that grows by half, so that a crowd spreads out."""

    def __init__(self, first: float = 0.5, cap: float = 30.0) -> None:
        self.first = first
        """Seconds."""
        self.cap = cap
        self.tries = 0

    def next(self) -> float:
        """Seconds to wait before the next try."""
        bound = min(self.cap, self.first * 1.5 ** min(self.tries, 32))
        self.tries += 1
        return random.uniform(0, bound)

    def reset(self) -> None:
        self.tries = 0


class Peer(Protocol):
    """What a link asks of the client it belongs to."""

    def headers(self) -> dict[str, str]:
        """Headers of the handshake, `Origin` among them."""

    def hello(self) -> Frame:
        """The first frame of a connection: who we are and what we have seen."""

    def receive(self, frame: Frame) -> None:
        """Take in one frame; `ready` is the first."""

    async def renew(self) -> None:
        """Get a new token or session. Raises: `ProtocolError` when there is none to be had."""


class Link:
    """Keeps a socket open: connect, greet, deliver, and after a cut wait with jitter and do it again."""

    def __init__(self, url: str, peer: Peer, *, backoff: Backoff | None = None, use_proxy: bool = True) -> None:
        self.url = url
        self.is_ready = False
        """Whether the server has answered the greeting of the present connection."""
        self.connections = 0
        """How many times the server said `ready`."""
        self.failure: Exception | None = None
        """Why it gave up; None while it lives."""
        self.refusal: ProtocolError | None = None
        """The last `error` that named no message; whoever asks for something sets it to None first."""
        self._peer = peer
        self._backoff = backoff or Backoff()
        self._use_proxy = use_proxy
        self._socket: ClientConnection | None = None
        self._unacked: dict[str, tuple[Frame, asyncio.Future[Ack]]] = {}
        self._listeners: set[asyncio.Queue[Event | None]] = set()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._later: set[asyncio.Task[None]] = set()

    # ── life ────────────────────────────────────────────────────────────────────────────────────
    async def open(self, timeout: float) -> None:
        """Start, and wait until the server is ready. Raises: `ProtocolError`, `TimeoutError`."""
        self._task = asyncio.create_task(self._live())
        await self.wait_until(lambda: self.is_ready, timeout)

    async def close(self) -> None:
        """Close for good. Sends that are not acknowledged fail with `Closed`."""
        self._give_up(self.failure or Closed("the client was closed"))
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._socket is not None:
            await self._socket.close()

    async def drop(self) -> None:
        """Cut the connection without a goodbye, as a bad network would; the link comes back by itself."""
        if self._socket is not None:
            self._socket.transport.abort()

    # ── sending ─────────────────────────────────────────────────────────────────────────────────
    async def send(self, frame: Frame) -> None:
        """Send a frame that needs no answer; dropped when there is no connection now."""
        if self._socket is not None and self.is_ready:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(orjson.dumps(frame).decode())

    async def deliver(self, frame: Frame) -> Ack:
        """Send a frame with an `id` and keep sending it, through every cut, until it is acknowledged.

        Raises: `ProtocolError` when the server refuses it for good, `Closed` when the client is closed first.
        """
        if self.failure is not None:
            raise self.failure
        waiting = self._unacked.get(frame["id"])
        if waiting is None:
            waiting = self._unacked[frame["id"]] = (frame, asyncio.get_running_loop().create_future())
            await self.send(frame)
        return await asyncio.shield(waiting[1])

    # ── listening ───────────────────────────────────────────────────────────────────────────────
    async def events(self) -> AsyncIterator[Event]:
        """Everything that arrives from now on, until the client is closed."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while self.failure is None or not queue.empty():
                event = await queue.get()
                if event is None:
                    return
                yield event
        finally:
            self._listeners.discard(queue)

    async def wait_until(self, is_so: Callable[[], bool], timeout: float) -> None:
        """Wait until `is_so()` holds; looked at after every frame. Raises: `TimeoutError`, or why the link gave up."""
        async with asyncio.timeout(timeout):
            while not is_so():
                if self.failure is not None:
                    raise self.failure
                await self._changed.wait()

    def publish(self, event: Event) -> None:
        """Hand an event to every listener and wake who waits."""
        for queue in self._listeners:
            queue.put_nowait(event)
        self._changed.set()
        self._changed = asyncio.Event()

    # ── inside ──────────────────────────────────────────────────────────────────────────────────
    async def _live(self) -> None:
        while self.failure is None:
            wait = self._backoff.next()
            try:
                wait = max(wait, await self._connection())
            except (OSError, TimeoutError, WebSocketException) as error:
                if isinstance(error, InvalidStatus):
                    status = error.response.status_code
                    if status == 401:
                        await self._attempt(self._peer.renew)
                    elif status in {403, 404}:
                        self._give_up(ProtocolError("forbidden", "the socket was refused", status=status))
            finally:
                if self.is_ready:
                    self.is_ready = False
                    self.publish(Event("disconnected", {"t": "disconnected"}))
            if self.failure is None:
                await asyncio.sleep(wait)

    async def _connection(self) -> float:
        """One connection from handshake to end; seconds the server asked to stay away."""
        stay_away = 0.0
        headers = self._peer.headers()
        async with connect(
            self.url,
            origin=headers.pop("Origin"),  # type: ignore[arg-type]  # a NewType of str
            additional_headers=headers,
            compression=None,
            max_size=4 << 20,
            open_timeout=10,
            close_timeout=1,
            proxy=True if self._use_proxy else None,
        ) as socket:
            self._socket = socket
            try:
                await socket.send(orjson.dumps(self._peer.hello()).decode())
                async for raw in socket:
                    frame = orjson.loads(raw)
                    kind = frame.get("t")
                    if kind == "ack":
                        self._acknowledged(Ack.read(frame))
                    elif kind == "error":
                        stay_away = max(stay_away, await self._refused(ProtocolError.read(frame)))
                        if not self.is_ready:
                            break
                    elif kind == "ready":
                        self._peer.receive(frame)
                        await self._is_back()
                    else:
                        self._peer.receive(frame)
            except ConnectionClosed:
                pass
            finally:
                self._socket = None
            code = socket.close_code
            if code in FATAL_CLOSE:
                self._give_up(ProtocolError(FATAL_CLOSE[code], socket.close_reason or ""))
            elif code == TOKEN_CLOSE:
                await self._attempt(self._peer.renew)
        return stay_away

    async def _is_back(self) -> None:
        if not self.is_ready:
            self._backoff.reset()
            self.connections += 1
            self.is_ready = True
            self.publish(Event("connected", {"t": "connected"}))
            for frame, _ in list(self._unacked.values()):
                await self.send(frame)

    def _acknowledged(self, ack: Ack) -> None:
        _, future = self._unacked.pop(ack.id, (None, None))
        if future is not None and not future.done():
            future.set_result(ack)

    async def _refused(self, error: ProtocolError) -> float:
        """Act on an `error` frame; seconds to stay away when it concerns the connection."""
        waiting = self._unacked.get(str(error.extra.get("id")))
        if waiting is not None:
            frame, future = waiting
            if error.is_temporary:
                self.later(frame, (error.retry_after or 1.0) * random.uniform(1, 1.25))
            else:
                del self._unacked[frame["id"]]
                if not future.done():
                    future.set_exception(error)
            return 0.0
        self.refusal = error
        if error.is_temporary and self.is_ready:
            for frame, _ in list(self._unacked.values()):  # it does not say which one: repeating is safe
                self.later(frame, (error.retry_after or 1.0) * random.uniform(1, 1.25))
        elif error.code == "unauthenticated":
            await self._attempt(self._peer.renew)
        elif error.code == "epoch_changed":
            self._peer.receive({"t": "forget"})
            if self._socket is not None:
                await self._socket.close()  # the next greeting starts from the snapshot
        elif not self.is_ready and not error.is_temporary:
            self._give_up(error)  # the greeting itself was refused
        self.publish(Event("error", {"t": "error", "code": error.code, "detail": error.detail, **error.extra}))
        return error.retry_after

    def later(self, frame: Frame, seconds: float = 0) -> None:
        """Send a frame from a place that cannot wait, after `seconds`; a message only if it still has no answer."""

        async def send() -> None:
            await asyncio.sleep(seconds)
            if "id" not in frame or frame["id"] in self._unacked:
                await self.send(frame)

        task = asyncio.create_task(send())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _attempt(self, renew: Callable[[], Awaitable[None]]) -> None:
        try:
            await renew()
        except ProtocolError as error:
            if not error.is_temporary:
                self._give_up(error)
        except ConnectionError:
            pass  # the next round tries again

    def _give_up(self, why: Exception) -> None:
        self.failure = self.failure or why
        for task in self._later:
            task.cancel()
        for _, future in self._unacked.values():
            if not future.done():
                future.set_exception(why)
                future.exception()  # whoever awaits it still gets it; nobody awaiting is no warning
        self._unacked.clear()
        self._changed.set()
        for queue in self._listeners:
            queue.put_nowait(None)
