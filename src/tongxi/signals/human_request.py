"""The wish for a person: Chinese (both scripts, pinyin, homophone typos) and English. Pure, no language model.

Always obeyed, so it must not miss; a false alarm costs an agent a conversation, so compounds such as 人工费, refusals
such as 不用转人工 and talk about agents in the past must not fire. Rules first, which need no weights (`by_rule`); then a
scored lexicon for wordings no rule foresaw, to which what each family of rules saw is one more sign. Figures: docs/reference/signals.md.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tongxi.decisions import Reason
from tongxi.kit.text import READINGS, fold
from tongxi.signals import (
    human_request_en,
    human_request_oblique,
    human_request_score,
    human_request_short,
    human_request_zh,
)
from tongxi.signals.plain_wish import wants_plain

CODE = "asks_for_human"
MAX_CHARS = 8_000
SCORE_AT = 0.0
"""Log-odds from which a text asks for a person; what the rules found is among its signs."""

_SEVERAL = re.compile(r"[,。!?;.].*\w")


@lru_cache(maxsize=READINGS)
def asks_for_person(text: str) -> Reason | None:
    """Tell whether the writer asks, directly or not, for a person; the reason's `span` is the wording."""
    ruled = by_rule(text)
    if len(text) > human_request_score.MAX_CHARS:
        return ruled
    score = human_request_score.score(*evidence(text, ruled is not None))
    if score < SCORE_AT or (ruled is None and _is_about_plain_words(text)):
        return None
    return ruled or Reason(code=CODE, value=round(score, 2), threshold=SCORE_AT, span=(0, len(text)))


def _is_about_plain_words(text: str) -> bool:
    """Most of the message asks for simpler words or larger letters: "bigger text please" wants those, not a person."""
    plain = wants_plain(text)
    return plain is not None and plain.span is not None and 2 * (plain.span[1] - plain.span[0]) >= len(text)


def evidence(text: str, ruled: bool) -> tuple[str, frozenset[str]]:
    """What the score reads: folded text with look-alikes hidden, and which families of rules saw something in it."""
    folded = fold(text).text
    hidden = masked(folded)
    seen = {
        "%rule": ruled,
        "%short": human_request_short.find(hidden) is not None,
        "%oblique": human_request_oblique.find(folded) is not None,
        "%never": human_request_oblique.NEVER.search(folded) is not None,
        "%refused": refused(folded),
        "%about": human_request_zh.ABOUT.search(hidden) is not None,
        "%past": human_request_en.is_past(hidden),
        "%several": _SEVERAL.search(folded) is not None,
    }
    if ruled:
        seen |= {f"{name}&rule": on for name, on in seen.items()}
    return hidden, frozenset(name for name, on in seen.items() if on)


def by_rule(text: str) -> Reason | None:
    """The wish in words a rule knows."""
    folded = fold(text[:MAX_CHARS])
    span = human_request_zh.find(folded.text) if not folded.text.isascii() else None
    span = span or human_request_zh.find_pinyin(folded.text) or human_request_en.find(folded.text)
    if span is None and len(folded.text) <= human_request_short.MAX_CHARS:
        span = human_request_short.find(masked(folded.text))
    return Reason(code=CODE, value=1.0, threshold=1.0, span=folded.span(*span)) if span else None


def refuses_person(text: str) -> bool:
    """Tell whether the writer says that no person is wanted ("不用转人工", "no need for an agent")."""
    return refused(fold(text[:MAX_CHARS]).text)


def refused(folded: str) -> bool:
    """The same of folded text."""
    return bool(human_request_zh.REFUSED.search(folded) or human_request_en.REFUSED.search(folded))


def masked(folded: str) -> str:
    """Folded text with refusals and look-alikes hidden."""
    return human_request_en.mask(human_request_zh.mask(folded))
