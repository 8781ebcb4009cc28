"""The wish for a person: Chinese (both scripts, pinyin, homophone typos) and English. Pure, no language model.

Always obeyed, so it must not miss; a false alarm costs an agent a conversation, so compounds such as 人工费, refusals
such as 不用转人工 and talk about agents in the past must not fire. A clause of nothing but plain words needs no weights; all
else a linear score decides, which was learnt from several writers' lines. Figures: docs/reference/signals.md.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tongxi.decisions import Reason
from tongxi.kit.text import READINGS, fold
from tongxi.signals import human_request_plain as plain
from tongxi.signals.human_request_score import score
from tongxi.signals.plain_wish import wants_plain

CODE = "asks_for_human"
MAX_CHARS = 8_000
SCORE_AT = 0.0
"""Log-odds, of the whole and of its best clause added up, from which a text asks for a person."""

_LETTER = re.compile(r"[^\W_]")


@lru_cache(maxsize=READINGS)
def asks_for_person(text: str) -> Reason | None:
    """Tell whether the writer asks, directly or not, for a person; the reason's `span` is the wording, or its clause."""
    folded = fold(text[:MAX_CHARS])
    ruled = plain.find_whole(folded.text)
    if ruled:
        return Reason(code=CODE, value=1.0, threshold=1.0, span=folded.span(*ruled))
    if not _LETTER.search(folded.text):
        return None
    said, clause = score(folded.text)
    if said < SCORE_AT or _is_about_plain_words(text):
        return None
    span = plain.find(folded.text, *clause) or clause
    return Reason(code=CODE, value=round(said, 2), threshold=SCORE_AT, span=folded.span(*span))


def _is_about_plain_words(text: str) -> bool:
    """Most of the message asks for simpler words or larger letters: "bigger text please" wants those, not a person."""
    wish = wants_plain(text)
    return wish is not None and wish.span is not None and 2 * (wish.span[1] - wish.span[0]) >= len(text)


def refuses_person(text: str) -> bool:
    """Tell whether the writer says that no person is wanted ("不用转人工", "no need for an agent")."""
    return plain.refused(fold(text[:MAX_CHARS]).text)
