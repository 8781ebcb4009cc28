"""All that a rule may look at, as plain values; kept with every decision, so that it can be decided again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from tongxi.bot.memory import Memory
from tongxi.bot.understanding import Understanding
from tongxi.decisions import Reason, Standing
from tongxi.signals.complexity import complexity


@dataclass(frozen=True, slots=True)
class Situation:
    """The customer's messages since the last reply, what is remembered, and what may be promised."""

    wants_person: Reason | None = None
    red_line: Reason | None = None
    complaint: Reason | None = None
    critical: Reason | None = None
    """It cannot wait."""
    manipulation: Reason | None = None
    """An attempt to command the bot; `value` is the score."""
    mood: int = 0
    mood_before: int | None = None
    """The best mood of the last two turns."""
    anger: Reason | None = None
    upset: float = 0.0
    """How angry the customer sounds, learnt, 0…1."""
    urgency: str = "normal"
    urgency_score: float = 0.0
    sentiment: float = 0.0
    emotion: str = ""
    personal_data: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    small_talk: str | None = None
    complexity: str = ""
    """`moderate` or `complex`; empty: simple."""
    complexity_score: float = 0.0
    """0 (simple) … 1 (complex)."""
    complex_because: tuple[str, ...] = ()
    """What makes it so, strongest first."""
    has_words: bool = True
    flow_wish: Reason | None = None
    """A procedure is asked for; `name` is the flow."""
    asks_rule: bool = False
    """That procedure is only asked about: how it works, or whether one may."""
    needs_sign_in: bool = False
    """It is for signed-in customers."""
    asides: tuple[float, ...] = ()
    """Confidence of each question beside that procedure."""
    flow: str | None = None
    """The flow that is open."""
    flow_continues: Reason | None = None
    """The message belongs to it."""
    picked: str | None = None
    """Id of the chosen option of a clarifying question."""
    confidence: float = 0.0
    """Of the best hit, 0…1."""
    rival: float = 0.0
    """Confidence of the second best meaning."""
    alike: int = 0
    """Flows and articles that a bare word names alike."""
    parts: tuple[float, ...] = ()
    """Confidence of each question, when the customer asks several things at once."""
    intent: str = ""
    intent_score: float = 0.0
    """Probability of the likeliest intent, 0…1."""
    out_of_scope: float = 0.0
    """How little the message resembles anything known, 0…1."""
    group: str = ""
    """Topic and language, as `refund.zh`: whose promise holds."""
    standing: str = ""
    threshold: float | None = None
    certificate: str = ""
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
    def of(cls, understanding: Understanding, memory: Memory, standing: Standing | None = None) -> Situation:
        """Put together what was understood, what is remembered and what may be promised."""
        hits, meanings = understanding.hits, understanding.meanings
        effort = complexity(understanding.text, memory.unanswered_count + memory.wrong_count)
        return cls(
            wants_person=understanding.wants_person,
            red_line=understanding.red_line,
            complaint=understanding.complaint,
            critical=understanding.critical,
            manipulation=understanding.manipulation,
            mood=understanding.mood,
            mood_before=max(memory.moods, default=None),
            anger=understanding.anger,
            upset=understanding.upset,
            urgency=understanding.urgency,
            urgency_score=understanding.urgency_score,
            sentiment=understanding.sentiment,
            emotion=understanding.emotion,
            personal_data=understanding.personal_data,
            entities=understanding.entities,
            small_talk=understanding.small_talk,
            complexity=effort.level if effort.level != "simple" else "",
            complexity_score=effort.score,
            complex_because=effort.because,
            has_words=understanding.has_words,
            flow_wish=understanding.flow_wish,
            asks_rule=understanding.asks_rule,
            needs_sign_in=understanding.needs_sign_in,
            asides=tuple(part.hits[0].score for part in understanding.asides),
            flow=memory.flow.name if memory.flow else None,
            flow_continues=understanding.flow_continues,
            picked=understanding.picked.id if understanding.picked else None,
            confidence=hits[0].score if hits else 0.0,
            rival=max(hits[1].score if len(hits) > 1 else 0.0, meanings[1].score if len(meanings) > 1 else 0.0),
            alike=len(understanding.alike),
            parts=tuple(part.hits[0].score if part.hits else 0.0 for part in understanding.parts),
            intent=understanding.intent,
            intent_score=understanding.intent_score,
            out_of_scope=understanding.out_of_scope,
            group=standing.group if standing else "",
            standing=standing.state if standing else "",
            threshold=standing.threshold if standing else None,
            certificate=str(standing.certificate_id) if standing and standing.certificate_id else "",
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

    def features(self) -> dict[str, Any]:
        """As JSON, without what has its default; `from_features` reads it back."""
        found: dict[str, Any] = {}
        for name, default in _DEFAULTS.items():
            value = getattr(self, name)
            if value == default:
                continue
            if isinstance(value, Reason):
                found[name] = value.model_dump(mode="json", exclude_none=True)
            else:
                found[name] = round(value, 6) if isinstance(value, float) else value
        return found

    @classmethod
    def from_features(cls, features: Mapping[str, Any]) -> Situation:
        """Read what `features` wrote. Fields it does not know are left out: an older log stays readable."""
        known: dict[str, Any] = {}
        for name, value in features.items():
            if name not in _DEFAULTS:
                continue
            if isinstance(value, Mapping):
                known[name] = Reason.model_validate(value)
            else:
                known[name] = tuple(value) if isinstance(value, list) else value
        return cls(**known)


_DEFAULTS: dict[str, Any] = {
    field.name: None if field.default is MISSING else field.default for field in fields(Situation)
}
