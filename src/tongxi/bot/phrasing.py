"""An answer in a model's words, when it stands in the passages; else the quotation that is there already.

The model gets the passages the bot found and nothing else. It never decides whether to answer, and nobody waits for it
longer than needed: as soon as anything happens in the conversation, the thinking ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog

from tongxi.bot import answer, grounding
from tongxi.bot.answer import Draft
from tongxi.bot.flows import contact_of
from tongxi.bot.lookup import Lookup
from tongxi.bot.patience import unless_moved_on, who
from tongxi.bot.understanding import NEAR, Understanding
from tongxi.bot.writing import Preview, Written, write
from tongxi.configuration.bot import BotPersona
from tongxi.decisions import Reason
from tongxi.house import House
from tongxi.kit.i18n import base
from tongxi.knowledge.index import Hit
from tongxi.knowledge.text import MAX_CHARS
from tongxi.llm.protocol import FailureCode, ModelFailed
from tongxi.llm.text import visible

log = structlog.get_logger(__name__)

MAX_PASSAGES = 3
NO_ANSWER = "NO ANSWER"
"""What the prompt tells a model to write when the passages hold no answer."""


async def phrase(
    house: House, conversation_id: UUID, contact_id: UUID, seen: Understanding, quotation: Draft, *, persona: str
) -> tuple[Draft, tuple[Reason, ...]]:
    """Let the model phrase the answer; gives what to say and why it is that. `persona` is shown as the one typing.

    The draft's choice is `unknown`, without words, when the model finds no answer in the passages.
    """
    hits = passages(seen)
    if not hits:
        return quotation, ()
    data, evidence = material(seen, hits)
    data["voice"] = voice(house.bot.settings.persona, seen.language)
    lookup = await _lookup(house, contact_id, first_number=len(hits) + 1)
    try:
        written = await _ask(house, conversation_id, data, evidence, lookup, persona)
    except ModelFailed as error:
        code = "model_budget" if error.code is FailureCode.BUDGET else "model_failed"
        return quotation, (_reason(code, error.model, error.seconds, met=False),)
    if written is None:
        return quotation, (Reason(code="model_stopped", met=False),)
    fallen = (Reason(code="model_fallback", value=float(written.rung), name=written.model),) if written.rung else ()
    if declines(written.text):
        return Draft("unknown", ""), (_reason("model_declined", written.model, written.seconds, met=False), *fallen)
    evidence += [found.text for found in written.found]
    checked = written.flaw or grounding.check(written.text, evidence)
    if isinstance(checked, grounding.Flaw):
        log.info("model.ungrounded", model=written.model, prompt_version=written.prompt_version, flaw=checked)
        return quotation, (_reason("model_ungrounded", written.model, written.seconds, met=False), *fallen)
    return _said(checked, hits, written, seen), (_reason("model_phrased", written.model, written.seconds), *fallen)


def _said(checked: grounding.Grounded, hits: list[Hit], written: Written, seen: Understanding) -> Draft:
    """The model's words with the sources it named: articles, and what it looked up."""
    cited = [hits[index] for index in checked.cited if index < len(hits)]
    looked_up = [written.found[index - len(hits)] for index in checked.cited if index >= len(hits)]
    content: dict[str, Any] = {}
    if cited:
        content["sources"] = [answer.source(hit, answer.extract(hit.text, seen.text, hit.language)) for hit in cited]
        content |= answer.shown(cited)
    if looked_up:
        content["live"] = [{"system": one.system, "checked_at": one.checked_at.isoformat()} for one in looked_up]
    evidence = (*(hit.text for hit in cited), *(one.text for one in looked_up))
    return answer.with_offer(Draft("answer", checked.text, content, checked.text, evidence), seen)


async def _lookup(house: House, contact_id: UUID, *, first_number: int) -> Lookup | None:
    """The tools this customer's answer may use; None when the operator has not allowed it."""
    if not house.models.setup.settings.look_up:
        return None
    contact = await contact_of(house.db, contact_id)
    return Lookup(house.connectors, contact.shop_id or "", first_number=first_number)


def material(seen: Understanding, hits: Sequence[Hit]) -> tuple[dict[str, Any], list[str]]:
    """What a model is given, and the passages its text is checked against, both in the same order."""
    data = {
        "question": visible(seen.text[:MAX_CHARS]),
        "passages": [
            {"n": n, "title": visible(hit.title), "text": visible(hit.text)} for n, hit in enumerate(hits, start=1)
        ],
        "language": seen.language,
    }
    return data, [f"{hit.title}\n{hit.section}\n{hit.text}" for hit in hits]


def voice(persona: BotPersona, language: str) -> dict[str, Any]:
    """How a model should sound."""
    is_formal, is_chinese = persona.formality == "formal", base(language) == "zh"
    address = ("您" if is_formal else "你") if is_chinese else ("you, politely" if is_formal else "you, casually")
    return {"address": address, "do": persona.do.into(language), "dont": persona.dont.into(language)}


def declines(text: str) -> bool:
    """Whether a model says that the passages hold no answer."""
    return text.strip(" .。\n") == NO_ANSWER


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


async def _ask(
    house: House,
    conversation_id: UUID,
    data: dict[str, Any],
    evidence: list[str],
    lookup: Lookup | None,
    persona: str,
) -> Written | None:
    """Ask while the customer sees the typing sign or what is checked of the answer so far.

    None when the conversation moved on meanwhile; what was shown is taken back then.
    """
    by = who(persona)

    def show(text: str) -> None:
        house.live.signal(conversation_id, "draft", {"by": by, "text": text})

    streams = house.models.setup.settings.stream and house.live.is_watched(conversation_id)
    preview = Preview(show) if streams else None
    writing = write(house.models, data, evidence, conversation_id=conversation_id, lookup=lookup, preview=preview)
    written = await unless_moved_on(house, conversation_id, writing, persona=persona)
    if written is None and preview is not None:
        preview.update("")
    return written
