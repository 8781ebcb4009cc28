"""The values every language model is asked with, and what can go wrong; the same for all providers.

A text is finished only when the model says so. Cut, filtered, empty and unreadable answers are failures: half an answer
is none. Prompts, data and texts are not logged and not put into errors.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol, get_args
from uuid import UUID

from pydantic import BaseModel

Purpose = Literal["understand", "answer", "brief", "judge", "translate", "embed"]
"""What a model is asked for; each has an ordered list of engines (`ModelSettings.ladders`)."""
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)

Role = Literal["system", "user", "assistant", "tool"]


class FailureCode(StrEnum):
    """Why there is no text."""

    NO_MODEL = "no_model"
    """No engine is set for this purpose."""
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    """Not reachable, overloaded, or broken on its side."""
    TLS = "tls"
    """Its certificate is not trusted, or nothing there speaks TLS."""
    RATE_LIMITED = "rate_limited"
    RESTING = "resting"
    """Not asked: it failed too often just now, or asked for a pause."""
    BUDGET = "budget"
    """Not asked: what may be spent is spent."""
    KEY = "key"
    """The key is wrong or may not do this."""
    QUOTA = "quota"
    """No credit is left at the provider."""
    NOT_FOUND = "not_found"
    """No such model or address."""
    ADDRESS = "address"
    """Its address may not be opened from here."""
    REFUSED = "refused"
    """It will not: content it does not speak about, or a request it does not take."""
    CUT = "cut"
    """The text ended before the model did."""
    BAD_ANSWER = "bad_answer"
    """Empty, too large or not readable."""
    STOPPED = "stopped"
    """The caller no longer wanted it."""


class ModelFailed(Exception):
    """There is no usable answer."""

    def __init__(
        self,
        code: FailureCode,
        detail: str = "",
        *,
        is_ill: bool = True,
        is_worth_retrying: bool = False,
        retry_after: float = 0,
        message: str = "",
        status: int | None = None,
    ) -> None:
        """`detail` is for the log: no texts, no keys. `is_ill`: the next question will probably fail as well."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.is_ill = is_ill
        self.is_worth_retrying = is_worth_retrying
        self.retry_after = retry_after
        """Seconds the provider asked to be left alone."""
        self.message = message
        """The provider's own words, at most 300 characters; shown to whoever tests the connection, never logged."""
        self.status = status
        """HTTP status, when there was one."""
        self.provider = ""
        self.model = ""
        self.seconds = 0.0
        """Since the question was put, over all engines that were asked."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a model wants to be looked up. `arguments` is text as the model wrote it: perhaps not even JSON."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model is told of it."""

    name: str
    about: str
    arguments: Mapping[str, Any]
    """JSON Schema of an object."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what a model is given."""

    role: Role
    text: str
    calls: tuple[ToolCall, ...] = ()
    """Of an assistant's turn."""
    call_id: str = ""
    """Of a tool's turn: which call it answers."""
    is_error: bool = False
    """Of a tool's turn."""
    thoughts: str = ""
    """Of an assistant's turn: handed back to models that want it, shown to nobody."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to one model."""

    model: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    schema: Mapping[str, Any] | None = None
    """JSON Schema the text has to fit; providers that cannot hold a model to it are told in words."""
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, as the provider counts them; 0 when it does not say."""

    input: int = 0
    output: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished answer of a model, thoughts taken out."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = Usage()
    thoughts: str = ""


@dataclass(frozen=True, slots=True)
class Embedded:
    """One vector a text, in the order of the texts."""

    vectors: tuple[tuple[float, ...], ...]
    usage: Usage = Usage()


class Client(Protocol):
    """One provider's dialect over HTTP. Has no deadline of its own; may be cancelled at any time."""

    async def complete(self, request: Request) -> Reply:
        """The whole answer. Raises: `ModelFailed`."""
        ...

    def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """Pieces of text as they come, and the whole as the last item. Raises: `ModelFailed` at any point."""
        ...

    async def embed(self, model: str, texts: Sequence[str]) -> Embedded:
        """Vectors. Raises: `ModelFailed`."""
        ...

    async def models(self) -> list[str]:
        """Names of the models the provider offers. Raises: `ModelFailed`."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True)
class Cost:
    """What a call costs."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Completion:
    """A finished answer and where it comes from."""

    purpose: Purpose
    text: str
    provider: str
    """Name of the provider as the operator calls it."""
    model: str
    seconds: float
    """From the question to the last character, over all engines that were asked."""
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = Usage()
    cost: Cost | None = None
    """None when the model has no price."""
    prompt_version: int = 0
    """0 when the caller wrote the messages himself."""
    rung: int = 0
    """Place in the list of engines; 0 is the first choice."""
    value: BaseModel | None = None
    """The text read as the output that was asked for."""
    thoughts: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """An engine begins to write. Whatever another one wrote before is void."""

    provider: str
    model: str
    rung: int


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of text, not checked by anybody."""

    text: str


StreamItem = Started | Delta | Completion


@dataclass(frozen=True, slots=True)
class Call:
    """One question to one engine, for the record: numbers and codes, no text."""

    purpose: Purpose
    provider_id: UUID
    provider: str
    model: str
    outcome: str
    """`ok` or a `FailureCode`."""
    milliseconds: int
    first_milliseconds: int | None = None
    """To the first piece of a stream."""
    tries: int = 1
    rung: int = 0
    usage: Usage = Usage()
    cost: Cost | None = None
    spent: Decimal = Decimal(0)
    """The cost in the currency of the budget."""
    is_masked: bool = False
    conversation_id: UUID | None = None
    prompt_version: int = 0
