"""A model writes an answer: streamed or whole, with or without looking things up. Nobody is told anything here."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tongxi.bot.grounding import Flaw
from tongxi.bot.lookup import MAX_ROUNDS, Found, Lookup
from tongxi.bot.release import Release
from tongxi.llm.models import SECONDS, Models
from tongxi.llm.prompt import load
from tongxi.llm.protocol import Completion, Delta, FailureCode, Message, ModelFailed, Started, StreamItem

OWN = frozenset({"passages", "voice"})
"""The shop's own words leave the house unmasked."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote. The text is finished, but not checked as a whole."""

    text: str
    model: str
    rung: int
    seconds: float
    prompt_version: int
    found: tuple[Found, ...] = ()
    """What was looked up, citable behind the passages."""
    flaw: Flaw | None = None
    """A sentence failed its check while it was being written; the rest was not waited for."""


class Preview:
    """What the customer sees of the answer so far. `show` is called with all of it; with "" to take it back."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self.shown = ""

    def update(self, text: str) -> None:
        """Show this instead."""
        if text != self.shown:
            self.shown = text
            self._show(text)


async def write(
    models: Models,
    data: dict[str, Any],
    passages: Sequence[str],
    *,
    conversation_id: UUID | None = None,
    lookup: Lookup | None = None,
    preview: Preview | None = None,
    seconds: float = SECONDS["answer"],
) -> Written:
    """Let the engines of purpose `answer` write. `preview` None: nothing is shown before the end.

    Raises: `ModelFailed`; what was shown is taken back then.
    """
    prompt = load("answer")
    begun = time.monotonic()
    history: list[Message] = []
    for round_ in range(MAX_ROUNDS + 1):
        tools = lookup.tools() if lookup is not None and round_ < MAX_ROUNDS else []
        ask: dict[str, Any] = {
            "data": data, "own": OWN, "after": history, "tools": tools, "conversation_id": conversation_id,
            "seconds": seconds - (time.monotonic() - begun), "prompt_version": prompt.version,
        }  # fmt: skip
        system = (Message("system", prompt.text),)
        found = tuple(lookup.found) if lookup is not None else ()
        answer: Completion | _Flawed
        if preview is None:
            answer = await models.complete("answer", system, **ask)
        else:
            evidence = [*passages, *(one.text for one in found)]
            stream = models.stream("answer", system, **ask)
            answer = await _watched(stream, evidence, preview)
        took = time.monotonic() - begun
        if isinstance(answer, _Flawed):
            return Written("", answer.model, answer.rung, took, prompt.version, flaw=answer.flaw)
        if not answer.calls:
            return Written(answer.text, answer.model, answer.rung, took, prompt.version, found)
        if lookup is None or not tools:
            break
        history.append(Message("assistant", answer.text, answer.calls, thoughts=answer.thoughts))
        history += [await lookup.answer(call) for call in answer.calls]
    error = ModelFailed(FailureCode.BAD_ANSWER, "does not stop asking for tools", is_ill=False)
    error.model, error.seconds = answer.model, time.monotonic() - begun
    raise error


@dataclass(frozen=True, slots=True)
class _Flawed:
    flaw: Flaw
    model: str
    rung: int


async def _watched(
    stream: AsyncGenerator[StreamItem, None], evidence: Sequence[str], preview: Preview
) -> Completion | _Flawed:
    """Read a stream and show its checked beginning. Raises: `ModelFailed`."""
    release = Release(evidence)
    started = Started("", "", 0)
    is_kept = False
    try:
        async with aclosing(stream) as items:
            async for item in items:
                match item:
                    case Started():
                        started, release = item, Release(evidence)
                        preview.update("")
                    case Delta(text):
                        if release.take(text):
                            preview.update(release.shown)
                        elif release.flaw is not None:
                            return _Flawed(release.flaw, started.model, started.rung)
                    case Completion():
                        is_kept = not item.calls
                        return item
        raise AssertionError("a stream ends with its answer or a failure")
    finally:
        if not is_kept:
            preview.update("")
