"""What must hold of every conversation at every moment, read from the database: `broken` says what does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tongxi.conversations import queries
from tongxi.conversations.log import COLUMNS, Conversation, Entry
from tongxi.conversations.state import HOLDER, IllegalMove, State, next_state
from tongxi.kit.db import Database, Transaction

OWNERS: dict[State, set[str | None]] = {
    State.BOT: {"bot", "customer"},
    State.QUEUED: {"queue"},
    State.ACTIVE: {"agent", "customer"},
    State.WRAP_UP: {"agent"},
    State.CLOSED: {None},
}
MOST = 5000
"""Entries of a conversation that are read."""


async def broken(db: Database) -> list[str]:
    """Every promise that does not hold, in words."""
    async with db.transaction() as tx:
        # One snapshot for all reads: the log and the row belong together.
        await tx.execute("set transaction isolation level repeatable read")
        problems = list(_capacity(await tx.dicts(
            "select u.name, u.capacity, count(c.id) as load from app_user u join conversation c on c.holder_id = u.id"
            " and c.state in ('active', 'wrap_up') group by u.id"
        )))  # fmt: skip
        for row in await tx.all(Conversation, f"select {COLUMNS} from conversation"):
            problems += [f"#{row.number}: {problem}" for problem in await _of(tx, row)]
    return problems


async def _of(tx: Transaction, row: Conversation) -> list[str]:
    entries = await queries.entries(tx, row.id, limit=MOST)
    messages = await tx.dicts(
        "select id, seq, sender, author_id, client_id, is_note from message where conversation_id = %s order by seq",
        (row.id,),
    )
    return [
        *_numbers(row, entries),
        *_replay(row, entries),
        *_owner(row),
        *_public(row, entries),
        *_messages(row, entries, messages),
    ]


def _capacity(loads: Sequence[dict[str, Any]]) -> Iterator[str]:
    for one in loads:
        if one["load"] > one["capacity"]:
            yield f"{one['name']} holds {one['load']} of {one['capacity']}"


def _numbers(row: Conversation, entries: Sequence[Entry]) -> Iterator[str]:
    seqs = [entry.seq for entry in entries]
    if seqs != list(range(1, row.seq + 1)):
        yield f"the log has {seqs}, the row says {row.seq}"
    if 1 + sum(entry.type == "reopened" for entry in entries) != row.episode:
        yield f"episode {row.episode} does not count the reopenings"


def _replay(row: Conversation, entries: Sequence[Entry]) -> Iterator[str]:
    """The log alone gives the state and the holder, and says who was allowed to speak when."""
    state, holder, asked = State.BOT, None, 0
    moves = 0
    for entry in entries:
        try:
            after = next_state(state, entry.type)
        except IllegalMove as error:
            yield f"entry {entry.seq}: {error.detail}"
            return
        if entry.type in ("assigned", "claimed"):
            holder = entry.data["agent_id"]
        elif HOLDER[after].value in ("bot", "queue") or after is State.CLOSED:
            holder = None
        moves += entry.type in ("handed_off", "assigned", "claimed", "given_back", "ended", "wrapped_up", "reopened")
        state = after
        if entry.type == "message_received":
            asked = entry.seq
            if state in (State.CLOSED, State.WRAP_UP):
                yield f"entry {entry.seq}: the customer wrote into an ended conversation"
        if entry.type == "message_sent" and entry.actor.kind == "bot":
            if state is not State.BOT:
                yield f"entry {entry.seq}: the bot spoke while {state.value}"
            if (entry.client_id or "").startswith("turn-") and entry.client_id != f"turn-{asked}":
                yield f"entry {entry.seq}: the bot answered {entry.client_id}, the newest was {asked}"
        by_agent = entry.type == "message_sent" and entry.actor.kind == "agent"
        if by_agent and (state is not State.ACTIVE or str(entry.actor.id) != holder):
            yield f"entry {entry.seq}: {entry.actor.id} spoke while {state.value} of {holder}"
    if state is not row.state:
        yield f"the log ends in {state.value}, the row says {row.state.value}"
    if holder != (str(row.holder_id) if row.holder_id else None):
        yield f"the log ends with {holder}, the row says {row.holder_id}"
    if row.epoch > 1 + moves:
        yield f"epoch {row.epoch} after {moves} moves"


def _owner(row: Conversation) -> Iterator[str]:
    if row.responsible not in OWNERS[row.state]:
        yield f"{row.responsible} is responsible while {row.state.value}"
    if row.state is not State.CLOSED and row.next_action_at is None:
        yield f"no deadline while {row.state.value}"
    is_ours = row.responsible != "customer"
    owes = row.customer_waits if row.state is State.BOT else row.customer_waits or is_ours  # a newcomer: the first word
    if row.state in (State.BOT, State.ACTIVE) and is_ours != owes:
        yield f"{row.responsible} is responsible, answered {row.answered_seq} of {row.customer_seq}"


def _public(row: Conversation, entries: Sequence[Entry]) -> Iterator[str]:
    last = 0
    for entry in entries:
        if entry.prev != last:
            yield f"entry {entry.seq}: prev {entry.prev}, not {last}"
        if entry.is_public:
            last = entry.seq
    if row.public_seq != last:
        yield f"public_seq {row.public_seq}, not {last}"


def _messages(row: Conversation, entries: Sequence[Entry], messages: Sequence[dict[str, Any]]) -> Iterator[str]:
    logged = {entry.seq: str(entry.data["message_id"]) for entry in entries if "message_id" in (entry.data or {})}
    if logged != {one["seq"]: str(one["id"]) for one in messages}:
        yield "log and messages do not name each other"
    newest = max((one["seq"] for one in messages if one["sender"] == "customer"), default=0)
    if row.customer_seq != newest or row.answered_seq > newest:
        yield f"customer_seq {row.customer_seq}, answered {row.answered_seq}, newest {newest}"
    keys = Counter((one["sender"], one["author_id"], one["client_id"]) for one in messages)
    for key, n in keys.items():
        if n > 1:
            yield f"{key} is stored {n} times"
