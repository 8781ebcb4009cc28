"""One engine at a time: its client, breaker, pauses, retries and budget; each call recorded."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import structlog
from pydantic import BaseModel

from tongxi.kit.breaker import Breaker
from tongxi.kit.clock import Clock
from tongxi.llm import retry
from tongxi.llm.budget import Budget, money
from tongxi.llm.configuration import Provider
from tongxi.llm.deadline import Deadline
from tongxi.llm.engines import Engine, Setup
from tongxi.llm.ledger import Ledger
from tongxi.llm.protocol import (
    Call,
    Client,
    Completion,
    Delta,
    FailureCode,
    ModelFailed,
    Purpose,
    Reply,
    Started,
    StreamItem,
    Usage,
)
from tongxi.llm.question import Asked, restored

log = structlog.get_logger(__name__)
T = TypeVar("T")

FAILURES, REST_SECONDS = 3, 20.0
"""A model that fails costs its customer seconds: it is left alone soon and long."""
MAX_REST_SECONDS = 60.0
"""The longest a `Retry-After` is heeded without looking again."""
RETIRE_SECONDS = 300.0
"""A client whose provider was changed is closed after this time: no question runs as long."""


class Asker:
    """The engines of one process."""

    def __init__(self, clock: Clock, connect: Callable[[Provider], Client], ledger: Ledger | None) -> None:
        self.setup = Setup()
        self.budget = Budget(clock, ledger)
        self._clock = clock
        self._connect = connect
        self._clients: dict[UUID, tuple[Provider, Client]] = {}
        self._retired: list[tuple[float, Client]] = []
        self._breakers: dict[tuple[UUID, str, Purpose], Breaker] = {}
        self._not_before: dict[UUID, float] = {}

    async def configure(self, setup: Setup) -> None:
        """Use this from the next question on; running ones end as they began. A changed provider begins afresh."""
        known = {one.id: one for one in setup.providers}
        changed = [
            one
            for one, (provider, _) in self._clients.items()
            if known.get(one) != provider or setup.keys.get(one) != self.setup.keys.get(one)
        ]
        now = self._clock.monotonic()
        for provider_id in changed:
            self._retired.append((now, self._clients.pop(provider_id)[1]))
            self._not_before.pop(provider_id, None)
            for key in [key for key in self._breakers if key[0] == provider_id]:
                del self._breakers[key]
        self.setup = setup
        for at, client in list(self._retired):
            if now - at > RETIRE_SECONDS:
                self._retired.remove((at, client))
                await client.close()

    async def close(self) -> None:
        """Let go of connections; write what is to be recorded."""
        for client in [client for _, client in (*self._clients.values(), *self._retired)]:
            await client.close()
        self._clients.clear()
        self._retired.clear()
        await self.budget.close()

    def is_resting(self, engine: Engine, purpose: Purpose) -> bool:
        """Whether an engine is left alone for the moment."""
        now = self._clock.monotonic()
        breaker = self._breakers.get((engine.provider.id, engine.model.name, purpose))
        is_open = breaker is not None and breaker.is_open and now < breaker.retry_at
        return is_open or now < self._not_before.get(engine.provider.id, 0.0)

    async def tried(
        self,
        asked: Asked,
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
            self.budget.release(reserved)
            self.record(asked, self._clock.monotonic() - started, tries, outcome, counted)

    async def streamed(self, asked: Asked, deadline: Deadline, *, is_last: bool) -> AsyncGenerator[StreamItem, None]:
        """One engine's stream, asked again only while nothing of it was passed on. Raises: `ModelFailed`."""
        provider, masking = asked.engine.provider, asked.masking
        started = self._clock.monotonic()
        tries, first, has_spoken = 0, None, False
        counted = Usage()
        outcome: str = FailureCode.STOPPED
        reserved = await self._admitted(asked, deadline)
        end = min(started + provider.timeout_seconds, deadline.end)
        first_end = min(started + provider.first_seconds, started + deadline.share(is_last=is_last))
        client = self.client(provider)
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
                    yield self.completion(asked, restored(item, masking), deadline)
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
            self.budget.release(reserved)
            seconds = self._clock.monotonic() - started
            self.record(asked, seconds, tries, outcome, counted, first=first)

    # ── engines: rest, retry, money ─────────────────────────────────────────────────────────────────

    async def _admitted(self, asked: Asked, deadline: Deadline) -> Decimal:
        """What the call is expected to cost, set aside. Raises: `ModelFailed` when it may not be made."""
        engine = asked.engine
        now = self._clock.monotonic()
        if deadline.left() <= 0:
            raise self._named(ModelFailed(FailureCode.TIMEOUT, "no time left"), engine)
        if now < self._not_before.get(engine.provider.id, 0.0) or not self._breaker(asked).allows(now):
            raise self._skipped(asked, FailureCode.RESTING)
        expected = await self.budget.reserve(self.setup.settings, engine, asked.characters, asked.conversation_id)
        if expected is None:
            raise self._skipped(asked, FailureCode.BUDGET)
        return expected

    def _skipped(self, asked: Asked, code: FailureCode) -> ModelFailed:
        """An engine that is not asked; recorded, so that people see why the next one was."""
        self.record(asked, 0.0, 0, code, Usage())
        return self._named(ModelFailed(code), asked.engine)

    @staticmethod
    def _named(error: ModelFailed, engine: Engine) -> ModelFailed:
        error.provider, error.model = engine.provider.name, engine.model.name
        return error

    def record(
        self, asked: Asked, seconds: float, tries: int, outcome: str, usage: Usage, *, first: float | None = None
    ) -> None:
        cost, spent = money(self.setup.settings, asked.engine, usage)
        self.budget.record(
            Call(
                purpose=asked.purpose, provider_id=asked.engine.provider.id, provider=asked.engine.provider.name,
                model=asked.engine.model.name, outcome=str(outcome), milliseconds=round(seconds * 1000),
                first_milliseconds=None if first is None else round(first * 1000), tries=tries, rung=asked.engine.rung,
                usage=usage, cost=cost, spent=spent, is_masked=asked.masking is not None,
                conversation_id=asked.conversation_id, prompt_version=asked.prompt_version,
            )
        )  # fmt: skip

    def _breaker(self, asked: Asked) -> Breaker:
        key = (asked.engine.provider.id, asked.engine.model.name, asked.purpose)
        return self._breakers.setdefault(key, Breaker(FAILURES, REST_SECONDS))

    def _succeeded(self, asked: Asked) -> None:
        self._breaker(asked).succeeded()

    def _failed(self, asked: Asked, error: ModelFailed, seconds: float) -> None:
        self._named(error, asked.engine)
        if error.is_ill:
            self._breaker(asked).failed(self._clock.monotonic())
        else:
            self._breaker(asked).succeeded()
        log.warning(
            "model.failed", provider=asked.engine.provider.name, model=asked.engine.model.name, purpose=asked.purpose,
            code=error.code, detail=error.detail, seconds=round(seconds, 3),
        )  # fmt: skip

    def _wait(self, asked: Asked, error: ModelFailed, tries: int, end: float) -> float | None:
        """Seconds until the next try at the same engine; None: go on to the next one."""
        now = self._clock.monotonic()
        if error.is_worth_retrying and tries <= asked.engine.provider.retries and not self._breaker(asked).is_open:
            wait = retry.delay(tries, retry_after=error.retry_after, left=end - now, chance=random.random())
            if wait is not None:
                return wait
        if error.retry_after:
            self._not_before[asked.engine.provider.id] = now + min(error.retry_after, MAX_REST_SECONDS)
        return None

    def client(self, provider: Provider) -> Client:
        known = self._clients.get(provider.id)
        if known is None or known[0] != provider:
            known = self._clients[provider.id] = (provider, self._connect(provider))
        return known[1]

    def completion(self, asked: Asked, reply: Reply, deadline: Deadline, value: BaseModel | None = None) -> Completion:
        cost, _ = money(self.setup.settings, asked.engine, reply.usage)
        return Completion(
            purpose=asked.purpose, text=reply.text, provider=asked.engine.provider.name, model=asked.engine.model.name,
            seconds=deadline.used(), calls=reply.calls, usage=reply.usage, cost=cost,
            prompt_version=asked.prompt_version, rung=asked.engine.rung, value=value, thoughts=reply.thoughts,
        )  # fmt: skip
