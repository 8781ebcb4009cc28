"""The message path: one writer per process, one statement a batch, across conversations.

Whatever arrives while the last commit runs goes into the next one, so one fsync serves many messages and a lone
message waits for nobody. The statement locks the rows, drops repeats, refuses who does not hold, numbers, stores and
updates in one round trip; **its commit is the ack**. Customers, agents and the bot all take this way.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
import psycopg
import structlog
from orjson import Fragment

from tongxi.conversations.events import NIL, Actor, Kind
from tongxi.conversations.log import PREVIEW, Entry
from tongxi.conversations.state import BOT_DEADLINE, REPLY_DEADLINE, State
from tongxi.kit.db import Database, Unavailable
from tongxi.kit.errors import Conflict
from tongxi.kit.ids import new_id
from tongxi.kit.live import Live

log = structlog.get_logger(__name__)

BATCH = 500
"""Messages in one statement at most."""


class Outcome(StrEnum):
    """What became of an append."""

    FRESH = "fresh"
    DUPLICATE = "duplicate"
    """The client id is already there; `seq` and `message_id` are those of the first."""
    CLOSED = "closed"
    """A customer wrote to an ended conversation: reopen it first."""
    NOT_HOLDER = "not_holder"
    STALE_EPOCH = "stale_epoch"
    SUPERSEDED = "superseded"
    """The customer wrote more than the bot's draft answers."""
    NOT_FOUND = "not_found"


class DuplicateClientId(Conflict):
    """This client id already stands for another message."""

    code = "duplicate_client_id"


@dataclass(slots=True)
class Append:
    """A message on its way into the log."""

    conversation_id: UUID
    sender: Kind
    """`customer`, `agent` or `bot`."""
    author_id: UUID
    client_id: str
    text: str
    content: str = "{}"
    """JSON."""
    is_note: bool = False
    epoch: int | None = None
    """The epoch the sender saw; agents and the bot must give it."""
    answers: int | None = None
    """The bot's: the customer message this answers; refused when a newer one is there."""
    data: str = "{}"
    """JSON: what else the log entry keeps, e.g. the decision. No customer text."""
    patch: str | None = None
    """JSON, the bot's: `{bot, slots, subject, mood, language}` to set on the row."""
    idle_seconds: float = 1800.0
    """How long the customer may be silent afterwards."""
    author_name: str = ""
    """For live screens; reads take it from the author's row."""
    message_id: UUID = field(default_factory=new_id)

    @property
    def is_fenced(self) -> bool:
        """Refused unless the sender still holds, so it must see everything stored before it."""
        return not self.is_note and self.sender != "customer"

    @property
    def key(self) -> tuple[UUID, str, UUID, str]:
        return (self.conversation_id, self.sender, self.author_id, self.client_id)


@dataclass(slots=True)
class TurnStart:
    """The row as the bot needs it, so that it need not read it again."""

    inbox_id: UUID
    contact_id: UUID
    language: str
    memory: dict[str, Any]


@dataclass(slots=True)
class Appended:
    """What the database said."""

    outcome: Outcome
    seq: int
    message_id: UUID
    at: datetime
    same_body: bool
    state: State
    epoch: int
    customer_seq: int
    """Last customer message before this one."""
    answered_seq: int
    turn: TurnStart | None
    """What a bot's turn starts from; only with a customer's fresh message while the bot holds."""


Done = Callable[[Appended | Exception], None]

_STATEMENT = f"""
with input as materialized (
  select * from rows from (json_to_recordset(%s::json) as (
    conversation_id uuid, message_id uuid, sender text, author_id uuid, client_id text, text text, content jsonb,
    is_note bool, epoch int, answers bigint, data jsonb, patch jsonb, idle float8
  )) with ordinality as t(conversation_id, message_id, sender, author_id, client_id, text, content, is_note, epoch,
                          answers, data, patch, idle, ord)
), held as materialized (
  select id, seq, public_seq, state, epoch, holder_id, customer_seq, answered_seq, inbox_id, contact_id, language, bot
  from conversation where id = any(array(select distinct conversation_id from input)) order by id for update
), judged as materialized (
  select i.*, h.seq as seq0, h.public_seq as public0, h.state, h.epoch as epoch0, h.holder_id,
    h.customer_seq as customer0,
         h.answered_seq as answered0, d.seq as dup_seq, d.id as dup_id,
         case when d.id is not null then
           d.text = i.text and d.is_note = i.is_note
           and d.content ->> 'quick_reply' is not distinct from i.content ->> 'quick_reply'
           and jsonb_path_query_array(d.content, '$.*[*].id') = jsonb_path_query_array(i.content, '$.*[*].id')
         end as same_body,
    case
      when h.id is null then 'not_found'
      when d.id is not null then 'duplicate'
      when i.sender = 'customer' then case when h.state in ('closed', 'wrap_up') then 'closed' else 'fresh' end
      when i.is_note then 'fresh'
      when i.sender = 'bot' and (h.state <> 'bot' or h.epoch <> i.epoch) then 'not_holder'
      when i.sender = 'bot' and h.customer_seq <> i.answers then 'superseded'
      when i.sender = 'agent' and (h.state <> 'active' or h.holder_id is distinct from i.author_id) then 'not_holder'
      when i.sender = 'agent' and h.epoch <> i.epoch then 'stale_epoch'
      else 'fresh'
    end as outcome
  from input i
  left join held h on h.id = i.conversation_id
  left join message d on d.conversation_id = i.conversation_id and d.sender = i.sender
                     and d.author_id = i.author_id and d.client_id = i.client_id
), fresh as materialized (
  select *, seq0 + row_number() over (partition by conversation_id order by ord) as seq from judged
    where outcome = 'fresh'
), stored as (
  insert into message (id, conversation_id, seq, sender, author_id, client_id, is_note, text, content, at)
  select message_id, conversation_id, seq, sender, author_id, client_id, is_note, text, content, now() from fresh
), logged as (
  insert into log_entry (conversation_id, seq, type, at, actor, actor_id, data)
  select conversation_id, seq,
         case when is_note then 'note_written' when sender = 'customer' then 'message_received' else 'message_sent' end,
         now(), sender, nullif(author_id, '{NIL}'::uuid), jsonb_build_object('message_id', message_id) || data
  from fresh
), summed as (
  select conversation_id, min(state) as state, max(seq) as top, max(seq) filter (where not is_note) as public_top,
         max(seq) filter (where sender = 'customer') as customer_top,
         count(*) filter (where sender = 'customer') as customer_n,
         bool_or(sender <> 'customer' and not is_note) as spoke,
         max(case when sender = 'bot' then answers when sender = 'agent' and not is_note then customer0 end) as answers,
         (array_agg(patch order by seq desc) filter (where patch is not null))[1] as patch,
         (array_agg(sender order by seq desc) filter (where not is_note))[1] as last_by,
         left((array_agg(text order by seq desc) filter (where not is_note))[1], {PREVIEW}) as last_text,
         max(idle) as idle
  from fresh group by conversation_id
), updated as (
  update conversation c set
    seq = s.top,
    public_seq = coalesce(s.public_top, c.public_seq),
    customer_seq = coalesce(s.customer_top, c.customer_seq),
    answered_seq = greatest(c.answered_seq, coalesce(s.answers, 0)),
    unread = case when s.spoke then 0 else c.unread end + s.customer_n,
    responsible = case
      when s.customer_n > 0 and s.state in ('bot', 'active') then case s.state when 'bot' then 'bot' else 'agent' end
      when s.spoke then 'customer' else c.responsible end,
    next_action_at = case
      when s.customer_n > 0 and s.state = 'bot' then
        case when c.responsible = 'bot' and not s.spoke then c.next_action_at
             else now() + interval '{BOT_DEADLINE.total_seconds()} s' end
      when s.customer_n > 0 and s.state = 'active' then
        case when c.responsible = 'agent' and not s.spoke then c.next_action_at
             else now() + interval '{REPLY_DEADLINE.total_seconds()} s' end
      when s.spoke then now() + make_interval(secs => s.idle)
      else c.next_action_at end,
    waiting_since = case
      when s.customer_n > 0 then case when s.spoke or c.waiting_since is null then now() else c.waiting_since end
      when s.spoke then null else c.waiting_since end,
    bot = coalesce(s.patch -> 'bot', c.bot),
    slots = c.slots || coalesce(s.patch -> 'slots', '{{}}'::jsonb),
    subject = coalesce(s.patch ->> 'subject', c.subject),
    mood = coalesce((s.patch ->> 'mood')::smallint, c.mood),
    language = coalesce(s.patch ->> 'language', c.language),
    last_by = coalesce(s.last_by, c.last_by),
    last_text = coalesce(s.last_text, c.last_text),
    last_at = case when s.last_by is null then c.last_at else now() end,
    updated_at = now()
  from summed s where c.id = s.conversation_id
)
select j.outcome, coalesce(f.seq, j.dup_seq, 0), j.dup_id, now(), coalesce(j.same_body, true), j.state, j.epoch0,
       j.customer0, j.answered0, j.public0, t.inbox_id, t.contact_id, t.language, t.bot
from judged j
left join fresh f on f.ord = j.ord
left join held t on t.id = j.conversation_id and t.state = 'bot' and j.sender = 'customer' and j.outcome = 'fresh'
order by j.ord
"""

_RECONNECT_SECONDS = 0.2


class Writer:
    """Appends messages in the order they come. `start()` before use, `stop()` flushes what is pending."""

    def __init__(self, database: Database, live: Live) -> None:
        self._database = database
        self._live = live
        self._pending: deque[tuple[Append, Done]] = deque()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._stopping = False

    async def start(self) -> None:
        self._connection = await self._database.connect()
        self._task = asyncio.create_task(self._run(), name="writer")

    async def stop(self) -> None:
        """Store what is pending, then end."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        if self._connection is not None:
            await self._connection.close()

    def submit(self, append: Append, done: Done) -> None:
        """Queue a message; `done` is called once after the commit, or with the error that prevented it.

        Per conversation and sender, messages are stored in the order they were submitted.
        """
        self._pending.append((append, done))
        self._wake.set()

    async def append(self, append: Append) -> Appended:
        """Store a message and wait for the commit.

        Raises: `Unavailable` if the database does not answer.
        """
        future: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()

        def done(result: Appended | Exception) -> None:
            if future.done():
                return
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

        self.submit(append, done)
        return await future

    def _next_batch(self) -> list[tuple[Append, Done]]:
        """Take what can go into one statement.

        A fenced message must see what was stored before it, and a repeat must meet its first: both wait for the
        next batch when their conversation, or their key, is already in this one.
        """
        batch: list[tuple[Append, Done]] = []
        keys: set[tuple[UUID, str, UUID, str]] = set()
        conversations: set[UUID] = set()
        blocked: set[UUID] = set()
        postponed: list[tuple[Append, Done]] = []
        while self._pending and len(batch) < BATCH:
            item = self._pending.popleft()
            append = item[0]
            conversation = append.conversation_id
            if conversation in blocked or append.key in keys or (append.is_fenced and conversation in conversations):
                blocked.add(conversation)
                postponed.append(item)
                continue
            keys.add(append.key)
            conversations.add(conversation)
            batch.append(item)
        self._pending.extendleft(reversed(postponed))
        return batch

    async def _run(self) -> None:
        while True:
            if not self._pending:
                if self._stopping:
                    return
                self._wake.clear()
                await self._wake.wait()
                continue
            batch = self._next_batch()
            try:
                await self._store(batch)
            except psycopg.errors.DeadlockDetected:
                self._pending.extendleft(reversed(batch))  # rolled back as a whole: the same again
            except psycopg.OperationalError as error:
                log.warning("writer.disconnected", error=type(error).__name__)
                for _, done in batch:
                    done(Unavailable())
                await self._reconnect()
            except psycopg.Error:
                await self._store_one_by_one(batch)
            except Exception:
                log.exception("writer.failed")  # a message that cannot be written must not stop all others
                await self._store_one_by_one(batch)

    async def _store_one_by_one(self, batch: list[tuple[Append, Done]]) -> None:
        """A row of the batch cannot be stored (a duplicate raced in from another process, bad text): find it."""
        for item in batch:
            for last_try in (False, True):
                try:
                    await self._store([item])
                    break
                except psycopg.errors.UniqueViolation as error:
                    if last_try:
                        item[1](error)
                except Exception as error:
                    item[1](Unavailable() if isinstance(error, psycopg.OperationalError) else error)
                    break

    async def _reconnect(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                await self._connection.close()
        while not self._stopping:
            try:
                self._connection = await self._database.connect()
                return
            except psycopg.OperationalError:
                # Whoever is waiting gets an answer now and may try again; nothing is kept that was not stored.
                while self._pending:
                    self._pending.popleft()[1](Unavailable())
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _store(self, batch: list[tuple[Append, Done]]) -> None:
        connection = self._connection
        assert connection is not None
        appends = [append for append, _ in batch]
        # One JSON parameter: arrays of text cost three times as much to quote.
        batch_json = orjson.dumps(
            [
                {
                    "conversation_id": a.conversation_id,
                    "message_id": a.message_id,
                    "sender": a.sender,
                    "author_id": a.author_id,
                    "client_id": a.client_id,
                    "text": a.text,
                    "content": Fragment(a.content),
                    "is_note": a.is_note,
                    "epoch": a.epoch,
                    "answers": a.answers,
                    "data": Fragment(a.data),
                    "patch": None if a.patch is None else Fragment(a.patch),
                    "idle": a.idle_seconds,
                }
                for a in appends
            ]
        )
        cursor = await connection.execute(_STATEMENT, (batch_json.decode(),), prepare=True)
        rows = await cursor.fetchall()
        self._announce(batch, rows)

    def _announce(self, batch: list[tuple[Append, Done]], rows: list[tuple[Any, ...]]) -> None:
        """Tell senders and live readers; runs only after the commit."""
        entries: dict[UUID, list[Entry]] = {}
        public: dict[UUID, int] = {}
        results: list[tuple[Done, Appended]] = []
        for (append, done), row in zip(batch, rows, strict=True):
            (name, seq, first_id, at, same_body, state, epoch, customer_seq, answered_seq, prev, inbox_id, *turn) = row
            conversation = append.conversation_id
            outcome = Outcome(name)
            result = Appended(
                outcome,
                seq,
                first_id or append.message_id,
                at,
                same_body,
                State(state) if state else State.CLOSED,
                epoch or 0,
                customer_seq or 0,
                answered_seq or 0,
                TurnStart(inbox_id, *turn) if inbox_id else None,
            )
            results.append((done, result))
            if outcome is not Outcome.FRESH:
                continue
            entry = Entry(
                conversation_id=conversation,
                seq=seq,
                type="note_written" if append.is_note
                else "message_received" if append.sender == "customer" else "message_sent",
                at=at,
                actor=Actor(append.sender, None if append.author_id == NIL else append.author_id, append.author_name),
                data=Fragment(append.data) if append.data != "{}" else {},
                prev=public.get(conversation, prev),
                message_id=append.message_id,
                client_id=append.client_id,
                text=append.text,
                content=append.content if append.content != "{}" else None,
                is_note=append.is_note,
            )  # fmt: skip
            if not append.is_note:
                public[conversation] = seq
            entries.setdefault(conversation, []).append(entry)
        for conversation, new in entries.items():
            try:
                self._live.publish(conversation, new)
            except Exception:
                log.exception("writer.publish_failed")  # a reader's fault must not stop the writer
        for done, result in results:
            try:
                done(result)
            except Exception:
                log.exception("writer.callback_failed")
