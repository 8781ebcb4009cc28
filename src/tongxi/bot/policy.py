"""What the bot does next, and whether a draft may go out. Pure: the same situation gives the same decision.

A rule looks at the situation and gives its reason or None; the first rule that speaks wins, so its place is its rank.
The rules at the top may never be outranked: asking for a person, red lines, threats. The business ranks the others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tongxi.bot import counterfactual
from tongxi.bot.flows.matching import AMBIGUOUS
from tongxi.bot.memory import Memory
from tongxi.bot.situation import Situation
from tongxi.bot.understanding import Understanding
from tongxi.configuration.bot import LOCKED, MOVABLE, BotSettings
from tongxi.decisions import Decision, Flip, Reason, Standing
from tongxi.kit.text import READINGS, normalise

if TYPE_CHECKING:
    from tongxi.bot.answer import Draft

POLICY = "bot"
MAX_REMEMBERED = 20
ANGRY = -2
"""A fall of the mood counts only when it ends here or lower."""
CERTIFIED = "certified"
DEFAULT = BotSettings()

Condition = Callable[[Situation, BotSettings], Reason | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: what is done when its condition gives a reason."""

    name: str
    choice: str
    """`flow` stands for the flow the condition is about."""
    condition: Condition


def _wants_person(s: Situation, _: BotSettings) -> Reason | None:
    return s.wants_person


def _red_line(s: Situation, bot: BotSettings) -> Reason | None:
    return s.red_line if s.red_line and bot.is_red_line(s.red_line.code) else None


def _complaint(s: Situation, _: BotSettings) -> Reason | None:
    return s.complaint


def _critical(s: Situation, _: BotSettings) -> Reason | None:
    return s.critical


def _angry(s: Situation, bot: BotSettings) -> Reason | None:
    if s.mood > bot.limits.mood_at:
        return None
    return _anger(s, "angry", float(s.mood), float(bot.limits.mood_at))


def _mood_drop(s: Situation, bot: BotSettings) -> Reason | None:
    """The mood fell within two turns: the same as strong anger."""
    if s.mood_before is None or s.mood > ANGRY or s.mood_before - s.mood < bot.limits.mood_drop:
        return None
    return _anger(s, "mood_drop", float(s.mood_before - s.mood), float(bot.limits.mood_drop))


def _anger(s: Situation, code: str, value: float, threshold: float) -> Reason:
    span = s.anger.span if s.anger else None
    seq = s.anger.seq if s.anger else s.seq
    return Reason(code=code, value=value, threshold=threshold, seq=seq, span=span)


def _wrong_again(s: Situation, bot: BotSettings) -> Reason | None:
    if s.says_wrong is None or s.wrong_count < bot.limits.max_wrong:
        return None
    return s.says_wrong.model_copy(
        update={"code": "answers_wrong", "value": float(s.wrong_count), "threshold": float(bot.limits.max_wrong)}
    )


def _manipulation(s: Situation, bot: BotSettings) -> Reason | None:
    """Somebody tries to command the bot: it keeps to fixed sentences, calls no tool and asks no model."""
    if s.manipulation is None or (s.manipulation.value or 0.0) < bot.limits.manipulation_at:
        return None
    return s.manipulation.model_copy(update={"threshold": bot.limits.manipulation_at})


def _small_talk(s: Situation, _: BotSettings) -> Reason | None:
    is_answer = s.flow_continues is not None and s.flow_continues.value == 1.0  # "没有" to a question of the flow
    if s.picked or is_answer or ((s.flow_continues or s.was_asked) and s.small_talk == "acknowledgement"):
        return None
    return Reason(code="small_talk", seq=s.seq) if s.small_talk else None


def _flow(s: Situation, bot: BotSettings) -> Reason | None:
    """A procedure is asked for. Where it is only asked about, what the knowledge says of it goes first, and the
    procedure is offered with it; so it is where the customer has to sign in for it first. Somebody who may not use it
    gets even a half-sure answer to a question sooner than a refusal."""
    if s.picked is not None:
        is_flow = s.picked.startswith("flow:")
        return Reason(code="picked", seq=s.seq, name=s.picked.removeprefix("flow:")) if is_flow else None
    is_refused = s.needs_sign_in and not s.is_verified
    if (s.asks_rule or is_refused) and not s.asides:
        at = bot.limits.ask_at if is_refused and s.asks_rule else answer_at(s, bot)
        if s.confidence >= at:
            return None
    return s.flow_wish


def _open_flow(s: Situation, bot: BotSettings) -> Reason | None:
    """The flow goes on unless the customer clearly asks something else; the position is kept for coming back.

    What plainly answers the flow's question (value 1) goes on whatever else it resembles.
    """
    if s.flow is None or s.flow_continues is None:
        return None
    mine = {"seq": s.seq, "name": s.flow}
    if s.flow_continues.value == 1.0:
        return s.flow_continues.model_copy(update=mine)
    if s.says_no or s.confidence >= bot.limits.answer_at:
        return None
    return s.flow_continues.model_copy(update={**mine, "value": s.confidence, "threshold": bot.limits.answer_at})


def _both(s: Situation, bot: BotSettings) -> Reason | None:
    """Several questions, each with an answer good enough: all are answered."""
    at = answer_at(s, bot)
    if len(s.parts) < 2 or s.picked or min(s.parts) < at:
        return None
    return Reason(code="several_answered", value=min(s.parts), threshold=at, seq=s.seq)


def _several(s: Situation, bot: BotSettings) -> Reason | None:
    """Several questions: which first?"""
    known = [part for part in s.parts if part >= bot.limits.ask_at]
    if len(known) < 2 or s.picked or s.has_clarified or s.says_wrong:
        return None
    return Reason(code="several_topics", value=float(len(known)), threshold=2.0, seq=s.seq)


def _two_meanings(s: Situation, bot: BotSettings) -> Reason | None:
    """Two articles that fit alike, or several flows that a bare word names ("退款": progress or application?)."""
    if s.alike > 1 and not (s.has_clarified or s.says_wrong or s.picked):
        return Reason(code=AMBIGUOUS, value=float(s.alike), threshold=2.0, seq=s.seq)
    if not _may_ask(s, bot) or s.rival <= 0 or s.confidence - s.rival >= bot.limits.close_by:
        return None
    return Reason(code="two_meanings", value=s.confidence - s.rival, threshold=bot.limits.close_by, seq=s.seq)


def _answers(s: Situation, bot: BotSettings) -> Reason | None:
    if s.picked and not s.picked.startswith("flow:"):
        return Reason(code="picked", seq=s.seq)
    at = answer_at(s, bot)
    if s.confidence < at or (s.says_wrong and s.is_repeat):
        return None
    return Reason(code="confident", value=s.confidence, threshold=at, seq=s.seq)


def _half_sure(s: Situation, bot: BotSettings) -> Reason | None:
    if not _may_ask(s, bot):
        return None
    return Reason(code="half_sure", value=s.confidence, threshold=_stated(answer_at(s, bot)), seq=s.seq)


def _quotation(s: Situation, bot: BotSettings) -> Reason | None:
    """Not sure enough to answer: a passage, marked as a quotation that may not fit."""
    if s.confidence < bot.limits.quote_at or s.says_wrong or s.picked:
        return None
    return _withheld(s, bot)


def _unknown_again(s: Situation, bot: BotSettings) -> Reason | None:
    count = s.unanswered_count + 1
    if count < bot.limits.max_unanswered or not s.has_words:
        return None
    return Reason(code="repeats", value=float(count), threshold=float(bot.limits.max_unanswered), seq=s.seq)


def _unknown(s: Situation, bot: BotSettings) -> Reason | None:
    if not s.says_wrong and s.has_words and s.confidence >= bot.limits.ask_at:
        return _withheld(s, bot)
    code = "says_wrong" if s.says_wrong else "nothing_known" if s.has_words else "no_words"
    return Reason(code=code, value=s.confidence, threshold=_stated(answer_at(s, bot)), seq=s.seq)


def _withheld(s: Situation, bot: BotSettings) -> Reason:
    """Why it may not answer: below the threshold, or nothing is promised for this group."""
    at = answer_at(s, bot)
    code = "below_threshold" if math.isfinite(at) else "not_certified"
    return Reason(code=code, value=s.confidence, threshold=_stated(at), met=False, seq=s.seq, name=s.group or None)


def _may_ask(s: Situation, bot: BotSettings) -> bool:
    """One clarifying question in a row, and none to somebody who says that the answer was wrong."""
    return not (s.has_clarified or s.says_wrong or s.picked) and s.confidence >= bot.limits.ask_at


def answer_at(s: Situation, bot: BotSettings) -> float:
    """Confidence from which it may answer here; inf when nothing may be promised for the group."""
    return _from(s.standing, s.threshold, bot)


def may_say(confidence: float, standing: Standing | None, bot: BotSettings) -> bool:
    """Whether an article may be quoted to a question beside the one that is decided on."""
    return confidence >= (_from(standing.state, standing.threshold, bot) if standing else bot.limits.answer_at)


def _from(standing: str, threshold: float | None, bot: BotSettings) -> float:
    if not standing:
        return bot.limits.answer_at
    return math.inf if threshold is None else threshold


def _stated(threshold: float) -> float | None:
    return threshold if math.isfinite(threshold) else None


RULES: tuple[Rule, ...] = (
    Rule("wants_person", "hand_off", _wants_person),
    Rule("red_line", "hand_off", _red_line),
    Rule("complaint", "hand_off", _complaint),
    Rule("critical", "hand_off", _critical),
    Rule("angry", "hand_off", _angry),
    Rule("mood_drop", "hand_off", _mood_drop),
    Rule("wrong_again", "hand_off", _wrong_again),
    Rule("manipulation", "fixed", _manipulation),
    Rule("small_talk", "small_talk", _small_talk),
    Rule("flow", "flow", _flow),
    Rule("open_flow", "flow", _open_flow),
    Rule("both", "answer", _both),
    Rule("several", "ask", _several),
    Rule("two_meanings", "ask", _two_meanings),
    Rule("answer", "answer", _answers),
    Rule("half_sure", "ask", _half_sure),
    Rule("quotation", "quote", _quotation),
    Rule("unknown_again", "hand_off", _unknown_again),
    Rule("unknown", "unknown", _unknown),
)
"""Highest rank first, as the product ranks them. Those of `configuration.bot.LOCKED` are never outranked."""

_BY_NAME = {rule.name: rule for rule in RULES}
assert [rule.name for rule in RULES] == [*LOCKED, *MOVABLE, "unknown"]


def ranked(bot: BotSettings) -> Iterator[Rule]:
    """The rules in the order of the business: locked ones, its own ranking, and what is left to say at the end."""
    for name in LOCKED:
        yield _BY_NAME[name]
    for name in bot.rules:
        yield _BY_NAME[name]
    yield _BY_NAME["unknown"]


def decide(situation: Situation, bot: BotSettings = DEFAULT, *, version: int = 0) -> Decision:
    """Choose: `answer`, `ask`, `quote`, `flow:<name>`, `small_talk`, `fixed`, `unknown` or `hand_off`; with what would
    have turned it. `version`: of the settings."""
    rule, reason = first(situation, bot)
    choice = _choice(rule, reason)
    return Decision(
        choice=choice,
        reasons=(reason, *_also(situation, bot, reason, choice)),
        policy=POLICY,
        rule=rule.name,
        version=version,
        counterfactual=_flips(situation, bot, choice),
        features=situation.features(),
    )


def first(situation: Situation, bot: BotSettings) -> tuple[Rule, Reason]:
    """The rule that speaks first, and its reason."""
    for rule in ranked(bot):
        reason = rule.condition(situation, bot)
        if reason is not None:
            return rule, reason
    raise AssertionError("the last rule always speaks")


def choose(situation: Situation, bot: BotSettings) -> str:
    """The choice alone: for replaying many decisions."""
    return _choice(*first(situation, bot))


def _choice(rule: Rule, reason: Reason) -> str:
    return f"flow:{reason.name}" if rule.choice == "flow" else rule.choice


def _also(s: Situation, bot: BotSettings, leading: Reason, choice: str) -> list[Reason]:
    """What else was weighed: further reasons for a person, the confidence, and the promise that held."""
    others = [reason for rule in RULES[: len(LOCKED) + 4] if (reason := rule.condition(s, bot)) is not None]
    at = answer_at(s, bot)
    shown = {"confident", "nothing_known", "flow_open", "below_threshold", "not_certified"}
    if leading.code not in shown and s.confidence > 0 and math.isfinite(at):
        others.append(Reason(code="confident", value=s.confidence, threshold=at, met=s.confidence >= at, seq=s.seq))
    if s.standing and choice in ("answer", "ask", "quote", "unknown"):
        code = CERTIFIED if s.standing == CERTIFIED else "conservative" if math.isfinite(at) else "not_certified"
        others.append(
            Reason(
                code=code,
                value=s.confidence,
                threshold=_stated(at),
                met=s.confidence >= at,
                name=s.certificate or s.group or None,
            )
        )
    found: dict[str, Reason] = {}
    for reason in others:
        if reason.code != leading.code:
            found.setdefault(reason.code, reason)
    return list(found.values())


def _flips(s: Situation, bot: BotSettings, choice: str) -> tuple[Flip, ...]:
    limits = bot.limits
    return counterfactual.flips(
        s, choice, lambda other: choose(other, bot),
        answer_at=answer_at(s, bot), mood_at=limits.mood_at, mood_drop=limits.mood_drop, close_by=limits.close_by,
        manipulation_at=limits.manipulation_at, max_unanswered=limits.max_unanswered, max_wrong=limits.max_wrong,
    )  # fmt: skip


def remember(memory: Memory, understanding: Understanding, decision: Decision) -> Memory:
    """What to keep after this reply. Flows write their own position."""
    answered = understanding.answering(decision.rule) if decision.choice == "answer" else ()
    changed: dict[str, object] = {
        "wrong_count": memory.wrong_count + (understanding.says_wrong is not None),
        "person_offered": decision.choice in ("unknown", "quote", "fixed"),
        "clarification": understanding.options(decision.rule) if decision.choice == "ask" else (),
        "has_clarified": decision.choice == "ask" or (memory.has_clarified and decision.choice == "small_talk"),
        "moods": (*memory.moods, understanding.mood)[-2:],
    }
    if decision.choice in ("unknown", "quote"):
        changed["unanswered_count"] = memory.unanswered_count + 1
    elif answered:
        changed["unanswered_count"] = 0
        changed["answered_ids"] = (*memory.answered_ids, *(str(hit.article_id) for hit in answered))[-MAX_REMEMBERED:]
    if memory.flow and understanding.says_no:
        changed["flow"] = None
    return memory.model_copy(update=changed)


_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_SENTENCE_END = re.compile(r"[。!?！？\n]+|(?<=[.;])\s+")


def approve(draft: Draft, situation: Situation, bot: BotSettings = DEFAULT) -> Decision:
    """Check a draft before it is sent: `send`, or `withhold` with the reason.

    An answer must stand in its evidence: every number, and each sentence nearly word for word. Nothing but a hand-off
    goes out when the customer wants a person or crossed a red line.
    """
    reasons = []
    if draft.choice != "hand_off" and (blocking := situation.wants_person or _red_line(situation, bot)):
        reasons.append(blocking.model_copy(update={"met": False}))
    if not draft.text.strip():
        reasons.append(Reason(code="empty_draft", met=False))
    if draft.choice in ("answer", "quote"):
        share = grounded(draft.said or draft.text, draft.evidence)
        reasons.append(Reason(code="grounded", value=share, threshold=1.0, met=share >= 1.0))
    held = any(not reason.met for reason in reasons)
    return Decision(choice="withhold" if held else "send", reasons=tuple(reasons), policy=POLICY)


def withheld(decision: Decision, approval: Decision) -> Decision:
    """The decision once its draft was refused: the customer is told so and offered a person."""
    unmet = tuple(reason for reason in approval.reasons if not reason.met)
    return decision.model_copy(update={"choice": "unknown", "reasons": (*decision.reasons, *unmet)})


def grounded(said: str, evidence: tuple[str, ...]) -> float:
    """Share of sentences whose words and numbers all stand in the evidence, 0…1."""
    source = _letters(" ".join(evidence))
    numbers = set(_NUMBER.findall(normalise(" ".join(evidence))))
    sentences = [s for s in _SENTENCE_END.split(said) if _letters(s)]
    if not sentences:
        return 0.0
    good = sum(_letters(s) in source and set(_NUMBER.findall(normalise(s))) <= numbers for s in sentences)
    return good / len(sentences)


@lru_cache(maxsize=READINGS)
def _letters(text: str) -> str:
    return "".join(c for c in normalise(text) if c.isalnum())
