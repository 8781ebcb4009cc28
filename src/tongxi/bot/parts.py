"""Several things in one message: its questions, and what it asks to be done. Pure apart from the search."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from tongxi.bot.flows import FlowMatch, Flows
from tongxi.bot.flows.matching import BY_KEYWORD
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.wishes import flow_wish
from tongxi.knowledge.index import Hit
from tongxi.signals.rule_question import asks_rule

PART_AT = 0.5
"""Confidence from which a part of a message is a question of its own."""
MAX_PARTS = 3
SURE = 0.7
"""The same where only a comma parts them."""
PART_CHARS = 3
"""Characters a part has at least; three make "几天到"."""

_BETWEEN = re.compile(
    r"[。!?！？;；\n]+|(?<=[a-z])[.](?=\s)"
    r"|[,，]?\s*(?:另外|还有|還有|顺便|順便|以及再|还想|還想|同时|同時|再帮我|再幫我)(?:问一?下|問一?下|想问|想問|請問|请问|问|問|知道)?"
    r"|[,，]?\s+\b(?:and also|also,?|by the way,?|another thing:?)\s"
    r"|[,，]?\s+and\s+(?=(?:how|what|when|where|who|which|can|could|do|does|is|are|will)\b)",
    re.IGNORECASE,
)
"""Where one question may end and another begin."""
_COMMA = re.compile(r"[,，]|(?:然后|並且|并且)再?|\s(?:and )?then\s", re.IGNORECASE)
"""Where something to be done and a question about it may meet: "我要退货，运费谁出"."""


class Searchable(Protocol):
    """What the bot needs of the knowledge base (`knowledge.index.Knowledge`)."""

    def search(self, text: str, language: str, *, agents: bool = False, k: int = 5) -> list[Hit]: ...
    def title(self, article_id: str) -> str: ...
    def named(self, name: str, language: str) -> Hit | None: ...


@dataclass(frozen=True, slots=True)
class Part:
    """One question of several."""

    text: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a message with several parts asks for."""

    questions: tuple[Part, ...] = ()
    """Each with an article of its own."""
    wishes: tuple[FlowMatch, ...] = ()
    """What is asked to be done, in so many words; each flow once."""

    @property
    def is_several(self) -> bool:
        return len(self.questions) + len(self.wishes) > 1


NONE = Parts()


def parts_of(question: str, language: str, knowledge: Searchable, flows: Flows, message: CustomerMessage) -> Parts:
    """The parts of a question that asks for several things; none when it is one. `message`: the newest."""
    pieces, is_plain = _split(_BETWEEN, question), True
    if len(pieces) == 1:
        pieces, is_plain = _split(_COMMA, question), False
    if not 2 <= len(pieces) <= MAX_PARTS:
        return NONE
    wishes: dict[str, FlowMatch] = {}
    left: list[str] = []
    for piece in pieces:
        wish = _explicit(piece, flows, language, message)
        if wish is None:
            left.append(piece)
        else:
            wishes.setdefault(wish.name, wish)
    if not is_plain:
        # A comma mostly parts nothing: a question beside something to be done counts, and nothing but sure questions.
        asked = [piece for piece in left if asks_rule(piece)]
        left = asked if wishes or len(asked) == len(left) else []
    least = PART_AT if is_plain or wishes else SURE
    questions: dict[object, Part] = {}
    for piece in left:
        hits = knowledge.search(piece, language, k=2)
        if hits and hits[0].score >= least:
            questions.setdefault(hits[0].article_id, Part(piece, tuple(hits)))
    found = Parts(tuple(questions.values()), tuple(wishes.values()))
    return found if found.is_several else NONE


def _split(between: re.Pattern[str], question: str) -> list[str]:
    pieces = [piece.strip(" ,，") for piece in between.split(question) if piece]
    return [piece for piece in pieces if len(piece) >= PART_CHARS]


def _explicit(piece: str, flows: Flows, language: str, message: CustomerMessage) -> FlowMatch | None:
    """The procedure a piece asks for in words of its own; one it only asks about is a question."""
    wish = flow_wish((_only(message, piece),), piece, flows, (), language)
    if wish is None or not wish.name or wish.confidence < BY_KEYWORD:
        return None
    return None if wish.confidence < 1.0 and asks_rule(piece) else wish


def _only(message: CustomerMessage, piece: str) -> CustomerMessage:
    return CustomerMessage(message.seq, piece, message.at)
