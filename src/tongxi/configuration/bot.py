"""What the business sets about the bot: who it is, what it may say, when it answers. A value "bot" with versions. Pure.

Every decision names the version it used; `current_bot.CurrentBot` is the one of the running process.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from tongxi.configuration.inbox import Localized

NAME = "bot"

RED_LINES = ("self_harm", "safety", "fraud", "medical", "legal", "finance")
"""Subjects on which the bot states facts only and gets a person."""
ALWAYS_ON = frozenset({"self_harm", "safety", "fraud"})
"""Red lines that cannot be switched off: people may come to harm."""

LOCKED = ("wants_person", "red_line", "complaint")
"""Rules that stand on top and cannot be moved: asking for a person, red lines, threats."""
MOVABLE = (
    "critical", "angry", "mood_drop", "wrong_again", "manipulation", "small_talk", "flow", "open_flow", "both",
    "several", "two_meanings", "answer", "half_sure", "quotation", "unknown_again",
)  # fmt: skip
"""The other rules in the order they have unless the business ranks them otherwise; after them comes `unknown`."""

LINES = ("greeting", "who_are_you", "thanks", "bye", "acknowledgement", "unsure", "sorry_wrong", "ask")
"""Sentences of the bot that the business may write itself."""

_CLAIMS_PERSON = re.compile(
    r"人工|真人|座席|坐席|专员|经理|主管|\b(?:human|real person|agent|representative|manager|supervisor)\b",
    re.IGNORECASE,
)
GROUP = r"^[\w-]{1,80}\.(zh|en)$"
"""A group of the promise: topic and language, as `refund.zh`."""


class Lines(BaseModel):
    """Sample sentences in one language."""

    model_config = ConfigDict(frozen=True)

    zh: Annotated[
        list[Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]], Field(max_length=10)
    ] = Field(default_factory=list)
    en: Annotated[
        list[Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]], Field(max_length=10)
    ] = Field(default_factory=list)

    def into(self, locale: str) -> list[str]:
        """The sentences for a locale."""
        return [line for line in (self.zh if locale.lower().startswith("zh") else self.en) if line]


class BotPersona(BaseModel):
    """Who the bot is and how it speaks. Beside its name the product always writes that it is an AI."""

    model_config = ConfigDict(frozen=True)

    name: Localized = Localized(zh="小同", en="Tong")
    formality: Literal["formal", "familiar"] = "formal"
    """`formal` says 您 to Chinese customers, `familiar` says 你; models are told the same for both languages."""
    do: Lines = Lines()
    """Sentences that sound right; examples for models."""
    dont: Lines = Lines()
    """Sentences that do not."""
    lines: dict[str, Localized] = Field(default_factory=dict)
    """The bot's own fixed sentences by code (`LINES`), instead of the product's; `{persona}` is its name."""

    @field_validator("name")
    @classmethod
    def _honest(cls, value: Localized) -> Localized:
        if not value.zh and not value.en:
            raise ValueError("the bot needs a name")
        for name in (value.zh, value.en):
            if len(name) > 40:
                raise ValueError("a name has at most 40 characters")
            if _CLAIMS_PERSON.search(name):
                raise ValueError(f"{name!r} sounds like a person; the bot's name must not")
        return value

    @field_validator("lines")
    @classmethod
    def _known_lines(cls, value: dict[str, Localized]) -> dict[str, Localized]:
        if unknown := sorted(set(value) - set(LINES)):
            raise ValueError(f"there is no sentence {unknown[0]!r}; there are {', '.join(LINES)}")
        for code, line in value.items():
            for text in (line.zh, line.en):
                if re.search(r"[{}]", text.replace("{persona}", "")):
                    raise ValueError(f"{code}: the only place to fill is {{persona}}")
                if len(text) > 500:
                    raise ValueError(f"{code}: at most 500 characters")
        return {code: line for code, line in value.items() if line.zh or line.en}


class BotLimits(BaseModel):
    """The numbers the bot's choices turn on."""

    model_config = ConfigDict(frozen=True)

    answer_at: float = Field(0.7, ge=0, le=1)
    """Confidence from which it answers where no certificate says otherwise: a conservative default, and no promise."""
    quote_at: float = Field(0.4, ge=0, le=1)
    """Confidence from which it shows a passage, marked as a quotation, when it may not answer."""
    ask_at: float = Field(0.25, ge=0, le=1)
    """Confidence from which it asks back instead of saying that it does not know."""
    close_by: float = Field(0.15, ge=0, le=1)
    """Two meanings whose confidence differs by less are close."""
    mood_at: int = Field(-3, ge=-3, le=0)
    """Mood at or below which a person takes over."""
    upset_at: float = Field(0.4, ge=0.1, le=1)
    """Probability that the customer is angry, as learnt, from which a person takes over; 1: wordings alone decide."""
    mood_drop: int = Field(2, ge=1, le=5)
    """Levels the mood may fall within two turns; a fall of as many ends with a person, if it ends below neutral."""
    manipulation_at: float = Field(0.7, ge=0, le=1)
    """Score from which a message counts as an attempt to command the bot; then it only says fixed sentences."""
    out_of_scope_at: float = Field(0.5, ge=0, le=1)
    """Score from which an intent is not believed."""
    intent_at: float = Field(0.5, ge=0, le=1)
    """Probability from which an intent names the topic."""
    max_unanswered: int = Field(2, ge=1, le=10)
    """The n-th "I am not sure" in a row is a hand-off."""
    max_wrong: int = Field(2, ge=1, le=10)
    """The n-th "that is wrong" of an episode is a hand-off."""


class RedLine(BaseModel):
    """A subject the bot does not judge."""

    model_config = ConfigDict(frozen=True)

    enabled: bool = True
    facts: Localized = Localized()
    """What is said before the person comes; empty: the product's own words."""


PagePart = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=2, max_length=60)]
Tier = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]


class Priority(BaseModel):
    """Who goes before others once people are to answer."""

    model_config = ConfigDict(frozen=True)

    tiers: Annotated[list[Tier], Field(max_length=20)] = ["vip", "platinum", "gold"]
    """Membership levels of the shop that go first."""
    hand_offs: int = Field(2, ge=0, le=20)
    """From so many earlier hand-offs in 30 days on; 0: they do not count."""
    open_order: bool = True
    """When it is about an order that is not over."""
    urgent: bool = True
    """When the message is urgent."""
    pages: Annotated[list[PagePart], Field(max_length=20)] = ["checkout", "refund", "return", "cancel", "complaint"]
    """Parts of addresses; who looked at such pages just before writing goes first."""
    page_views: int = Field(2, ge=0, le=20)
    """From so many such views within half an hour on; 0: they do not count."""


class Promise(BaseModel):
    """At most `alpha` of the answers are wrong, with confidence 1 − `delta`."""

    model_config = ConfigDict(frozen=True)

    alpha: float = Field(0.05, gt=0, le=0.5)
    delta: float = Field(0.05, gt=0, le=0.5)


class BotSettings(BaseModel):
    """Everything about the bot that is not an inbox, an article, an intent or a flow."""

    model_config = ConfigDict(frozen=True)

    persona: BotPersona = BotPersona()
    limits: BotLimits = BotLimits()
    red_lines: dict[str, RedLine] = Field(default_factory=dict)
    """By code; one that is absent is on, with the product's words."""
    rules: Annotated[list[str], Field(max_length=len(MOVABLE))] = list(MOVABLE)
    """The movable rules, highest rank first; one that is absent is switched off."""
    priority: Priority = Priority()
    plain_mode: Literal["auto", "always", "off"] = "auto"
    """Short sentences and large text: when the customer or a signal asks for it, always, never."""
    promise: Promise = Promise()
    """For each group of questions that has none of its own."""
    promises: dict[Annotated[str, StringConstraints(pattern=GROUP)], Promise] = Field(default_factory=dict)
    """By group, as `refund.zh`."""

    @field_validator("red_lines")
    @classmethod
    def _known_red_lines(cls, value: dict[str, RedLine]) -> dict[str, RedLine]:
        if unknown := sorted(set(value) - set(RED_LINES)):
            raise ValueError(f"there is no red line {unknown[0]!r}; there are {', '.join(RED_LINES)}")
        for code in sorted(ALWAYS_ON):
            if code in value and not value[code].enabled:
                raise ValueError(f"the red line {code!r} cannot be switched off")
        return value

    @field_validator("rules")
    @classmethod
    def _known_rules(cls, value: list[str]) -> list[str]:
        if unknown := sorted(set(value) - set(MOVABLE)):
            raise ValueError(f"there is no rule {unknown[0]!r} to rank; there are {', '.join(MOVABLE)}")
        if len(set(value)) < len(value):
            raise ValueError("a rule stands twice")
        return value

    @model_validator(mode="after")
    def _ordered(self) -> BotSettings:
        limits = self.limits
        if not limits.ask_at <= limits.quote_at <= limits.answer_at:
            raise ValueError("ask_at, quote_at and answer_at must rise in this order")
        return self

    def is_red_line(self, code: str) -> bool:
        """Whether the subject is one the bot leaves to people."""
        line = self.red_lines.get(code)
        return code in ALWAYS_ON or line is None or line.enabled

    def promise_of(self, group: str) -> Promise:
        """What is promised for a group of questions."""
        return self.promises.get(group, self.promise)


class Change(BaseModel):
    """One field that differs between two versions."""

    model_config = ConfigDict(frozen=True)

    path: str
    """Dotted, as `limits.answer_at`."""
    before: Any = None
    after: Any = None


def diff(before: BotSettings, after: BotSettings) -> list[Change]:
    """What changes from one to the other, field by field; lists count as one field."""
    return differences(before.model_dump(mode="json"), after.model_dump(mode="json"), "")


def differences(before: Any, after: Any, path: str) -> list[Change]:
    """What changes from one JSON value to the other, below `path`."""
    if before == after:
        return []
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [Change(path=path, before=before, after=after)]
    return [
        change
        for name in sorted(before.keys() | after.keys())
        for change in differences(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    ]
