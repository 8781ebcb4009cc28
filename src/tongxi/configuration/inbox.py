"""The settings of an inbox: what customers see and what holds for them. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from tongxi.configuration.colour import AA_TEXT, contrast
from tongxi.configuration.hours import BusinessHours
from tongxi.configuration.origins import normal_origin

Locale = Literal["zh", "en"]
_ON_BRAND = "#FFFFFF"
"""Text and icons on the brand colour."""


def _text(most: int) -> Any:
    return StringConstraints(strip_whitespace=True, max_length=most)


class Localized(BaseModel):
    """One text in each language of the product; an empty one falls back to the other."""

    model_config = ConfigDict(frozen=True)

    zh: Annotated[str, _text(2000)] = ""
    en: Annotated[str, _text(2000)] = ""

    def into(self, locale: str) -> str:
        """The text for a locale such as `zh`, `zh-Hant` or `en-GB`."""
        first, second = (self.zh, self.en) if locale.lower().startswith("zh") else (self.en, self.zh)
        return first or second


class Persona(BaseModel):
    """Under which name and picture the bot speaks. It never hides that it is a machine."""

    model_config = ConfigDict(frozen=True)

    name: Localized = Localized(zh="小同", en="Tong")
    avatar: Annotated[str, _text(500)] = ""
    """Address of a picture: `https://…`, or a path on this server. Empty: the product's own mark."""

    @field_validator("avatar")
    @classmethod
    def _safe(cls, value: str) -> str:
        parts = urlsplit(value)
        own = value.startswith("/") and not value.startswith(("//", "/\\"))
        if value and not own and (parts.scheme != "https" or not parts.hostname):
            raise ValueError("must start with https:// or be a path on this server")
        return value


class GuidedQuestion(BaseModel):
    """A question offered before the customer has written anything."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    label: Localized
    """On the button."""
    text: Localized = Localized()
    """What is sent; empty: the label."""
    leads_to: Annotated[
        str,
        Field(max_length=120, pattern=r"^((flow:[a-z0-9_]{1,60})|(intent:[a-z0-9_]{1,100})|(article:[0-9a-f-]{36}))?$"),
    ] = ""
    """Where a click goes whatever its words: `intent:<code>`, `flow:<name>`, `article:<id>`. Empty: as if typed."""

    def sent(self, locale: str) -> str:
        """What a click sends."""
        return self.text.into(locale) or self.label.into(locale)


class InboxSettings(BaseModel):
    """Of one inbox. Reading ignores unknown fields; saving refuses them (`configuration.store`)."""

    model_config = ConfigDict(frozen=True)

    title: Localized = Localized()
    """What customers read above the conversation; empty: the inbox's name."""
    welcome: Localized = Localized(
        zh="您好，请问有什么可以帮您？我是 AI 助手；您随时可以转人工。",
        en="Hello, how can we help? I am an AI assistant; you can talk to a person at any time.",
    )
    guided_questions: Annotated[list[GuidedQuestion], Field(max_length=8)] = Field(default_factory=list)
    persona: Persona = Persona()
    brand_color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] = "#0E7A73"
    locales: Annotated[list[Locale], Field(min_length=1)] = ["zh", "en"]
    """Offered to customers, the default first."""
    allowed_origins: Annotated[list[str], Field(max_length=100)] = Field(default_factory=list)
    """Sites that may embed the widget. Empty: only pages of this server."""
    enforce_identity: bool = False
    """Refuse every customer without a signed identity."""
    idle_minutes: Annotated[int, Field(ge=1, le=10_080)] = 30
    """Silence of the customer after which a conversation ends."""
    hours: BusinessHours = BusinessHours()
    rating_enabled: bool = True
    translation: bool = False
    """Translate between customer and staff where they read different languages (Settings → Translation)."""
    staff_language: Locale = "zh"
    """What the staff reads while nobody in particular holds a conversation; a holder reads his own."""

    @field_validator("brand_color")
    @classmethod
    def _readable(cls, value: str) -> str:
        ratio = contrast(value, _ON_BRAND)
        if ratio < AA_TEXT:
            raise ValueError(f"white on {value} has contrast {ratio:.1f}:1 needs {AA_TEXT}:1; choose a darker one")
        return value.upper()

    @field_validator("locales")
    @classmethod
    def _once(cls, value: list[Locale]) -> list[Locale]:
        return list(dict.fromkeys(value))

    @field_validator("guided_questions")
    @classmethod
    def _distinct(cls, value: list[GuidedQuestion]) -> list[GuidedQuestion]:
        if len({question.id for question in value}) < len(value):
            raise ValueError("two guided questions have the same id")
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: list[str]) -> list[str]:
        return list(dict.fromkeys(normal_origin(origin) for origin in value))

    @property
    def idle(self) -> timedelta:
        """Silence of the customer after which a conversation ends."""
        return timedelta(minutes=self.idle_minutes)

    def locale_for(self, wanted: str | None) -> Locale:
        """The offered locale that fits best, e.g. `en` for `en-GB,en;q=0.9`; the first one when none does."""
        language = re.split(r"[-_,;]", (wanted or "").strip().lower())[0]
        return next((locale for locale in self.locales if locale == language), self.locales[0])

    def persona_name(self, locale: str) -> str:
        """The bot's name in a language."""
        return self.persona.name.into(locale)

    def shown(self, locale: str, at: datetime) -> dict[str, Any]:
        """What the widget may know, as in the protocol's `inbox`; without `key`, `name` and the promise."""
        opens_at = self.hours.opens_at(at)
        return {
            "persona": {"name": self.persona_name(locale), "avatar": self.persona.avatar or None},
            "brand_color": self.brand_color,
            "locales": self.locales,
            "welcome": self.welcome.into(locale),
            "guided_questions": [
                {"id": question.id, "label": question.label.into(locale), "text": question.sent(locale)}
                for question in self.guided_questions
            ],
            "hours": {"open": self.hours.is_open(at), "opens_at": opens_at},
            "enforce_identity": self.enforce_identity,
        }
