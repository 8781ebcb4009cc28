"""An answer in a model's words, when it stands in the passages; else the quotation that is there already.

The model gets the passages the bot found and nothing else. It never decides whether to answer, and nobody waits for it
longer than needed: as soon as anything happens in the conversation, the thinking ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import structlog

from tongxi.bot import answer, grounding
from tongxi.bot.answer import Draft
from tongxi.bot.understanding import NEAR, Understanding
from tongxi.decisions import Reason
from tongxi.house import House
from tongxi.kit.i18n import base
from tongxi.knowledge.index import Hit
from tongxi.knowledge.text import MAX_CHARS
from tongxi.llm.protocol import Completion, ModelFailed

log = structlog.get_logger(__name__)

MAX_PASSAGES = 3
TYPING_EVERY_SECONDS = 3.0
"""The sign expires after six seconds on the screens."""


async def phrase(
    house: House, conversation_id: UUID, seen: Understanding, quotation: Draft, *, persona: str
) -> tuple[Draft, tuple[Reason, ...]]:
    """Let the model phrase the answer; gives what to say and why it is that. `persona` is shown as the one typing."""
    hits = passages(seen)
    if not hits:
        return quotation, ()
    data = {
        "question": seen.text[:MAX_CHARS],
        "passages": [{"n": n, "title": hit.title, "text": hit.text} for n, hit in enumerate(hits, start=1)],
        "language": seen.language,
    }
    try:
        written = await _ask(house, conversation_id, data, persona)
    except ModelFailed as error:
        return quotation, (_reason("model_failed", error.model, error.seconds, met=False),)
    if written is None:
        return quotation, (Reason(code="model_stopped", met=False),)
    checked = grounding.check(written.text, [f"{hit.title}\n{hit.section}\n{hit.text}" for hit in hits])
    if isinstance(checked, grounding.Flaw):
        log.info("model.ungrounded", model=written.model, prompt_version=written.prompt_version, flaw=checked)
        return quotation, (_reason("model_ungrounded", written.model, written.seconds, met=False),)
    cited = [hits[index] for index in checked.cited]
    sources = [answer.source(hit, answer.extract(hit.text, seen.text, hit.language)) for hit in cited]
    evidence = tuple(hit.text for hit in cited)
    draft = Draft("answer", checked.text, {"sources": sources}, checked.text, evidence)
    return draft, (_reason("model_phrased", written.model, written.seconds),)


def passages(seen: Understanding) -> list[Hit]:
    """What the model may speak from: good hits in the customer's language; none when the best one is in another.

    A translation cannot be checked word by word, so none is asked for.
    """
    best, language = seen.hits[0], base(seen.language)
    if base(best.language) != language:
        return []
    good = [hit for hit in seen.hits if hit.score >= best.score * NEAR and base(hit.language) == language]
    return good[:MAX_PASSAGES]


def _reason(code: str, model: str, seconds: float, *, threshold: float | None = None, met: bool = True) -> Reason:
    return Reason(code=code, value=round(seconds, 3), threshold=threshold, met=met, name=model)


async def _ask(house: House, conversation_id: UUID, data: dict[str, Any], persona: str) -> Completion | None:
    """Ask while the customer sees the typing sign; None when the conversation moved on meanwhile."""
    sign: dict[str, Any] = {"by": {"kind": "bot", "id": None, "name": persona, "ai": True}}
    thinking = asyncio.ensure_future(house.models.compose("answer", data, conversation_id=conversation_id))
    with _moved_on(house, conversation_id) as moved:
        try:
            while not (thinking.done() or moved.done()):
                house.live.signal(conversation_id, "typing", {**sign, "on": True})
                await asyncio.wait((thinking, moved), timeout=TYPING_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            return thinking.result() if thinking.done() else None
        finally:
            thinking.cancel()
            house.live.signal(conversation_id, "typing", {**sign, "on": False})


@contextmanager
def _moved_on(house: House, conversation_id: UUID) -> Iterator[asyncio.Future[None]]:
    """Done as soon as something is committed in the conversation: a message, another holder, the end."""
    moved: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(committed_in: UUID, _changed: bool) -> None:
        if committed_in == conversation_id and not moved.done():
            moved.set_result(None)

    if house.turns.get(conversation_id):  # the customer wrote before we could look
        moved.set_result(None)
    house.live.watch(look)
    try:
        yield moved
    finally:
        house.live.unwatch(look)
