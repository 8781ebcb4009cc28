"""What is said would have changed a decision does change it: each stated counterfactual, on 1,000 situations."""

from __future__ import annotations

import random
from dataclasses import fields

import pytest

from tongxi.bot.counterfactual import changed
from tongxi.bot.policy import RULES, choose, decide, first, ranked
from tongxi.bot.situation import Situation
from tongxi.configuration.bot import LOCKED, MOVABLE, BotLimits, BotSettings
from tongxi.decisions import Reason

CODES = {
    "wants_person": ("asks_for_human", "accepted_person"),
    "red_line": ("medical", "self_harm", "legal"),
    "complaint": ("complaint_risk",),
    "critical": ("danger", "urgency"),
    "flow_wish": ("wants_order_status",),
    "says_wrong": ("says_wrong",),
}


def situation(chance: random.Random) -> Situation:
    """A situation in which anything may come together."""
    confidence = chance.choice([0.0, chance.random(), round(chance.random(), 2), 0.6, 0.25])
    values: dict[str, object] = {
        name: Reason(code=chance.choice(codes), value=1.0, threshold=1.0, name="order_status")
        for name, codes in CODES.items()
        if chance.random() < 0.12
    }
    if chance.random() < 0.15:
        values["manipulation"] = Reason(code="injection", value=round(chance.random(), 3))
    standing = chance.choice(["", "", "certified", "conservative", "withdrawn"])
    return Situation(
        **values,  # type: ignore[arg-type]
        mood=chance.randint(-3, 2),
        mood_before=chance.choice([None, chance.randint(-3, 2)]),
        confidence=confidence,
        rival=chance.choice([0.0, confidence * chance.random()]),
        alike=chance.choice([0, 0, 0, 2, 3]),
        parts=chance.choice([(), (), tuple(chance.random() for _ in range(2))]),
        small_talk=chance.choice([None, None, "thanks", "acknowledgement"]),
        flow=chance.choice([None, "order_status"]),
        flow_continues=chance.choice([None, Reason(code="flow_open", value=chance.choice([None, 1.0]))]),
        picked=chance.choice([None] * 5 + ["0198", "flow:order_status"]),
        standing=standing,
        threshold=round(chance.random(), chance.choice([2, 9])) if standing in ("certified", "conservative") else None,
        group="refund.zh" if standing else "",
        wrong_count=chance.randint(0, 3),
        unanswered_count=chance.randint(0, 3),
        has_clarified=chance.random() < 0.3,
        has_words=chance.random() < 0.95,
        is_repeat=chance.random() < 0.2,
        says_no=chance.random() < 0.1,
        asks_rule=chance.random() < 0.3,
        needs_sign_in=chance.random() < 0.5,
        is_verified=chance.random() < 0.5,
    )


def settings(chance: random.Random) -> BotSettings:
    """Settings a business might have: ranked anew, with some rules off and other numbers."""
    rules = list(MOVABLE)
    chance.shuffle(rules)
    ask, quote, answer = sorted(round(chance.random(), 3) for _ in range(3))
    limits = BotLimits(
        answer_at=answer, quote_at=quote, ask_at=ask, close_by=round(chance.random() / 3, 3),
        mood_at=chance.randint(-3, 0), mood_drop=chance.randint(1, 4), manipulation_at=round(chance.random(), 2),
        max_unanswered=chance.randint(1, 4), max_wrong=chance.randint(1, 4),
    )  # fmt: skip
    return BotSettings(rules=rules[: chance.randint(6, len(rules))], limits=limits)


@pytest.mark.parametrize("own_settings", [False, True])
def test_every_stated_counterfactual_turns_the_decision(own_settings: bool) -> None:
    chance = random.Random(20260421)
    stated = 0
    for _ in range(1000):
        now = situation(chance)
        bot = settings(chance) if own_settings else BotSettings()
        decision = decide(now, bot)
        for flip in decision.counterfactual:
            stated += 1
            turned = choose(changed(now, flip.code, flip.needs), bot)
            assert turned == flip.choice != decision.choice, (now, flip, decision)
    assert stated > 1000


def test_a_decision_can_be_made_again_from_what_was_logged() -> None:
    chance = random.Random(7)
    for _ in range(1000):
        now, bot = situation(chance), settings(chance)
        decision = decide(now, bot, version=3)
        again = decide(Situation.from_features(decision.features or {}), bot, version=3)
        assert (again.choice, again.rule) == (decision.choice, decision.rule)


def test_locked_rules_stay_on_top_whatever_the_business_ranks() -> None:
    chance = random.Random(3)
    for _ in range(200):
        bot = settings(chance)
        names = [rule.name for rule in ranked(bot)]
        assert tuple(names[: len(LOCKED)]) == LOCKED
        assert names[-1] == "unknown"
        person = Situation(wants_person=Reason(code="asks_for_human"), confidence=1.0)
        assert first(person, bot)[0].name == "wants_person"


def test_no_rule_is_named_twice_and_every_field_can_be_logged() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert Situation().features() == {}
    known = {field.name for field in fields(Situation)}
    assert set(Situation(confidence=0.5, parts=(0.1, 0.2)).features()) <= known
    assert Situation.from_features({"gone": 1, "confidence": 0.5}) == Situation(confidence=0.5)
