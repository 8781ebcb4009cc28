"""A flow as data: when it starts, what it must know, which steps it takes. Frozen values, validated when read.

Format: docs/how-to/flows.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator

NAME = r"^[a-z][a-z0-9_]{1,39}$"
MAX_STEPS = 200
MAX_DEPTH = 4
MAX_TRIES = 3
"""Times a question is asked before a person is."""

SlotKind = Literal[
    "order", "order_number", "phone", "date", "time_slot", "address", "choice", "text", "amount", "email", "name",
    "file",
]  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Part):
    """A text in both languages; `{path}` is filled in."""

    zh: str = Field(min_length=1, max_length=2_000)
    en: str = Field(min_length=1, max_length=2_000)

    def text(self, language: str) -> str:
        """In the product's language for `language`."""
        return self.zh if language == "zh" else self.en


class Phrases(_Part):
    """Lists of wordings."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        return (*self.zh, *self.en)


class Triggers(_Part):
    """What starts the flow."""

    intents: tuple[str, ...] = ()
    """Codes of intents."""
    examples: Phrases = Phrases()
    """Whole wordings that mean it."""
    keywords: Phrases = Phrases()
    """Words that mean it wherever they stand; `*` stands for up to twelve characters of the same sentence."""
    unless: Phrases = Phrases()
    """Words that speak against a keyword."""
    ambiguous: Phrases = Phrases()
    """Messages that are nothing but this may mean this flow or another one with the same entry: the bot asks."""


class Option(_Part):
    """One choice of a slot."""

    value: str = Field(min_length=1, max_length=80)
    zh: str = Field(min_length=1, max_length=80)
    en: str = Field(min_length=1, max_length=80)
    words: tuple[str, ...] = ()
    """Other ways to say it."""
    at_least: float | None = None
    below: float | None = None
    """A number from the one up to the other means it, when it is asked for: a budget."""

    def text(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Slot(_Part):
    """One thing the flow must know."""

    kind: SlotKind
    title: Words
    """What it is called, in the confirmation and in corrections."""
    called: tuple[str, ...] = ()
    """Other names it has in corrections: "故障" for "故障现象"."""
    ask: Words
    """The question."""
    problem: Words | None = None
    """Said when an answer cannot be used, in front of the question."""
    optional: bool = False
    """The customer may skip it."""
    may_ask: bool = False
    """Of free words: a question is an answer too, as to "what is it about?"."""
    rest: bool = False
    """Of free words: what a message that starts the flow says beside the words that start it, as "保温杯还有货吗"."""
    only_when_asked: bool = False
    """Never taken from a message that answers something else."""
    prefill: str = ""
    """Path the value is taken from without asking: `contact.phone`, `fact.phone`, `account.address`."""
    options: tuple[Option, ...] = ()
    """Of a choice."""
    source: str = ""
    """Path of a list a read step gave, whose members are the choices."""
    value: str = "id"
    """Field of a member that is the value."""
    label: Words | None = None
    """How a member is called; paths are fields of the member."""
    prefer: tuple[str, ...] = ()
    """Of an order: the states it should be in."""
    none: Words | None = None
    """Said when there is nothing to choose from; the flow ends there."""
    min_chars: int = Field(2, ge=1, le=2_000)
    max_chars: int = Field(500, ge=1, le=2_000)
    pattern: str = ""
    """A regular expression the whole value must match."""
    at_least: float | None = None
    at_most: float | None = None
    days_ahead: tuple[int, int] | None = None
    """Of a date: first and last day that may be named, counted from today."""
    fact: str = ""
    """Code under which the value is kept with the conversation for agents; the name of the slot when empty."""


class Compare(_Part):
    """A condition on one value."""

    is_: Literal["empty", "present"] | None = Field(None, alias="is")
    at_least: float | None = None
    below: float | None = None
    not_: tuple[str | int | bool, ...] | None = Field(None, alias="not")


Test = Compare | tuple[str | int | bool, ...] | bool | int | str
When = dict[str, Test]
"""Path → value, list of values, or comparison; all must hold."""


class Say(_Part):
    """Tell something."""

    say: Words


class Show(_Part):
    """Tell how an order stands, with its card."""

    show: Literal["order"]
    of: str
    """Id of the read step that gave it."""


class Ask(_Part):
    """Ask for a slot unless it is known."""

    ask: str


class Read(_Part):
    """Look something up for the verified contact."""

    read: str = Field(pattern=NAME)
    """Id under which the result is known to later steps."""
    tool: str
    arguments: dict[str, Any] = {}
    missing: Words | None = None
    """Said when there is no such thing; the flow ends there."""


class Row(_Part):
    """One line of the confirmation."""

    label: Words
    old: str | Words = ""
    new: str | Words = ""


class Confirm(_Part):
    """Say exactly what will happen, and wait for the customer's yes."""

    confirm: str = Field(pattern=NAME)
    title: Words
    rows: tuple[Row, ...] = Field(min_length=1, max_length=12)
    price: Words | None = None
    """What it costs or gives back."""
    button: Words | None = None
    """What the button says."""


class Write(_Part):
    """Do it, once."""

    write: str = Field(pattern=NAME)
    """Id under which the receipt is known to later steps."""
    tool: str
    arguments: dict[str, Any] = {}
    done: Words
    refused: dict[str, Words]
    """Reason → what is said; `other` for every other reason. Says what was not changed."""

    @field_validator("refused")
    @classmethod
    def _has_other(cls, value: dict[str, Words]) -> dict[str, Words]:
        if "other" not in value:
            raise ValueError("an entry 'other' is missing")
        return value


class Case(_Part):
    """One way of a branch; without `when` it is taken when no earlier one was."""

    when: When = {}
    steps: tuple[Step, ...]


class Branch(_Part):
    """Take the first case whose conditions hold; none is taken when none does."""

    branch: tuple[Case, ...] = Field(min_length=1, max_length=12)


class HandOff(_Part):
    """Give the conversation to people, after these words."""

    hand_off: Words
    subject: str = ""
    """Topic for the queue; the flow's name when empty."""


class End(_Part):
    """The flow is over."""

    end: Literal["done", "refused"]


_KEYS = {
    "say": Say, "show": Show, "ask": Ask, "read": Read, "confirm": Confirm, "write": Write, "branch": Branch,
    "hand_off": HandOff, "end": End,
}  # fmt: skip
STEP_KINDS = tuple(_KEYS)


def _kind(value: Any) -> str | None:
    keys = value.keys() if isinstance(value, dict) else type(value).model_fields.keys()
    return next((kind for kind in STEP_KINDS if kind in keys), None)


Step = Annotated[
    Annotated[Say, Tag("say")]
    | Annotated[Show, Tag("show")]
    | Annotated[Ask, Tag("ask")]
    | Annotated[Read, Tag("read")]
    | Annotated[Confirm, Tag("confirm")]
    | Annotated[Write, Tag("write")]
    | Annotated[Branch, Tag("branch")]
    | Annotated[HandOff, Tag("hand_off")]
    | Annotated[End, Tag("end")],
    Discriminator(
        _kind,
        custom_error_type="unknown_step",
        custom_error_message="a step is one of: " + ", ".join(STEP_KINDS),
    ),
]


class Flow(_Part):
    """A procedure the bot can carry out."""

    name: str = Field(pattern=NAME)
    title: Words
    about: Words
    for_: Literal["verified", "anyone"] = Field("verified", alias="for")
    """`anyone`: also visitors who are not signed in; only tools that touch no account."""
    triggers: Triggers = Triggers()
    slots: dict[str, Slot] = {}
    steps: tuple[Step, ...] = Field(min_length=1, max_length=MAX_STEPS)

    @property
    def writes(self) -> bool:
        """It changes something, rather than looking something up."""
        return any(isinstance(step, Write) for _, step in walk(self.steps))

    @field_validator("slots")
    @classmethod
    def _slot_names(cls, value: dict[str, Slot]) -> dict[str, Slot]:
        for name in value:
            if not name.isidentifier() or not name.islower():
                raise ValueError(f"{name!r} is no name for a slot")
        return value


Case.model_rebuild()
Flow.model_rebuild()


Place = tuple[int | str, ...]


def walk(steps: tuple[Step, ...], place: Place = ("steps",)) -> Iterator[tuple[Place, Any]]:
    """Every step with its place in the document, branches included, in order."""
    for index, step in enumerate(steps):
        here = (*place, index)
        yield here, step
        if isinstance(step, Branch):
            for number, case in enumerate(step.branch):
                yield from walk(case.steps, (*here, "branch", number, "steps"))
