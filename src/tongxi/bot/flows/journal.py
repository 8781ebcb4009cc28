"""The customer's yes, in the log before anything is changed, and what became of the change.

A row of `flow_write` stands for one write: made together with the fact `FlowConfirmed`, under the conversation's lock,
only while the bot holds it and the customer has written nothing since. It outlives a crash, so a turn taken again
carries out the same write under the same key instead of asking or acting twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from tongxi.conversations import log as conversation_log
from tongxi.conversations.events import BOT, FlowConfirmed, FlowWritten
from tongxi.conversations.log import record
from tongxi.conversations.state import State
from tongxi.house import House

WriteState = Literal["pending", "done", "refused", "unknown", "failed"]
"""`failed`: surely not done. `unknown`: sent, and nobody knows."""


class Superseded(Exception):
    """The bot no longer holds the conversation, or the customer wrote more: nothing may be changed now."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A write the customer agreed to."""

    key: str
    flow: str
    version: int
    step: str
    tool: str
    seq: int
    """The customer's message with the yes."""


class Journal(Protocol):
    """Where writes are kept; one in the database, one for dry runs and tests."""

    async def state(self, key: str) -> WriteState | None:
        """What is known of a write; None when it was never begun."""
        ...

    async def begin(self, intent: Intent) -> None:
        """Record the yes. Raises: `Superseded`."""
        ...

    async def finish(self, intent: Intent, state: WriteState, *, reason: str = "") -> None:
        """Record what became of it. `reason`: a code."""
        ...


class LogJournal:
    """The conversation's own log and the table beside it."""

    def __init__(self, house: House, conversation_id: UUID, *, epoch: int, customer_seq: int) -> None:
        """`epoch`, `customer_seq`: as the turn saw them; a change of either stops every write."""
        self._house = house
        self._conversation_id = conversation_id
        self._epoch = epoch
        self._customer_seq = customer_seq

    async def state(self, key: str) -> WriteState | None:
        async with self._house.db.reading() as tx:
            found: WriteState | None = await tx.value("select state from flow_write where key = %s", (key,))
        return found

    async def begin(self, intent: Intent) -> None:
        house = self._house
        async with house.db.transaction() as tx:
            conversation = await conversation_log.hold(tx, self._conversation_id)
            is_mine = conversation.state is State.BOT and conversation.epoch == self._epoch
            if not is_mine or conversation.customer_seq > self._customer_seq:
                raise Superseded
            made = await tx.execute(
                "insert into flow_write (key, conversation_id, flow, version, step, tool, confirmed_seq)"
                " values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
                (intent.key, conversation.id, intent.flow, intent.version, intent.step, intent.tool, intent.seq),
            )
            if made:
                fact = FlowConfirmed(
                    flow=intent.flow, version=intent.version, step=intent.step, tool=intent.tool, key=intent.key,
                    message_seq=intent.seq,
                )  # fmt: skip
                inbox = house.inboxes.get(conversation.inbox_id)
                await record(tx, house.live, conversation, fact, actor=BOT, at=house.clock.now(), idle=inbox.idle)

    async def finish(self, intent: Intent, state: WriteState, *, reason: str = "") -> None:
        house = self._house
        async with house.db.transaction() as tx:
            conversation = await conversation_log.hold(tx, self._conversation_id)
            changed = await tx.execute(
                "update flow_write set state = %s, reason = %s, done_at = now()"
                " where key = %s and state not in ('done', 'refused') and state <> %s",
                (state, reason, intent.key, state),
            )
            if changed:
                fact = FlowWritten(flow=intent.flow, step=intent.step, key=intent.key, outcome=state, reason=reason)
                inbox = house.inboxes.get(conversation.inbox_id)
                await record(tx, house.live, conversation, fact, actor=BOT, at=house.clock.now(), idle=inbox.idle)


class MemoryJournal:
    """Keeps writes for as long as it lives: for dry runs and tests."""

    def __init__(self) -> None:
        self.writes: dict[str, WriteState] = {}
        self.reasons: dict[str, str] = {}
        self.begun: list[Intent] = []

    async def state(self, key: str) -> WriteState | None:
        return self.writes.get(key)

    async def begin(self, intent: Intent) -> None:
        self.begun.append(intent)
        self.writes.setdefault(intent.key, "pending")

    async def finish(self, intent: Intent, state: WriteState, *, reason: str = "") -> None:
        self.writes[intent.key] = state
        self.reasons[intent.key] = reason
