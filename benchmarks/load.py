"""Customers and an agent on raw sockets: callbacks instead of tasks, so that thousands cost little.

They speak the same protocol as `tongxi.client`, keep the same ledger as the fault tests, and know when each message was
*meant* to be sent, so that a server that stalls cannot hide it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

import orjson

from benchmarks.wire import Http, Socket, connect
from tests.faults.ledger import Ledger
from tongxi.client import Ack, Backoff, Entry

now = time.perf_counter


class Latencies:
    """Seconds, and how many never came."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.missing = 0

    def add(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def ms(self, share: float) -> float:
        """Nearest-rank percentile in milliseconds; what never came counts as infinite. `share` in 0…1."""
        n = len(self.seconds) + self.missing
        if not n:
            return float("nan")
        ordered = sorted(self.seconds)
        rank = min(n - 1, int(share * n))
        return ordered[rank] * 1000 if rank < len(ordered) else float("inf")


class Customer:
    """One customer with one conversation.

    `on_ack(customer, seconds)` and `on_reply(customer, seconds, entry)` are called with the time since the message was
    meant to be sent; `on_reply` once for each message an entry answers.
    """

    __slots__ = (
        "_asked",
        "_back",
        "_backoff",
        "_closing",
        "_http",
        "_ready",
        "_replied",
        "_sent",
        "_socket",
        "_url",
        "conversation",
        "cursor",
        "gaps",
        "handed_off",
        "inbox",
        "ledger",
        "meant",
        "name",
        "on_ack",
        "on_ready",
        "on_reply",
        "replies",
        "serial",
        "token",
    )

    def __init__(self, url: str, http: Http, inbox: str, name: str, ledger: Ledger) -> None:
        self.inbox, self.name, self.ledger = inbox, name, ledger
        self.token: str | None = None
        self.conversation: str | None = None
        self.cursor = self.gaps = self.replies = 0
        self.handed_off = False
        self.on_ack: Callable[[Customer, float], None] | None = None
        self.on_reply: Callable[[Customer, float, dict[str, Any]], None] | None = None
        self.on_ready: Callable[[Customer], None] | None = None
        self.meant: dict[str, float] | None = None
        """Set to `{}` to keep when each message (by client id) was meant to be sent."""
        self._url, self._http = url, http
        self._socket: Socket | None = None
        self._ready: asyncio.Future[None] | None = None
        self._backoff = Backoff()
        self._closing = False
        self._back: asyncio.Task[None] | None = None
        self.serial = self._replied = 0
        self._sent: dict[str, tuple[float, bytes]] = {}
        self._asked: list[tuple[int, float]] = []

    # ── life ────────────────────────────────────────────────────────────────────────────────────
    async def open(self) -> None:
        """Start the session and connect."""
        body = {"inbox": self.inbox} | ({"token": self.token} if self.token else {})
        session = await self._http.call("POST", "/api/v1/widget/session", body, {"Origin": self._url})
        self.token = session["token"]
        await self.connect()

    async def connect(self) -> None:
        """Open the socket and say hello; returns when the server is ready."""
        self._ready = asyncio.get_running_loop().create_future()
        ws = "ws" + self._url.removeprefix("http") + "/ws/widget"
        self._socket = await connect(ws, self._receive, self._lost, {"Origin": self._url})
        self._hello()
        await asyncio.wait_for(self._ready, 30)

    async def close(self) -> None:
        self._closing = True
        if self._back:
            self._back.cancel()
        if self._socket:
            self._socket.close()

    @property
    def is_ready(self) -> bool:
        return bool(self._ready and self._ready.done() and self._socket and self._socket.is_open)

    # ── talking ─────────────────────────────────────────────────────────────────────────────────
    def send(self, text: str, intended: float | None = None) -> None:
        """Send a message, meant for the moment `intended` (`perf_counter`)."""
        self.serial += 1
        client_id = f"{self.name}-{self.serial}"
        data = orjson.dumps({"t": "send", "id": client_id, "text": text})
        self.ledger.sending(client_id, text)
        intended = now() if intended is None else intended
        self._sent[client_id] = (intended, data)
        if self.meant is not None:
            self.meant[client_id] = intended
        if self.is_ready and self._socket:
            self._socket.send(data)

    @property
    def unacknowledged(self) -> int:
        return len(self._sent)

    @property
    def unanswered(self) -> int:
        return len(self._asked)

    # ── frames ──────────────────────────────────────────────────────────────────────────────────
    def _hello(self) -> None:
        assert self._socket is not None
        hello = {"t": "hello", "token": self.token, "conversation": self.conversation, "after": self.cursor}
        self._socket.send(orjson.dumps(hello | {"history": None}))

    def _receive(self, _: Socket, data: bytes) -> None:
        value = orjson.loads(data)
        kind = value["t"]
        if kind == "entry":
            if value["prev"] > self.cursor:
                self.gaps += 1
                self._hello()
            else:
                self._take(value["entry"])
        elif kind == "ack":
            ack = Ack.read(value)
            sent = self._sent.pop(ack.id, None)
            if sent is None:
                return
            self.conversation = ack.conversation
            self.ledger.acked(ack)
            if self.on_ack:
                self.on_ack(self, now() - sent[0])
            if self._replied > ack.seq:  # repeated after a cut: the answer came before this acknowledgement
                if self.on_reply:
                    self.on_reply(self, now() - sent[0], {})
            else:
                self._asked.append((ack.seq, sent[0]))
        elif kind == "ready":
            for entry in value["entries"]:
                self._take(entry)
            if value.get("more"):
                self._hello()
            elif self._ready and not self._ready.done():
                self._backoff.reset()
                self._ready.set_result(None)
                for _intended, unsent in list(self._sent.values()):
                    self._socket.send(unsent)  # type: ignore[union-attr]
                if self.on_ready:
                    self.on_ready(self)
        elif kind == "error":
            if value["code"] not in {"rate_limited", "unavailable"}:
                raise RuntimeError(f"{self.name}: {value}")
            again = [value["id"]] if "id" in value else list(self._sent)
            for client_id in again:
                asyncio.get_running_loop().call_later(float(value.get("retry_after") or 1), self._again, client_id)

    def _again(self, client_id: str) -> None:
        sent = self._sent.get(client_id)
        if sent and self.is_ready and self._socket:
            self._socket.send(sent[1])

    def _take(self, entry: dict[str, Any]) -> None:
        seq = entry["seq"]
        if seq <= self.cursor:
            return
        self.cursor = seq
        if entry["by"]["kind"] == "customer":
            return
        self.replies += 1
        self._replied = seq
        if (entry.get("content") or {}).get("notice") in {
            "handed_off",
            "off_hours",
            "noted",
            "noted_late",
            "follow_up_created",
        }:
            self.handed_off = True
        answered = [asked for asked in self._asked if asked[0] < seq]
        if answered:
            self._asked = [asked for asked in self._asked if asked[0] > seq]
            at = now()
            for _, intended in answered:
                if self.on_reply:
                    self.on_reply(self, at - intended, entry)

    def _lost(self, socket: Socket) -> None:
        if socket is self._socket and not self._closing and self.token:
            self._socket = None
            self._back = asyncio.create_task(self._reconnect())

    async def _reconnect(self) -> None:
        while not self._closing:
            await asyncio.sleep(self._backoff.next())
            try:
                await self.connect()
            except (OSError, TimeoutError):
                continue
            return

    async def history(self) -> list[Entry]:
        """The conversation as the server has it."""
        entries: list[Entry] = []
        while self.conversation:
            after = entries[-1].seq if entries else 0
            page = await self._http.call(
                "GET",
                f"/api/v1/widget/conversations/{self.conversation}/entries?after={after}&limit=200",
                headers={"Authorization": f"Bearer {self.token}", "Origin": self._url},
            )
            entries += [Entry.read(value) for value in page["entries"]]
            if not page["more"]:
                break
        return entries


class Screen:
    """An agent's socket: when each customer message reached it."""

    def __init__(self, url: str, cookie: str) -> None:
        self.arrived: dict[str, float] = {}
        """Client id → `perf_counter`."""
        self.doubled = 0
        self.frames = 0
        self._url, self._cookie = url, cookie
        self._socket: Socket | None = None
        self._ready: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Connect."""
        self._ready = asyncio.get_running_loop().create_future()
        ws = "ws" + self._url.removeprefix("http") + "/ws/agent"
        self._socket = await connect(ws, self._receive, None, {"Origin": self._url, "Cookie": self._cookie})
        self._socket.send(orjson.dumps({"t": "hello", "groups": ["mine"], "history": None}))
        await asyncio.wait_for(self._ready, 30)

    async def watch(self, conversations: list[str]) -> None:
        """Have the entries of conversations pushed."""
        assert self._socket is not None
        for conversation in conversations:
            self._socket.send(orjson.dumps({"t": "watch", "conversation": conversation, "after": 0}))
        await asyncio.sleep(1 + len(conversations) / 200)

    def _receive(self, _: Socket, data: bytes) -> None:
        self.frames += 1
        if not data.startswith(b'{"t":"entry"') and not data.startswith(b'{"t":"ready"'):
            return  # rows and counts: not looked at, the generator must stay cheap
        value = orjson.loads(data)
        if value["t"] == "ready":
            if self._ready and not self._ready.done():
                self._ready.set_result(None)
        elif client_id := value["entry"].get("client_id"):
            if client_id in self.arrived:
                self.doubled += 1
            else:
                self.arrived[client_id] = now()

    async def wait_for(self, customers: list[Customer], seconds: float) -> None:
        """Wait until every message sent since `meant` was set is here, `seconds` at most."""
        wanted = {client_id for customer in customers for client_id in customer.meant or ()}
        until = now() + seconds
        while not wanted <= self.arrived.keys() and now() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    def close(self) -> None:
        if self._socket:
            self._socket.close()


async def type_steadily(
    customers: list[Customer], texts: list[str], seconds: float, pause: tuple[float, float], seed: int = 1
) -> int:
    """Open loop: each customer sends at moments fixed beforehand, whatever the server does; number sent."""
    chance = random.Random(seed)
    begin = now()
    plan = []
    for number, customer in enumerate(customers):
        at = begin + chance.uniform(0, pause[1])
        turn = number
        while at < begin + seconds:
            plan.append((at, customer, texts[turn % len(texts)]))
            turn += 1
            at += chance.uniform(*pause)
    plan.sort(key=lambda item: item[0])
    for at, customer, text in plan:
        if (wait := at - now()) > 0:
            await asyncio.sleep(wait)
        customer.send(text, at)
    return len(plan)


async def settle(customers: list[Customer], is_done: Callable[[Customer], bool], seconds: float) -> int:
    """Wait until every customer is done; how many are not after `seconds`."""
    until = now() + seconds
    left = customers
    # polling costs the generator less than an event per frame
    while (left := [one for one in left if not is_done(one)]) and now() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return len(left)
