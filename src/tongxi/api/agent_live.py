"""The workspace's socket (docs/reference/protocol.md, section 2): entries of watched conversations, rows of lists."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

import structlog

from tongxi.accounts.roles import Permission
from tongxi.api.auth import SignedIn
from tongxi.api.carried import carried
from tongxi.api.errors import Malformed
from tongxi.api.frames import client_id_of, conversation_of, error_frame, ids_of, is_number, text_of
from tongxi.api.in_order import Frame, InOrder, Work
from tongxi.api.socket import LiveSocket, encode
from tongxi.attachments.links import for_agent
from tongxi.conversations.append import Append, Appended, DuplicateClientId, Outcome
from tongxi.conversations.log import Entry
from tongxi.conversations.queries import entries as read_entries
from tongxi.conversations.views import at as stamp
from tongxi.conversations.views import entry_view
from tongxi.desk import presence, visibility
from tongxi.desk.rows import counts, rows_of
from tongxi.desk.service import NotHolder, StaleEpoch, holder_now, mark_read
from tongxi.house import House
from tongxi.kit.errors import AppError, Forbidden, Invalid, NotFound
from tongxi.kit.live import Subscription

log = structlog.get_logger(__name__)

SNAPSHOT = 100
"""Entries of a conversation sent when it is opened; older ones by HTTP."""


class Desk(Protocol):
    """What a socket asks of the sockets' common part (`desk_live.DeskLive`)."""

    inbox_of: dict[UUID, UUID]

    def join(self, session: AgentSession) -> None: ...
    def leave(self, session: AgentSession) -> None: ...
    def presence_changed(self, user_id: UUID) -> None: ...
    def viewers_changed(self, conversation_id: UUID) -> None: ...


class AgentSession:
    """One socket of one colleague."""

    def __init__(self, house: House, socket: LiveSocket, user: SignedIn, desk_live: Desk) -> None:
        self.house, self.socket, self.user, self._desk = house, socket, user, desk_live
        self.subscriptions: dict[UUID, Subscription] = {}
        self.groups: frozenset[str] = frozenset()
        self.is_ready = False
        self.worked_at = time.monotonic()
        """Last frame that was not a heartbeat; an open tab alone keeps no session alive."""
        self._frames = InOrder(house.live, socket, self._act, burst=3000, per_second=1000)
        house.sockets.add(self)
        desk_live.join(self)

    # ── frames in ─────────────────────────────────────────────────────────────────────────────────────

    def on_text(self, data: bytes) -> None:
        self._frames.take(data)

    def _act(self, frame: Frame) -> Work | None:
        """Do what is quick; give what needs the database."""
        if frame["t"] != "ping":
            self.worked_at = time.monotonic()
        match frame["t"]:
            case "ping":
                self.socket.push(b'{"t":"pong"}')
            case "hello":
                return self._hello(frame)
            case "watch":
                return self._watch(frame)
            case "unwatch":
                self._unwatch(frame)
            case "send":
                return self._say(frame, is_note=False)
            case "note":
                return self._say(frame, is_note=True)
            case "typing":
                self._typing(frame)
            case "read":
                return self._read(frame)
            case other:
                raise Malformed(f"unknown frame {other[:40]!r}")
        return None

    def _needs(self, permission: Permission) -> None:
        if not self.user.may(permission):
            raise Forbidden(permission=permission.value)

    # ── hello and watch ───────────────────────────────────────────────────────────────────────────────

    async def _hello(self, frame: dict[str, Any]) -> None:
        groups = frame.get("groups", [])
        if not isinstance(groups, list) or not all(isinstance(one, str) for one in groups):
            raise Invalid("groups must be a list of names")
        self.groups = frozenset(groups)
        user = self.user
        mine: list[UUID] = []
        async with self.house.db.transaction() as tx:
            await presence.renew(tx, [user.id])
            numbers = await counts(tx, user.id)
            state = await presence.state_of(tx, user.id)
            if user.may(Permission.READ_CONVERSATIONS):
                mine = [
                    row["id"]
                    for row in await tx.dicts(
                        "select id from conversation where holder_id = %s and state in ('active', 'wrap_up')",
                        (user.id,),
                    )
                ]
        self.is_ready = True
        self.socket.push(
            encode({"t": "ready", "history": self.house.history_id, "counts": numbers,
                    "me": {"id": user.id, "name": user.name, "role": user.role.value, "presence": state}})
        )  # fmt: skip
        for conversation_id in mine:
            await self.follow(conversation_id, 0, snapshot=False)
        self._desk.presence_changed(user.id)

    async def _watch(self, frame: dict[str, Any]) -> None:
        self._needs(Permission.READ_CONVERSATIONS)
        conversation_id = conversation_of(frame.get("conversation"))
        after = frame.get("after", 0)
        if conversation_id is None or not is_number(after):
            raise Invalid("watch needs a conversation and a cursor")
        await self.follow(conversation_id, after, snapshot=True)

    async def follow(self, conversation_id: UUID, after: int, *, snapshot: bool) -> None:
        """Get this conversation's entries live; with `snapshot` the newest (or those after the cursor) first."""
        if (old := self.subscriptions.pop(conversation_id, None)) is not None:
            self.house.live.unsubscribe(old)
        subscription = self.house.live.subscribe(conversation_id, self._deliver, self._signal)
        self.subscriptions[conversation_id] = subscription
        try:
            async with self.house.db.reading() as tx:
                found = await rows_of(tx, [conversation_id])
                if not found or not await visibility.may_read(tx, self.user.id, self.user.role, conversation_id):
                    raise NotFound
                entries: list[Entry] = []
                more = False
                if snapshot:
                    entries = (
                        await read_entries(tx, conversation_id, after=after, limit=SNAPSHOT + 1)
                        if after
                        else await read_entries(tx, conversation_id, before=2**53, limit=SNAPSHOT + 1)
                    )
                    more = len(entries) > SNAPSHOT
                    entries = entries[:SNAPSHOT] if after else entries[-SNAPSHOT:]
        except BaseException:
            self._drop(conversation_id)
            raise
        row = found[0]
        if snapshot:
            self.socket.push(
                encode({"t": "watching", "conversation": row, "more": more,
                        "entries": [entry_view(one, for_customer=False, sign=for_agent) for one in entries]})
            )  # fmt: skip
        # After a cut snapshot the reader pages on from its last entry, live goes on from the newest.
        cursor = max([row["seq"], *(one.seq for one in entries)]) if not (after and more) else entries[-1].seq
        subscription.start(cursor)
        self._desk.viewers_changed(conversation_id)

    def _unwatch(self, frame: dict[str, Any]) -> None:
        conversation_id = conversation_of(frame.get("conversation"))
        if conversation_id is not None and conversation_id in self.subscriptions:
            self._drop(conversation_id)
            self._desk.viewers_changed(conversation_id)

    def _drop(self, conversation_id: UUID) -> None:
        if (subscription := self.subscriptions.pop(conversation_id, None)) is not None:
            self.house.live.unsubscribe(subscription)

    def lose(self, conversation_id: UUID) -> None:
        """Stop following a conversation whose further course is not this colleague's to read."""
        if conversation_id in self.subscriptions:
            self._drop(conversation_id)
            self._desk.viewers_changed(conversation_id)

    # ── writes ────────────────────────────────────────────────────────────────────────────────────────

    def _say(self, frame: dict[str, Any], *, is_note: bool) -> Work | None:
        self._needs(Permission.ANSWER)
        client_id = client_id_of(frame.get("id"))
        conversation_id = conversation_of(frame.get("conversation"))
        attachments = ids_of(frame.get("attachments"))
        media = ids_of(frame.get("media"), "media")
        text = text_of(frame.get("text", ""), may_be_empty=bool(attachments or media))
        epoch = frame.get("epoch")
        if conversation_id is None or (not is_note and not is_number(epoch)):
            raise Invalid("a reply needs its conversation and the epoch you saw")
        if is_note or attachments or media:
            return self._say_slowly(client_id, conversation_id, text, epoch, (attachments, media), is_note)
        self._submit(client_id, conversation_id, text, "{}", epoch, is_note=False)
        return None

    async def _say_slowly(
        self,
        client_id: str,
        conversation_id: UUID,
        text: str,
        epoch: int | None,
        files: tuple[list[UUID], list[UUID]],
        is_note: bool,
    ) -> None:
        """`files`: what the colleague sends, and what stands in articles."""
        try:
            async with self.house.db.transaction() as tx:
                if not await visibility.may_read(tx, self.user.id, self.user.role, conversation_id):
                    raise NotFound
                content = await carried(tx, conversation_id, self.user.id, *files)
        except AppError as error:
            self.socket.push(error_frame(error, client_id))
            return
        self._submit(client_id, conversation_id, text, content, epoch, is_note=is_note)

    def _submit(
        self, client_id: str, conversation_id: UUID, text: str, body: str, epoch: int | None, *, is_note: bool
    ) -> None:
        def stored(result: Appended | Exception) -> None:
            if isinstance(result, Exception):
                known = result if isinstance(result, AppError) else Invalid("this message cannot be stored")
                self.socket.push(error_frame(known, client_id))
                return
            match result.outcome:
                case Outcome.FRESH:
                    pass
                case Outcome.DUPLICATE if result.same_body:
                    pass
                case Outcome.DUPLICATE:
                    error = DuplicateClientId(seq=result.seq, message_id=str(result.message_id))
                    self.socket.push(error_frame(error, client_id))
                    return
                case Outcome.NOT_HOLDER | Outcome.STALE_EPOCH:
                    self.house.live.spawn(self._refused(client_id, conversation_id, result.outcome))
                    return
                case _:
                    self.socket.push(error_frame(NotFound(), client_id))
                    return
            self.socket.push(
                encode({"t": "ack", "id": client_id, "seq": result.seq, "message_id": result.message_id,
                        "at": stamp(result.at), "conversation": conversation_id})
            )  # fmt: skip

        idle = 1800.0 if is_note else self._idle_of(conversation_id)
        self.house.writer.submit(
            Append(
                conversation_id=conversation_id, sender="agent", author_id=self.user.id, client_id=client_id, text=text,
                content=body, is_note=is_note, epoch=epoch, idle_seconds=idle, author_name=self.user.name,
            ),
            stored,
        )  # fmt: skip

    def _idle_of(self, conversation_id: UUID) -> float:
        inbox_id = self._desk.inbox_of.get(conversation_id)
        return self.house.inboxes.get(inbox_id).idle.total_seconds() if inbox_id else 1800.0

    async def _refused(self, client_id: str, conversation_id: UUID, outcome: Outcome) -> None:
        async with self.house.db.reading() as tx:
            is_his_to_know = await visibility.may_address(tx, self.user.id, self.user.role, conversation_id)
        if not is_his_to_know:
            self.socket.push(error_frame(NotFound(), client_id))
            return
        fields = await holder_now(self.house, conversation_id)
        kind = NotHolder if outcome is Outcome.NOT_HOLDER else StaleEpoch
        self.socket.push(error_frame(kind(**fields), client_id))

    def _typing(self, frame: dict[str, Any]) -> None:
        self._needs(Permission.ANSWER)
        conversation_id = conversation_of(frame.get("conversation"))
        if conversation_id in self.subscriptions:
            who = {"kind": "agent", "id": self.user.id, "name": self.user.name, "ai": False}
            self.house.live.signal(conversation_id, "typing", {"by": who, "on": bool(frame.get("on"))})

    async def _read(self, frame: dict[str, Any]) -> None:
        self._needs(Permission.ANSWER)
        conversation_id, seq = conversation_of(frame.get("conversation")), frame.get("seq")
        if conversation_id is None or not is_number(seq):
            raise Invalid("read needs a conversation and a seq")
        if conversation_id not in self.subscriptions:
            raise NotFound
        await mark_read(self.house, conversation_id, user_id=self.user.id, seq=seq)

    # ── live ──────────────────────────────────────────────────────────────────────────────────────────

    def _deliver(self, conversation_id: UUID, entries: Sequence[Entry]) -> None:
        for entry in entries:
            frame = entry.frames.get("agent")
            if frame is None:
                frame = encode(
                    {"t": "entry", "conversation": conversation_id, "prev": entry.seq - 1,
                     "entry": entry_view(entry, for_customer=False, sign=for_agent)}
                )  # fmt: skip
                entry.frames["agent"] = frame
            self.socket.push(frame)

    def _signal(self, conversation_id: UUID, kind: str, payload: Any) -> None:
        if kind == "typing" and payload["by"]["id"] != self.user.id:
            self.socket.push(encode({"t": "typing", "conversation": conversation_id, **payload}))
        elif kind in ("read", "viewers", "translation"):
            self.socket.push(encode({"t": kind, "conversation": conversation_id, **payload}))

    def on_close(self) -> None:
        watched = list(self.subscriptions)
        for conversation_id in watched:
            self._drop(conversation_id)
        self.house.sockets.discard(self)
        self._desk.leave(self)
        for conversation_id in watched:
            self._desk.viewers_changed(conversation_id)
