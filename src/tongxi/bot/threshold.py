"""From which confidence the bot may answer: what is promised for the group of questions, else the set default. Pure."""

from __future__ import annotations

import math

from tongxi.bot.situation import Situation
from tongxi.configuration.bot import BotSettings
from tongxi.decisions import Standing


def answer_at(s: Situation, bot: BotSettings) -> float:
    """Confidence from which it may answer here; inf when nothing may be promised for the group."""
    return _from(s.standing, s.threshold, bot)


def may_say(confidence: float, standing: Standing | None, bot: BotSettings) -> bool:
    """Whether an article may be quoted to a question beside the one that is decided on."""
    return confidence >= (_from(standing.state, standing.threshold, bot) if standing else bot.limits.answer_at)


def _from(standing: str, threshold: float | None, bot: BotSettings) -> float:
    if not standing:
        return bot.limits.answer_at
    return math.inf if threshold is None else threshold


def stated(threshold: float) -> float | None:
    """The threshold as a reason shows it; None where nothing may be answered."""
    return threshold if math.isfinite(threshold) else None
