"""What a customer's message asks for, if it asks for anything. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tongxi.conversations.log import Entry
from tongxi.signals.human_request import asks_for_person
from tongxi.signals.mood import anger
from tongxi.signals.reply import says_no, says_wrong, says_yes
from tongxi.signals.small_talk import small_talk

_FILLER = re.compile(
    r"[\W_]+|请|麻烦|帮我|给我|我要|我想|想要|谢谢|快点?|马上|立刻|现在|吧|啊|呀|了|的|你们|你|您"
    r"|\b(?:please|pls|i|want|would|like|to|can|could|you|get|me|a|an|the|now|let|need|thanks|thank|just|right|away"
    r"|talk|speak|chat|with|someone|real|live|human|person|people|agent|representative)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
ANGRY = -2
"""Mood at or below which the words of anger are not the wish."""
ENOUGH = {"zh": 2, "en": 4}
"""Letters left over beside small change from which a message asks for something."""


def is_customers(entry: Entry) -> bool:
    """A message of the customer whose text is still there."""
    return entry.type == "message_received" and not entry.erased


def is_wish(text: str) -> bool:
    """Whether the text asks for something: no greeting, no yes or no, and more than the wish for a person."""
    if not _LETTER.search(text) or small_talk(text) or says_yes(text) or says_no(text):
        return False
    rest = text
    for reason in (asks_for_person(text), says_wrong(text), anger(text, ANGRY)):
        if reason and reason.span:
            rest = rest.replace(text[reason.span[0] : reason.span[1]], " ")
    letters = _LETTER.findall(_FILLER.sub("", rest))
    return len(letters) >= ENOUGH["en" if rest.isascii() else "zh"]


def newest_wish(entries: Sequence[Entry]) -> Entry | None:
    """The newest customer message that asks for something; a tapped choice among orders does not."""
    for entry in reversed(entries):
        if is_customers(entry) and is_wish(entry.text):
            picked = (entry.content or {}).get("quick_reply", "") if isinstance(entry.content, dict) else ""
            if not str(picked).startswith("order:"):
                return entry
    return None
