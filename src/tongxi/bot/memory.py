"""What the bot remembers within an episode: `conversation.bot`. Holds codes, counts and slots, no conversation text."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class FlowPosition(BaseModel):
    """Where the bot stands in a flow."""

    model_config = ConfigDict(frozen=True)

    name: str
    step: str = ""
    slots: dict[str, str] = Field(default_factory=dict)
    tries: int = 0
    """Times the present step was asked without a usable answer."""


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
    answered_ids: tuple[str, ...] = ()
    """Articles quoted this episode, newest last."""
    flow: FlowPosition | None = None
    """The flow that is open now."""
