"""When the bot is unsure by itself, a model may read the message once more: what it finds becomes a question back.

So nothing is answered, and no flow is started, on a model's word alone: the customer says yes first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from tongxi.bot.memory import Memory
from tongxi.bot.patience import unless_moved_on
from tongxi.bot.second_reading import FlowChoice, IntentChoice, SecondReading, read
from tongxi.bot.understanding import Meaning, Understanding
from tongxi.decisions import Decision, Reason
from tongxi.house import House
from tongxi.kit.i18n import base
from tongxi.knowledge.index import Hit

UNSURE = ("unknown", "quote")
"""Choices that say that nothing fits well."""
SURE_ENOUGH = 0.5
"""What the model has to think of its own reading."""


async def reconsidered(
    house: House, conversation_id: UUID, seen: Understanding, decision: Decision, memory: Memory, *, persona: str
) -> tuple[Understanding, Decision]:
    """What was understood and decided, or the question back that a second reading leads to. Raises nothing."""
    is_unsure = decision.choice in UNSURE and not seen.says_wrong
    if not is_unsure or seen.manipulation or memory.has_clarified or not house.models.has("understand"):
        return seen, decision
    language = base(seen.language)
    intents, flows = list(_intents(house, seen, language)), list(_flows(house, language))
    reading = read(house.models, seen.text, intents, flows, conversation_id=conversation_id)
    second = await unless_moved_on(house, conversation_id, reading, persona=persona)
    if second is None or (second.confidence < SURE_ENOUGH and second.flow is None):
        return seen, decision
    found = list(dict.fromkeys(_meanings(house, seen, second, language)))
    if not found:
        return seen, decision
    reason = Reason(code="model_read", value=round(second.confidence, 3), name=second.model, seq=seen.seq)
    changed = {"choice": "ask", "rule": "half_sure", "reasons": (reason, *decision.reasons)}
    return replace(seen, meanings=tuple(found), alike=()), decision.model_copy(update=changed)


def _intents(house: House, seen: Understanding, language: str) -> Iterator[IntentChoice]:
    """Those the local reading thinks of first, then the others."""
    first = [guess.intent for guess in house.intents.read(seen.text, seen.language).guesses]
    for code in dict.fromkeys([*first, *house.intents.codes()]):
        intent = house.intents.about(code)
        if intent is not None and (intent.article or intent.flow):
            name, about = (intent.name_zh, intent.about_zh) if language == "zh" else (intent.name_en, intent.about_en)
            yield IntentChoice(code, f"{name}: {about}" if about else name)


def _flows(house: House, language: str) -> Iterator[FlowChoice]:
    for flow in house.flows.enabled():
        slots = {name: slot.title.text(language) for name, slot in flow.slots.items()}
        yield FlowChoice(flow.name, flow.about.text(language), slots)


def _meanings(house: House, seen: Understanding, second: SecondReading, language: str) -> Iterator[Meaning]:
    """What the reading can lead to here: a flow that may run, an article that is published."""
    intent = house.intents.about(second.intent) if second.intent else None
    for name in (second.flow, intent.flow if intent else None):
        live = house.flows.get(name) if name else None
        if live is not None:
            yield Meaning(f"flow:{live.flow.name}", live.flow.title.text(language), 1.0)
    if intent is not None and intent.article:
        name = intent.name_zh if language == "zh" else intent.name_en
        hits = house.knowledge.search(name, seen.language)
        hit = next((hit for hit in hits if _slug(hit) == intent.article), None)
        if hit is not None:
            yield Meaning(str(hit.article_id), hit.title, 1.0)


def _slug(hit: Hit) -> str:
    return hit.slug.removesuffix(f".{hit.language}")
