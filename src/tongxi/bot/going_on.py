"""Conditions under which the bot goes on by itself: small talk, procedures, answers, questions back. Pure.

Each gives its reason, or None.
"""

from __future__ import annotations

import math

from tongxi.bot.flows.matching import AMBIGUOUS
from tongxi.bot.situation import Situation
from tongxi.bot.threshold import answer_at, stated
from tongxi.configuration.bot import BotSettings
from tongxi.decisions import Reason


def small_talk(s: Situation, _: BotSettings) -> Reason | None:
    """A greeting, thanks, a goodbye and nothing else."""
    is_answer = s.flow_continues is not None and s.flow_continues.value == 1.0  # "没有" to a question of the flow
    if s.picked or is_answer or ((s.flow_continues or s.was_asked) and s.small_talk == "acknowledgement"):
        return None
    return Reason(code="small_talk", seq=s.seq) if s.small_talk else None


def flow(s: Situation, bot: BotSettings) -> Reason | None:
    """A procedure is asked for. Where it is only asked about, what the knowledge says of it goes first, and the
    procedure is offered with it; so it is where the customer has to sign in for it first. Somebody who may not use it
    gets even a half-sure answer to a question sooner than a refusal."""
    if s.picked is not None:
        is_flow = s.picked.startswith("flow:")
        return Reason(code="picked", seq=s.seq, name=s.picked.removeprefix("flow:")) if is_flow else None
    is_refused = s.needs_sign_in and not s.is_verified
    if (s.asks_rule or is_refused) and not s.asides:
        at = bot.limits.ask_at if is_refused and s.asks_rule else answer_at(s, bot)
        if s.confidence >= at:
            return None
    return s.flow_wish


def open_flow(s: Situation, bot: BotSettings) -> Reason | None:
    """The flow goes on unless the customer clearly asks something else; the position is kept for coming back.

    What plainly answers the flow's question (value 1) goes on whatever else it resembles.
    """
    if s.flow is None or s.flow_continues is None:
        return None
    mine = {"seq": s.seq, "name": s.flow}
    if s.flow_continues.value == 1.0:
        return s.flow_continues.model_copy(update=mine)
    if s.says_no or s.confidence >= bot.limits.answer_at:
        return None
    return s.flow_continues.model_copy(update={**mine, "value": s.confidence, "threshold": bot.limits.answer_at})


def both(s: Situation, bot: BotSettings) -> Reason | None:
    """Several questions, each with an answer good enough: all are answered."""
    at = answer_at(s, bot)
    if len(s.parts) < 2 or s.picked or min(s.parts) < at:
        return None
    return Reason(code="several_answered", value=min(s.parts), threshold=at, seq=s.seq)


def several(s: Situation, bot: BotSettings) -> Reason | None:
    """Several questions: which first?"""
    known = [part for part in s.parts if part >= bot.limits.ask_at]
    if len(known) < 2 or s.picked or s.has_clarified or s.says_wrong:
        return None
    return Reason(code="several_topics", value=float(len(known)), threshold=2.0, seq=s.seq)


def two_meanings(s: Situation, bot: BotSettings) -> Reason | None:
    """Two articles that fit alike, or several flows that a bare word names ("退款": progress or application?)."""
    if s.alike > 1 and not (s.has_clarified or s.says_wrong or s.picked):
        return Reason(code=AMBIGUOUS, value=float(s.alike), threshold=2.0, seq=s.seq)
    if not _may_ask(s, bot) or s.rival <= 0 or s.confidence - s.rival >= bot.limits.close_by:
        return None
    return Reason(code="two_meanings", value=s.confidence - s.rival, threshold=bot.limits.close_by, seq=s.seq)


def answers(s: Situation, bot: BotSettings) -> Reason | None:
    """The best article fits well enough."""
    if s.picked and not s.picked.startswith("flow:"):
        return Reason(code="picked", seq=s.seq)
    at = answer_at(s, bot)
    if s.confidence < at or (s.says_wrong and s.is_repeat):
        return None
    return Reason(code="confident", value=s.confidence, threshold=at, seq=s.seq)


def half_sure(s: Situation, bot: BotSettings) -> Reason | None:
    """Something fits, though not well enough: one question back."""
    if not _may_ask(s, bot):
        return None
    return Reason(code="half_sure", value=s.confidence, threshold=stated(answer_at(s, bot)), seq=s.seq)


def quotation(s: Situation, bot: BotSettings) -> Reason | None:
    """Not sure enough to answer: a passage, marked as a quotation that may not fit."""
    if s.confidence < bot.limits.quote_at or s.says_wrong or s.picked:
        return None
    return _withheld(s, bot)


def unknown(s: Situation, bot: BotSettings) -> Reason | None:
    """Nothing fits: the last thing left to say."""
    if not s.says_wrong and s.has_words and s.confidence >= bot.limits.ask_at:
        return _withheld(s, bot)
    code = "says_wrong" if s.says_wrong else "nothing_known" if s.has_words else "no_words"
    return Reason(code=code, value=s.confidence, threshold=stated(answer_at(s, bot)), seq=s.seq)


def _withheld(s: Situation, bot: BotSettings) -> Reason:
    """Why it may not answer: below the threshold, or nothing is promised for this group."""
    at = answer_at(s, bot)
    code = "below_threshold" if math.isfinite(at) else "not_certified"
    return Reason(code=code, value=s.confidence, threshold=stated(at), met=False, seq=s.seq, name=s.group or None)


def _may_ask(s: Situation, bot: BotSettings) -> bool:
    """One clarifying question in a row, and none to somebody who says that the answer was wrong."""
    return not (s.has_clarified or s.says_wrong or s.picked) and s.confidence >= bot.limits.ask_at
