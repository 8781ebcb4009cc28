"""What the customer wants: all messages since the last reply, read together. Pure apart from the index it searches."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from tongxi.bot import order_choice
from tongxi.bot.memory import Memory, Option
from tongxi.decisions import Reason
from tongxi.knowledge.index import Hit
from tongxi.signals.human_request import asks_for_person, refuses_person
from tongxi.signals.language import detect_language
from tongxi.signals.mood import anger, mood
from tongxi.signals.order_wish import wants_order_status
from tongxi.signals.reply import says_no, says_wrong, says_yes
from tongxi.signals.risk import COMPLAINT, RED_LINES, risks
from tongxi.signals.small_talk import Kind, small_talk

MAX_MESSAGES = 20
"""Newest messages that are read for content; a wish for a person is looked for in all of them."""
PIECE_CHARS = 12
"""A Chinese message up to this length may be a piece of a sentence sent in several messages."""

SUBJECT_AT = 0.5
"""Confidence from which the best article names the topic."""

_WORDS = re.compile(r"[^\W_]")
_NUMBER = re.compile(
    r"\s*(?:单号|订单号?|order|no\.?|#)?[\s:：#]*([A-Za-z]{1,4}\d{6,16}|\d{8,10}|\d{12,20})\s*[。.?？]?\s*",
    re.IGNORECASE,
)
_END = re.compile(r"[。!?！？.…]\s*$")


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
    anger: Reason | None = None
    mood: int = 0
    """Lowest of the messages, -3…2."""
    small_talk: Kind | None = None
    """Set when the messages are nothing else."""
    order_status: Reason | None = None
    flow_continues: Reason | None = None
    """The message belongs to the open flow."""
    says_wrong: Reason | None = None
    says_yes: bool = False
    says_no: bool = False
    picked: Option | None = None
    """The option of an open clarifying question that was chosen."""
    hits: tuple[Hit, ...] = ()
    """Articles that fit, best first; a picked one leads."""
    is_verified: bool = False

    @property
    def subject(self) -> str:
        """Topic code: the flow asked for, or the best article's slug without its language; "" when unknown."""
        if self.order_status or (self.picked and self.picked.id == "flow:order_status"):
            return "order_status"
        if self.hits and (self.picked or self.hits[0].score >= SUBJECT_AT):
            return self.hits[0].slug.removesuffix(f".{self.hits[0].language}")
        return ""


def understand(
    messages: Sequence[CustomerMessage],
    *,
    language: str,
    memory: Memory,
    knowledge: Searchable,
    is_verified: bool,
) -> Understanding:
    """Read the messages since the last reply, oldest first. `language` is the conversation's, used when unclear.

    Raises: `ValueError` when there is no message.
    """
    if not messages:
        raise ValueError("there is nothing to understand: no message since the last reply")
    recent = messages[-MAX_MESSAGES:]
    question = _question(recent)
    whole = "\n".join(m.text for m in recent)
    spoken = detect_language(question or whole, language)
    picked = _picked(recent[-1], memory)
    wants_person = _first(messages, asks_for_person) or _in_joined(recent, question, asks_for_person)
    if wants_person is None and memory.person_offered and says_yes(recent[-1].text):
        wants_person = Reason(code="accepted_person", value=1.0, threshold=1.0, seq=recent[-1].seq)
    red_line, complaint = _risks(recent)
    kinds = [small_talk(m.text) for m in recent if _WORDS.search(m.text)]
    order_status = (
        _first(recent, _names_order)
        or _first(recent, wants_order_status)
        or _in_joined(recent, question, wants_order_status)
    )
    return Understanding(
        text=question,
        language=spoken,
        seq=recent[-1].seq,
        has_words=bool(_WORDS.search(whole)),
        wants_person=wants_person,
        refuses_person=wants_person is None and any(refuses_person(m.text) for m in recent),
        red_line=red_line,
        complaint=complaint,
        anger=_first(recent, anger),
        mood=min(mood(m.text) for m in recent),
        small_talk=kinds[-1] if kinds and all(kinds) else None,
        order_status=order_status,
        flow_continues=order_choice.continues(memory.flow, question or whole) if memory.flow else None,
        says_wrong=_first(recent, says_wrong) if memory.answered_ids else None,
        says_yes=says_yes(recent[-1].text),
        says_no=says_no(recent[-1].text),
        picked=picked,
        hits=tuple(_picked_hits(picked, spoken, knowledge) if picked else _search(question, recent, spoken, knowledge)),
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


def _picked_hits(picked: Option, language: str, knowledge: Searchable) -> list[Hit]:
    """The chosen article first; what else fits its title after it."""
    hits = knowledge.search(picked.label, language)
    return sorted(hits, key=lambda hit: str(hit.article_id) != picked.id)


def _picked(message: CustomerMessage, memory: Memory) -> Option | None:
    said = message.text.strip().casefold()
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
    return Reason(code="names_order", value=1.0, threshold=1.0, span=bare.span(1)) if bare else None


def _first(messages: Sequence[CustomerMessage], detect: Callable[[str], Reason | None]) -> Reason | None:
    for message in messages:
        reason = detect(message.text)
        if reason:
            return reason.model_copy(update={"seq": message.seq})
    return None


def _in_joined(
    messages: Sequence[CustomerMessage], question: str, detect: Callable[[str], Reason | None]
) -> Reason | None:
    """A wording that runs over several messages: evidence is the newest message, without a span."""
    if len(messages) < 2:
        return None
    reason = detect(question)
    return reason.model_copy(update={"seq": messages[-1].seq, "span": None}) if reason else None
