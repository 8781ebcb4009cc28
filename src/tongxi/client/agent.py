"""One agent at the workspace: sign in, watch, claim, answer, end, wrap up."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Any, Self

from tongxi.client.http import Http, is_loopback, origin
from tongxi.client.link import Backoff, Link
from tongxi.client.values import Ack, Entry, Event, Frame, ProtocolError


class Watched:
    """A conversation an agent looks at: its row and every entry, in order, each once."""

    def __init__(self, conversation: str) -> None:
        self.id = conversation
        self.row: Frame = {}
        self.entries: list[Entry] = []
        self.cursor = 0
        """`seq` of the last entry seen."""
        self.is_loaded = False

    @property
    def epoch(self) -> int:
        """The epoch every write must carry; it rises when the holder changes."""
        return int(self.row.get("epoch", 0))


class AgentClient:
    """A signed-in agent.

        async with AgentClient(url, "mei@example.com", password) as agent:
            await agent.presence("online")
            row = await agent.next()
            await agent.send(row["id"], "您好，我来帮您看一下。")
            await agent.end(row["id"])

    Reconnects like `WidgetClient`; conversations it watches are watched again from where they stood. While the socket
    is open the agent counts as connected.
    """

    def __init__(
        self,
        url: str,
        email: str,
        password: str,
        *,
        groups: Sequence[str] = ("mine", "queue"),
        backoff: Backoff | None = None,
    ) -> None:
        """`groups`: the lists whose rows are pushed: `mine`, `queue`, `bot`."""
        self.url = url.rstrip("/")
        self.email = email
        self.me: Frame = {}
        self.rows: dict[str, Frame] = {}
        """Newest row of every conversation heard of, by id."""
        self.watched: dict[str, Watched] = {}
        self._password = password
        self._groups = list(groups)
        self._history: str | None = None
        self._http = Http(self.url, {"Origin": origin(self.url), "X-Tongxi": "1"})
        ws = "ws" + self.url.removeprefix("http") + "/ws/agent"
        self.link = Link(ws, self, backoff=backoff, use_proxy=not is_loopback(self.url))

    # ── life ────────────────────────────────────────────────────────────────────────────────────
    async def login(self, patience: float = 30) -> Frame:
        """Sign in over HTTP; enough for `call`. Raises: `ProtocolError`, `ConnectionError`."""
        body = {"email": self.email, "password": self._password}
        await self._http.call("POST", "/auth/login", body, patience=patience)
        self.me = await self._http.call("GET", "/auth/me", patience=patience)
        return self.me

    async def open(self, timeout: float = 30) -> Self:
        """Sign in and connect."""
        await self.login(timeout)
        await self.link.open(timeout)
        return self

    async def close(self) -> None:
        """Drop the socket and the session's cookie; held conversations go back after the grace time."""
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

    # ── lists ───────────────────────────────────────────────────────────────────────────────────
    async def presence(self, state: str, reason: str = "") -> None:
        """Set `online`, `break` or `away`."""
        await self.call("PUT", "/presence", {"state": state, "reason": reason})

    async def conversations(self, group: str = "mine") -> list[Frame]:
        """All rows of a list: `mine`, `queue`, `bot`, `wrap_up`, `all`, `closed`."""
        rows: list[Frame] = []
        cursor = None
        while True:
            query = {"group": group, "limit": 200} | ({"cursor": cursor} if cursor else {})
            page = await self._http.call("GET", "/conversations", query=query)
            rows += page["items"]
            cursor = page.get("next")
            if not cursor:
                return rows

    async def next(self) -> Frame | None:
        """Claim the conversation that has waited longest and watch it; None when the queue is empty."""
        try:
            row: Frame = await self.call("POST", "/queue/next")
        except ProtocolError as error:
            if error.code == "queue_empty":
                return None
            raise
        self._learn(row)
        await self.watch(row["id"])
        return row

    # ── one conversation ────────────────────────────────────────────────────────────────────────
    async def watch(self, conversation: str, timeout: float = 15) -> Watched:
        """Have every entry of a conversation pushed; returns once the newest are loaded. Raises: `ProtocolError`."""
        watched = self.watched.setdefault(conversation, Watched(conversation))
        if not watched.is_loaded:
            self.link.refusal = None
            await self.link.send(self._watch_frame(watched))
            await self.link.wait_until(lambda: watched.is_loaded or self.link.refusal is not None, timeout)
            refusal: ProtocolError | None = self.link.refusal  # set meanwhile
            if refusal is not None and not watched.is_loaded:
                self.watched.pop(conversation, None)
                raise refusal
        return watched

    async def unwatch(self, conversation: str) -> None:
        self.watched.pop(conversation, None)
        await self.link.send({"t": "unwatch", "conversation": conversation})

    async def claim(self, conversation: str, epoch: int | None = None) -> Frame:
        """Take a conversation from the bot or the queue. Raises: `ProtocolError` `stale_epoch`, `illegal_move`."""
        return await self._move(conversation, "claim", epoch)

    async def send(
        self,
        conversation: str,
        text: str,
        *,
        client_id: str | None = None,
        epoch: int | None = None,
        media: list[str] | None = None,
    ) -> Ack:
        """Answer the customer; returns when it is stored. `media`: ids of files of articles that customers may see.

        Raises: `ProtocolError` `not_holder`, `stale_epoch`, `media_not_public`.
        """
        frame: Frame = {
            "t": "send",
            "id": client_id or uuid.uuid4().hex,
            "conversation": conversation,
            "epoch": self.epoch(conversation) if epoch is None else epoch,
            "text": text,
        }
        if media:
            frame["media"] = media
        return await self.link.deliver(frame)

    async def note(self, conversation: str, text: str, *, client_id: str | None = None) -> Ack:
        """Write an internal note."""
        frame = {"t": "note", "id": client_id or uuid.uuid4().hex, "conversation": conversation, "text": text}
        return await self.link.deliver(frame)

    async def typing(self, conversation: str, on: bool = True) -> None:
        await self.link.send({"t": "typing", "conversation": conversation, "on": on})

    async def read(self, conversation: str, seq: int) -> None:
        await self.link.send({"t": "read", "conversation": conversation, "seq": seq})

    async def transfer(
        self, conversation: str, *, to_agent: str | None = None, to_queue: str | None = None, note: str | None = None
    ) -> Frame:
        """Hand the conversation to another agent or to a queue."""
        body = {"to_agent": to_agent, "to_queue": to_queue, "note": note}
        return await self._move(conversation, "transfer", None, {k: v for k, v in body.items() if v is not None})

    async def give_back(self, conversation: str, note: str | None = None) -> Frame:
        """Hand the conversation back to the bot."""
        return await self._move(conversation, "give-back", None, {"note": note} if note else None)

    async def end(self, conversation: str) -> Frame:
        """End the conversation; wrap-up is left to do."""
        return await self._move(conversation, "end", None)

    async def wrap_up(self, conversation: str, **fields: Any) -> Frame:
        """Finish the wrap-up: `disposition`, `outcome`, `summary`, `tags`, `hard_case`, `worth_writing`.

        Without a `summary` the server's prefilled draft is taken for what is not given.
        """
        body: Frame = {"disposition": "", "outcome": "", "summary": "", "tags": []}
        if "summary" not in fields:
            draft = await self.call("GET", f"/conversations/{conversation}/wrap-up")
            body |= {key: value for key, value in draft.items() if key in body and value is not None}
            if isinstance(body["summary"], list):  # sentences, each with the entry it came from
                body["summary"] = " ".join(str(sentence["text"]) for sentence in body["summary"])
        answer: Frame = await self.call("POST", f"/conversations/{conversation}/wrap-up", body | fields)
        return answer

    async def briefing(self, conversation: str) -> Frame:
        """What to know on taking over."""
        answer: Frame = await self.call("GET", f"/conversations/{conversation}/briefing")
        return answer

    async def history(self, conversation: str) -> list[Entry]:
        """The whole log of a conversation, read over HTTP."""
        entries: list[Entry] = []
        while True:
            after = entries[-1].seq if entries else 0
            path = f"/conversations/{conversation}/entries"
            page = await self._http.call("GET", path, query={"after": after, "limit": 200}, patience=30)
            entries += [Entry.read(value) for value in page["entries"]]
            if not page["more"]:
                return entries

    def epoch(self, conversation: str) -> int:
        """The newest epoch heard of."""
        watched = self.watched.get(conversation)
        return max(watched.epoch if watched else 0, int(self.rows.get(conversation, {}).get("epoch", 0)))

    def events(self) -> AsyncIterator[Event]:
        """What arrives from now on: rows, entries, assigned, presence …"""
        return self.link.events()

    def __aiter__(self) -> AsyncIterator[Event]:
        return self.events()

    async def call(
        self, method: str, path: str, body: Frame | None = None, *, query: Frame | None = None, files: Any = None
    ) -> Any:
        """Any other call of the agent side, e.g. `call("GET", "/overview")`."""
        return await self._http.call(method, path, body, query=query, files=files)

    # ── what the link asks ──────────────────────────────────────────────────────────────────────
    def headers(self) -> dict[str, str]:
        return {"Origin": origin(self.url), "Cookie": self._http.cookie}

    def hello(self) -> Frame:
        return {"t": "hello", "groups": self._groups, "history": self._history}

    def receive(self, frame: Frame) -> None:
        match frame.get("t"):
            case "ready":
                self.me = frame.get("me") or self.me
                self._history = frame.get("history") or self._history
                for watched in self.watched.values():
                    self.link.later(self._watch_frame(watched))
                return
            case "watching":
                row = frame["conversation"]
                watched = self.watched.setdefault(row["id"], Watched(row["id"]))
                self._learn(row)
                for value in frame["entries"]:
                    self._take(watched, Entry.read(value), frame)
                watched.is_loaded = not frame.get("more")
                if frame.get("more"):
                    self.link.later(self._watch_frame(watched))
            case "entry":
                watched = self.watched.setdefault(frame["conversation"], Watched(frame["conversation"]))
                entry = Entry.read(frame["entry"])
                if entry.seq > watched.cursor + 1 and frame.get("prev", 0) > watched.cursor:
                    self.link.later(self._watch_frame(watched))  # something before it did not reach us
                else:
                    self._take(watched, entry, frame)
                return
            case "row":
                self._learn(frame["row"])
            case "forget":
                for watched in self.watched.values():
                    watched.entries.clear()
                    watched.cursor, watched.is_loaded = 0, False
                self._history = None
            case _:
                pass
        self.link.publish(Event(str(frame.get("t")), frame))

    async def renew(self) -> None:
        await self.login(patience=0)

    # ── inside ──────────────────────────────────────────────────────────────────────────────────
    def _watch_frame(self, watched: Watched) -> Frame:
        return {"t": "watch", "conversation": watched.id, "after": watched.cursor}

    def _learn(self, row: Frame) -> None:
        known = self.rows.get(row["id"])
        if known is None or int(row.get("seq", 0)) >= int(known.get("seq", 0)):
            self.rows[row["id"]] = row
        if row["id"] in self.watched:
            self.watched[row["id"]].row = self.rows[row["id"]]

    def _take(self, watched: Watched, entry: Entry, frame: Frame) -> None:
        if entry.seq > watched.cursor:
            watched.cursor = entry.seq
            watched.entries.append(entry)
            self.link.publish(Event("entry", {**frame, "t": "entry", "conversation": watched.id}, entry))

    async def _move(self, conversation: str, what: str, epoch: int | None, body: Frame | None = None) -> Frame:
        if epoch is None and conversation not in self.rows:
            self._learn(await self.call("GET", f"/conversations/{conversation}"))
        full = {"epoch": self.epoch(conversation) if epoch is None else epoch} | (body or {})
        row: Frame = await self.call("POST", f"/conversations/{conversation}/{what}", full)
        if isinstance(row, dict) and "id" in row:
            self._learn(row)
        return row
