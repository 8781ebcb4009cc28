"""What the customer wants: all messages since the last reply, read together. Pure apart from the index it searches."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tongxi.bot.flows import Flows, Said, continues, open_flow, weigh
from tongxi.bot.flows.matching import Guess, is_offered
from tongxi.bot.flows.order_choice import puts_right
from tongxi.bot.flows.replies import only_place
from tongxi.bot.memory import Memory, Option
from tongxi.bot.messages import WORDS, CustomerMessage, at, first, in_joined, question_of, strongest
from tongxi.bot.parts import NONE, Part, Searchable, parts_of
from tongxi.bot.wishes import alike, asked_about, flow_wish, is_call, is_guess, is_named, picked, signed_in_only
from tongxi.configuration.bot import BotLimits
from tongxi.decisions import Reason
from tongxi.kit.i18n import base
from tongxi.knowledge.index import Hit
from tongxi.signals.emotion import emotion
from tongxi.signals.entities import entities
from tongxi.signals.follow_up import follows, spoken_of
from tongxi.signals.human_request import asks_for_person, refuses_person
from tongxi.signals.injection import injection
from tongxi.signals.language import detect_language
from tongxi.signals.mood import anger, mood
from tongxi.signals.personal_data import find
from tongxi.signals.reply import says_no, says_wrong, says_yes
from tongxi.signals.risk import COMPLAINT, RED_LINES, risks
from tongxi.signals.rule_question import named_in
from tongxi.signals.sentiment import sentiment
from tongxi.signals.small_talk import Kind, small_talk
from tongxi.signals.upset import felt, upset
from tongxi.signals.urgency import LEVELS, urgency

MAX_MESSAGES = 20
"""Newest messages that are read for content; a wish for a person is looked for in all of them."""
SUBJECT_AT = 0.5
"""Confidence from which the best article names the topic."""
NEAR = 0.15
"""An article is offered as a meaning when its confidence is at least this share of the best one's."""
MAX_OPTIONS = 3

LIMITS = BotLimits()
_VALUE = re.compile(
    r"[\d@＠]|[〇一二三四五六七八九十零两]{2}|叫|姓|名|今|明|昨|后天|周|号|\b(?:name|am|today|tomorrow|yesterday|street|road)\b",
    re.IGNORECASE,
)
"""What a message has that gives a value or personal data; most have none and need not be read for them."""


class Reading(Protocol):
    """The intents of a text (`tongxi.intents`)."""

    @property
    def guesses(self) -> Sequence[Guess]: ...
    @property
    def out_of_scope(self) -> float: ...


Read = Callable[[str, str], Reading]
"""Text and language → intents."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Something the customer may mean."""

    id: str
    """Article id or `flow:<name>`."""
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Bound:
    """What the operator tied a button to: the flow or article it leads to, the intent it stands for, or both."""

    option: Option | None = None
    """None: there is neither; the words are read for what they ask about."""
    intent: str = ""


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
    upset: float = 0.0
    """Highest probability of a message that its writer is angry, 0…1."""
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
    wants_call: Reason | None = None
    """The wish for a person that `flow_wish` meets: to be called back."""
    asides: tuple[Part, ...] = ()
    """Questions beside the procedure that is asked for."""
    later: tuple[Option, ...] = ()
    """Further procedures asked for in the same breath."""
    flow_continues: Reason | None = None
    """The message belongs to the open flow."""
    asks_rule: bool = False
    """The procedure is only asked about: how it works, or whether one may."""
    can_do: Option | None = None
    """The procedure that does what is asked about, or asked for by somebody who has to sign in for it."""
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
    is_bound: bool = False
    """It stands behind the button that was tapped."""
    out_of_scope: float = 0.0
    """How little the message resembles anything known, 0…1."""
    is_verified: bool = False

    @property
    def subject(self) -> str:
        """Topic code: the intent of a button, the flow asked for, the likely intent, or the best article's slug."""
        if self.is_bound:
            return self.intent
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
    bound: Bound | None = None,
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
    question = question_of(recent)
    whole = "\n".join(m.text for m in recent)
    spoken = detect_language(question or whole, language)
    flows = flows or Flows()
    chosen = bound.option if bound else picked(recent[-1], memory, flows)
    is_tapped = (bound or chosen) is not None and recent[-1].quick_reply is not None
    reading = read(question, spoken) if read and question else None
    guesses = tuple(reading.guesses) if reading else ()
    is_known = bool(reading and reading.out_of_scope < limits.out_of_scope_at)
    believed = tuple(guess for guess in guesses if is_known and guess.probability >= limits.intent_at)
    # What a button says is the operator's wording: "约人工回电" on it is no wish of the customer's.
    own = messages[:-1] if is_tapped else messages
    wants_person = first(own, asks_for_person) or in_joined(own[-MAX_MESSAGES:], question, asks_for_person)
    if wants_person is None and memory.person_offered and says_yes(recent[-1].text):
        wants_person = Reason(code="accepted_person", value=1.0, threshold=1.0, seq=recent[-1].seq)
    red_line, complaint = _risks(recent)
    urgencies = [(m, urgency(m.text)) for m in recent]
    pressing, pressure = max(urgencies, key=lambda one: (LEVELS.index(one[1].level), one[1].score))
    kinds = [kind for m in recent if (kind := small_talk(m.text)) or WORDS.search(m.text)]
    hits = tuple(_picked_hits(chosen, spoken, knowledge) if chosen else _search(question, recent, spoken, knowledge))
    if chosen is None:
        hits = _about_its_subject(question, hits, spoken, knowledge, limits)
        hits = _in_context(question, hits, memory, spoken, knowledge, limits)
    wish = flow_wish(recent, question or whole, flows, believed, spoken)
    opened = open_flow(flows, memory)
    tied = bound.intent if bound else ""
    several = NONE if chosen or not question else parts_of(question, spoken, knowledge, flows, recent[-1])
    if several.wishes:
        wish = several.wishes[0]
    wants_call = None
    if wants_person and is_named(wants_person, wish, recent):
        wants_person = None
    elif wants_person and is_call(whole, wish, flows):
        wants_person, wants_call = None, wants_person
    said = Said(tuple(m.text for m in recent), recent[-1].seq, recent[-1].quick_reply, recent[-1].attachments)
    going = continues(opened, memory.flow, said, recent[-1].at.date()) if opened and memory.flow else None
    wish, going = weigh(wish, going, opened, memory.flow, said)
    is_plain = going is not None and going.value == 1.0
    is_choice = is_plain and is_offered(memory.flow, recent[-1].text)  # "太慢" as a reason is no anger
    is_guessed = wants_person is not None and is_guess(wants_person)
    if is_plain and (is_guessed or puts_right(said.text) or only_place(said.text)):
        wants_person = None  # only guessed, or "不是这个，换一个" where an order was asked for
    if is_guessed and kinds and all(kinds):
        wants_person = None  # a greeting or thanks is no wish, however it sounds
    about = asked_about(question, wish, flows, believed, spoken) if opened is None or going is None else None
    is_beside = bool(several.wishes) and (wish is not None or going is not None)
    offered = about or (signed_in_only(wish, flows) if opened is None else None)
    return Understanding(
        text=question,
        language=spoken,
        seq=recent[-1].seq,
        has_words=bool(WORDS.search(whole)),
        wants_person=wants_person,
        refuses_person=wants_person is None and any(refuses_person(m.text) for m in recent),
        red_line=red_line,
        complaint=complaint,
        critical=at(pressure.reason, pressing) if pressure.level == "critical" else None,
        manipulation=strongest(recent, injection),
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
        anger=None if is_choice else first(recent, anger),
        # What answers a flow's question is a name or a number: it says nothing of the mood but by its words.
        upset=0.0 if is_plain else max(upset(m.text) if WORDS.search(m.text) else 0.0 for m in recent),
        mood=0 if is_choice else min((felt if WORDS.search(m.text) and not is_plain else mood)(m.text) for m in recent),
        small_talk=kinds[-1] if kinds and all(kinds) else None,
        flow_wish=wish.reason if wish and wish.name else None,
        wants_call=wants_call,
        asides=several.questions if is_beside else (),
        later=tuple(_offer(flows, one.name, spoken) for one in several.wishes[1:]) if is_beside else (),
        flow_continues=going,
        asks_rule=about is not None and wish is not None and about.name == wish.name and not is_beside,
        can_do=_offer(flows, offered.name, spoken) if offered else None,
        needs_sign_in=offered is not None and offered.for_ == "verified",
        says_wrong=first(recent, says_wrong) if memory.answered_ids and not is_plain else None,
        says_yes=says_yes(recent[-1].text),
        says_no=says_no(recent[-1].text),
        picked=chosen,
        hits=hits,
        parts=several.questions if len(several.questions) > 1 and not is_beside else (),
        meanings=tuple(Meaning(str(hit.article_id), hit.title, hit.score) for hit in hits[:MAX_OPTIONS]),
        alike=() if chosen else alike(question, wish, hits),
        intent=tied or (guesses[0].intent if guesses else ""),
        intent_score=1.0 if tied else guesses[0].probability if guesses else 0.0,
        is_believed=bool(tied or believed),
        is_bound=bool(tied),
        out_of_scope=reading.out_of_scope if reading and reading.guesses and not tied else 0.0,
        said=said,
        is_verified=is_verified,
    )


def _search(question: str, messages: Sequence[CustomerMessage], language: str, knowledge: Searchable) -> list[Hit]:
    """The joined question and the newest message by itself; the surer of the two."""
    if not question:
        return []
    hits = knowledge.search(question, language)
    newest = messages[-1].text.strip()
    if newest != question and WORDS.search(newest) and not small_talk(newest):
        own = knowledge.search(newest, language)
        if own and (not hits or own[0].score > hits[0].score):
            return own
    return hits


def _about_its_subject(
    question: str, hits: tuple[Hit, ...], language: str, knowledge: Searchable, limits: BotLimits
) -> tuple[Hit, ...]:
    """The hits, unless only the frame of the question found them: "do you sell submarines" is about submarines.

    Looked at only where a question back would follow.
    """
    if not hits or not limits.ask_at <= hits[0].score < limits.answer_at:
        return hits
    subject = named_in(question)
    if not subject:
        return hits
    own = knowledge.search(subject, language)
    return hits if own and own[0].score >= limits.ask_at else tuple(own)


def _in_context(
    question: str, hits: tuple[Hit, ...], memory: Memory, language: str, knowledge: Searchable, limits: BotLimits
) -> tuple[Hit, ...]:
    """The hits; for a short question that says too little by itself, those of it and the topic answered last.

    Only a passage that speaks of what the question adds: "那新疆呢" after the shipping fees, not "and for shoes".
    """
    if not memory.answered_ids or (hits and hits[0].score >= limits.answer_at) or not (added := follows(question)):
        return hits
    own = knowledge.search(f"{knowledge.title(memory.answered_ids[-1])} {added}", language)
    if not own or (hits and own[0].score <= hits[0].score):
        return hits
    return tuple(own) if spoken_of(added, f"{own[0].title} {own[0].text}") else hits


def _offer(flows: Flows, name: str, language: str) -> Option:
    """A procedure as something to choose."""
    live = flows.get(name)
    return Option(id=f"flow:{name}", label=live.flow.title.text(base(language)) if live else name)


def _picked_hits(picked: Option, language: str, knowledge: Searchable) -> list[Hit]:
    """The chosen article first, whatever the words on its button; what else fits them after it."""
    found = knowledge.search(picked.label, language)
    own = next((hit for hit in found if str(hit.article_id) == picked.id), None) or knowledge.named(picked.id, language)
    return [own, *(hit for hit in found if hit.article_id != own.article_id)] if own else found


def _risks(messages: Sequence[CustomerMessage]) -> tuple[Reason | None, Reason | None]:
    found = [reason.model_copy(update={"seq": m.seq}) for m in messages for reason in risks(m.text)]
    red = sorted((r for r in found if r.code in RED_LINES), key=lambda r: RED_LINES.index(r.code))
    return (red[0] if red else None), next((r for r in found if r.code == COMPLAINT), None)
