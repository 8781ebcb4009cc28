"""Does what a model wrote stand in the passages it cites? Pure, deterministic, strict: a doubt is a no.

A no costs little, because the passage itself is quoted instead. What cannot be compared word by word, such as an answer
in another language than its passages, must not be put here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tongxi.bot import quantities
from tongxi.kit.text import normalise
from tongxi.knowledge.text import tokens

MAX_CHARS = 1_200
SENTENCE_SHARE = 0.6
"""Share of a sentence's terms that the cited passages must hold."""
CLAUSE_SHARE = 0.4
"""The same for each part between commas: nothing new rides along in a long sentence."""
SAME_STATEMENT = 0.5
"""A clause that shares this much with one of a passage says the same or its opposite."""


class Flaw(StrEnum):
    """Why a text is not said."""

    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    """Control characters, invisible ones, markup."""
    NO_CITATION = "no_citation"
    UNKNOWN_PASSAGE = "unknown_passage"
    LINK = "link"
    NUMBER = "number"
    PERSON = "person"
    """Claims to be human."""
    COMMITMENT = "commitment"
    """Promises, grants or reports something the passages do not."""
    UNSUPPORTED = "unsupported"
    OPPOSITE = "opposite"


@dataclass(frozen=True, slots=True)
class Grounded:
    """A text that stands, without its citation marks."""

    text: str
    cited: tuple[int, ...]
    """Passages by index, in the order of their first mention."""


_CITATION = re.compile(r"[ \t]*[\[【]\s*(\d{1,2}(?:\s*[,，、]\s*\d{1,2})*)\s*[\]】](?!\()")
_MARKUP = re.compile(r"<[a-z/!]|]\(|!\[|```", re.IGNORECASE)
_ADDRESS = re.compile(r"\w+://\S+|[^\s@，。、（(]+@[\w.-]+|(?<![\w.])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s，。、）)]*)?")
_SENTENCE = re.compile(r"[。!?;\n]+|(?<=\.)\s+")
_CLAUSE = re.compile(r"[,，、:：;；()（）—]+|且|但|\s-\s|\b(?:and|but)\b")
_PERSON = re.compile(
    r"我(?:就)?是(?:一[名位个])?(?:真人|人工|活人|客服(?:人员|专员|代表|小))|我不是(?:ai|机器|智能|人工智能)|真人(?:客服)?为您"
    r"|\bi(?:'m| am)(?: a| an| your| the)? (?:real |live )?(?:human|person|agent|representative|member of)"
    r"|\bi(?:'m| am) not (?:an? )?(?:ai|bot|robot|machine|chatbot)\b"
)
_COMMITMENT = re.compile(
    r"保证|承诺|担保|一定(?:会|能|给)|肯定(?:会|能)|绝对|放心|赔偿|补偿|赔付|免费|赠送|全额|返现|优惠|破例|特批"
    r"|已经?(?:为|帮|给|替)您|我们?(?:会|将|来)?(?:为|帮|给|替)您|微信|qq|加我"
    r"|\b(?:guarantee|promise|compensat|definitely|certainly|free|full refund|discount|exception|voucher|coupon|bonus"
    r"|i have|i've|we have|we've|i will|i'll|we will|we'll|whatsapp|telegram|wechat)"
)
_NOT = re.compile(
    r"不(?!同|过|仅|论|管|但)|没|未|勿|无法|无须|无需|禁止|\b(?:not|no|never|cannot|without|unable)\b|n't\b"
)


def check(text: str, passages: Sequence[str]) -> Grounded | Flaw:
    """Check a model's text against numbered passages, the first being 1."""
    if len(text) > MAX_CHARS:
        return Flaw.TOO_LONG
    if any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs"} for c in text if c != "\n"):
        return Flaw.CHARACTERS
    marks = _CITATION.findall(text)
    cited = tuple(dict.fromkeys(int(number) - 1 for mark in marks for number in re.findall(r"\d+", mark)))
    if not cited:
        return Flaw.NO_CITATION
    if not all(0 <= index < len(passages) for index in cited):
        return Flaw.UNKNOWN_PASSAGE
    said = _CITATION.sub("", text).strip()
    return _flaw(said, "\n".join(passages[index] for index in cited)) or Grounded(said, cited)


def cites(text: str) -> bool:
    """Whether a text names a source."""
    return _CITATION.search(text) is not None


def without_marks(text: str) -> str:
    """The text without the marks of its sources."""
    return _CITATION.sub("", text)


def _flaw(said: str, source: str) -> Flaw | None:
    if _MARKUP.search(said):
        return Flaw.CHARACTERS
    plain, evidence = _lines(said), _lines(source)
    if not all(address.rstrip(".,;:!?") in evidence for address in _ADDRESS.findall(plain)):
        return Flaw.LINK
    if not quantities.stated(plain) <= quantities.mentioned(evidence):
        return Flaw.NUMBER
    if _PERSON.search(plain):
        return Flaw.PERSON
    if not set(_COMMITMENT.findall(plain)) <= set(_COMMITMENT.findall(evidence)):
        return Flaw.COMMITMENT
    return _unsupported(plain, evidence)


def _unsupported(plain: str, evidence: str) -> Flaw | None:
    known = set(tokens(evidence))
    statements = [(set(tokens(clause)), bool(_NOT.search(clause))) for clause in _clauses(evidence)]
    if not known or not set(tokens(plain)):
        return Flaw.UNSUPPORTED
    for sentence in _SENTENCE.split(plain):
        if _share(set(tokens(sentence)), known) < SENTENCE_SHARE:
            return Flaw.UNSUPPORTED
        for clause in _clauses(sentence):
            terms = set(tokens(clause))
            if _share(terms, known) < CLAUSE_SHARE:
                return Flaw.UNSUPPORTED
            if _contradicts(terms, bool(_NOT.search(clause)), statements):
                return Flaw.OPPOSITE
    return None


def _contradicts(terms: set[str], negated: bool, statements: list[tuple[set[str], bool]]) -> bool:
    """The statements nearest to this one all say yes where it says no, or the other way round."""
    shares = [(_share(terms, other), is_negated) for other, is_negated in statements]
    best = max((share for share, _ in shares), default=0.0)
    nearest = [is_negated for share, is_negated in shares if share >= best - 0.1]
    return bool(terms) and best >= SAME_STATEMENT and negated not in nearest


def _clauses(text: str) -> Iterator[str]:
    return (clause for sentence in _SENTENCE.split(text) for clause in _CLAUSE.split(sentence) if clause.strip())


def _share(terms: set[str], known: set[str]) -> float:
    """A part without terms of its own claims nothing."""
    return len(terms & known) / len(terms) if terms else 1.0


def _lines(text: str) -> str:
    """Normalised line by line: the ends of lines are ends of sentences."""
    return "\n".join(normalise(line) for line in text.splitlines())
