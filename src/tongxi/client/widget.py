"""One customer at the widget: write, wait for the answer, survive cuts."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self

from tongxi.client.http import Http, is_loopback, origin
from tongxi.client.link import Backoff, Link
from tongxi.client.values import Ack, Entry, Event, Frame


class WidgetClient:
    """A customer of one inbox, in one conversation.

        async with WidgetClient("http://127.0.0.1:8000", "shop-zh") as customer:
            await customer.send("我的订单什么时候到？")
            print((await customer.wait_for_reply()).text)

    Reconnects by itself (full jitter), resumes after the last entry it saw, and repeats what was not acknowledged
    with the same id, so a cut neither loses nor doubles a message.
    """

    def __init__(
        self,
        url: str,
        inbox: str,
        *,
        token: str | None = None,
        identity: str | None = None,
        locale: str | None = None,
        page: Frame | None = None,
        page_origin: str | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """`url`: of the server, without a path. `identity`: JWT signed by the shop. `page_origin`: the site that
        embeds the widget; the server's own when left out."""
        self.url = url.rstrip("/")
        self.inbox = inbox
        self.token = token
        self.session: Frame = {}
        """The answer to starting the session: contact, inbox with welcome and guided questions."""
        self.view: Frame | None = None
        """The conversation as the server last described it (`state`, `queue` …); None before the first message."""
        self.entries: list[Entry] = []
        """Every entry seen, in order, each once."""
        self.cursor = 0
        """`seq` of the last entry seen."""
        self._start = {"identity": identity, "locale": locale, "page": page}
        self._origin = page_origin or origin(self.url)
        self._http = Http(self.url, {"Origin": self._origin})
        self._history: str | None = None
        self._is_catching_up = False
        self._sent_seq = 0
        self._conversation: str | None = None
        ws = "ws" + self.url.removeprefix("http") + "/ws/widget"
        self.link = Link(ws, self, backoff=backoff, use_proxy=not is_loopback(self.url))

    # ── life ────────────────────────────────────────────────────────────────────────────────────
    async def open(self, timeout: float = 30) -> Self:
        """Start the session and connect. Raises: `ProtocolError`, `ConnectionError`, `TimeoutError`."""
        await self._begin(patience=timeout)
        await self.link.open(timeout)
        return self

    async def close(self) -> None:
        """Leave, as a closed tab does: the conversation stays as it is."""
        await self.link.close()
        await self._http.close()

    async def __aenter__(self) -> Self:
        try:
            return await self.open()
        except BaseException:
            await self.close()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # ── the conversation ────────────────────────────────────────────────────────────────────────
    @property
    def conversation(self) -> str | None:
        """Id of the conversation; None before the first message."""
        return self._conversation

    @property
    def state(self) -> str:
        """`bot`, `queued`, `active`, `wrap_up`, `closed`, or `new` before the first message."""
        return str(self.view["state"]) if self.view else "new"

    async def send(
        self,
        text: str,
        *,
        client_id: str | None = None,
        attachments: list[str] | None = None,
        quick_reply: str | None = None,
    ) -> Ack:
        """Send a message; returns when the server has stored it, however often the connection is cut meanwhile.

        `client_id`: unique in the conversation, made up when left out; the same id is never stored twice.
        Raises: `ProtocolError` when it is refused for good (`too_large`, `duplicate_client_id` …).
        """
        frame: Frame = {"t": "send", "id": client_id or uuid.uuid4().hex, "text": text}
        if attachments:
            frame["attachments"] = attachments
        if quick_reply:
            frame["quick_reply"] = quick_reply
        ack = await self.link.deliver(frame)
        self._conversation = self._conversation or ack.conversation or None
        self._sent_seq = max(self._sent_seq, ack.seq)
        return ack

    async def wait_for_reply(self, after: int | None = None, timeout: float = 15) -> Entry:
        """The first entry after `after` (a `seq`; my last acknowledged message when left out) that is not my own:
        an answer of the bot, of an agent, or a notice. Raises: `TimeoutError`."""
        since = self._sent_seq if after is None else after
        found: list[Entry] = []

        def has_reply() -> bool:
            for entry in reversed(self.entries):
                if entry.seq <= since:
                    break
                if entry.by.kind != "customer":
                    found[:] = [entry]
            return bool(found)

        await self.link.wait_until(has_reply, timeout)
        return found[0]

    async def wait_for_state(self, *states: str, timeout: float = 15) -> Frame:
        """Wait until the conversation is in one of `states`; its view. Raises: `TimeoutError`."""
        await self.link.wait_until(lambda: self.state in states, timeout)
        return self.view or {}

    def events(self) -> AsyncIterator[Event]:
        """What arrives from now on: entries, state, typing, read …"""
        return self.link.events()

    def __aiter__(self) -> AsyncIterator[Event]:
        return self.events()

    async def typing(self, on: bool = True) -> None:
        await self.link.send({"t": "typing", "on": on})

    async def read(self, seq: int | None = None) -> None:
        """Tell how far I have read; everything seen when left out."""
        await self.link.send({"t": "read", "seq": self.cursor if seq is None else seq})

    async def page(self, url: str, title: str = "") -> None:
        """Tell which page I look at."""
        await self.link.send({"t": "page", "url": url, "title": title})

    async def person(self) -> Frame:
        """Ask for a person; the conversation's view."""
        return await self._act("person")

    async def bot(self) -> Frame:
        """Go back to the bot while waiting in the queue."""
        return await self._act("bot")

    async def end(self) -> Frame:
        """End the conversation."""
        return await self._act("end")

    async def rate(
        self, csat: int | None, *, resolved: bool | None = None, comment: str = "", reasons: list[str] | None = None
    ) -> None:
        """Rate the present episode, `csat` 1…5; once. Raises: `ProtocolError` `already_rated`."""
        episode = (self.view or {}).get("episode", 1)
        body = {"conversation": self.conversation, "episode": episode, "resolved": resolved, "csat": csat}
        await self.call("POST", "/widget/rating", body | {"reasons": reasons or [], "comment": comment})

    async def upload(self, name: str, data: bytes, mime: str = "application/octet-stream") -> Frame:
        """Upload a file; pass the answer's `id` to `send(attachments=[…])`."""
        answer: Frame = await self._http.call("POST", "/widget/attachments", files={"file": (name, data, mime)})
        return answer

    async def history(self) -> list[Entry]:
        """The whole conversation, read over HTTP: what the server has, not what this client saw."""
        entries: list[Entry] = []
        while self.conversation:
            path = f"/widget/conversations/{self.conversation}/entries"
            after = entries[-1].seq if entries else 0
            page = await self._http.call("GET", path, query={"after": after, "limit": 200}, patience=30)
            entries += [Entry.read(value) for value in page["entries"]]
            if not page["more"]:
                break
        return entries

    async def call(self, method: str, path: str, body: Frame | None = None) -> Any:
        """Any other call of the customer side, e.g. `call("POST", "/widget/follow-up", {…})`."""
        return await self._http.call(method, path, body)

    # ── what the link asks ──────────────────────────────────────────────────────────────────────
    def headers(self) -> dict[str, str]:
        return {"Origin": self._origin}

    def hello(self) -> Frame:
        return {
            "t": "hello",
            "token": self.token,
            "conversation": self._conversation,
            "after": self.cursor,
            "history": self._history,
        }

    def receive(self, frame: Frame) -> None:
        match frame.get("t"):
            case "ready":
                self._history = frame.get("history") or self._history
                self._is_catching_up = False
                self._see(frame.get("conversation"))
                for value in frame.get("entries") or []:
                    self._take(Entry.read(value), frame)
                if frame.get("more"):
                    self._catch_up()
            case "entry":
                if self._conversation not in (None, frame["conversation"]):
                    return
                self._conversation = frame["conversation"]
                entry = Entry.read(frame["entry"])
                if entry.seq > self.cursor and frame.get("prev", 0) > self.cursor:
                    self._catch_up()  # something before it did not reach us; the server sends both again
                else:
                    self._take(entry, frame)
            case "state":
                self._see(frame.get("conversation"))
                self.link.publish(Event("state", frame))
            case "forget":  # the history was rewound: start from the snapshot
                self.entries.clear()
                self.cursor = self._sent_seq = 0
                self._history = None
            case kind:
                self.link.publish(Event(str(kind), frame))

    async def renew(self) -> None:
        await self._begin(patience=0)

    # ── inside ──────────────────────────────────────────────────────────────────────────────────
    async def _begin(self, patience: float) -> None:
        body = {"inbox": self.inbox, "token": self.token} | self._start
        body = {key: value for key, value in body.items() if value is not None}
        self._http.headers.pop("Authorization", None)
        self.session = await self._http.call("POST", "/widget/session", body, patience=patience)
        self.token = self.session["token"]
        self._http.headers["Authorization"] = f"Bearer {self.token}"
        if self.view is None:
            self._see(self.session.get("conversation"))

    def _see(self, view: Frame | None) -> None:
        if view and self._conversation in (None, view["id"]):
            self._conversation = view["id"]
            self.view = view

    def _take(self, entry: Entry, frame: Frame) -> None:
        if entry.seq > self.cursor:
            self.cursor = entry.seq
            self.entries.append(entry)
            self.link.publish(Event("entry", frame, entry))

    def _catch_up(self) -> None:
        if not self._is_catching_up:
            self._is_catching_up = True
            self.link.later(self.hello())

    async def _act(self, what: str) -> Frame:
        view: Frame = await self._http.call("POST", f"/widget/{what}", {"conversation": self.conversation})
        self._see(view)
        return view
