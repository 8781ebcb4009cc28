"""The customer's socket (docs/reference/protocol.md, section 1)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import orjson
import structlog

from tongxi.api.attachments import links
from tongxi.api.errors import Malformed, Unauthenticated
from tongxi.api.frames import client_id_of, conversation_of, error_frame, ids_of, is_number, text_of
from tongxi.api.in_order import Frame, InOrder, Work
from tongxi.api.socket import LiveSocket, encode
from tongxi.attachments.links import Folder
from tongxi.attachments.service import Uploader, attach
from tongxi.contacts.pages import page
from tongxi.contacts.service import record_page, require_write
from tongxi.contacts.visitors import Visitor, find_visitor
from tongxi.conversations import service
from tongxi.conversations.append import Appended
from tongxi.conversations.log import Entry
from tongxi.conversations.queries import PAGE, customer_entries
from tongxi.conversations.views import at as stamp
from tongxi.conversations.views import entry_view
from tongxi.desk import service as desk
from tongxi.house import House
from tongxi.intake import Incoming, content, receive
from tongxi.kit.db import Transaction
from tongxi.kit.errors import AppError, Invalid, NotFound
from tongxi.kit.live import Subscription
from tongxi.routing.queries import customer_view, new_view

log = structlog.get_logger(__name__)

HELLO_SECONDS = 10
IN_FLIGHT = 200
"""Messages of one socket on their way to the database before reading pauses."""
TYPING_EVERY_SECONDS = 1.0


class EpochChanged(AppError):
    """History was restored from a backup: drop the cursor and start from the snapshot."""

    code = "epoch_changed"
    status = 410


class WidgetSession:
    """One socket of one customer."""

    __slots__ = (
        "_frames", "_in_flight", "_stale", "_typed_at", "conversation_id",
        "house", "origin_ok", "socket", "subscription", "view", "visitor",
    )  # fmt: skip

    def __init__(self, house: House, socket: LiveSocket, origin_ok: Callable[[UUID], bool]) -> None:
        self.house = house
        self.socket = socket
        self.origin_ok = origin_ok
        self.visitor: Visitor | None = None
        self.conversation_id: UUID | None = None
        self.subscription: Subscription | None = None
        self.view: dict[str, Any] | None = None
        self._frames = InOrder(house.live, socket, self._act, burst=600, per_second=300)
        self._in_flight = 0
        self._stale = False
        self._typed_at = 0.0
        house.sockets.add(self)

    # ── frames in ─────────────────────────────────────────────────────────────────────────────────────

    def on_text(self, data: bytes) -> None:
        self._frames.take(data)

    def _act(self, frame: Frame) -> Work | None:
        """Do what is quick; give what needs the database."""
        match frame["t"]:
            case "ping":
                self.socket.push(b'{"t":"pong"}')
                return None
            case "hello":
                return self._hello(frame)
            case _ if self.visitor is None:
                raise Unauthenticated
        self._may_write()
        match frame["t"]:
            case "send":
                return self._send(frame)
            case "typing":
                self._typing(bool(frame.get("on")))
                return None
            case "read":
                return self._read(frame)
            case "person" | "bot" | "end" as move:
                return self._move(move)
            case "page":
                return self._page(frame)
            case other:
                raise Malformed(f"unknown frame {other[:40]!r}")

    def _may_write(self) -> None:
        """Ask anew each time: the inbox may have begun to enforce identity while the socket was open."""
        if self.visitor is not None:
            require_write(self.visitor, self.house.inboxes.get(self.visitor.inbox_id).settings)

    # ── hello ─────────────────────────────────────────────────────────────────────────────────────────

    async def _hello(self, frame: dict[str, Any]) -> None:
        token, after = frame.get("token"), frame.get("after", 0)
        if not isinstance(token, str) or not is_number(after):
            self._fail(Unauthenticated() if not isinstance(token, str) else Invalid("after must be a number ≥ 0"), 4401)
            return
        self._unsubscribe()
        self.conversation_id, self.view = None, None  # whose they were may be somebody else's now
        async with self.house.db.reading() as tx:
            visitor = await find_visitor(tx, token)
            if visitor is None:
                self._fail(Unauthenticated(), 4401)
                return
            if not self.origin_ok(visitor.inbox_id):
                self._fail(AppError("this site may not embed the inbox"), 4403, code="origin_refused")
                return
            self.visitor = visitor
            if (history := frame.get("history")) is not None and history != str(self.house.history_id):
                raise EpochChanged(history=str(self.house.history_id))
            wanted = conversation_of(frame.get("conversation"))
            if wanted is None:
                wanted = await tx.value(
                    "select id from conversation where contact_id = %s and inbox_id = %s"
                    " order by created_at desc limit 1",
                    (visitor.contact_id, visitor.inbox_id),
                )
                after = after if frame.get("conversation") else 0
            entries: list[dict[str, Any]] = []
            more = False
            if wanted is not None:
                subscription = self._subscribe(wanted)
                try:
                    view = await customer_view(tx, visitor.contact_id, visitor.inbox_id, wanted)
                    if view is None:
                        raise NotFound
                    entries, more = await self._entries(tx, wanted, after)
                except BaseException:
                    self._unsubscribe()
                    raise
                self.view = view
                self.conversation_id = wanted
                cursor = max(view["log_seq"], entries[-1]["seq"] if entries else 0)
        self.socket.push(
            encode(
                {
                    "t": "ready",
                    "history": self.house.history_id,
                    "conversation": _shown(self.view),
                    "entries": entries,
                    "more": more,
                }
            )
        )
        if wanted is not None:
            subscription.start(cursor)

    async def _entries(self, tx: Transaction, conversation_id: UUID, after: int) -> tuple[list[dict[str, Any]], bool]:
        if after:
            return await customer_entries(tx, conversation_id, sign=self._sign, after=after)
        # The first sight is of the newest, not of the oldest.
        return await customer_entries(tx, conversation_id, sign=self._sign, before=2**53, limit=PAGE)

    def _sign(self, file_id: str, folder: Folder = "attachments") -> str:
        assert self.visitor is not None
        return links(self.house).signer(self.visitor.contact_id, self.house.clock.now())(file_id, folder)

    def _subscribe(self, conversation_id: UUID) -> Subscription:
        self._unsubscribe()
        self.subscription = self.house.live.subscribe(conversation_id, self._deliver, self._signal)
        return self.subscription

    def _unsubscribe(self) -> None:
        if self.subscription is not None:
            self.house.live.unsubscribe(self.subscription)
            self.subscription = None

    def _fail(self, error: AppError, close: int, code: str | None = None) -> None:
        frame = orjson.loads(error_frame(error)) | ({"code": code} if code else {})
        self.socket.push(encode(frame))
        self.socket.close(close)

    # ── writes ────────────────────────────────────────────────────────────────────────────────────────

    def _send(self, frame: Frame) -> Work | None:
        client_id = client_id_of(frame.get("id"))
        attachments = ids_of(frame.get("attachments"))
        text = text_of(frame.get("text", ""), may_be_empty=bool(attachments))
        quick_reply = frame.get("quick_reply")
        if quick_reply is not None and (
            not isinstance(quick_reply, str) or len(quick_reply) > 100 or "\x00" in quick_reply
        ):
            raise Invalid("quick_reply must be an id")
        if self.conversation_id is None or attachments:
            return self._send_slowly(client_id, text, attachments, quick_reply)
        self._submit(client_id, text, content([], quick_reply), quick_reply)
        return None

    async def _send_slowly(self, client_id: str, text: str, attachments: list[UUID], quick_reply: str | None) -> None:
        """The first message makes the conversation; files are bound to it."""
        visitor = self.visitor
        assert visitor is not None
        try:
            files: list[dict[str, Any]] = []
            if self.conversation_id is None:
                await self._begin()
            if attachments:
                assert self.conversation_id is not None
                async with self.house.db.transaction() as tx:
                    files = await attach(tx, attachments, self.conversation_id, Uploader(contact_id=visitor.contact_id))
        except AppError as error:
            self.socket.push(error_frame(error, client_id))
            return
        self._submit(client_id, text, content(files, quick_reply), quick_reply)

    async def _begin(self) -> None:
        """Make the conversation, or find the one another tab has just made, and follow it."""
        visitor = self.visitor
        assert visitor is not None
        inbox = self.house.inboxes.get(visitor.inbox_id)
        language = inbox.settings.locale_for(visitor.locale)
        async with self.house.db.transaction() as tx:
            conversation_id, made = await service.start(
                tx, self.house.live, inbox, contact_id=visitor.contact_id, session_id=visitor.session_id,
                language=language, at=self.house.clock.now(),
            )  # fmt: skip
        subscription = self._subscribe(conversation_id)
        if made is not None:
            self.view = new_view(made, inbox)
        else:
            async with self.house.db.reading() as tx:
                self.view = await customer_view(tx, visitor.contact_id, visitor.inbox_id, conversation_id)
            assert self.view is not None
        self.conversation_id = conversation_id
        self.socket.push(encode({"t": "state", "conversation": _shown(self.view)}))
        subscription.start(self.view["log_seq"])

    def _submit(self, client_id: str, text: str, body: str, quick_reply: str | None) -> None:
        visitor, conversation_id = self.visitor, self.conversation_id
        assert visitor is not None
        assert conversation_id is not None
        self._in_flight += 1
        if self._in_flight >= IN_FLIGHT:
            self.socket.pause()

        def stored(result: Appended | Exception) -> None:
            self._in_flight -= 1
            if self._in_flight < IN_FLIGHT // 2 and not self._frames.is_waiting:
                self.socket.resume()
            if isinstance(result, AppError):
                self.socket.push(error_frame(result, client_id))
            elif isinstance(result, Exception):
                log.error("widget_socket.store_failed", error=type(result).__name__)
                self.socket.push(error_frame(Invalid("this message cannot be stored"), client_id))
            else:
                self.socket.push(ack(client_id, result, conversation_id))

        receive(
            self.house,
            Incoming(conversation_id, visitor.contact_id, client_id, text, body, quick_reply, visitor.name),
            stored,
        )

    async def _move(self, kind: str) -> None:
        visitor = self.visitor
        assert visitor is not None
        if self.conversation_id is None:
            if kind != "person":
                return
            await self._begin()
        assert self.conversation_id is not None
        act = {"person": desk.ask_for_person, "bot": desk.leave_queue, "end": desk.end_by_customer}[kind]
        await act(self.house, self.conversation_id, contact_id=visitor.contact_id)
        await self._refresh()

    def _typing(self, on: bool) -> None:
        now = time.monotonic()
        if self.conversation_id is None or (on and now - self._typed_at < TYPING_EVERY_SECONDS):
            return
        self._typed_at = now if on else 0.0
        visitor = self.visitor
        assert visitor is not None
        who = {"kind": "customer", "id": visitor.contact_id, "name": visitor.name or None, "ai": False}
        self.house.live.signal(self.conversation_id, "typing", {"by": who, "on": on})

    async def _read(self, frame: dict[str, Any]) -> None:
        seq = frame.get("seq")
        if not is_number(seq):
            raise Invalid("seq must be a number")
        if self.conversation_id is None:
            return
        async with self.house.db.transaction() as tx:
            kept = await tx.value(
                "update conversation set customer_read_seq = greatest(customer_read_seq, least(%s, public_seq))"
                " where id = %s returning customer_read_seq",
                (seq, self.conversation_id),
            )
        self.house.live.signal(self.conversation_id, "read", {"by": "customer", "seq": kept})

    async def _page(self, frame: dict[str, Any]) -> None:
        url, title, referrer = (str(frame.get(name) or "") for name in ("url", "title", "referrer"))
        seen = page(url, title, referrer)
        if seen is None:
            raise Invalid("url must be an http or https address")
        assert self.visitor is not None
        async with self.house.db.transaction() as tx:
            await record_page(tx, self.visitor, seen)

    # ── live ──────────────────────────────────────────────────────────────────────────────────────────

    def _deliver(self, conversation_id: UUID, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if not entry.is_public:
                continue
            frame = entry.frames.get("customer")
            if frame is None:
                frame = encode(
                    {"t": "entry", "conversation": conversation_id, "prev": entry.prev,
                     "entry": entry_view(entry, for_customer=True, sign=self._sign)}
                )  # fmt: skip
                entry.frames["customer"] = frame
            self.socket.push(frame)

    def _signal(self, _conversation_id: UUID, kind: str, payload: Any) -> None:
        if kind == "changed":
            if not self._stale:
                self._stale = True
                self.house.live.spawn(self._refresh())
        elif kind == "queue":
            if self.view is not None and self.view["state"] == "queued":
                known = (self.view.get("queue") or {}).get("known", [])
                self.view = self.view | {"queue": payload | {"known": known}}
                self.socket.push(encode({"t": "state", "conversation": _shown(self.view)}))
        elif kind == "typing":
            if payload["by"]["kind"] != "customer":
                self.socket.push(encode({"t": "typing", **payload}))
        elif kind == "draft":
            self.socket.push(encode({"t": "draft", **payload}))
        elif kind == "translation":
            if payload["by"] == "agent" and "text" in payload["translation"]:
                self.socket.push(encode({"t": "translation", **payload}))
        elif kind == "read" and payload["by"] == "agent":
            self.socket.push(encode({"t": "read", **payload}))

    async def _refresh(self) -> None:
        self._stale = False
        visitor = self.visitor
        if visitor is None or self.conversation_id is None:
            return
        async with self.house.db.reading() as tx:
            view = await customer_view(tx, visitor.contact_id, visitor.inbox_id, self.conversation_id)
        if view is not None:
            self.view = view
            self.socket.push(encode({"t": "state", "conversation": _shown(view)}))

    def on_close(self) -> None:
        self._unsubscribe()
        self.house.sockets.discard(self)


def ack(client_id: str, result: Appended, conversation_id: UUID) -> bytes:
    """The commit is through."""
    return encode(
        {"t": "ack", "id": client_id, "seq": result.seq, "message_id": result.message_id, "at": stamp(result.at),
         "conversation": conversation_id}
    )  # fmt: skip


def _shown(view: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if view is None else {name: value for name, value in view.items() if name != "log_seq"}
