"""The facts a conversation's log is made of: past tense, immutable, without customer text. Pure.

Messages are facts too, but their text lives in the `message` table; the log keeps their id. A new field has a
default; a new meaning is a new fact.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

NIL = UUID(int=0)
"""Author of bot and system messages."""


Kind = Literal["customer", "bot", "agent", "system"]


class Actor(NamedTuple):
    """Who caused a fact."""

    kind: Kind
    id: UUID | None = None
    name: str = ""
    """For the screen; not stored in the log."""


BOT = Actor(kind="bot")
SYSTEM = Actor(kind="system")


class Fact(BaseModel):
    """Something that happened."""

    model_config = ConfigDict(frozen=True)

    type: str

    def data(self) -> dict[str, Any]:
        """As stored, without the type."""
        return self.model_dump(mode="json", exclude={"type"}, exclude_none=True)


class Started(Fact):
    """The contact opened the conversation."""

    type: Literal["started"] = "started"
    inbox_id: UUID
    channel: str = "web"


class HandedOff(Fact):
    """Given to people: by the bot, by an agent's transfer, or because the agent went away."""

    type: Literal["handed_off"] = "handed_off"
    decision: dict[str, Any]
    queue_id: UUID | None = None
    cause: Literal["bot", "transfer", "agent_left", "customer"] = "bot"
    from_agent: UUID | None = None
    to_agent: UUID | None = None
    place: int | None = None
    band_seconds: tuple[int, int] | None = None


class Assigned(Fact):
    """The queue gave it to an agent."""

    type: Literal["assigned"] = "assigned"
    agent_id: UUID
    decision: dict[str, Any] = Field(default_factory=dict)
    waited_seconds: float = 0


class Claimed(Fact):
    """An agent or supervisor took it."""

    type: Literal["claimed"] = "claimed"
    agent_id: UUID
    from_holder: str
    from_agent: UUID | None = None
    waited_seconds: float | None = None


class GivenBack(Fact):
    """Back to the bot."""

    type: Literal["given_back"] = "given_back"
    from_agent: UUID | None = None


class Ended(Fact):
    """The episode is over for the customer."""

    type: Literal["ended"] = "ended"
    cause: Literal["agent", "customer", "bot", "idle", "agent_left", "merged"]


class WrappedUp(Fact):
    """The agent finished the paperwork; capacity is free."""

    type: Literal["wrapped_up"] = "wrapped_up"
    disposition: str = ""
    outcome: str = ""
    cause: Literal["agent", "deadline", "reopened"] = "agent"


class Reopened(Fact):
    """The customer came back: a new episode."""

    type: Literal["reopened"] = "reopened"
    episode: int


class SlotSet(Fact):
    """A known fact of the case was written or corrected by hand; its value is with the conversation, not in the log."""

    type: Literal["slot_set"] = "slot_set"
    code: str
    is_removed: bool = False


class FlowConfirmed(Fact):
    """The customer agreed to exactly what was shown; stands before the change is made."""

    type: Literal["flow_confirmed"] = "flow_confirmed"
    flow: str
    version: int = 0
    step: str
    tool: str
    key: str
    """Idempotency key of the write."""
    message_seq: int
    """The customer's message with the yes."""


class FlowWritten(Fact):
    """What became of a change a flow made in a shop system."""

    type: Literal["flow_written"] = "flow_written"
    flow: str
    step: str
    key: str
    outcome: str
    """`done`, `refused`, `failed` (surely not done) or `unknown`."""
    reason: str = ""


class TurnSuperseded(Fact):
    """A bot draft was withheld: the holder changed or the customer wrote more."""

    type: Literal["turn_superseded"] = "turn_superseded"
    answers_seq: int
    decision: dict[str, Any] = Field(default_factory=dict)


class TurnFailed(Fact):
    """The bot could not take its turn."""

    type: Literal["turn_failed"] = "turn_failed"
    error: str


class ReplyOverdue(Fact):
    """The holding agent let the reply deadline pass."""

    type: Literal["reply_overdue"] = "reply_overdue"
    agent_id: UUID


class FollowUpPromised(Fact):
    """A person will come back to the customer."""

    type: Literal["follow_up_promised"] = "follow_up_promised"
    follow_up_id: UUID
    number: int
    kind: str
    promised_at: datetime


class Rated(Fact):
    """The customer rated an episode."""

    type: Literal["rated"] = "rated"
    episode: int
    resolved: bool | None = None
    csat: int | None = None
    skipped: bool = False


class AnswerRated(Fact):
    """The customer said whether a bot answer helped."""

    type: Literal["answer_rated"] = "answer_rated"
    message_seq: int
    helpful: bool


class ContactMerged(Fact):
    """The visitor proved who he is; the conversation moved to the known contact."""

    type: Literal["contact_merged"] = "contact_merged"
    from_contact: UUID
    to_contact: UUID
