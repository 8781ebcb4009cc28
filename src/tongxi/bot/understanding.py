"""What the customer wants: all messages since the last reply, read together. Pure apart from the index it searches."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Protocol
from uuid import UUID

from tongxi.bot.flows import FlowMatch, Flows, Said, continues, match, open_flow, weigh
from tongxi.bot.flows.matching import NAMES_ORDER, Guess
from tongxi.bot.flows.models import Flow
from tongxi.bot.flows.order_choice import puts_right
from tongxi.bot.memory import Memory, Option
from tongxi.configuration.bot import BotLimits
from tongxi.decisions import Reason
from tongxi.kit.i18n import base
from tongxi.kit.text import normalise
from tongxi.knowledge.index import Hit
from tongxi.signals.emotion import emotion
from tongxi.signals.entities import entities
from tongxi.signals.human_request import asks_for_person, refuses_person
from tongxi.signals.injection import injection
from tongxi.signals.language import detect_language
from tongxi.signals.mood import anger, mood
from tongxi.signals.order_wish import wants_order_status
from tongxi.signals.personal_data import find
from tongxi.signals.reply import says_no, says_wrong, says_yes
from tongxi.signals.risk import COMPLAINT, RED_LINES, risks
from tongxi.signals.rule_question import asks_rule
from tongxi.signals.sentiment import sentiment
from tongxi.signals.small_talk import Kind, small_talk
from tongxi.signals.urgency import LEVELS, urgency

MAX_MESSAGES = 20
"""Newest messages that are read for content; a wish for a person is looked for in all of them."""
PIECE_CHARS = 12
"""A Chinese message up to this length may be a piece of a sentence sent in several messages."""

ORDER_STATUS = "order_status"
"""The flow that a bare order number starts."""
SUBJECT_AT = 0.5
"""Confidence from which the best article names the topic, and a part of a message is a question of its own."""
NEAR = 0.15
"""An article is offered as a meaning when its confidence is at least this share of the best one's."""
MAX_PARTS = 3
PART_CHARS = 4
"""Characters a question has at least."""
MAX_OPTIONS = 3
MAX_ALIKE = 4
AS_WORDED = 0.95
"""Confidence of a flow from which the message is one of its own wordings."""
BARE_CHARS = 4
"""Chinese characters a bare word that names several things has at most; three times as many in English."""

LIMITS = BotLimits()
_VALUE = re.compile(
    r"[\d@＠]|[〇一二三四五六七八九十零两]{2}|叫|姓|名|今|明|昨|后天|周|号|\b(?:name|am|today|tomorrow|yesterday|street|road)\b",
    re.IGNORECASE,
)
"""What a message has that gives a value or personal data; most have none and need not be read for them."""

_WORDS = re.compile(r"[^\W_]")
_NUMBER = re.compile(
    r"\s*(?:单号|订单号?|order|no\.?|#)?[\s:：#]*([A-Za-z]{1,4}\d{6,16}|\d{8,10}|\d{12,20})\s*[。.?？]?\s*",
    re.IGNORECASE,
)
_END = re.compile(r"[。!?！？.…]\s*$")
_BETWEEN = re.compile(
    r"[。!?！？;；\n]+|(?<=[a-z])[.](?=\s)|[,，]?\s*(?:另外|还有|還有|顺便|順便|以及再)(?:问一?下|想问|請問|请问)?"
    r"|[,，]?\s+\b(?:and also|also,?|by the way,?|another thing:?)\s",
    re.IGNORECASE,
)
"""Where one question may end and another begin."""


class Reading(Protocol):
    """The intents of a text (`tongxi.intents`)."""

    @property
    def guesses(self) -> Sequence[Guess]: ...
    @property
    def out_of_scope(self) -> float: ...


Read = Callable[[str, str], Reading]
"""Text and language → intents."""


class Searchable(Protocol):
    """What the bot needs of the knowledge base (`knowledge.index.Knowledge`)."""

    def search(self, text: str, language: str, *, agents: bool = False, k: int = 5) -> list[Hit]: ...


@dataclass(frozen=True, slots=True)
class CustomerMessage:
    """One message of the customer since the last reply."""

    seq: int
    text: str
    at: datetime
    quick_reply: str | None = None
    """Id of the quick reply that was tapped."""
    attachments: int = 0
    """Files that came with it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One question of several."""

    text: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Something the customer may mean."""

    id: str
    """Article id or `flow:<name>`."""
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was noticed. Reasons carry the `seq` and `span` of the wording."""

    text: str
    """The question: the messages without greetings, joined."""
    language: str
    seq: int
    """The newest message read."""
    has_words: bool
    wants_person: Reason | None = None
    refuses_person: bool = False
    red_line: Reason | None = None
    complaint: Reason | None = None
    critical: Reason | None = None
    """It cannot wait."""
    manipulation: Reason | None = None
    """An attempt to command the bot; `value` is the score."""
    anger: Reason | None = None
    mood: int = 0
    """Lowest of the messages, -3…2."""
    urgency: str = "normal"
    """The highest of the messages: low, normal, high or critical."""
    urgency_score: float = 0.0
    """0 (low) … 1 (critical)."""
    sentiment: float = 0.0
    """-1 (surely negative) … 1 (surely positive), of all messages together."""
    emotion: str = ""
    personal_data: tuple[str, ...] = ()
    """Kinds of personal data in the messages."""
    entities: tuple[str, ...] = ()
    """Kinds of values the messages give: order_number, phone, date …"""
    small_talk: Kind | None = None
    """Set when the messages are nothing else."""
    flow_wish: Reason | None = None
    """A procedure is asked for; `name` is the flow."""
    flow_continues: Reason | None = None
    """The message belongs to the open flow."""
    asks_rule: bool = False
    """The procedure is only asked about: how it works, or whether one may."""
    can_do: Option | None = None
    """The procedure that does what is asked about."""
    needs_sign_in: bool = False
    """It is for signed-in customers."""
    says_wrong: Reason | None = None
    says_yes: bool = False
    says_no: bool = False
    picked: Option | None = None
    """The option of an open clarifying question that was chosen."""
    hits: tuple[Hit, ...] = ()
    """Articles that fit, best first; a picked one leads."""
    parts: tuple[Part, ...] = ()
    """The questions, when there are several that the knowledge knows."""
    meanings: tuple[Meaning, ...] = ()
    """What may be meant, likeliest first: articles and flows."""
    alike: tuple[Option, ...] = ()
    """The flows and articles that a bare word names alike."""
    said: Said = field(default_factory=lambda: Said(()))
    """For the flows."""
    intent: str = ""
    """The likeliest intent."""
    intent_score: float = 0.0
    """Its probability, 0…1."""
    is_believed: bool = False
    """It is likely enough, and the message is not out of scope."""
    out_of_scope: float = 0.0
    """How little the message resembles anything known, 0…1."""
    is_verified: bool = False

    @property
    def subject(self) -> str:
        """Topic code: the flow asked for, the likely intent, or the best article's slug without its language."""
        if self.picked and self.picked.id.startswith("flow:"):
            return self.picked.id.removeprefix("flow:")
        if self.flow_wish and self.flow_wish.name:
            return self.flow_wish.name
        if self.is_believed and not self.picked:
            return self.intent
        if self.hits and (self.picked or self.hits[0].score >= SUBJECT_AT):
            return self.hits[0].slug.removesuffix(f".{self.hits[0].language}")
        return ""

    def answering(self, rule: str) -> tuple[Hit, ...]:
        """The passages an answer under `rule` speaks from."""
        if rule == "both":
            return tuple(part.hits[0] for part in self.parts)
        return self.hits[:1]

    def options(self, rule: str) -> tuple[Option, ...]:
        """What a clarifying question under `rule` offers: at most three, without those far behind."""
        if rule == "several":
            best = [part.hits[0] for part in self.parts if part.hits]
            return tuple(Option(id=str(hit.article_id), label=hit.title) for hit in best)
        if self.alike and rule == "two_meanings":
            return self.alike
        near = [m for m in self.meanings if m.score >= self.meanings[0].score * NEAR]
        return tuple(Option(id=meaning.id, label=meaning.label) for meaning in near[:MAX_OPTIONS])


def understand(
    messages: Sequence[CustomerMessage],
    *,
    language: str,
    memory: Memory,
    knowledge: Searchable,
    is_verified: bool,
    flows: Flows | None = None,
    read: Read | None = None,
    bound: Option | None = None,
    limits: BotLimits = LIMITS,
) -> Understanding:
    """Read the messages since the last reply, oldest first. `language` is the conversation's, used when unclear.

    `flows`: those that may run, else the shipped ones. `read`: the intents of a text. `bound`: what the
    button behind the newest message was tied to. `limits`: from when an intent is believed.
    Raises: `ValueError` when there is no message.
    """
    if not messages:
        raise ValueError("there is nothing to understand: no message since the last reply")
    recent = messages[-MAX_MESSAGES:]
    question = _question(recent)
    whole = "\n".join(m.text for m in recent)
    spoken = detect_language(question or whole, language)
    flows = flows or Flows()
    picked = bound or _picked(recent[-1], memory, flows)
    reading = read(question, spoken) if read and question else None
    guesses = tuple(reading.guesses) if reading else ()
    is_known = bool(reading and reading.out_of_scope < limits.out_of_scope_at)
    believed = tuple(guess for guess in guesses if is_known and guess.probability >= limits.intent_at)
    wants_person = _first(messages, asks_for_person) or _in_joined(recent, question, asks_for_person)
    if wants_person is None and memory.person_offered and says_yes(recent[-1].text):
        wants_person = Reason(code="accepted_person", value=1.0, threshold=1.0, seq=recent[-1].seq)
    red_line, complaint = _risks(recent)
    urgencies = [(m, urgency(m.text)) for m in recent]
    pressing, pressure = max(urgencies, key=lambda one: (LEVELS.index(one[1].level), one[1].score))
    kinds = [kind for m in recent if (kind := small_talk(m.text)) or _WORDS.search(m.text)]
    hits = tuple(_picked_hits(picked, spoken, knowledge) if picked else _search(question, recent, spoken, knowledge))
    wish = _flow_wish(recent, question or whole, flows, believed, spoken)
    if wants_person and _is_named(wants_person, wish, recent):
        wants_person = None
    opened = open_flow(flows, memory)
    said = Said(tuple(m.text for m in recent), recent[-1].seq, recent[-1].quick_reply, recent[-1].attachments)
    going = continues(opened, memory.flow, said) if opened and memory.flow else None
    wish, going = weigh(wish, going, opened, memory.flow, said)
    is_plain = going is not None and going.value == 1.0
    if is_plain and wants_person and (wants_person.threshold != 1.0 or puts_right(said.text)):
        wants_person = None  # only guessed, or "不是这个，换一个" where an order was asked for
    about = _asked_about(question, wish, flows, believed, spoken) if opened is None or going is None else None
    return Understanding(
        text=question,
        language=spoken,
        seq=recent[-1].seq,
        has_words=bool(_WORDS.search(whole)),
        wants_person=wants_person,
        refuses_person=wants_person is None and any(refuses_person(m.text) for m in recent),
        red_line=red_line,
        complaint=complaint,
        critical=_at(pressure.reason, pressing) if pressure.level == "critical" else None,
        manipulation=_strongest(recent, injection),
        urgency=pressure.level,
        urgency_score=pressure.score,
        sentiment=sentiment(whole).score,
        emotion=emotion(whole).label,
        personal_data=tuple(sorted({found.label for found in find(whole)})) if _VALUE.search(whole) else (),
        entities=(
            tuple(sorted({found.kind for found in entities(whole, spoken, recent[-1].at.date())}))
            if _VALUE.search(whole)
            else ()
        ),
        anger=_first(recent, anger),
        mood=min(mood(m.text) for m in recent),
        small_talk=kinds[-1] if kinds and all(kinds) else None,
        flow_wish=wish.reason if wish and wish.name else None,
        flow_continues=going,
        asks_rule=about is not None and wish is not None and about.name == wish.name,
        can_do=Option(id=f"flow:{about.name}", label=about.title.text(base(spoken))) if about else None,
        needs_sign_in=about is not None and about.for_ == "verified",
        says_wrong=_first(recent, says_wrong) if memory.answered_ids and not is_plain else None,
        says_yes=says_yes(recent[-1].text),
        says_no=says_no(recent[-1].text),
        picked=picked,
        hits=hits,
        parts=() if picked else _parts(question, spoken, knowledge),
        meanings=tuple(Meaning(str(hit.article_id), hit.title, hit.score) for hit in hits[:MAX_OPTIONS]),
        alike=() if picked else _alike(question, wish, hits),
        intent=guesses[0].intent if guesses else "",
        intent_score=guesses[0].probability if guesses else 0.0,
        is_believed=bool(believed),
        out_of_scope=reading.out_of_scope if reading and reading.guesses else 0.0,
        said=said,
        is_verified=is_verified,
    )


def _question(messages: Sequence[CustomerMessage]) -> str:
    """The messages without small talk; short Chinese pieces are one sentence sent in several messages."""
    parts = [m.text.strip() for m in messages if _WORDS.search(m.text) and not small_talk(m.text)]
    if not parts:
        return ""
    joined = parts[0]
    for before, part in pairwise(parts):
        is_piece = len(before) <= PIECE_CHARS and not before.isascii() and not _END.search(before)
        joined += ("" if is_piece else "\n") + part
    return joined


def _search(question: str, messages: Sequence[CustomerMessage], language: str, knowledge: Searchable) -> list[Hit]:
    """The joined question and the newest message by itself; the surer of the two."""
    if not question:
        return []
    hits = knowledge.search(question, language)
    newest = messages[-1].text.strip()
    if newest != question and _WORDS.search(newest) and not small_talk(newest):
        own = knowledge.search(newest, language)
        if own and (not hits or own[0].score > hits[0].score):
            return own
    return hits


def _parts(question: str, language: str, knowledge: Searchable) -> tuple[Part, ...]:
    """The questions of a message that asks several things; empty when it is one. Each has an article of its own."""
    pieces = [
        piece.strip(" ,，") for piece in _BETWEEN.split(question) if piece and len(piece.strip(" ,，")) >= PART_CHARS
    ]
    if not 2 <= len(pieces) <= MAX_PARTS:
        return ()
    found: dict[UUID, Part] = {}
    for piece in pieces:
        hits = knowledge.search(piece, language, k=2)
        if hits and hits[0].score >= SUBJECT_AT:
            found.setdefault(hits[0].article_id, Part(piece, tuple(hits)))
    return tuple(found.values()) if len(found) > 1 else ()


def _is_named(guess: Reason, wish: FlowMatch | None, messages: Sequence[CustomerMessage]) -> bool:
    """The wish for a person was only guessed, and the whole message is the wording of a flow ("我要预约")."""
    if guess.threshold == 1.0 or wish is None or len(messages) > 1:
        return False
    return bool(wish.options) or wish.confidence >= AS_WORDED


def _alike(question: str, wish: FlowMatch | None, hits: Sequence[Hit]) -> tuple[Option, ...]:
    """What a bare word ("退款") names: the flows it may start, and the articles whose names contain all of it."""
    flows = wish.options if wish and not wish.name else ()
    word = normalise(question).strip(" ?？。.!！吗呢")
    named: list[Option] = []
    if wish is None or not wish.name:
        limit = BARE_CHARS if not word.isascii() else 3 * BARE_CHARS
        if word and len(word) <= limit and len(word.split()) <= 2:
            named = [Option(id=str(hit.article_id), label=hit.title) for hit in hits if _names(hit.title, word)]
    found = (*flows, *named)
    return found[:MAX_ALIKE] if len(found) > 1 else ()


def _names(title: str, word: str) -> bool:
    """The name holds the word and says more than it."""
    name = normalise(title)
    return word in name and len(name) > len(word) + 1


def _flow_wish(
    messages: Sequence[CustomerMessage], question: str, flows: Flows, guesses: Sequence[Guess], language: str
) -> FlowMatch | None:
    """The procedure that is asked for, or the several it may be."""
    found = match(question, guesses, flows.enabled(), language)
    if (found is None or not found.name) and flows.get(ORDER_STATUS):
        order = (
            _first(messages, _names_order)
            or _first(messages, wants_order_status)
            or _in_joined(messages, question, wants_order_status)
        )
        if order:
            return FlowMatch(ORDER_STATUS, order.model_copy(update={"name": ORDER_STATUS}), order.value or 1.0)
    if found is None or not found.name:
        return found
    return replace(found, reason=found.reason.model_copy(update={"seq": messages[-1].seq}))


def _asked_about(
    question: str, wish: FlowMatch | None, flows: Flows, guesses: Sequence[Guess], language: str
) -> Flow | None:
    """The procedure that would change what the customer only asks about. Its own wordings ask to have it done."""
    if not asks_rule(question) or (wish is not None and wish.confidence >= 1.0):
        return None
    found = wish if wish and wish.name else match(question, guesses, flows.enabled(), language, asked_about=True)
    live = flows.get(found.name) if found and found.name else None
    return live.flow if live and live.flow.writes else None


def _picked_hits(picked: Option, language: str, knowledge: Searchable) -> list[Hit]:
    """The chosen article first; what else fits its title after it."""
    hits = knowledge.search(picked.label, language)
    return sorted(hits, key=lambda hit: str(hit.article_id) != picked.id)


def _picked(message: CustomerMessage, memory: Memory, flows: Flows) -> Option | None:
    said = message.text.strip().casefold()
    started = (message.quick_reply or "").removeprefix("flow:")
    if message.quick_reply == f"flow:{started}" and flows.get(started):
        return Option(id=f"flow:{started}", label=message.text.strip())
    if len(memory.clarification) == 1 and says_yes(message.text):
        return memory.clarification[0]
    for number, option in enumerate(memory.clarification, start=1):
        if message.quick_reply == option.id or said == option.label.casefold() or said == str(number):
            return option
    return None


def _risks(messages: Sequence[CustomerMessage]) -> tuple[Reason | None, Reason | None]:
    found = [reason.model_copy(update={"seq": m.seq}) for m in messages for reason in risks(m.text)]
    red = sorted((r for r in found if r.code in RED_LINES), key=lambda r: RED_LINES.index(r.code))
    return (red[0] if red else None), next((r for r in found if r.code == COMPLAINT), None)


def _names_order(text: str) -> Reason | None:
    """A message that is nothing but the number of an order or a parcel asks how that one is doing."""
    bare = _NUMBER.fullmatch(text)
    return Reason(code=NAMES_ORDER, value=1.0, threshold=1.0, span=bare.span(1)) if bare else None


def _first(messages: Sequence[CustomerMessage], detect: Callable[[str], Reason | None]) -> Reason | None:
    for message in messages:
        reason = detect(message.text)
        if reason:
            return reason.model_copy(update={"seq": message.seq})
    return None


def _at(reason: Reason, message: CustomerMessage) -> Reason:
    return reason.model_copy(update={"seq": message.seq})


def _strongest(messages: Sequence[CustomerMessage], detect: Callable[[str], Reason | None]) -> Reason | None:
    found = [_at(reason, message) for message in messages if (reason := detect(message.text))]
    return max(found, key=lambda reason: reason.value or 0.0, default=None)


def _in_joined(
    messages: Sequence[CustomerMessage], question: str, detect: Callable[[str], Reason | None]
) -> Reason | None:
    """A wording that runs over several messages: evidence is the newest message, without a span."""
    if len(messages) < 2:
        return None
    reason = detect(question)
    return reason.model_copy(update={"seq": messages[-1].seq, "span": None}) if reason else None
