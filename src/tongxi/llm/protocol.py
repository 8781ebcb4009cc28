"""The port to language models: a purpose and data go in; a finished text or a failure comes out, never an exception.

A text is finished only when the model says so. Cut, filtered, empty and unreadable answers are failures: half an answer
is none. Prompts, data and texts are not logged and not put into errors.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol

import orjson
import structlog

from tongxi.kit.clock import Clock
from tongxi.llm.prompt import Prompt, load

log = structlog.get_logger(__name__)

Purpose = Literal["answer"]
"""What a model is asked for; each has a prompt of that name in `prompts/`."""

MAX_REST_SECONDS = 60.0
"""The longest a `Retry-After` is heeded."""

_THOUGHTS = re.compile(r"\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


class FailureCode(StrEnum):
    """Why there is no text."""

    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    """Not reachable, overloaded, or broken on its side."""
    RESTING = "resting"
    """Not asked: it failed too often just now, or asked for a pause."""
    REFUSED = "refused"
    """It will not: a wrong key, no credit, or content it does not speak about."""
    CUT = "cut"
    """The text ended before the model did."""
    BAD_ANSWER = "bad_answer"
    """Empty, too large or not readable."""


class ModelFailed(Exception):
    """Raised by a provider; `Models.compose` turns it into a `Failure`."""

    def __init__(self, code: FailureCode, detail: str = "", *, is_ill: bool = True, retry_after: float = 0) -> None:
        """`detail` is for the log: no texts, no keys. `is_ill`: the next question will probably fail as well."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.is_ill = is_ill
        self.retry_after = retry_after
        """Seconds the provider asked to be left alone."""


class Provider(Protocol):
    """One model somewhere."""

    @property
    def name(self) -> str:
        """The model's name; shown with what it wrote."""
        ...

    async def complete(self, system: str, user: str) -> str:
        """The whole text of one answer. Raises: `ModelFailed`. Has no deadline of its own; may be cancelled."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Breaker(Protocol):
    """Leaves a model alone that keeps failing (`kit.breaker.Breaker`). Times are monotonic seconds."""

    def allows(self, now: float) -> bool: ...
    def succeeded(self) -> None: ...
    def failed(self, now: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Composed:
    """What a model wrote."""

    text: str
    model: str
    prompt_version: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is nothing."""

    code: FailureCode
    model: str
    seconds: float


class Models:
    """The models of this process by purpose; today one for all."""

    def __init__(self, provider: Provider, breaker: Breaker, *, clock: Clock, timeout: float) -> None:
        """`timeout`: seconds for one answer, from the question to its last character."""
        self._provider = provider
        self._breaker = breaker
        self._clock = clock
        self.timeout = timeout
        self._not_before = 0.0

    @property
    def name(self) -> str:
        """The model that is asked."""
        return self._provider.name

    async def compose(self, purpose: Purpose, data: Mapping[str, Any]) -> Composed | Failure:
        """Ask for a text. `data` travels as one JSON document, which the prompt declares to be data."""
        prompt = load(purpose)
        started = self._clock.monotonic()
        if started < self._not_before or not self._breaker.allows(started):
            return Failure(FailureCode.RESTING, self.name, 0.0)
        try:
            async with asyncio.timeout(self.timeout):
                text = _spoken(await self._provider.complete(prompt.text, orjson.dumps(data).decode()))
        except TimeoutError:
            return self._failed(prompt, started, ModelFailed(FailureCode.TIMEOUT))
        except ModelFailed as error:
            return self._failed(prompt, started, error)
        self._breaker.succeeded()
        return Composed(text, self.name, prompt.version, self._clock.monotonic() - started)

    async def close(self) -> None:
        """Let go of connections."""
        await self._provider.close()

    def _failed(self, prompt: Prompt, started: float, error: ModelFailed) -> Failure:
        now = self._clock.monotonic()
        if error.is_ill:
            self._breaker.failed(now)
        else:
            self._breaker.succeeded()
        self._not_before = now + min(error.retry_after, MAX_REST_SECONDS)
        log.warning(
            "model.failed", model=self.name, purpose=prompt.purpose, code=error.code, detail=error.detail,
            seconds=round(now - started, 3),
        )  # fmt: skip
        return Failure(error.code, self.name, now - started)


def _spoken(text: str) -> str:
    """The text without the thoughts some models put before it. Raises: `ModelFailed` when nothing is left."""
    text = _THOUGHTS.sub("", text).strip()
    if "<think" in text:
        raise ModelFailed(FailureCode.CUT, "in the middle of a thought")
    if not text:
        raise ModelFailed(FailureCode.BAD_ANSWER, "empty")
    return text
