"""Triage of single messages by the product's own detectors: urgency, sentiment, whether a person should take over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tongxi.configuration.bot import BotLimits
from tongxi.signals.human_request import asks_for_person
from tongxi.signals.mood import anger
from tongxi.signals.risk import COMPLAINT, RED_LINES, risks
from tongxi.signals.sentiment import sentiment
from tongxi.signals.upset import upset
from tongxi.signals.urgency import urgency

Row = Mapping[str, Any]
LIMITS = BotLimits()

_SHORT = {"negative": "neg", "neutral": "neu", "positive": "pos"}


def predict(inputs: Sequence[Row], train: Sequence[Row] = (), dev: Sequence[Row] = ()) -> Iterator[dict[str, Any]]:
    """Rows `{id, urgency, sentiment, handoff}`: low … critical; neg, neu or pos; 1 where a person should take over.

    Nothing is learnt from `train` and `dev`: the detectors are used as shipped.
    """
    del train, dev
    for row in inputs:
        text = str(row["text"])
        level = urgency(text).level
        yield {
            "id": row["id"],
            "urgency": level,
            "sentiment": _SHORT[sentiment(text).label],
            "handoff": int(level in ("high", "critical") or _needs_person(text)),
        }


def _needs_person(text: str) -> bool:
    seen = {reason.code for reason in risks(text)}
    return bool(
        asks_for_person(text) or anger(text) or upset(text) >= LIMITS.upset_at or seen & {COMPLAINT, *RED_LINES}
    )
