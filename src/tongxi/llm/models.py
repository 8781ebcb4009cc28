"""The language models of one process: asked by purpose, in the order the operator set, within the budget.

A call ends with a finished answer or with `ModelFailed`. In between: one engine after the other, each with its
breaker, its retries and its share of the time; personal data stays at home; every call is recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from tongxi.kit.clock import Clock
from tongxi.llm.asking import Asker
from tongxi.llm.configuration import Provider
from tongxi.llm.deadline import Deadline
from tongxi.llm.engines import Engine, Setup
from tongxi.llm.ledger import Ledger
from tongxi.llm.masking import Find, Masking
from tongxi.llm.prompt import load
from tongxi.llm.protocol import (
    Client,
    Completion,
    FailureCode,
    Message,
    ModelFailed,
    Purpose,
    Request,
    StreamItem,
    ToolSpec,
)
from tongxi.llm.question import Asked, Question, document, hidden, restored, usage_of, value_of

SECONDS: dict[Purpose, float] = {
    "understand": 3.0, "answer": 8.0, "brief": 15.0, "judge": 20.0, "translate": 5.0, "embed": 10.0,
}  # fmt: skip
"""For one question, over all engines; well below the bot's ten where a customer waits."""


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
        self._clock = clock
        self._asker = Asker(clock, connect, ledger)
        self._find = find_personal_data

    # ── what is configured ──────────────────────────────────────────────────────────────────────────

    async def configure(self, setup: Setup) -> None:
        """Use these providers and settings from the next question on; running ones end as they began."""
        await self._asker.configure(setup)

    @property
    def setup(self) -> Setup:
        """What is configured."""
        return self._asker.setup

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
        return self._asker.is_resting(engine, purpose)

    async def spent_today(self) -> Decimal:
        """What the installation has spent since midnight UTC, in the budget's currency."""
        return await self._asker.budget.spent_today()

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
                client = self._asker.client(engine.provider)
                reply, value = await self._asker.tried(
                    asked, deadline, is_last=engine is engines[-1],
                    attempt=partial(client.complete, asked.request), usage=usage_of,
                    check=partial(value_of, asked.masking, output),
                )  # fmt: skip
                return self._asker.completion(asked, restored(reply, asked.masking), deadline, value)
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
                async with aclosing(self._asker.streamed(asked, deadline, is_last=engine is engines[-1])) as items:
                    async for item in items:
                        yield item
                return
            except ModelFailed as error:
                failed = error
        raise deadline.over(failed)

    async def embed(
        self, texts: Sequence[str], *, seconds: float | None = None, engine: Engine | None = None
    ) -> list[tuple[float, ...]]:
        """One vector a text, all from the first engine that answers, or from `engine` alone. Raises: `ModelFailed`.

        Texts are masked like questions: what is found by a number is found by other means.
        """
        masking = self._masking()
        deadline = Deadline(self._clock, seconds or SECONDS["embed"])
        failed = ModelFailed(FailureCode.NO_MODEL)
        for one in (engines := [engine] if engine else self.engines("embed")):
            is_hidden = masking is not None and not one.provider.is_inside
            given = [masking.hide(text) for text in texts] if masking and is_hidden else list(texts)
            asked = Asked("embed", one, Request(one.model.name, ()), None, None, sum(map(len, given)))
            try:
                client = self._asker.client(one.provider)
                embedded = await self._asker.tried(
                    asked, deadline, is_last=one is engines[-1],
                    attempt=partial(client.embed, one.model.name, given), usage=usage_of,
                )  # fmt: skip
                return list(embedded[0].vectors)
            except ModelFailed as error:
                failed = error
        raise deadline.over(failed)

    async def try_engine(self, engine: Engine, messages: Sequence[Message], *, seconds: float) -> Completion:
        """One call at one engine, past breakers and orders, for the connection test. Raises: `ModelFailed`."""
        request = Request(engine.model.name, tuple(messages))
        asked = Asked("judge", engine, request, None, None, 0)
        deadline = Deadline(self._clock, seconds)
        try:
            async with asyncio.timeout(seconds):
                reply = await self._asker.client(engine.provider).complete(request)
        except TimeoutError as error:
            raise deadline.over(ModelFailed(FailureCode.TIMEOUT)) from error
        except ModelFailed as error:
            raise deadline.over(error) from error
        self._asker.record(asked, deadline.used(), 1, "ok", reply.usage)
        return self._asker.completion(asked, reply, deadline)

    async def offered(self, provider: Provider, *, seconds: float = 10.0) -> list[str]:
        """Names of the models a provider offers. Raises: `ModelFailed`."""
        try:
            async with asyncio.timeout(seconds):
                return await self._asker.client(provider).models()
        except TimeoutError as error:
            raise ModelFailed(FailureCode.TIMEOUT) from error

    async def close(self) -> None:
        """Let go of connections; write what is to be recorded."""
        await self._asker.close()

    # ── what is asked ───────────────────────────────────────────────────────────────────────────────

    def _masking(self) -> Masking | None:
        return Masking(self._find) if self._find is not None and self.setup.settings.mask else None

    def _question(
        self,
        messages: Sequence[Message],
        data: Mapping[str, Any] | None,
        own: frozenset[str],
        after: Sequence[Message],
    ) -> Question:
        """The messages as they are, and as they leave the house."""
        plain = (document(data),) if data is not None else ()
        given = (*messages, *plain, *after)
        masking = self._masking()
        if masking is None:
            return Question(given, given, None)
        masked = (document(masking.hide_in(data, but=own)),) if data is not None else ()
        return Question(given, (*hidden(messages, masking), *masked, *hidden(after, masking)), masking)

    def _asked(
        self,
        purpose: Purpose,
        engine: Engine,
        question: Question,
        tools: Sequence[ToolSpec],
        conversation_id: UUID | None,
        prompt_version: int,
    ) -> Asked:
        masking = None if engine.provider.is_inside else question.masking
        given = question.given if masking is None else question.hidden
        request = Request(engine.model.name, given, tuple(tools))
        characters = sum(len(one.text) for one in given)
        return Asked(purpose, engine, request, masking, conversation_id, characters, prompt_version)
