"""What the bot remembers within an episode: `conversation.bot`. Holds codes, counts and slots, no conversation text."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Offer(BaseModel):
    """One of the choices that were shown for a slot."""

    model_config = ConfigDict(frozen=True)

    value: str
    label: str
    words: str = ""
    """Names it may be called by, one a line: the goods of an order."""
    day: str = ""
    """Of an order: when it was placed, `2026-11-20`."""


class Choosing(BaseModel):
    """A question that was answered out of choices: "no, the second one" may still mean these."""

    model_config = ConfigDict(frozen=True)

    slot: str
    offered: tuple[Offer, ...]


class PendingWrite(BaseModel):
    """What the customer was asked to confirm: exactly this is carried out after the yes, or nothing."""

    model_config = ConfigDict(frozen=True)

    step: str
    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    key: str
    """Idempotency key: of conversation, run of the flow, confirmation and step."""
    digest: str
    """Of what was shown; a yes counts only while it still holds."""
    button: str = ""
    """What the button of the yes says; typing it is the same."""
    shown: dict[str, str] = Field(default_factory=dict)
    """Values as they were shown, for the words that follow."""


class Undo(BaseModel):
    """A change that can be taken back for a while."""

    model_config = ConfigDict(frozen=True)

    key: str
    """Of the write."""
    until: AwareDatetime
    title: str = ""
    """What was done, in the customer's language."""


class FlowPosition(BaseModel):
    """Where the bot stands in a flow. A turn makes a new one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    version: int = 0
    """0: the flow as shipped."""
    step: str = ""
    """What is waited for: `ask:<slot>`, `confirm:<step>`, `edit`; `shown` after the answer."""
    slots: dict[str, str] = Field(default_factory=dict)
    tries: int = 0
    """Times the present step was asked without a usable answer."""
    run: int = 0
    """`seq` of the customer's message that began it."""
    attempt: int = 0
    """Confirmations shown in this run."""
    offered: tuple[Offer, ...] = ()
    """The choices of the question that is open now."""
    orders: tuple[Offer, ...] = ()
    """The customer's orders as the flow last saw them, newest first: "no, the kettle" may mean one at any step."""
    chosen: tuple[Choosing, ...] = ()
    """The questions answered last out of choices, newest first."""
    said: tuple[str, ...] = ()
    """Steps that were said already."""
    results: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """What finished write steps gave."""
    pending: PendingWrite | None = None
    undo: Undo | None = None
    paused: FlowPosition | None = None
    """The flow this one interrupted; it goes on when this one is over."""


class Option(BaseModel):
    """One meaning the customer may pick in a clarifying question."""

    model_config = ConfigDict(frozen=True)

    id: str
    """Article id or `flow:<name>`; comes back as the quick reply's id."""
    label: str


class Memory(BaseModel):
    """Frozen: a turn makes a new one with `model_copy(update=…)`. Empty at the start of an episode."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    unanswered_count: int = 0
    """"I am not sure" in a row."""
    wrong_count: int = 0
    """Times the customer said an answer was wrong, this episode."""
    has_clarified: bool = False
    """A clarifying question was asked since the last answer."""
    clarification: tuple[Option, ...] = ()
    """The options of the clarifying question that is open now."""
    person_offered: bool = False
    """The last reply offered a person."""
    moods: tuple[int, ...] = ()
    """Mood of the last two turns, newest last."""
    answered_ids: tuple[str, ...] = ()
    """Articles quoted this episode, newest last."""
    flow: FlowPosition | None = None
    """The flow that is open now."""
    plain: bool = False
    """The customer asked for short sentences and simple words; the agent sees it too."""
