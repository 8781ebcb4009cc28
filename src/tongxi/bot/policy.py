"""What the bot does next, and whether a draft may go out. Pure: the same situation gives the same decision.

A rule looks at the situation and gives its reason or None; the first rule that speaks wins, so its place is its rank.
The rules at the top may never be outranked: asking for a person, red lines, threats.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from tongxi.bot.memory import Memory, Option
from tongxi.bot.understanding import Understanding
from tongxi.decisions import Decision, Flip, Reason
from tongxi.kit.text import normalise

if TYPE_CHECKING:
    from tongxi.bot.answer import Draft

POLICY = "bot"
MAX_REMEMBERED = 20
NEAR = 0.15
"""An article is offered as a meaning when its confidence is at least this share of the best one's."""


class BotLimits(BaseModel):
    """The numbers the bot's choices turn on; a configuration version of the business."""

    model_config = ConfigDict(frozen=True)

    version: int = 1
    answer_at: float = Field(0.6, ge=0, le=1)
    """Confidence from which it answers."""
    ask_at: float = Field(0.25, ge=0, le=1)
    """Confidence from which it asks back instead of saying that it does not know."""
    close_by: float = Field(0.15, ge=0, le=1)
    """Two answers whose confidence differs by less are close."""
    mood_at: int = Field(-3, ge=-3, le=0)
    """Mood at or below which a person takes over."""
    max_unanswered: int = Field(2, ge=1, le=10)
    """The n-th "I am not sure" in a row is a hand-off."""
    max_wrong: int = Field(2, ge=1, le=10)
    """The n-th "that is wrong" of an episode is a hand-off."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a rule may look at; plain values."""

    wants_person: Reason | None = None
    red_line: Reason | None = None
    complaint: Reason | None = None
    mood: int = 0
    anger: Reason | None = None
    small_talk: str | None = None
    has_words: bool = True
    order_status: Reason | None = None
    flow: str | None = None
    """The flow that is open."""
    flow_continues: Reason | None = None
    """The message belongs to it."""
    picked: str | None = None
    """Id of the chosen option of a clarifying question."""
    confidence: float = 0.0
    """Of the best hit, 0…1."""
    rival: float = 0.0
    """Confidence of the second best."""
    is_repeat: bool = False
    """The best hit is the article last quoted."""
    says_wrong: Reason | None = None
    says_no: bool = False
    wrong_count: int = 0
    """Including this message."""
    unanswered_count: int = 0
    """Before this message."""
    was_asked: bool = False
    """A clarifying question is open."""
    has_clarified: bool = False
    is_verified: bool = False
    seq: int | None = None

    @classmethod
    def of(cls, understanding: Understanding, memory: Memory) -> Situation:
        """Put together what was understood and what is remembered."""
        hits = understanding.hits
        return cls(
            wants_person=understanding.wants_person,
            red_line=understanding.red_line,
            complaint=understanding.complaint,
            mood=understanding.mood,
            anger=understanding.anger,
            small_talk=understanding.small_talk,
            has_words=understanding.has_words,
            order_status=understanding.order_status,
            flow=memory.flow.name if memory.flow else None,
            flow_continues=understanding.flow_continues,
            picked=understanding.picked.id if understanding.picked else None,
            confidence=hits[0].score if hits else 0.0,
            rival=hits[1].score if len(hits) > 1 else 0.0,
            is_repeat=bool(hits and memory.answered_ids and str(hits[0].article_id) == memory.answered_ids[-1]),
            says_wrong=understanding.says_wrong,
            says_no=understanding.says_no,
            wrong_count=memory.wrong_count + (understanding.says_wrong is not None),
            unanswered_count=memory.unanswered_count,
            was_asked=bool(memory.clarification),
            has_clarified=memory.has_clarified,
            is_verified=understanding.is_verified,
            seq=understanding.seq,
        )


Rule = Callable[[Situation, BotLimits], Reason | None]


def _wants_person(s: Situation, _: BotLimits) -> Reason | None:
    return s.wants_person


def _red_line(s: Situation, _: BotLimits) -> Reason | None:
    return s.red_line


def _complaint(s: Situation, _: BotLimits) -> Reason | None:
    return s.complaint


def _angry(s: Situation, limits: BotLimits) -> Reason | None:
    if s.mood > limits.mood_at:
        return None
    span = s.anger.span if s.anger else None
    seq = s.anger.seq if s.anger else s.seq
    return Reason(code="angry", value=float(s.mood), threshold=float(limits.mood_at), seq=seq, span=span)


def _wrong_again(s: Situation, limits: BotLimits) -> Reason | None:
    if s.says_wrong is None or s.wrong_count < limits.max_wrong:
        return None
    return s.says_wrong.model_copy(
        update={"code": "answers_wrong", "value": float(s.wrong_count), "threshold": float(limits.max_wrong)}
    )


def _small_talk(s: Situation, _: BotLimits) -> Reason | None:
    if s.picked or ((s.flow_continues or s.was_asked) and s.small_talk == "acknowledgement"):
        return None
    return Reason(code="small_talk", seq=s.seq) if s.small_talk else None


def _order_status(s: Situation, _: BotLimits) -> Reason | None:
    if s.picked is not None:
        return Reason(code="picked", seq=s.seq) if s.picked == "flow:order_status" else None
    return s.order_status


def _open_flow(s: Situation, limits: BotLimits) -> Reason | None:
    """The flow goes on unless the customer clearly asks something else; the position is kept for coming back.

    What plainly answers the flow's question (value 1) goes on whatever else it resembles.
    """
    if s.flow is None or s.flow_continues is None:
        return None
    if s.flow_continues.value == 1.0:
        return s.flow_continues.model_copy(update={"seq": s.seq})
    if s.says_no or s.confidence >= limits.answer_at:
        return None
    return s.flow_continues.model_copy(update={"value": s.confidence, "threshold": limits.answer_at, "seq": s.seq})


def _answers(s: Situation, limits: BotLimits) -> Reason | None:
    if s.picked and not s.picked.startswith("flow:"):
        return Reason(code="picked", seq=s.seq)
    if s.confidence < limits.answer_at or (s.says_wrong and s.is_repeat):
        return None
    return Reason(code="confident", value=s.confidence, threshold=limits.answer_at, seq=s.seq)


def _two_meanings(s: Situation, limits: BotLimits) -> Reason | None:
    if not _may_ask(s, limits) or s.rival <= 0 or s.confidence - s.rival >= limits.close_by:
        return None
    return Reason(code="two_meanings", value=s.confidence - s.rival, threshold=limits.close_by, seq=s.seq)


def _half_sure(s: Situation, limits: BotLimits) -> Reason | None:
    if not _may_ask(s, limits):
        return None
    return Reason(code="half_sure", value=s.confidence, threshold=limits.answer_at, seq=s.seq)


def _may_ask(s: Situation, limits: BotLimits) -> bool:
    """One clarifying question in a row, and none to somebody who says that the answer was wrong."""
    return not (s.has_clarified or s.says_wrong or s.picked) and s.confidence >= limits.ask_at


def _unknown_again(s: Situation, limits: BotLimits) -> Reason | None:
    count = s.unanswered_count + 1
    if count < limits.max_unanswered or not s.has_words:
        return None
    return Reason(code="repeats", value=float(count), threshold=float(limits.max_unanswered), seq=s.seq)


def _unknown(s: Situation, limits: BotLimits) -> Reason | None:
    code = "says_wrong" if s.says_wrong else "nothing_known" if s.has_words else "no_words"
    return Reason(code=code, value=s.confidence, threshold=limits.answer_at, seq=s.seq)


RULES: tuple[tuple[str, Rule], ...] = (
    ("hand_off", _wants_person),
    ("hand_off", _red_line),
    ("hand_off", _complaint),
    ("hand_off", _angry),
    ("hand_off", _wrong_again),
    ("small_talk", _small_talk),
    ("flow:order_status", _order_status),
    ("flow", _open_flow),
    ("ask", _two_meanings),
    ("answer", _answers),
    ("ask", _half_sure),
    ("hand_off", _unknown_again),
    ("unknown", _unknown),
)
"""Choice and rule, highest rank first. The first four are never outranked."""


def decide(situation: Situation, limits: BotLimits) -> Decision:
    """Choose: `answer`, `ask`, `flow:<name>`, `small_talk`, `unknown` or `hand_off`; with what would have turned it."""
    choice, reason = _choose(situation, limits)
    reasons = [reason, *_also(situation, limits, reason)]
    return Decision(
        choice=choice,
        reasons=tuple(reasons),
        policy=POLICY,
        version=limits.version,
        counterfactual=_flips(situation, limits, choice),
    )


def _choose(situation: Situation, limits: BotLimits) -> tuple[str, Reason]:
    for choice, rule in RULES:
        reason = rule(situation, limits)
        if reason is not None:
            return (f"flow:{situation.flow}" if choice == "flow" else choice), reason
    raise AssertionError("the last rule always speaks")


def _also(s: Situation, limits: BotLimits, first: Reason) -> list[Reason]:
    """What else was weighed: further reasons for a person, and the confidence that was or was not enough."""
    others = [r for choice, rule in RULES[:5] if choice == "hand_off" and (r := rule(s, limits)) is not None]
    if first.code not in {"confident", "nothing_known", "flow_open"} and s.confidence > 0:
        others.append(
            Reason(
                code="confident",
                value=s.confidence,
                threshold=limits.answer_at,
                met=s.confidence >= limits.answer_at,
                seq=s.seq,
            )
        )
    return [r for r in others if r.code != first.code]


def _flips(s: Situation, limits: BotLimits, choice: str) -> tuple[Flip, ...]:
    """Decide again with one number moved to its threshold; keep what changes the choice."""
    below = 1e-6
    needs_answer = limits.answer_at if s.confidence < limits.answer_at else limits.answer_at - below
    trials: list[tuple[str, float, Situation]] = [
        ("confident", needs_answer, replace(s, confidence=needs_answer, rival=min(s.rival, needs_answer))),
    ]
    if s.mood <= limits.mood_at:
        trials.append(("angry", limits.mood_at + 1, replace(s, mood=limits.mood_at + 1)))
    else:
        trials.append(("angry", limits.mood_at, replace(s, mood=limits.mood_at)))
    if s.unanswered_count + 1 >= limits.max_unanswered:
        trials.append(("repeats", limits.max_unanswered - 1, replace(s, unanswered_count=limits.max_unanswered - 2)))
    if s.says_wrong and s.wrong_count >= limits.max_wrong:
        trials.append(("answers_wrong", limits.max_wrong - 1, replace(s, wrong_count=limits.max_wrong - 1)))
    if s.rival > 0 and choice == "ask":
        trials.append(("two_meanings", limits.close_by, replace(s, rival=max(0.0, s.confidence - limits.close_by))))
    if s.wants_person is not None:
        trials.append((s.wants_person.code, 0.0, replace(s, wants_person=None)))
    flips = []
    for code, needs, other in trials:
        turned, _ = _choose(other, limits)
        if turned != choice:
            flips.append(Flip(code=code, needs=round(float(needs), 6), choice=turned))
    return tuple(flips)


def remember(memory: Memory, understanding: Understanding, decision: Decision) -> Memory:
    """What to keep after this reply. Flows write their own position."""
    changed: dict[str, object] = {
        "wrong_count": memory.wrong_count + (understanding.says_wrong is not None),
        "person_offered": decision.choice == "unknown",
        "clarification": options(understanding) if decision.choice == "ask" else (),
        "has_clarified": decision.choice == "ask" or (memory.has_clarified and decision.choice == "small_talk"),
    }
    if decision.choice == "unknown":
        changed["unanswered_count"] = memory.unanswered_count + 1
    elif decision.choice == "answer":
        changed["unanswered_count"] = 0
        quoted = str(understanding.hits[0].article_id)
        changed["answered_ids"] = (*memory.answered_ids, quoted)[-MAX_REMEMBERED:]
    if memory.flow and understanding.says_no:
        changed["flow"] = None
    return memory.model_copy(update=changed)


def options(understanding: Understanding) -> tuple[Option, ...]:
    """The meanings a clarifying question offers: the best articles, at most three, without those far behind."""
    hits = understanding.hits[:3]
    return tuple(Option(id=str(h.article_id), label=h.title) for h in hits if h.score >= hits[0].score * NEAR)


_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_SENTENCE_END = re.compile(r"[。!?！？\n]+|(?<=[.;])\s+")


def approve(draft: Draft, situation: Situation) -> Decision:
    """Check a draft before it is sent: `send`, or `withhold` with the reason.

    An answer must stand in its evidence: every number, and each sentence nearly word for word. Nothing but a hand-off
    goes out when the customer wants a person or crossed a red line.
    """
    reasons = []
    if draft.choice != "hand_off" and (blocking := situation.wants_person or situation.red_line):
        reasons.append(blocking.model_copy(update={"met": False}))
    if not draft.text.strip():
        reasons.append(Reason(code="empty_draft", met=False))
    if draft.choice == "answer":
        share = grounded(draft.said or draft.text, draft.evidence)
        reasons.append(Reason(code="grounded", value=share, threshold=1.0, met=share >= 1.0))
    held = any(not reason.met for reason in reasons)
    return Decision(choice="withhold" if held else "send", reasons=tuple(reasons), policy=POLICY)


def grounded(said: str, evidence: tuple[str, ...]) -> float:
    """Share of sentences whose words and numbers all stand in the evidence, 0…1."""
    source = _letters(" ".join(evidence))
    numbers = set(_NUMBER.findall(normalise(" ".join(evidence))))
    sentences = [s for s in _SENTENCE_END.split(said) if _letters(s)]
    if not sentences:
        return 0.0
    good = sum(_letters(s) in source and set(_NUMBER.findall(normalise(s))) <= numbers for s in sentences)
    return good / len(sentences)


def _letters(text: str) -> str:
    return "".join(c for c in normalise(text) if c.isalnum())
