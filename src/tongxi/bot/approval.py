"""Whether a draft may go out: an answer must stand in its evidence, nothing goes out over a wish for a person. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tongxi.bot.handing_over import red_line
from tongxi.bot.situation import Situation
from tongxi.configuration.bot import BotSettings
from tongxi.decisions import Decision, Reason
from tongxi.kit.text import READINGS, normalise

if TYPE_CHECKING:
    from tongxi.bot.answer import Draft

POLICY = "bot"
DEFAULT = BotSettings()

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_SENTENCE_END = re.compile(r"[。!?！？\n]+|(?<=[.;])\s+")


def approve(draft: Draft, situation: Situation, bot: BotSettings = DEFAULT) -> Decision:
    """Check a draft before it is sent: `send`, or `withhold` with the reason.

    An answer must stand in its evidence: every number, and each sentence nearly word for word. Nothing but a hand-off
    goes out when the customer wants a person or crossed a red line.
    """
    reasons = []
    if draft.choice != "hand_off" and (blocking := situation.wants_person or red_line(situation, bot)):
        reasons.append(blocking.model_copy(update={"met": False}))
    if not draft.text.strip():
        reasons.append(Reason(code="empty_draft", met=False))
    if draft.choice in ("answer", "quote"):
        share = grounded(draft.said or draft.text, draft.evidence)
        reasons.append(Reason(code="grounded", value=share, threshold=1.0, met=share >= 1.0))
    held = any(not reason.met for reason in reasons)
    return Decision(choice="withhold" if held else "send", reasons=tuple(reasons), policy=POLICY)


def withheld(decision: Decision, approval: Decision) -> Decision:
    """The decision once its draft was refused: the customer is told so and offered a person."""
    unmet = tuple(reason for reason in approval.reasons if not reason.met)
    return decision.model_copy(update={"choice": "unknown", "reasons": (*decision.reasons, *unmet)})


def grounded(said: str, evidence: tuple[str, ...]) -> float:
    """Share of sentences whose words and numbers all stand in the evidence, 0…1."""
    source = _letters(" ".join(evidence))
    numbers = set(_NUMBER.findall(normalise(" ".join(evidence))))
    sentences = [s for s in _SENTENCE_END.split(said) if _letters(s)]
    if not sentences:
        return 0.0
    good = sum(_letters(s) in source and set(_NUMBER.findall(normalise(s))) <= numbers for s in sentences)
    return good / len(sentences)


@lru_cache(maxsize=READINGS)
def _letters(text: str) -> str:
    return "".join(c for c in normalise(text) if c.isalnum())
