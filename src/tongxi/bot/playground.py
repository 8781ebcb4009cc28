"""A turn that nobody hears: the same understand → decide → compose → approve, nothing stored, no write, all shown.

Flows run dry. What the playground answers is what the bot would say, with each stage's reading and time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any
from uuid import UUID

from tongxi.bot import answer, counterfactual, flows, policy
from tongxi.bot.approval import approve
from tongxi.bot.approval import withheld as held_back
from tongxi.bot.flows.dry_run import SAMPLE, Recorder
from tongxi.bot.flows.journal import MemoryJournal
from tongxi.bot.flows.step import FlowContact, FlowStep
from tongxi.bot.memory import Memory
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.phrasing import phrase
from tongxi.bot.reconsidering import reconsidered
from tongxi.bot.remembering import remember
from tongxi.bot.situation import Situation
from tongxi.bot.thinking import decided, led_back, nearer, standing_of, understood
from tongxi.bot.threshold import answer_at
from tongxi.bot.understanding import Understanding
from tongxi.configuration.bot import BotSettings
from tongxi.conversations.events import NIL
from tongxi.conversations.inboxes import Inbox
from tongxi.decisions import Decision, Reason
from tongxi.house import House
from tongxi.kit.errors import Invalid, NotFound
from tongxi.kit.ids import new_id

EXCERPT = 240
CHANGEABLE = {
    "confidence", "rival", "mood", "mood_before", "unanswered_count", "wrong_count", "has_clarified", "wants_person",
    "red_line", "complaint", "critical", "manipulation", "small_talk", "is_verified", "threshold",
}  # fmt: skip
"""Features that "change a condition" may set."""


@dataclass(slots=True)
class Timer:
    """Milliseconds of each stage."""

    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what is done inside."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + (time.perf_counter() - started) * 1000


@dataclass(frozen=True, slots=True)
class Try:
    """What is typed, as whom, under which settings."""

    text: str
    language: str
    persona: str
    bot: BotSettings
    version: int
    contact: FlowContact
    inbox: Inbox | None = None
    memory: Memory = field(default_factory=Memory)
    """As the try before gave it back; the playground stores nothing."""
    quick_reply: str | None = None
    override: dict[str, Any] | None = None
    use_model: bool = False
    """Ask the models as a conversation would; it costs what they cost."""


async def run(house: House, given: Try) -> dict[str, Any]:
    """Think as a turn would and show everything. Raises: `Invalid` for an override that does not fit."""
    timer = Timer()
    message = CustomerMessage(seq=1, text=given.text, at=house.clock.now(), quick_reply=given.quick_reply)
    with timer.stage("understand"):
        seen = await house.in_full(
            lambda: understood(
                house, [message], inbox=given.inbox, language=given.language, memory=given.memory,
                is_verified=given.contact.is_verified, limits=given.bot.limits,
            )
        )  # fmt: skip
    with timer.stage("promise"):
        standing = standing_of(house, seen)
        situation = Situation.of(seen, given.memory, standing)
    if given.override:
        situation = overridden(situation, given.override)
    with timer.stage("decide"):
        decision = decided(situation, seen, standing, given.bot, version=given.version)
    if given.use_model and not given.override and house.vectors.is_on:
        with timer.stage("vectors"):
            seen, situation, decision = await nearer(house, seen, situation, decision, given.memory, given.bot)
    memory = remember(given.memory, seen, decision)
    approval: Decision | None = None
    tools = Recorder(house.clock.now(), None if given.contact.external_id == SAMPLE else house.connectors)
    if decision.choice.startswith("flow:"):
        with timer.stage("flow"):
            step = await dry_step(house, decision.choice.removeprefix("flow:"), given, seen, tools)
        decision = decision.model_copy(update={"reasons": (*decision.reasons, *step.reasons)})
        draft = answer.Draft(decision.choice, step.text, step.content)
        memory = memory.model_copy(update={"flow": step.flow, "unanswered_count": 0, "clarification": ()})
    else:
        trial = new_id()
        if given.use_model and decision.choice != "hand_off":
            with timer.stage("model"):
                seen, decision = await reconsidered(house, trial, seen, decision, given.memory, persona=given.persona)
        decision, draft, approval = respond(seen, situation, decision, given.bot, persona=given.persona, timer=timer)
        if given.use_model and is_phrased(house, seen, decision):
            with timer.stage("model"):
                draft, why = await phrase(house, trial, given.contact.id, seen, draft, persona=given.persona)
            decision = decision.model_copy(update={"reasons": (*decision.reasons, *why)})
            if draft.choice == "unknown":
                decision = decision.model_copy(update={"choice": "unknown"})
                draft = answer.compose(decision, seen, language=seen.language, persona=given.persona, bot=given.bot)
        memory = remember(given.memory, seen, decision)
    at = answer_at(situation, given.bot)
    reply = led_back(house, memory, decision, draft, seen.language)
    return {
        "text": seen.text,
        "language": seen.language,
        "topic": seen.subject,
        "features": situation.features(),
        "passages": shown_hits(seen),
        "meanings": [{"id": m.id, "label": m.label, "score": round(m.score, 4)} for m in seen.meanings],
        "meters": meters(situation, given.bot),
        "rules": rules_of(situation, given.bot),
        "promise": {
            "group": situation.group,
            "state": situation.standing,
            "answer_at": round(at, 6) if math.isfinite(at) else None,
            "certificate": situation.certificate or None,
        },
        "decision": decision.data(),
        "reply": {"text": reply[0], "content": reply[1]},
        "approval": approval.data() if approval else None,
        "counterfactuals": counterfactuals(situation, given.bot, decision),
        "version": given.version,
        "knowledge_version": house.knowledge.version,
        "used_model": "model" in timer.stages,
        "tools": tools.trace,
        "ms": {name: round(value, 2) for name, value in timer.stages.items()},
        "memory": memory.model_dump(mode="json", exclude_defaults=True),
    }


def is_phrased(house: House, seen: Understanding, decision: Decision) -> bool:
    """Whether a conversation would let a model phrase this answer."""
    return (
        decision.rule == "answer"
        and decision.choice == "answer"
        and not seen.manipulation
        and house.models.has("answer")
    )


async def contact_of(house: House, contact_id: UUID | None, *, is_verified: bool) -> FlowContact:
    """Whom the playground plays: a contact, or nobody in particular, who has made-up orders when he is signed in.

    Raises: `NotFound` when there is no such contact.
    """
    if contact_id is not None:
        contact = await flows.contact_of(house.db, contact_id)
        if contact.id == NIL:
            raise NotFound
        return contact
    return FlowContact(SAMPLE if is_verified else None, is_verified)


async def dry_step(house: House, name: str, given: Try, seen: Understanding, tools: Recorder) -> FlowStep:
    """The next step of a flow; what it reads is real, or made up for nobody in particular; what it writes pretended."""
    return await flows.run_flow(
        name, memory=given.memory, said=seen.said, contact=given.contact, connectors=tools, language=seen.language,
        now=house.clock.now(), flows=house.flows, journal=MemoryJournal(),
    )  # fmt: skip


def meters(s: Situation, bot: BotSettings) -> list[dict[str, Any]]:
    """What was measured, beside what it is compared with; values 0…1 and moods as they are."""
    limits = bot.limits
    at = answer_at(s, bot)
    rows: list[tuple[str, float, float | None]] = [
        ("wants_person", 1.0 if s.wants_person else 0.0, 1.0),
        ("mood", float(s.mood), float(limits.mood_at)),
        ("mood_drop", float(max(0, (s.mood_before or 0) - s.mood)) if s.mood_before is not None else 0.0,
         float(limits.mood_drop)),
        ("upset", s.upset, limits.upset_at),
        ("urgency", s.urgency_score, None),
        ("complexity", s.complexity_score, None),
        ("manipulation", (s.manipulation.value or 0.0) if s.manipulation else 0.0, limits.manipulation_at),
        ("confidence", s.confidence, at if math.isfinite(at) else None),
        ("rival", s.confidence - s.rival if s.rival else 1.0, limits.close_by),
        ("intent", s.intent_score, limits.intent_at),
        ("out_of_scope", s.out_of_scope, limits.out_of_scope_at),
    ]  # fmt: skip
    return [
        {"code": code, "value": round(value, 4), "threshold": round(threshold, 4) if threshold is not None else None}
        for code, value, threshold in rows
    ]


def counterfactuals(s: Situation, bot: BotSettings, decision: Decision) -> list[dict[str, Any]]:
    """What would have changed the choice, each tried here once more; with what is tried on screen as an override."""
    shown = []
    for flip in decision.counterfactual:
        other = counterfactual.changed(s, flip.code, flip.needs)
        rule, reason = policy.first(other, bot)
        shown.append(
            {
                **flip.model_dump(mode="json"),
                "holds": policy.choose(other, bot) == flip.choice,
                "rule": rule.name,
                "reason": reason.code,
            }
        )
    return shown


def overridden(situation: Situation, changes: dict[str, Any]) -> Situation:
    """The situation with some features set by hand; what was noticed is set by its code, false or null.

    `flip`: first one of the stated counterfactuals, `{code, needs}`. Raises: `Invalid` for a feature that is not
    known or does not fit.
    """
    if "flip" in changes:
        situation = _flipped(situation, changes["flip"])
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "flip":
            continue
        if name not in CHANGEABLE:
            raise _unfit(name, f"not one of {', '.join(sorted(CHANGEABLE))}")
        values[name] = _value(name, value, situation)
    return replace(situation, **values)


def _flipped(situation: Situation, flip: Any) -> Situation:
    try:
        return counterfactual.changed(situation, str(flip["code"]), float(flip["needs"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _unfit("flip", "code and needs of one of the counterfactuals") from None


def _value(name: str, value: Any, situation: Situation) -> Any:
    default = next(one.default for one in fields(Situation) if one.name == name)
    held = getattr(situation, name)
    if name in ("wants_person", "red_line", "complaint", "critical", "manipulation"):
        if value is None or value is False:
            return None
        if isinstance(value, bool):
            return held or Reason(code=_CODES[name], value=1.0, threshold=1.0, seq=situation.seq)
        if isinstance(value, str):
            return Reason(code=value[:60], value=1.0, threshold=1.0, seq=situation.seq)
        if isinstance(value, (int, float)):
            return Reason(code=_CODES[name], value=float(value), threshold=1.0, seq=situation.seq)
        raise _unfit(name, "true, false, a code or a score")
    if name == "small_talk":
        if value is not None and not isinstance(value, str):
            raise _unfit(name, "a kind of small talk, or null")
        return value
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise _unfit(name, "true or false")
        return value
    if value is None and name in ("mood_before", "threshold"):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _unfit(name, "a number")
    if name in ("confidence", "rival", "threshold"):
        if not 0 <= value <= 1:
            raise _unfit(name, "between 0 and 1")
        return float(value)
    if not -10 <= value <= 10:
        raise _unfit(name, "between -10 and 10")
    return int(value)


_CODES = {
    "wants_person": counterfactual.ASK, "red_line": "medical", "complaint": "complaint_risk",
    "critical": "urgency", "manipulation": "injection",
}  # fmt: skip


def _unfit(name: str, message: str) -> Invalid:
    return Invalid(errors=[{"loc": ["body", "override", name], "msg": message}])


def respond(
    seen: Understanding, situation: Situation, decision: Decision, bot: BotSettings, *, persona: str, timer: Timer
) -> tuple[Decision, answer.Draft, Decision]:
    """Compose and approve as the turn does; what cannot be stood behind becomes "I am not sure"."""
    with timer.stage("compose"):
        draft = answer.compose(decision, seen, language=seen.language, persona=persona, bot=bot)
    with timer.stage("approve"):
        checked = approve(draft, situation, bot)
    if checked.choice != "send" and decision.choice != "hand_off":
        decision = held_back(decision, checked)
        draft = answer.compose(decision, seen, language=seen.language, persona=persona, bot=bot)
    return decision, draft, checked


def rules_of(situation: Situation, bot: BotSettings) -> list[dict[str, Any]]:
    """Every rule in the order of the business, whether it held, and which one spoke."""
    spoke = False
    shown = []
    for rule in policy.ranked(bot):
        reason = rule.condition(situation, bot)
        shown.append(
            {
                "rule": rule.name,
                "choice": rule.choice,
                "held": reason is not None,
                "spoke": reason is not None and not spoke,
                "reason": reason.model_dump(mode="json", exclude_none=True) if reason else None,
            }
        )
        spoke = spoke or reason is not None
    return shown


def shown_hits(seen: Understanding) -> list[dict[str, Any]]:
    """The passages, with score."""
    return [
        {
            "article_id": str(hit.article_id),
            "slug": hit.slug,
            "title": hit.title,
            "section": hit.section,
            "language": hit.language,
            "score": round(hit.score, 4),
            "excerpt": answer.plain(hit.text)[:EXCERPT],
        }
        for hit in seen.hits
    ]
