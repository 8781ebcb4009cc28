"""The language models of one process: asked by purpose, in the order the operator set, within the budget.

A call ends with a finished answer or with `ModelFailed`. In between: one engine after the other, each with its
breaker, its retries and its share of the time; personal data stays at home; every call is recorded.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import orjson
import structlog
from pydantic import BaseModel, ValidationError

from tongxi.kit.breaker import Breaker
from tongxi.kit.clock import Clock
from tongxi.llm import retry
from tongxi.llm.budget import Budget, money
from tongxi.llm.configuration import Provider
from tongxi.llm.deadline import Deadline
from tongxi.llm.engines import Engine, Setup
from tongxi.llm.ledger import Ledger
from tongxi.llm.masking import Find, Masking
from tongxi.llm.prompt import load
from tongxi.llm.protocol import (
    Call,
    Client,
    Completion,
    Delta,
    Embedded,
    FailureCode,
    Message,
    ModelFailed,
    Purpose,
    Reply,
    Request,
    Started,
    StreamItem,
    ToolSpec,
    Usage,
)

log = structlog.get_logger(__name__)
T = TypeVar("T")

SECONDS: dict[Purpose, float] = {
    "understand": 3.0, "answer": 8.0, "brief": 15.0, "judge": 20.0, "translate": 5.0, "embed": 10.0,
}  # fmt: skip
"""For one question, over all engines; well below the bot's ten where a customer waits."""
FAILURES, REST_SECONDS = 3, 20.0
"""A model that fails costs its customer seconds: it is left alone soon and long."""
MAX_REST_SECONDS = 60.0
"""The longest a `Retry-After` is heeded without looking again."""


class Models:
    """The models of this process. `connect` makes the client of a provider; `ledger` None: nothing is recorded."""

    def __init__(
        self,
        clock: Clock,
        connect: Callable[[Provider], Client],
        *,
        ledger: Ledger | None = None,
        find_personal_data: Find | None = None,
    ) -> None:
        self.setup = Setup()
        self._clock = clock
        self._connect = connect
        self._find = find_personal_data
        self._clients: dict[UUID, tuple[Provider, Client]] = {}
        self._breakers: dict[tuple[UUID, str, Purpose], Breaker] = {}
        self._not_before: dict[UUID, float] = {}
        self._budget = Budget(clock, ledger)

    # ── what is configured ──────────────────────────────────────────────────────────────────────────

    async def configure(self, setup: Setup) -> None:
        """Use these providers and settings from the next question on; running ones end as they began."""
        self.setup = setup
        known = {one.id: one for one in setup.providers}
        gone = [one for one, (provider, _) in self._clients.items() if known.get(one) != provider]
        for provider_id in gone:
            _, client = self._clients.pop(provider_id)
            await client.close()
        for key in [key for key in self._breakers if key[0] in gone]:
            del self._breakers[key]
        for provider_id in gone:
            self._not_before.pop(provider_id, None)

    def has(self, purpose: Purpose) -> bool:
        """Whether an engine is set for a purpose."""
        return bool(self.setup.engines(purpose))

    @property
    def masks(self) -> bool:
        """Whether personal data is replaced before a question leaves the house."""
        return self._find is not None and self.setup.settings.mask

    def engines(self, purpose: Purpose) -> list[Engine]:
        """The engines of a purpose, first choice first."""
        return self.setup.engines(purpose)

    def is_resting(self, engine: Engine, purpose: Purpose) -> bool:
        """Whether an engine is left alone for the moment."""
        now = self._clock.monotonic()
        breaker = self._breakers.get((engine.provider.id, engine.model.name, purpose))
        is_open = breaker is not None and breaker.is_open and now < breaker.retry_at
        return is_open or now < self._not_before.get(engine.provider.id, 0.0)

    async def spent_today(self) -> Decimal:
        """What the installation has spent since midnight UTC, in the budget's currency."""
        return await self._budget.spent_today()

    # ── questions ───────────────────────────────────────────────────────────────────────────────────

    async def compose(
        self,
        purpose: Purpose,
        data: Mapping[str, Any],
        *,
        own: frozenset[str] = frozenset({"passages"}),
        output: type[BaseModel] | None = None,
        conversation_id: UUID | None = None,
        seconds: float | None = None,
    ) -> Completion:
        """Ask with the purpose's prompt; `data` travels as one JSON document, which the prompt declares to be data.

        `own`: keys below which nothing is masked, because it is the shop's own. Raises: `ModelFailed`.
        """
        prompt = load(purpose)
        return await self.complete(
            purpose, (Message("system", prompt.text),), data=data, own=own, output=output,
            conversation_id=conversation_id, seconds=seconds, prompt_version=prompt.version,
        )  # fmt: skip

    async def complete(
        self,
        purpose: Purpose,
        messages: Sequence[Message],
        *,
        data: Mapping[str, Any] | None = None,
        own: frozenset[str] = frozenset(),
        after: Sequence[Message] = (),
        tools: Sequence[ToolSpec] = (),
        output: type[BaseModel] | None = None,
        conversation_id: UUID | None = None,
        seconds: float | None = None,
        max_tokens: int | None = None,
        prompt_version: int = 0,
    ) -> Completion:
        """Ask with messages of one's own, then `data` as one JSON document, then `after`.

        All but the system's messages are masked before they leave the house, and what stands below the keys `own`.
        `output`: the text has to be JSON of this model, which `Completion.value` then holds. Raises: `ModelFailed`.
        """
        question = self._question(messages, data, own, after)
        deadline = Deadline(self._clock, seconds or SECONDS[purpose])
        failed = ModelFailed(FailureCode.NO_MODEL)
        schema = output.model_json_schema() if output else None
        engines = self.engines(purpose)
        for engine in engines:
            asked = self._asked(purpose, engine, question, tools, conversation_id, prompt_version)
            asked = replace(asked, request=replace(asked.request, schema=schema, max_tokens=max_tokens))
            try:
                client = self._client(engine.provider)
                reply, value = await self._tried(
                    asked, deadline, is_last=engine is engines[-1],
                    attempt=partial(client.complete, asked.request), usage=_usage_of,
                    check=partial(_value, asked.masking, output),
                )  # fmt: skip
                return self._completion(asked, _restored(reply, asked.masking), deadline, value)
            except ModelFailed as error:
                failed = error
        raise deadline.over(failed)

    async def stream(
        self,
        purpose: Purpose,
        messages: Sequence[Message],
        *,
        data: Mapping[str, Any] | None = None,
        own: frozenset[str] = frozenset(),
        after: Sequence[Message] = (),
        tools: Sequence[ToolSpec] = (),
        conversation_id: UUID | None = None,
        seconds: float | None = None,
        prompt_version: int = 0,
    ) -> AsyncGenerator[StreamItem, None]:
        """Ask as with `complete`; the text comes as it is written, and the finished answer as the last item.

        When an engine fails in the middle the next one begins with a new `Started`, and everything before it is void.
        Close the generator (`contextlib.aclosing`) when leaving it early. Raises: `ModelFailed`.
        """
        question = self._question(messages, data, own, after)
        deadline = Deadline(self._clock, seconds or SECONDS[purpose])
        failed = ModelFailed(FailureCode.NO_MODEL)
        engines = self.engines(purpose)
        for engine in engines:
            asked = self._asked(purpose, engine, question, tools, conversation_id, prompt_version)
            try:
                async with aclosing(self._streamed(asked, deadline, is_last=engine is engines[-1])) as items:
                    async for item in items:
                        yield item
                return
            except ModelFailed as error:
                failed = error
        raise deadline.over(failed)

    async def embed(self, texts: Sequence[str], *, seconds: float | None = None) -> list[tuple[float, ...]]:
        """One vector a text, all from the first engine that answers. Raises: `ModelFailed`.

        Texts are masked like questions: what is found by a number is found by other means.
        """
        masking = self._masking()
        deadline = Deadline(self._clock, seconds or SECONDS["embed"])
        failed = ModelFailed(FailureCode.NO_MODEL)
        for engine in (engines := self.engines("embed")):
            is_hidden = masking is not None and not engine.provider.is_inside
            given = [masking.hide(text) for text in texts] if masking and is_hidden else list(texts)
            asked = _Asked("embed", engine, Request(engine.model.name, ()), None, None, sum(map(len, given)))
            try:
                client = self._client(engine.provider)
                embedded = await self._tried(
                    asked, deadline, is_last=engine is engines[-1],
                    attempt=partial(client.embed, engine.model.name, given), usage=_usage_of,
                )  # fmt: skip
                return list(embedded[0].vectors)
            except ModelFailed as error:
                failed = error
        raise deadline.over(failed)

    async def try_engine(self, engine: Engine, messages: Sequence[Message], *, seconds: float) -> Completion:
        """One call at one engine, past breakers and orders, for the connection test. Raises: `ModelFailed`."""
        request = Request(engine.model.name, tuple(messages))
        asked = _Asked("judge", engine, request, None, None, 0)
        deadline = Deadline(self._clock, seconds)
        try:
            async with asyncio.timeout(seconds):
                reply = await self._client(engine.provider).complete(request)
        except TimeoutError as error:
            raise deadline.over(ModelFailed(FailureCode.TIMEOUT)) from error
        except ModelFailed as error:
            raise deadline.over(error) from error
        self._record(asked, deadline.used(), 1, "ok", reply.usage)
        return self._completion(asked, reply, deadline)

    async def offered(self, provider: Provider, *, seconds: float = 10.0) -> list[str]:
        """Names of the models a provider offers. Raises: `ModelFailed`."""
        try:
            async with asyncio.timeout(seconds):
                return await self._client(provider).models()
        except TimeoutError as error:
            raise ModelFailed(FailureCode.TIMEOUT) from error

    async def close(self) -> None:
        """Let go of connections; write what is to be recorded."""
        for _, client in self._clients.values():
            await client.close()
        self._clients.clear()
        await self._budget.close()

    # ── one question, engine after engine ───────────────────────────────────────────────────────────

    async def _tried(
        self,
        asked: _Asked,
        deadline: Deadline,
        *,
        is_last: bool,
        attempt: Callable[[], Awaitable[T]],
        usage: Callable[[T], Usage],
        check: Callable[[T], BaseModel | None] = lambda _: None,
    ) -> tuple[T, BaseModel | None]:
        """One engine, asked again while that makes sense; recorded once. Raises: `ModelFailed`."""
        started = self._clock.monotonic()
        tries = 0
        counted = Usage()
        outcome: str = FailureCode.STOPPED
        reserved = await self._admitted(asked, deadline)
        end = min(started + asked.engine.provider.timeout_seconds, started + deadline.share(is_last=is_last))
        try:
            while True:
                tries += 1
                try:
                    async with asyncio.timeout(max(0.001, end - self._clock.monotonic())):
                        result = await attempt()
                    counted = usage(result)
                    value = check(result)
                    self._succeeded(asked)
                    outcome = "ok"
                    return result, value
                except TimeoutError:
                    failure = ModelFailed(FailureCode.TIMEOUT)
                except ModelFailed as error:
                    failure = error
                outcome = failure.code
                self._failed(asked, failure, self._clock.monotonic() - started)
                wait = self._wait(asked, failure, tries, end)
                if wait is None:
                    raise failure
                await asyncio.sleep(wait)
        finally:
            self._budget.release(reserved)
            self._record(asked, self._clock.monotonic() - started, tries, outcome, counted)

    async def _streamed(self, asked: _Asked, deadline: Deadline, *, is_last: bool) -> AsyncGenerator[StreamItem, None]:
        """One engine's stream, asked again only while nothing of it was passed on. Raises: `ModelFailed`."""
        provider, masking = asked.engine.provider, asked.masking
        started = self._clock.monotonic()
        tries, first, has_spoken = 0, None, False
        counted = Usage()
        outcome: str = FailureCode.STOPPED
        reserved = await self._admitted(asked, deadline)
        end = min(started + provider.timeout_seconds, deadline.end)
        first_end = min(started + provider.first_seconds, started + deadline.share(is_last=is_last))
        client = self._client(provider)
        try:
            while True:
                tries += 1
                try:
                    async with aclosing(client.stream(asked.request)) as items:
                        while True:
                            now = self._clock.monotonic()
                            idle = min(provider.idle_seconds, deadline.share(is_last=is_last))
                            limit = min(end, first_end if first is None else now + idle)
                            async with asyncio.timeout(max(0.001, limit - now)):
                                item = await anext(items)
                            if isinstance(item, Reply):
                                break
                            if first is None:
                                first = self._clock.monotonic() - started
                                yield Started(provider.name, asked.engine.model.name, asked.engine.rung)
                            text = masking.restore_piece(item) if masking else item
                            if text:
                                has_spoken = True
                                yield Delta(text)
                    counted = item.usage
                    self._succeeded(asked)
                    outcome = "ok"
                    if masking and (rest := masking.restore_end()):
                        yield Delta(rest)
                    yield self._completion(asked, _restored(item, masking), deadline)
                    return
                except (TimeoutError, StopAsyncIteration) as error:
                    is_late = isinstance(error, TimeoutError)
                    failure = ModelFailed(FailureCode.TIMEOUT if is_late else FailureCode.CUT)
                except ModelFailed as error:
                    failure = error
                outcome = failure.code
                self._failed(asked, failure, self._clock.monotonic() - started)
                if masking:
                    masking.restore_end()
                wait = None if has_spoken else self._wait(asked, failure, tries, end)
                if wait is None:
                    raise failure
                first = None
                await asyncio.sleep(wait)
        finally:
            self._budget.release(reserved)
            seconds = self._clock.monotonic() - started
            self._record(asked, seconds, tries, outcome, counted, first=first)

    # ── engines: rest, retry, money ─────────────────────────────────────────────────────────────────

    async def _admitted(self, asked: _Asked, deadline: Deadline) -> Decimal:
        """What the call is expected to cost, set aside. Raises: `ModelFailed` when it may not be made."""
        engine = asked.engine
        now = self._clock.monotonic()
        if deadline.left() <= 0:
            raise self._named(ModelFailed(FailureCode.TIMEOUT, "no time left"), engine)
        if now < self._not_before.get(engine.provider.id, 0.0) or not self._breaker(asked).allows(now):
            raise self._skipped(asked, FailureCode.RESTING)
        expected = await self._budget.reserve(self.setup.settings, engine, asked.characters, asked.conversation_id)
        if expected is None:
            raise self._skipped(asked, FailureCode.BUDGET)
        return expected

    def _skipped(self, asked: _Asked, code: FailureCode) -> ModelFailed:
        """An engine that is not asked; recorded, so that people see why the next one was."""
        self._record(asked, 0.0, 0, code, Usage())
        return self._named(ModelFailed(code), asked.engine)

    @staticmethod
    def _named(error: ModelFailed, engine: Engine) -> ModelFailed:
        error.provider, error.model = engine.provider.name, engine.model.name
        return error

    def _record(
        self, asked: _Asked, seconds: float, tries: int, outcome: str, usage: Usage, *, first: float | None = None
    ) -> None:
        cost, spent = money(self.setup.settings, asked.engine, usage)
        self._budget.record(
            Call(
                purpose=asked.purpose, provider_id=asked.engine.provider.id, provider=asked.engine.provider.name,
                model=asked.engine.model.name, outcome=str(outcome), milliseconds=round(seconds * 1000),
                first_milliseconds=None if first is None else round(first * 1000), tries=tries, rung=asked.engine.rung,
                usage=usage, cost=cost, spent=spent, is_masked=asked.masking is not None,
                conversation_id=asked.conversation_id, prompt_version=asked.prompt_version,
            )
        )  # fmt: skip

    def _breaker(self, asked: _Asked) -> Breaker:
        key = (asked.engine.provider.id, asked.engine.model.name, asked.purpose)
        return self._breakers.setdefault(key, Breaker(FAILURES, REST_SECONDS))

    def _succeeded(self, asked: _Asked) -> None:
        self._breaker(asked).succeeded()

    def _failed(self, asked: _Asked, error: ModelFailed, seconds: float) -> None:
        self._named(error, asked.engine)
        if error.is_ill:
            self._breaker(asked).failed(self._clock.monotonic())
        else:
            self._breaker(asked).succeeded()
        log.warning(
            "model.failed", provider=asked.engine.provider.name, model=asked.engine.model.name, purpose=asked.purpose,
            code=error.code, detail=error.detail, seconds=round(seconds, 3),
        )  # fmt: skip

    def _wait(self, asked: _Asked, error: ModelFailed, tries: int, end: float) -> float | None:
        """Seconds until the next try at the same engine; None: go on to the next one."""
        now = self._clock.monotonic()
        if error.is_worth_retrying and tries <= asked.engine.provider.retries and not self._breaker(asked).is_open:
            wait = retry.delay(tries, retry_after=error.retry_after, left=end - now, chance=random.random())
            if wait is not None:
                return wait
        if error.retry_after:
            self._not_before[asked.engine.provider.id] = now + min(error.retry_after, MAX_REST_SECONDS)
        return None

    def _client(self, provider: Provider) -> Client:
        known = self._clients.get(provider.id)
        if known is None or known[0] != provider:
            known = self._clients[provider.id] = (provider, self._connect(provider))
        return known[1]

    # ── what is asked ───────────────────────────────────────────────────────────────────────────────

    def _masking(self) -> Masking | None:
        return Masking(self._find) if self._find is not None and self.setup.settings.mask else None

    def _question(
        self,
        messages: Sequence[Message],
        data: Mapping[str, Any] | None,
        own: frozenset[str],
        after: Sequence[Message],
    ) -> _Question:
        """The messages as they are, and as they leave the house."""
        document = (_document(data),) if data is not None else ()
        given = (*messages, *document, *after)
        masking = self._masking()
        if masking is None:
            return _Question(given, given, None)
        masked = (_document(masking.hide_in(data, but=own)),) if data is not None else ()
        return _Question(given, (*_hidden(messages, masking), *masked, *_hidden(after, masking)), masking)

    def _asked(
        self,
        purpose: Purpose,
        engine: Engine,
        question: _Question,
        tools: Sequence[ToolSpec],
        conversation_id: UUID | None,
        prompt_version: int,
    ) -> _Asked:
        masking = None if engine.provider.is_inside else question.masking
        given = question.given if masking is None else question.hidden
        request = Request(engine.model.name, given, tuple(tools))
        characters = sum(len(one.text) for one in given)
        return _Asked(purpose, engine, request, masking, conversation_id, characters, prompt_version)

    def _completion(
        self, asked: _Asked, reply: Reply, deadline: Deadline, value: BaseModel | None = None
    ) -> Completion:
        cost, _ = money(self.setup.settings, asked.engine, reply.usage)
        return Completion(
            purpose=asked.purpose, text=reply.text, provider=asked.engine.provider.name, model=asked.engine.model.name,
            seconds=deadline.used(), calls=reply.calls, usage=reply.usage, cost=cost,
            prompt_version=asked.prompt_version, rung=asked.engine.rung, value=value, thoughts=reply.thoughts,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Question:
    """The same messages twice: for engines in the house, and for those outside."""

    given: tuple[Message, ...]
    hidden: tuple[Message, ...]
    masking: Masking | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question as one engine gets it."""

    purpose: Purpose
    engine: Engine
    request: Request
    masking: Masking | None
    """None: nothing was masked."""
    conversation_id: UUID | None
    characters: int
    prompt_version: int = 0


def _document(data: Mapping[str, Any]) -> Message:
    return Message("user", orjson.dumps(data).decode())


def _hidden(messages: Sequence[Message], masking: Masking) -> tuple[Message, ...]:
    return tuple(
        one
        if one.role == "system"
        else replace(
            one,
            text=masking.hide(one.text),
            calls=tuple(replace(call, arguments=masking.hide(call.arguments)) for call in one.calls),
        )
        for one in messages
    )


def _restored(reply: Reply, masking: Masking | None) -> Reply:
    if masking is None:
        return reply
    calls = tuple(replace(call, arguments=masking.restore(call.arguments)) for call in reply.calls)
    return replace(reply, text=masking.restore(reply.text), calls=calls)


def _usage_of(result: Reply | Embedded) -> Usage:
    return result.usage


def _value(masking: Masking | None, output: type[BaseModel] | None, reply: Reply) -> BaseModel | None:
    """The text as the output that was asked for, also out of a code fence. Raises: `ModelFailed`."""
    if output is None or reply.calls:
        return None
    text = _restored(reply, masking).text.strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].rpartition("```")[0]
    try:
        return output.model_validate_json(text)
    except ValidationError as error:
        raise ModelFailed(FailureCode.BAD_ANSWER, f"not {output.__name__}", is_ill=False) from error
