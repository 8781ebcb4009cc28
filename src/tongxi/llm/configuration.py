"""Providers, prices, the order of engines and what they may cost, as the business sets them. Values only."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tongxi.llm.protocol import Purpose, Usage

ENVIRONMENT = UUID(int=0)
"""The provider that `TONGXI_MODEL_URL` names; it is read from the environment, not kept in the database."""

Kind = Literal["openai_compatible", "anthropic"]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
Price = Annotated[Decimal, Field(ge=0, le=100_000, decimal_places=6)]
ModelName = Annotated[str, Field(min_length=1, max_length=160, pattern=r"^[^\s\x00]+$")]


_HOST = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]+")
KEY = re.compile(r"[\x21-\x7e]*")
"""A key travels in a header: printable ASCII without blanks."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Quirks(_Value):
    """Where a provider's dialect differs."""

    key_header: Literal["authorization", "api-key", "x-api-key"] = "authorization"
    """`authorization` sends the key as a bearer token, the others as it is."""
    token_limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"  # noqa: S105 - a field of the dialect
    json_mode: Literal["schema", "object", "words"] = "object"
    """How it is held to JSON: to a schema, to any object, or only by asking for it."""
    body: dict[str, Any] = Field(default_factory=dict)
    """Fields added to every chat request, such as `enable_thinking`."""
    query: dict[str, str] = Field(default_factory=dict)
    """Added to every address, such as `api-version`."""
    usage_ends_stream: bool = False
    """It always counts tokens at the end of a stream: one that ends without was cut on the way."""
    stream_usage: bool = True
    """Takes `stream_options`."""
    stream_only: bool = False
    """Whole answers are put together from a stream."""
    returns_thoughts: bool = False
    """Wants its thoughts back while it uses tools."""
    embed_batch: int = Field(32, ge=1, le=2048)
    """Texts of one embedding request."""

    @field_validator("body")
    @classmethod
    def _keeps_ours(cls, value: dict[str, Any]) -> dict[str, Any]:
        if taken := {"messages", "model", "stream", "tools"} & value.keys():
            raise ValueError(f"{', '.join(sorted(taken))} cannot be set here")
        if len(orjson.dumps(value)) > 4_000:
            raise ValueError("at most 4,000 bytes")
        return value


class Preset(_Value):
    """Address and quirks of a known provider; model names are never part of it."""

    code: str
    name: str
    kind: Kind
    url: str
    is_inside: bool = False
    quirks: Quirks = Quirks()


@cache
def presets() -> tuple[Preset, ...]:
    """The providers known by name."""
    rows = orjson.loads((files("tongxi.llm") / "presets.json").read_bytes())
    return tuple(Preset.model_validate(row) for row in rows)


class PricedModel(_Value):
    """A model of a provider, with its price per million tokens; None: not known, costs are then not counted."""

    name: ModelName
    input: Price | None = None
    output: Price | None = None
    currency: Currency = "CNY"

    def cost(self, usage: Usage) -> Decimal | None:
        """What a call costs, in `currency`."""
        if self.input is None or self.output is None:
            return None
        return (self.input * usage.input + self.output * usage.output) / 1_000_000


class Provider(_Value):
    """One configured provider, without its key."""

    id: UUID
    name: Annotated[str, Field(min_length=1, max_length=60)]
    preset: str = "custom"
    kind: Kind = "openai_compatible"
    url: Annotated[str, Field(max_length=500)]
    is_inside: bool = False
    """In the operator's own network: data does not leave the house, private addresses are allowed."""
    models: Annotated[tuple[PricedModel, ...], Field(max_length=100)] = ()
    quirks: Quirks = Quirks()
    timeout_seconds: float = Field(30, gt=0, le=300)
    """For one whole answer."""
    first_seconds: float = Field(20, gt=0, le=120)
    """To the first piece of a stream."""
    idle_seconds: float = Field(20, gt=0, le=120)
    """Between two pieces of a stream."""
    retries: int = Field(1, ge=0, le=3)
    """Further tries at the same engine before the next one is asked."""
    is_active: bool = True
    key_last4: str = ""
    """"" when there is no key."""
    updated_at: datetime | None = None

    @field_validator("url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.hostname or "") or parts.port == 0:
            raise ValueError("must be an http or https address")
        if not value.isascii() or any(character.isspace() for character in value):
            raise ValueError("must not hold blanks or characters outside of ASCII")
        if parts.username or parts.query or parts.fragment:
            raise ValueError("must not hold a user, a query or a fragment")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _names_once(self) -> Provider:
        names = [model.name for model in self.models]
        if len(names) != len(set(names)):
            raise ValueError("a model is listed twice")
        return self

    def priced(self, model: str) -> PricedModel:
        """A model with its price; one that is not listed has none."""
        return next((one for one in self.models if one.name == model), PricedModel(name=model))


class Rung(_Value):
    """One engine in an order of engines."""

    provider: UUID
    model: ModelName


class ModelSettings(_Value):
    """Which engines are asked for what, and what they may cost (configuration value `models`)."""

    ladders: dict[Purpose, Annotated[tuple[Rung, ...], Field(max_length=5)]] = Field(default_factory=dict)
    """Purpose → engines, first choice first. A purpose without an entry is done without a model."""
    mask: bool = True
    """Replace personal data by placeholders before a question leaves the house."""
    stream: bool = True
    """Show an answer sentence by sentence, each after its check."""
    look_up: bool = False
    """Let the model of purpose `answer` use reading tools for a verified customer."""
    currency: Currency = "CNY"
    """Of the budgets."""
    rates: dict[Currency, Annotated[Decimal, Field(gt=0, le=1_000_000)]] = Field(default_factory=dict)
    """Currency → what one unit of it is worth in `currency`."""
    per_conversation: Annotated[Decimal, Field(ge=0, le=1_000_000)] | None = None
    per_day: Annotated[Decimal, Field(ge=0, le=1_000_000)] | None = None
    """None: no limit. Days are UTC's."""

    def converted(self, amount: Decimal, currency: str) -> Decimal | None:
        """An amount in the currency of the budgets; None without a rate."""
        if currency == self.currency:
            return amount
        rate = self.rates.get(currency)
        return None if rate is None else amount * rate
