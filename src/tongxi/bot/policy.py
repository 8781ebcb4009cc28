"""What the bot does next. Pure: the same situation gives the same decision.

A rule looks at the situation and gives its reason or None; the first rule that speaks wins, so its place is its rank.
The rules at the top may never be outranked: asking for a person, red lines, threats. The business ranks the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tongxi.bot import counterfactual, going_on, handing_over
from tongxi.bot.situation import Situation
from tongxi.bot.threshold import answer_at, stated
from tongxi.configuration.bot import LOCKED, MOVABLE, BotSettings
from tongxi.decisions import Decision, Flip, Reason

POLICY = "bot"
CERTIFIED = "certified"
DEFAULT = BotSettings()

Condition = Callable[[Situation, BotSettings], Reason | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: what is done when its condition gives a reason."""

    name: str
    choice: str
    """`flow` stands for the flow the condition is about."""
    condition: Condition


RULES: tuple[Rule, ...] = (
    Rule("wants_person", "hand_off", handing_over.wants_person),
    Rule("red_line", "hand_off", handing_over.red_line),
    Rule("complaint", "hand_off", handing_over.complaint),
    Rule("critical", "hand_off", handing_over.critical),
    Rule("angry", "hand_off", handing_over.angry),
    Rule("mood_drop", "hand_off", handing_over.mood_drop),
    Rule("wrong_again", "hand_off", handing_over.wrong_again),
    Rule("manipulation", "fixed", handing_over.manipulation),
    Rule("small_talk", "small_talk", going_on.small_talk),
    Rule("flow", "flow", going_on.flow),
    Rule("open_flow", "flow", going_on.open_flow),
    Rule("both", "answer", going_on.both),
    Rule("several", "ask", going_on.several),
    Rule("two_meanings", "ask", going_on.two_meanings),
    Rule("answer", "answer", going_on.answers),
    Rule("half_sure", "ask", going_on.half_sure),
    Rule("quotation", "quote", going_on.quotation),
    Rule("unknown_again", "hand_off", handing_over.unknown_again),
    Rule("unknown", "unknown", going_on.unknown),
)
"""Highest rank first, as the product ranks them. Those of `configuration.bot.LOCKED` are never outranked."""

_BY_NAME = {rule.name: rule for rule in RULES}
assert [rule.name for rule in RULES] == [*LOCKED, *MOVABLE, "unknown"]


def ranked(bot: BotSettings) -> Iterator[Rule]:
    """The rules in the order of the business: locked ones, its own ranking, and what is left to say at the end."""
    for name in LOCKED:
        yield _BY_NAME[name]
    for name in bot.rules:
        yield _BY_NAME[name]
    yield _BY_NAME["unknown"]


def decide(situation: Situation, bot: BotSettings = DEFAULT, *, version: int = 0) -> Decision:
    """Choose: `answer`, `ask`, `quote`, `flow:<name>`, `small_talk`, `fixed`, `unknown` or `hand_off`; with what would
    have turned it. `version`: of the settings."""
    rule, reason = first(situation, bot)
    choice = _choice(rule, reason)
    return Decision(
        choice=choice,
        reasons=(reason, *_also(situation, bot, reason, choice)),
        policy=POLICY,
        rule=rule.name,
        version=version,
        counterfactual=_flips(situation, bot, choice),
        features=situation.features(),
    )


def first(situation: Situation, bot: BotSettings) -> tuple[Rule, Reason]:
    """The rule that speaks first, and its reason."""
    for rule in ranked(bot):
        reason = rule.condition(situation, bot)
        if reason is not None:
            return rule, reason
    raise AssertionError("the last rule always speaks")


def choose(situation: Situation, bot: BotSettings) -> str:
    """The choice alone: for replaying many decisions."""
    return _choice(*first(situation, bot))


def _choice(rule: Rule, reason: Reason) -> str:
    return f"flow:{reason.name}" if rule.choice == "flow" else rule.choice


def _also(s: Situation, bot: BotSettings, leading: Reason, choice: str) -> list[Reason]:
    """What else was weighed: further reasons for a person, the confidence, and the promise that held."""
    others = [reason for rule in RULES[: len(LOCKED) + 4] if (reason := rule.condition(s, bot)) is not None]
    if s.complexity and choice == "hand_off":  # what whoever takes over has to expect
        others.append(Reason(code="complexity", value=s.complexity_score, seq=s.seq, name=s.complexity))
    at = answer_at(s, bot)
    shown = {"confident", "nothing_known", "flow_open", "below_threshold", "not_certified"}
    if leading.code not in shown and s.confidence > 0 and math.isfinite(at):
        others.append(Reason(code="confident", value=s.confidence, threshold=at, met=s.confidence >= at, seq=s.seq))
    if s.standing and choice in ("answer", "ask", "quote", "unknown"):
        code = CERTIFIED if s.standing == CERTIFIED else "conservative" if math.isfinite(at) else "not_certified"
        others.append(
            Reason(
                code=code,
                value=s.confidence,
                threshold=stated(at),
                met=s.confidence >= at,
                name=s.certificate or s.group or None,
            )
        )
    found: dict[str, Reason] = {}
    for reason in others:
        if reason.code != leading.code:
            found.setdefault(reason.code, reason)
    return list(found.values())


def _flips(s: Situation, bot: BotSettings, choice: str) -> tuple[Flip, ...]:
    limits = bot.limits
    return counterfactual.flips(
        s, choice, lambda other: choose(other, bot),
        answer_at=answer_at(s, bot), mood_at=limits.mood_at, mood_drop=limits.mood_drop, upset_at=limits.upset_at,
        close_by=limits.close_by, manipulation_at=limits.manipulation_at, max_unanswered=limits.max_unanswered,
        max_wrong=limits.max_wrong,
    )  # fmt: skip
