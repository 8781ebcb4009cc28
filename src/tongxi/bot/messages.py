"""The customer's messages since the last reply, read together: one question, and what any of them says. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from tongxi.decisions import Reason
from tongxi.signals.small_talk import small_talk

PIECE_CHARS = 12
"""A Chinese message up to this length may be a piece of a sentence sent in several messages."""

WORDS = re.compile(r"[^\W_]")
"""A letter or digit: the message says something."""
COURTESY = ("greeting", "thanks", "laugh")
_CLAUSE = re.compile(r"[^,，。！!?？；;~…\n]+[,，。！!?？；;~…\n\s]*|[,，。！!?？；;~…\n\s]+")
_END = re.compile(r"[。!?！？.…]\s*$")


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


def question_of(messages: Sequence[CustomerMessage]) -> str:
    """The messages without small talk; short Chinese pieces are one sentence sent in several messages."""
    parts = [_without_courtesy(m.text) for m in messages if WORDS.search(m.text) and not small_talk(m.text)]
    if not parts:
        return ""
    joined = parts[0]
    for before, part in pairwise(parts):
        is_piece = len(before) <= PIECE_CHARS and not before.isascii() and not _END.search(before)
        joined += ("" if is_piece else "\n") + part
    return joined


def _without_courtesy(text: str) -> str:
    """A message without the clauses that greet, thank or laugh: they say nothing of what is asked."""
    clauses = [clause for clause in _CLAUSE.findall(text) if clause.strip()]
    kept = [clause for clause in clauses if small_talk(clause.strip()) not in COURTESY]
    if len(kept) == len(clauses) or not any(WORDS.search(clause) for clause in kept):
        return text.strip()
    return "".join(kept).strip(" ,，、~\n")


def first(messages: Sequence[CustomerMessage], detect: Callable[[str], Reason | None]) -> Reason | None:
    for message in messages:
        reason = detect(message.text)
        if reason:
            return reason.model_copy(update={"seq": message.seq})
    return None


def at(reason: Reason, message: CustomerMessage) -> Reason:
    return reason.model_copy(update={"seq": message.seq})


def strongest(messages: Sequence[CustomerMessage], detect: Callable[[str], Reason | None]) -> Reason | None:
    found = [at(reason, message) for message in messages if (reason := detect(message.text))]
    return max(found, key=lambda reason: reason.value or 0.0, default=None)


def in_joined(
    messages: Sequence[CustomerMessage], question: str, detect: Callable[[str], Reason | None]
) -> Reason | None:
    """A wording that runs over several messages: evidence is the newest message, without a span."""
    if len(messages) < 2:
        return None
    reason = detect(question)
    return reason.model_copy(update={"seq": messages[-1].seq, "span": None}) if reason else None
