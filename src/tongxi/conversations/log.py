"""The only way a conversation changes: take its row with `hold`, write what happened with `record`.

`record` appends the facts to the log and applies them to the row in the caller's transaction, and publishes them
once the commit is through. Messages that move nothing take the faster way of `append.Writer`; both number the log
under the same row lock, so `seq` has no gaps whichever way a fact came.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from tongxi.conversations.events import NIL, SYSTEM, Actor, Fact
from tongxi.conversations.state import HOLDER, Holder, Responsible, State, duty, next_state
from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound
from tongxi.kit.ids import new_id
from tongxi.kit.live import Live

PREVIEW = 120
"""Characters of the last message kept on the row for lists."""


@dataclass(slots=True)
class Conversation:
    """The row of a conversation, as held in a transaction."""

    id: UUID
    number: int
    inbox_id: UUID
    contact_id: UUID
    state: State
    epoch: int
    holder_id: UUID | None
    queue_id: UUID | None
    seq: int
    public_seq: int
    customer_seq: int
    answered_seq: int
    responsible: str | None
    next_action_at: datetime | None
    waiting_since: datetime | None
    queued_at: datetime | None
    priority: int
    promised_at: datetime | None
    episode: int
    language: str
    bot: dict[str, Any]
    slots: dict[str, Any]
    created_at: datetime

    def __post_init__(self) -> None:
        self.state = State(self.state)

    @property
    def holder(self) -> Holder:
        return HOLDER[self.state]

    @property
    def customer_waits(self) -> bool:
        """The newest customer message has no answer yet."""
        return self.customer_seq > self.answered_seq


COLUMNS = ", ".join(Conversation.__dataclass_fields__)


@dataclass(slots=True)
class Entry:
    """One entry of the log with the message it stands for, as live readers get it."""

    conversation_id: UUID
    seq: int
    type: str
    at: datetime
    actor: Actor
    data: Any
    """A dictionary, or its JSON as an `orjson.Fragment` on the message path."""
    prev: int
    """`seq` of the entry before that the customer can see."""
    message_id: UUID | None = None
    client_id: str | None = None
    text: str = ""
    content: Any = None
    """A dictionary, its JSON as a string on the message path, or None when empty."""
    is_note: bool = False
    erased: bool = False
    frames: dict[str, bytes] = field(default_factory=dict)
    """Encoded once per kind of reader, by the edge."""

    @property
    def is_public(self) -> bool:
        """True when the customer sees it."""
        return self.message_id is not None and not self.is_note


@dataclass(slots=True)
class Say:
    """A message to be recorded together with facts: a product notice, a greeting."""

    text: str
    content: dict[str, Any] = field(default_factory=dict)
    client_id: str = ""
    """Idempotency key within the conversation; empty: a fresh one."""
    by_actor: bool = False
    """Said by the bot or the customer himself, not a notice of the product."""
    is_note: bool = False
    """The acting agent's internal note."""


async def hold(tx: Transaction, conversation_id: UUID) -> Conversation:
    """Lock the row until the end of the transaction and give it.

    Raises: `NotFound`.
    """
    conversation = await tx.one(
        Conversation, f"select {COLUMNS} from conversation where id = %s for update", (conversation_id,)
    )
    if conversation is None:
        raise NotFound
    return conversation


async def record(
    tx: Transaction,
    live: Live,
    conversation: Conversation,
    *items: Fact | Say,
    actor: Actor,
    at: datetime,
    idle: timedelta,
    holder_id: UUID | None = None,
    changes: dict[str, Any] | None = None,
) -> list[Entry]:
    """Append facts and messages to the log of a **held** conversation and make its row what they make of it.

    `holder_id`: the agent who holds it afterwards, needed with every fact that leads to an agent. `idle`: the
    inbox's idle time. `changes`: further columns of the row. `actor` caused the facts. Publishes after
    commit.

    Raises: `IllegalMove`; nothing is written then.
    """
    before = (conversation.state, conversation.holder_id)
    entries: list[Entry] = []
    state = conversation.state
    for item in items:
        if isinstance(item, Fact):
            state = next_state(state, item.type)
    moved = any(isinstance(item, Fact) and item.type in ("given_back", "reopened") for item in items)
    for item in items:
        conversation.seq += 1
        entry = Entry(
            conversation_id=conversation.id,
            seq=conversation.seq,
            type=item.type if isinstance(item, Fact) else _message_type(item, actor),
            at=at,
            actor=actor if isinstance(item, Fact) or item.by_actor or item.is_note else SYSTEM,
            data=item.data() if isinstance(item, Fact) else {},
            prev=conversation.public_seq,
        )
        if isinstance(item, Say):
            entry.message_id = new_id()
            entry.client_id = item.client_id or str(entry.message_id)
            entry.text, entry.content = item.text, item.content
            entry.data = {"message_id": str(entry.message_id)}
            entry.is_note = item.is_note
            if not item.is_note:
                conversation.public_seq = conversation.seq
            if entry.type == "message_received":
                conversation.customer_seq = conversation.seq
        entries.append(entry)
    conversation.state = state
    conversation.holder_id = (
        holder_id
        if state in (State.ACTIVE, State.WRAP_UP) and holder_id
        else (conversation.holder_id if state in (State.ACTIVE, State.WRAP_UP) else None)
    )
    if (HOLDER[before[0]], before[1]) != (conversation.holder, conversation.holder_id) or moved:
        conversation.epoch += 1
    answered = conversation.answered_seq
    for name, value in (changes or {}).items():
        if hasattr(conversation, name):
            setattr(conversation, name, value)
    is_new_holder = before != (state, conversation.holder_id)
    moved_or_answered = moved or is_new_holder or answered != conversation.answered_seq
    if moved_or_answered and "next_action_at" not in (changes or {}):
        # Whoever joins owes the first word, also to a customer who pressed the button after an answer.
        waits = conversation.customer_waits or (state is State.ACTIVE and is_new_holder)
        conversation.responsible, conversation.next_action_at = duty(state, at, customer_waits=waits, idle=idle)
        is_ours = conversation.responsible not in (None, Responsible.CUSTOMER) and state is not State.WRAP_UP
        conversation.waiting_since = (conversation.waiting_since or at) if is_ours else None
    values: dict[str, Any] = {
        "state": conversation.state.value,
        "epoch": conversation.epoch,
        "holder_id": conversation.holder_id,
        "seq": conversation.seq,
        "public_seq": conversation.public_seq,
        "customer_seq": conversation.customer_seq,
        "responsible": conversation.responsible,
        "next_action_at": conversation.next_action_at,
        "waiting_since": conversation.waiting_since,
        "updated_at": at,
    }
    if moved or is_new_holder:
        values["changed_at"] = at
    for name, value in (changes or {}).items():
        values[name] = orjson.dumps(value).decode() if isinstance(value, dict) else value
    last = next((entry for entry in reversed(entries) if entry.is_public and entry.actor.kind != "system"), None)
    if last is not None:
        values |= {"last_by": last.actor.kind, "last_text": last.text[:PREVIEW], "last_at": at}
    columns = ", ".join(f"{name} = %({name})s" for name in values)
    await tx.execute(_RECORD.format(columns=columns), values | {"id": conversation.id, "entries": _rows(entries)})
    changed = before != (conversation.state, conversation.holder_id) or moved
    tx.after_commit(lambda: live.publish(conversation.id, entries, changed=changed))
    return entries


_RECORD = f"""
with entry as (
  select * from json_to_recordset(%(entries)s::json) as (
    seq bigint, type text, at timestamptz, actor text, actor_id uuid, data jsonb,
    message_id uuid, client_id text, is_note bool, text text, content jsonb)
), said as (
  insert into message (id, conversation_id, seq, sender, author_id, client_id, is_note, text, content, at)
  select message_id, %(id)s, seq, actor, coalesce(actor_id, '{NIL}'), client_id, is_note, text, content, at
  from entry where message_id is not null
), logged as (
  insert into log_entry (conversation_id, seq, type, at, actor, actor_id, data)
  select %(id)s, seq, type, at, actor, actor_id, data from entry
)
update conversation set {{columns}} where id = %(id)s
"""
"""Facts, messages and the row in one round trip."""


def _message_type(item: Say, actor: Actor) -> str:
    if item.is_note:
        return "note_written"
    return "message_received" if item.by_actor and actor.kind == "customer" else "message_sent"


def _rows(entries: list[Entry]) -> str:
    return orjson.dumps(
        [
            {
                "seq": entry.seq,
                "type": entry.type,
                "at": entry.at,
                "actor": entry.actor.kind,
                "actor_id": entry.actor.id,
                "data": entry.data,
                "message_id": entry.message_id,
                "client_id": entry.client_id,
                "is_note": entry.is_note,
                "text": entry.text,
                "content": entry.content,
            }
            for entry in entries
        ]
    ).decode()
