"""What would have changed the choice: one thing moved just far enough, and decided again. Pure.

`changed` applies a stated counterfactual; what is stated was tried in exactly this way, so it always holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from tongxi.bot.situation import Situation
from tongxi.decisions import Flip, Reason

STEP = 1e-6
"""Confidences are stated to this precision."""

_NOTICED = ("wants_person", "red_line", "complaint", "critical", "manipulation", "flow_wish", "says_wrong")
"""Fields that hold what was noticed; without it the next rule has its say."""

ASK = "asks_for_human"
"""Also stated where it was not noticed: what a customer can always do."""


_NAMES = tuple(field.name for field in fields(Situation))
_values = attrgetter(*_NAMES)


def _with(situation: Situation, **changes: Any) -> Situation:
    """`dataclasses.replace`, at half the cost: every decision asks for several."""
    values = list(_values(situation))
    for name, value in changes.items():
        values[_NAMES.index(name)] = value
    return Situation(*values)


def at_least(threshold: float) -> float:
    """The smallest stated value that reaches it."""
    return math.ceil(threshold / STEP - STEP) * STEP if math.isfinite(threshold) else threshold


def changed(situation: Situation, code: str, needs: float) -> Situation:
    """The situation with the value of one reason set to `needs`.

    Raises: `KeyError` for a code that cannot be changed by itself.
    """
    match code:
        case "confident":
            return _with(situation, confidence=needs, rival=min(situation.rival, needs))
        case "angry":
            return _with(situation, mood=int(needs))
        case "upset":
            return _with(situation, upset=needs)
        case "repeats":
            return _with(situation, unanswered_count=int(needs) - 1)
        case "answers_wrong":
            return _with(situation, wrong_count=int(needs))
        case "two_meanings":
            return _with(situation, rival=max(0.0, situation.confidence - needs - STEP))
        case "injection" if situation.manipulation is not None:
            return _with(situation, manipulation=situation.manipulation.model_copy(update={"value": needs}))
        case "small_talk" if needs == 0:
            return _with(situation, small_talk=None)
        case _ if code == ASK and needs == 1:
            return _with(situation, wants_person=Reason(code=ASK, value=1.0, threshold=1.0, seq=situation.seq))
        case "flow_ambiguous":
            return _with(situation, alike=int(needs))
        case "parts":
            return _with(situation, parts=())
    for name in _NOTICED:
        reason = getattr(situation, name)
        if reason is not None and reason.code == code and needs == 0:
            return _with(situation, **{name: None})
    raise KeyError(code)


def flips(
    situation: Situation,
    choice: str,
    decide: Callable[[Situation], str],
    *,
    answer_at: float,
    mood_at: int,
    mood_drop: int,
    upset_at: float,
    close_by: float,
    manipulation_at: float,
    max_unanswered: int,
    max_wrong: int,
) -> tuple[Flip, ...]:
    """Decide again with one thing changed; keep what changes the choice. `answer_at`: inf where it may not answer."""
    s = situation
    trials: list[tuple[str, float]] = []
    for name in _NOTICED:
        reason = getattr(s, name)
        if reason is not None and name != "manipulation":
            trials.append((reason.code, 0.0))
    if s.manipulation is not None and (s.manipulation.value or 0.0) >= manipulation_at:
        trials.append(("injection", round(max(0.0, at_least(manipulation_at) - STEP), 6)))
    if math.isfinite(answer_at):
        needs = at_least(answer_at)
        trials.append(("confident", round(needs if s.confidence < answer_at else max(0.0, needs - 2 * STEP), 6)))
    if s.mood <= mood_at or s.mood_before is not None:
        calm = mood_at + 1 if s.mood_before is None else max(mood_at + 1, min(s.mood_before - mood_drop + 1, 0))
        if calm > s.mood:
            trials.append(("angry", float(calm)))
    if s.mood > mood_at:
        trials.append(("angry", float(mood_at)))
    if s.upset >= upset_at:
        trials.append(("upset", round(max(0.0, at_least(upset_at) - STEP), 6)))
    if s.unanswered_count + 1 >= max_unanswered > 1:
        trials.append(("repeats", float(max_unanswered - 1)))
    if s.says_wrong and s.wrong_count >= max_wrong > 1:
        trials.append(("answers_wrong", float(max_wrong - 1)))
    if s.rival > 0:
        trials.append(("two_meanings", close_by))
    if s.small_talk:
        trials.append(("small_talk", 0.0))
    if s.alike > 1:
        trials.append(("flow_ambiguous", 0.0))
    if s.parts:
        trials.append(("parts", 0.0))
    if s.wants_person is None:
        trials.append((ASK, 1.0))
    found = []
    for code, needs in trials:
        turned = decide(changed(s, code, needs))
        if turned != choice:
            found.append(Flip(code=code, needs=needs, choice=turned))
    return tuple(found)
