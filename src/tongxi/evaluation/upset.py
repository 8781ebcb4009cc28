"""How well the bot sees that a customer is upset: recall of anger and threats at a set share of false transfers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

from tongxi.bot.handing_over import ANGRY
from tongxi.configuration.bot import BotLimits
from tongxi.evaluation.score import Score
from tongxi.signals.mood import anger
from tongxi.signals.risk import COMPLAINT, risks
from tongxi.signals.upset import felt, upset

FALSE_RATES = (0.02, 0.05, 0.10)
"""Shares of the other turns that may be taken for an upset customer's."""
LIMITS = BotLimits()
THREATS = {"complaint_escalation", "legal", "public_exposure"}
"""Labels of the corpus that are a threat to us."""


def is_upset(row: Mapping[str, Any]) -> bool:
    """Whether a labelled turn should go to a person for its mood: anger, or a threat."""
    return row["emotion"] == "angry" or bool(THREATS & set(row["risks"]))


def hands_off(text: str) -> bool:
    """Whether the bot, as it comes, hands over for the mood of this one turn."""
    return by_wording(text) or upset(text) >= LIMITS.upset_at


def by_wording(text: str) -> bool:
    """Whether a fixed wording alone would make it hand over."""
    return anger(text) is not None or COMPLAINT in {reason.code for reason in risks(text)}


def heat(text: str) -> float:
    """How upset a turn sounds, 0…2: the learnt probability, and a wording on top."""
    return upset(text) + by_wording(text)


def falls(rows: Sequence[Mapping[str, Any]]) -> Iterator[Score]:
    """Turns of short conversations: handed over or not, by each turn alone and with the fall of the mood.

    Rows `{turns: [{text, handoff}]}`. A turn sees only what came before it.
    """
    truth, alone, both = [], [], []
    for row in rows:
        moods: list[int] = []
        for turn in row["turns"]:
            now = felt(turn["text"])
            truth.append(bool(turn["handoff"]))
            alone.append(hands_off(turn["text"]))
            fell = bool(moods) and now <= ANGRY and max(moods) - now >= LIMITS.mood_drop
            both.append(alone[-1] or fell)
            moods = [*moods, now][-2:]
    for name, seen in (("one turn alone", alone), ("with the fall", both)):
        yes = [one for one, label in zip(seen, truth, strict=True) if label]
        no = [one for one, label in zip(seen, truth, strict=True) if not label]
        yield Score(f"mood, {name}", "recall", len(yes), sum(yes))
        yield Score(f"mood, {name}", "false transfers", len(no), sum(no))


def scores(rows: Sequence[Mapping[str, Any]]) -> Iterator[Score]:
    """As the bot hands over, then by `heat` at each of `FALSE_RATES`.

    The limit for one half of the lines is the lowest that keeps the rate on the other half, so that no line has a say
    in what it is judged by; halves by checksum.
    """
    upset = [is_upset(row) for row in rows]
    texts = [str(row["text"]) for row in rows]
    yes, no = sum(upset), len(upset) - sum(upset)
    seen = [hands_off(text) for text in texts]
    yield Score("upset, as handed over", "recall", yes, sum(a and b for a, b in zip(upset, seen, strict=True)))
    yield Score("upset, as handed over", "false transfers", no, sum(b > a for a, b in zip(upset, seen, strict=True)))
    heats, halves = [heat(text) for text in texts], [crc32(text.encode()) % 2 for text in texts]
    for rate in FALSE_RATES:
        limits = [_limit([h for h, a, half in zip(heats, upset, halves, strict=True) if half != mine and not a], rate)
                  for mine in (0, 1)]  # fmt: skip
        hot = [one > limits[half] for one, half in zip(heats, halves, strict=True)]
        name = f"upset, limit for {rate:.0%}"
        yield Score(name, "recall", yes, sum(a and b for a, b in zip(upset, hot, strict=True)))
        yield Score(name, "false transfers", no, sum(b > a for a, b in zip(upset, hot, strict=True)))


def _limit(calm: Sequence[float], rate: float) -> float:
    """The lowest limit that at most `rate` of the calm turns exceed."""
    ranked = sorted(calm, reverse=True)
    return ranked[int(rate * len(ranked))]
