"""The wish for a person: Chinese (both scripts, pinyin, homophone typos) and English. Pure, no model.

Always obeyed, so it must not miss; a false alarm costs an agent a conversation, so compounds such as 人工费, refusals
such as 不用转人工 and talk about agents in the past must not fire. Figures: docs/reference/signals.md.
"""

from __future__ import annotations

from tongxi.decisions import Reason
from tongxi.kit.text import Folded, fold
from tongxi.signals import human_request_en, human_request_zh

CODE = "asks_for_human"
MAX_CHARS = 8_000


def asks_for_person(text: str) -> Reason | None:
    """Tell whether the writer asks, directly or not, for a person; the reason's `span` is the wording."""
    folded = fold(text[:MAX_CHARS])
    span = human_request_zh.find(folded.text) if not folded.text.isascii() else None
    span = span or human_request_zh.find_pinyin(folded.text) or human_request_en.find(folded.text)
    return _reason(folded, span) if span else None


def refuses_person(text: str) -> bool:
    """Tell whether the writer says that no person is wanted ("不用转人工", "no need for an agent")."""
    folded = fold(text[:MAX_CHARS]).text
    return bool(human_request_zh.REFUSED.search(folded) or human_request_en.REFUSED.search(folded))


def _reason(folded: Folded, span: tuple[int, int]) -> Reason:
    return Reason(code=CODE, value=1.0, threshold=1.0, span=folded.span(*span))


__all__ = ["asks_for_person", "refuses_person"]
