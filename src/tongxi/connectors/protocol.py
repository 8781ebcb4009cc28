"""What a shop's own systems can be asked: tools, grouped by connector, called through `Connectors`.

Whose data is read or changed is decided by our code alone: `Call.contact_external_id` is the conversation's verified
contact. It is never one of a tool's arguments, so neither a customer's text nor a model can name another customer.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, Literal, Protocol, TypeVar

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from tongxi.connectors.schema import problems
from tongxi.kit.breaker import Breaker
from tongxi.kit.clock import Clock, SystemClock

log = structlog.get_logger()

R = TypeVar("R", bound=BaseModel)

Effect = Literal["read", "write"]

TIMEOUT = timedelta(seconds=2)
"""For one call, its retry included, unless the tool says otherwise."""
MAX_STALE = timedelta(hours=2)
"""Older remembered answers are not shown, not even labelled."""
MAX_REMEMBERED = 2000
_PAUSE_SECONDS = 0.05
_TRIES = 2


class FailureCode(StrEnum):
    """Why a system gave no answer."""

    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    """Not reachable, answers with a fault of its own, or is being left alone after many failures."""
    REFUSED = "refused"
    """Understood and declined: wrong key, not allowed, not possible."""
    NOT_FOUND = "not_found"
    """Does not exist, or is not this customer's: the same on purpose."""
    BAD_ANSWER = "bad_answer"
    """Answered with something that cannot be read or trusted."""
    BAD_ARGUMENTS = "bad_arguments"
    """The arguments do not fit the tool; it was not called."""


_PASSING = {FailureCode.TIMEOUT, FailureCode.UNAVAILABLE, FailureCode.BAD_ANSWER}
"""The system is ill. The others are proper answers."""


class ToolFailed(Exception):
    """Raised by a tool's `run`; `Connectors.call` turns it into a `Failure`."""

    def __init__(self, code: FailureCode, detail: str = "") -> None:
        """`detail` is for the log: no customer data, no keys."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Call:
    """For whom, and how, a tool is run."""

    contact_external_id: str
    """The shop's own id of the verified contact; empty only for tools that need none."""
    idempotency_key: str | None = None
    """Set for writes: the system does it once, however often it is asked."""


class Document(BaseModel):
    """What a tool without a type of its own gives: JSON, as large as its connector allows. Data, never instructions."""

    model_config = ConfigDict(frozen=True)

    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing a system can be asked (`read`) or told (`write`)."""

    name: str
    """Stable, e.g. `orders.list`; the same name means the same arguments and result in every connector."""
    about: str
    """One sentence for people and models."""
    arguments: type[BaseModel] | Mapping[str, Any]
    """A type, or a JSON Schema checked by `schema.check_schema`. Never holds a customer's id."""
    effect: Effect
    run: Callable[[Call, Any], Awaitable[BaseModel]]
    """Given `Call` and what fits `arguments`: an instance, or a dict. Raises: `ToolFailed`; anything else counts as
    `bad_answer`."""
    needs_contact: bool = True
    """False for what is the same for everybody, e.g. where the branches are."""
    timeout: timedelta | None = None

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the arguments, for models and screens."""
        if isinstance(self.arguments, Mapping):
            return dict(self.arguments)
        return self.arguments.model_json_schema()

    def fit(self, arguments: BaseModel | Mapping[str, Any]) -> Any:
        """The arguments as `run` takes them. Raises: `ValueError` naming places and rules, not values."""
        if isinstance(self.arguments, Mapping):
            given = arguments.model_dump(mode="json") if isinstance(arguments, BaseModel) else dict(arguments)
            wrong = problems(given, self.arguments)
            if wrong:
                raise ValueError("; ".join(wrong[:5]))
            return given
        if isinstance(arguments, self.arguments):
            return arguments
        assert isinstance(arguments, Mapping), f"{type(arguments).__name__} are not arguments of {self.name}"
        return self.arguments.model_validate(arguments)


class Connector(Protocol):
    """One outside system."""

    @property
    def system(self) -> str:
        """Name people know it by; shown with its data."""
        ...

    def tools(self) -> Sequence[Tool]:
        """What it offers; asked once."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True)
class Answer(Generic[R]):
    """What a system said."""

    value: R
    system: str
    checked_at: datetime
    """When the system was asked."""
    error: FailureCode | None = None
    """Set when the system did not answer now and this is remembered: say so, with its age."""

    @property
    def is_stale(self) -> bool:
        return self.error is not None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer. After a failed write with `is_outcome_unknown`, say so: it may have been done."""

    code: FailureCode
    system: str
    is_outcome_unknown: bool = False


@dataclass(slots=True)
class Health:
    """How a system has been doing, for screens."""

    system: str
    is_resting: bool = False
    """True while calls are held back after many failures."""
    last_ok_at: datetime | None = None
    last_error_at: datetime | None = None
    last_error: FailureCode | None = None
    last_seconds: float | None = None
    """Duration of the last call."""


@dataclass(slots=True)
class _System:
    health: Health
    breaker: Breaker = field(default_factory=Breaker)


class Connectors:
    """The shop's systems of this process, listed explicitly. Calls never raise for what a system does."""

    def __init__(
        self, connectors: Sequence[Connector] = (), *, clock: Clock | None = None, timeout: timedelta = TIMEOUT
    ) -> None:
        """Raises: `ValueError` when two connectors offer a tool of the same name."""
        self._clock = clock or SystemClock()
        self._timeout = timeout.total_seconds()
        self._connectors: tuple[Connector, ...] = ()
        self._tools: dict[str, tuple[Tool, str]] = {}
        self._systems: dict[str, _System] = {}
        self._remembered: OrderedDict[str, Answer[Any]] = OrderedDict()
        self._running: dict[str, asyncio.Task[Answer[Any] | Failure]] = {}
        self.replace(connectors)

    def replace(self, connectors: Sequence[Connector]) -> tuple[Connector, ...]:
        """Offer these from now on; give those no longer there, for the caller to close.

        A system that stays keeps what is known of its health. Raises: `ValueError` as `__init__`, nothing changed then.
        """
        tools: dict[str, tuple[Tool, str]] = {}
        for one in connectors:
            for tool in one.tools():
                if tool.name in tools:
                    raise ValueError(f"{one.system!r} and {tools[tool.name][1]!r} both offer {tool.name!r}")
                tools[tool.name] = (tool, one.system)
        gone = tuple(one for one in self._connectors if not any(one is new for new in connectors))
        changed = {one.system for one in gone}
        kept = {name: held for name, held in self._systems.items() if name not in changed}
        self._systems = {one.system: kept.get(one.system) or _System(Health(one.system)) for one in connectors}
        self._tools, self._connectors = tools, tuple(connectors)
        if gone:
            self._remembered.clear()
        return gone

    def listed(self) -> tuple[Connector, ...]:
        """The connectors themselves."""
        return self._connectors

    def tools(self) -> tuple[Tool, ...]:
        """All tools of all systems."""
        return tuple(tool for tool, _ in self._tools.values())

    def tool(self, name: str) -> Tool | None:
        """The tool of this name, or None."""
        return self._tools[name][0] if name in self._tools else None

    def system_of(self, tool: str) -> str | None:
        """Name of the system that offers `tool`, or None."""
        return self._tools[tool][1] if tool in self._tools else None

    def health(self) -> list[Health]:
        """State of every system."""
        for one in self._systems.values():
            one.health.is_resting = one.breaker.is_open
        return [replace(one.health) for one in self._systems.values()]

    async def call(
        self,
        tool: str,
        arguments: BaseModel | Mapping[str, Any],
        expect: type[R],
        *,
        contact_external_id: str,
        idempotency_key: str | None = None,
        max_age: timedelta = timedelta(0),
        patience: timedelta | None = None,
    ) -> Answer[R] | Failure:
        """Ask or tell a system on behalf of a verified contact; `contact_external_id` is empty when there is none.

        `max_age`: a remembered answer younger than this will do without asking. `patience`: give what is remembered
        (labelled) or a `timeout` after this time; the question itself runs on and is remembered. A read that fails
        gives the remembered answer, labelled, if there is one. A write needs an `idempotency_key` and is never
        repeated by us.
        """
        if tool not in self._tools:
            return Failure(FailureCode.UNAVAILABLE, "")
        which, system = self._tools[tool]
        assert contact_external_id or not which.needs_contact, "only a verified contact may reach a shop system"
        try:
            fitting = which.fit(arguments)
        except ValueError as error:
            log.info("connector.arguments_refused", system=system, tool=tool, error=type(error).__name__)
            return Failure(FailureCode.BAD_ARGUMENTS, system)
        call = Call(contact_external_id, idempotency_key)
        if which.effect == "write":
            assert idempotency_key, "a write without an idempotency key could happen twice"
            return await self._attempt(which, system, call, fitting, expect, tries=1)
        key = f"{tool}\x1f{contact_external_id}\x1f{_spelled(fitting)}"
        remembered = self._recall(key)
        if remembered is not None and self._clock.now() - remembered.checked_at < max_age:
            return remembered
        running = self._running.get(key)
        if running is None:
            running = asyncio.create_task(self._read(key, which, system, call, fitting, expect))
            self._running[key] = running
            running.add_done_callback(lambda _: self._running.pop(key, None))
        done, _ = await asyncio.wait([running], timeout=None if patience is None else patience.total_seconds())
        result = running.result() if done else Failure(FailureCode.TIMEOUT, system)
        if isinstance(result, Failure) and result.code in _PASSING and remembered is not None:
            return replace(remembered, error=result.code)
        return result

    def forget(self, contact_external_id: str) -> None:
        """Drop what is remembered about a contact, after a write or an erasure."""
        mark = f"\x1f{contact_external_id}\x1f"
        for key in [key for key in self._remembered if mark in key]:
            del self._remembered[key]

    async def close(self) -> None:
        """Stop running calls and close every connector."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for one in self._connectors:
            await one.close()

    # ── inside ──────────────────────────────────────────────────────────────────────────────────
    def _recall(self, key: str) -> Answer[Any] | None:
        found = self._remembered.get(key)
        if found is not None and self._clock.now() - found.checked_at > MAX_STALE:
            del self._remembered[key]
            return None
        return found

    async def _read(
        self, key: str, tool: Tool, system: str, call: Call, arguments: Any, expect: type[R]
    ) -> Answer[R] | Failure:
        result = await self._attempt(tool, system, call, arguments, expect, tries=_TRIES)
        if isinstance(result, Answer):
            self._remembered[key] = result
            self._remembered.move_to_end(key)
            if len(self._remembered) > MAX_REMEMBERED:
                self._remembered.popitem(last=False)
        elif result.code not in _PASSING:
            self._remembered.pop(key, None)  # it is gone or barred: what was remembered is no longer true
        return result

    async def _attempt(
        self, tool: Tool, system: str, call: Call, arguments: Any, expect: type[R], *, tries: int
    ) -> Answer[R] | Failure:
        """One call with its timeout, at most `tries` attempts within it, counted by the breaker."""
        state = self._systems.get(system) or _System(Health(system))  # taken away meanwhile: the call still ends
        started, asked_at = self._clock.monotonic(), self._clock.now()
        if not state.breaker.allows(started):
            return Failure(FailureCode.UNAVAILABLE, system)
        problem = ToolFailed(FailureCode.TIMEOUT)
        value: R | None = None
        try:
            async with asyncio.timeout(tool.timeout.total_seconds() if tool.timeout else self._timeout):
                for left in range(tries - 1, -1, -1):
                    try:
                        value = await _run(tool, call, arguments, expect)
                        break
                    except ToolFailed as error:
                        problem = error
                        if not left or error.code not in _PASSING:
                            break
                        await asyncio.sleep(_PAUSE_SECONDS * random.uniform(0.5, 1.5))
        except TimeoutError:
            problem = ToolFailed(FailureCode.TIMEOUT)
        health = state.health
        health.last_seconds = self._clock.monotonic() - started
        if value is not None:
            state.breaker.succeeded()
            health.last_ok_at = asked_at
            return Answer(value, system, asked_at)
        if problem.code in _PASSING:
            state.breaker.failed(self._clock.monotonic())
            health.last_error_at, health.last_error = asked_at, problem.code
            log.warning("connector.failed", system=system, tool=tool.name, code=problem.code, detail=problem.detail)
        else:
            state.breaker.succeeded()
        unknown = tool.effect == "write" and problem.code in _PASSING
        return Failure(problem.code, system, is_outcome_unknown=unknown)


def _spelled(arguments: Any) -> str:
    if isinstance(arguments, BaseModel):
        return arguments.model_dump_json()
    return json.dumps(arguments, sort_keys=True, ensure_ascii=False)


async def _run(tool: Tool, call: Call, arguments: Any, expect: type[R]) -> R:
    try:
        value = await tool.run(call, arguments)
    except (ToolFailed, TimeoutError):
        raise
    except (ValidationError, ValueError, TypeError, KeyError) as error:
        raise ToolFailed(FailureCode.BAD_ANSWER, type(error).__name__) from error
    if not isinstance(value, expect):
        raise ToolFailed(FailureCode.BAD_ANSWER, f"{type(value).__name__} instead of {expect.__name__}")
    return value
