"""Conditions under which people take over, or the bot keeps to fixed sentences. Pure.

Each gives its reason, or None.
"""

from __future__ import annotations

from tongxi.bot.situation import Situation
from tongxi.configuration.bot import BotSettings
from tongxi.decisions import Reason
from tongxi.signals.upset import CODE as UPSET

ANGRY = -2
"""A fall of the mood counts only when it ends here or lower."""


def wants_person(s: Situation, _: BotSettings) -> Reason | None:
    """A person is asked for."""
    return s.wants_person


def red_line(s: Situation, bot: BotSettings) -> Reason | None:
    """A subject the bot leaves to people."""
    return s.red_line if s.red_line and bot.is_red_line(s.red_line.code) else None


def complaint(s: Situation, _: BotSettings) -> Reason | None:
    """A threat of complaint, lawyer, media."""
    return s.complaint


def critical(s: Situation, _: BotSettings) -> Reason | None:
    """It cannot wait."""
    return s.critical


def angry(s: Situation, bot: BotSettings) -> Reason | None:
    """A wording of anger, or a message that sounds like it."""
    if s.mood <= bot.limits.mood_at:
        return _anger(s, "angry", float(s.mood), float(bot.limits.mood_at))
    if s.upset >= bot.limits.upset_at and bot.limits.upset_at < 1:
        return Reason(code=UPSET, value=s.upset, threshold=bot.limits.upset_at, seq=s.seq)
    return None


def mood_drop(s: Situation, bot: BotSettings) -> Reason | None:
    """The mood fell within two turns: the same as strong anger."""
    if s.mood_before is None or s.mood > ANGRY or s.mood_before - s.mood < bot.limits.mood_drop:
        return None
    return _anger(s, "mood_drop", float(s.mood_before - s.mood), float(bot.limits.mood_drop))


def _anger(s: Situation, code: str, value: float, threshold: float) -> Reason:
    span = s.anger.span if s.anger else None
    seq = s.anger.seq if s.anger else s.seq
    return Reason(code=code, value=value, threshold=threshold, seq=seq, span=span)


def wrong_again(s: Situation, bot: BotSettings) -> Reason | None:
    """The customer says again that the answer was wrong."""
    if s.says_wrong is None or s.wrong_count < bot.limits.max_wrong:
        return None
    return s.says_wrong.model_copy(
        update={"code": "answers_wrong", "value": float(s.wrong_count), "threshold": float(bot.limits.max_wrong)}
    )


def manipulation(s: Situation, bot: BotSettings) -> Reason | None:
    """Somebody tries to command the bot: it keeps to fixed sentences, calls no tool and asks no model."""
    if s.manipulation is None or (s.manipulation.value or 0.0) < bot.limits.manipulation_at:
        return None
    return s.manipulation.model_copy(update={"threshold": bot.limits.manipulation_at})


def unknown_again(s: Situation, bot: BotSettings) -> Reason | None:
    """Nothing known, once more in a row."""
    count = s.unanswered_count + 1
    if count < bot.limits.max_unanswered or not s.has_words:
        return None
    return Reason(code="repeats", value=float(count), threshold=float(bot.limits.max_unanswered), seq=s.seq)
