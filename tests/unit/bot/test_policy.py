"""What the bot decides: by table, with what would have turned it, and never over the never-rules."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.bot.answer import Draft
from tongxi.bot.approval import approve, grounded
from tongxi.bot.policy import decide
from tongxi.bot.situation import Situation
from tongxi.configuration.bot import BotSettings
from tongxi.decisions import Reason
from tongxi.kit.i18n import has

PERSON = Reason(code="asks_for_human", value=1, threshold=1, seq=3)
DANGER = Reason(code="safety", value=1, threshold=1, seq=3)
THREAT = Reason(code="complaint_risk", value=1, threshold=1, seq=3)
WRONG = Reason(code="says_wrong", value=1, threshold=1, seq=3)
ORDER = Reason(code="wants_order_status", value=1, threshold=1, seq=3, name="order_status")
OPEN = Reason(code="flow_open")
PLAIN = Reason(code="flow_open", value=1.0)


@pytest.mark.parametrize(
    ("situation", "choice", "code"),
    [
        (Situation(wants_person=PERSON, confidence=0.99), "hand_off", "asks_for_human"),
        (Situation(wants_person=PERSON, small_talk="greeting"), "hand_off", "asks_for_human"),
        (Situation(red_line=DANGER, confidence=0.99), "hand_off", "safety"),
        (Situation(complaint=THREAT, flow_wish=ORDER), "hand_off", "complaint_risk"),
        (Situation(mood=-3, confidence=0.99), "hand_off", "angry"),
        (Situation(mood=-2, confidence=0.99), "answer", "confident"),
        (Situation(upset=0.5, confidence=0.99), "hand_off", "upset"),
        (Situation(upset=0.39, confidence=0.99), "answer", "confident"),
        (Situation(mood=-2, mood_before=0, confidence=0.99), "hand_off", "mood_drop"),
        (Situation(mood=-2, mood_before=-1, confidence=0.99), "answer", "confident"),
        (Situation(confidence=0.9), "answer", "confident"),
        (Situation(confidence=0.7), "answer", "confident"),
        (Situation(confidence=0.69), "ask", "half_sure"),
        (Situation(confidence=0.5), "ask", "half_sure"),
        (Situation(confidence=0.7, rival=0.65), "ask", "two_meanings"),
        (Situation(confidence=0.7, rival=0.65, has_clarified=True), "answer", "confident"),
        (Situation(confidence=0.5, has_clarified=True), "quote", "below_threshold"),
        (Situation(confidence=0.3, has_clarified=True), "unknown", "below_threshold"),
        (Situation(confidence=0.1), "unknown", "nothing_known"),
        (Situation(confidence=0.1, unanswered_count=1), "hand_off", "repeats"),
        (Situation(confidence=0.5, unanswered_count=1), "ask", "half_sure"),
        (Situation(small_talk="thanks"), "small_talk", "small_talk"),
        (Situation(flow_wish=ORDER, confidence=0.99), "flow:order_status", "wants_order_status"),
        (Situation(flow_wish=ORDER, asks_rule=True, confidence=0.99), "answer", "confident"),
        (Situation(flow_wish=ORDER, asks_rule=True, confidence=0.5), "flow:order_status", "wants_order_status"),
        (Situation(flow_wish=ORDER, asks_rule=True, needs_sign_in=True, confidence=0.5), "ask", "half_sure"),
        (
            Situation(flow_wish=ORDER, asks_rule=True, needs_sign_in=True, is_verified=True, confidence=0.5),
            "flow:order_status",
            "wants_order_status",
        ),
        (Situation(flow_wish=ORDER, needs_sign_in=True, confidence=0.9), "answer", "confident"),
        (Situation(flow_wish=ORDER, needs_sign_in=True, confidence=0.5), "flow:order_status", "wants_order_status"),
        (
            Situation(flow_wish=ORDER, needs_sign_in=True, is_verified=True, confidence=0.9),
            "flow:order_status",
            "wants_order_status",
        ),
        (
            Situation(flow_wish=ORDER, needs_sign_in=True, asides=(0.9,), confidence=0.9),
            "flow:order_status",
            "wants_order_status",
        ),
        (Situation(picked="flow:order_status", asks_rule=True, confidence=0.9), "flow:order_status", "picked"),
        (Situation(picked="flow:order_status"), "flow:order_status", "picked"),
        (Situation(picked="0198", confidence=0.3), "answer", "picked"),
        (Situation(flow="order_status", flow_continues=PLAIN, small_talk="bye"), "flow:order_status", "flow_open"),
        (Situation(flow="order_status", flow_continues=OPEN, small_talk="bye"), "small_talk", "small_talk"),
        (Situation(flow="order_status", flow_continues=OPEN), "flow:order_status", "flow_open"),
        (Situation(flow="order_status", flow_continues=OPEN, confidence=0.9), "answer", "confident"),
        (Situation(flow="order_status"), "unknown", "nothing_known"),
        (Situation(flow="order_status", flow_continues=OPEN, says_no=True), "unknown", "nothing_known"),
        (Situation(says_wrong=WRONG, wrong_count=1, confidence=0.9, is_repeat=True), "unknown", "says_wrong"),
        (Situation(says_wrong=WRONG, wrong_count=1, confidence=0.9), "answer", "confident"),
        (Situation(says_wrong=WRONG, wrong_count=2, confidence=0.9), "hand_off", "answers_wrong"),
        (Situation(has_words=False), "unknown", "no_words"),
        (Situation(has_words=False, unanswered_count=5), "unknown", "no_words"),
        (Situation(was_asked=True, has_clarified=True, small_talk="acknowledgement"), "unknown", "nothing_known"),
    ],
)
def test_choices(situation: Situation, choice: str, code: str) -> None:
    decision = decide(situation, version=7)
    assert (decision.choice, decision.reasons[0].code) == (choice, code)
    assert decision.version == 7
    assert all(has(f"reason.{reason.code}") for reason in decision.reasons)


@pytest.mark.parametrize(
    ("situation", "flip"),
    [
        (Situation(confidence=0.2), ("confident", 0.7, "answer")),
        (Situation(confidence=0.9), ("angry", -3.0, "hand_off")),
        (Situation(confidence=0.1, unanswered_count=1), ("repeats", 1.0, "unknown")),
        (Situation(says_wrong=WRONG, wrong_count=2, confidence=0.9), ("answers_wrong", 1.0, "answer")),
        (Situation(wants_person=PERSON, confidence=0.9), ("asks_for_human", 0.0, "answer")),
        (Situation(mood=-3, confidence=0.9), ("angry", -2.0, "answer")),
    ],
)
def test_what_would_have_turned_it(situation: Situation, flip: tuple[str, float, str]) -> None:
    flips = decide(situation).counterfactual
    assert flip in [(f.code, f.needs, f.choice) for f in flips]


situations = st.builds(
    Situation,
    mood=st.integers(-3, 2),
    confidence=st.floats(0, 1),
    rival=st.floats(0, 1),
    small_talk=st.sampled_from([None, "thanks", "acknowledgement"]),
    flow_wish=st.sampled_from([None, ORDER]),
    flow=st.sampled_from([None, "order_status"]),
    flow_continues=st.sampled_from([None, OPEN]),
    picked=st.sampled_from([None, "0198", "flow:order_status"]),
    says_wrong=st.sampled_from([None, WRONG]),
    wrong_count=st.integers(0, 3),
    unanswered_count=st.integers(0, 3),
    has_clarified=st.booleans(),
    has_words=st.booleans(),
)


@given(situations, st.sampled_from(["wants_person", "red_line", "complaint"]))
def test_never_rules_are_never_outranked(situation: Situation, name: str) -> None:
    reason = {"wants_person": PERSON, "red_line": DANGER, "complaint": THREAT}[name]
    changed: dict[str, Any] = {name: reason}
    assert decide(replace(situation, **changed)).choice == "hand_off"


@given(situations)
def test_the_same_situation_gives_the_same_decision_and_true_flips(situation: Situation) -> None:
    decision = decide(situation)
    assert decision == decide(situation)
    assert all(flip.choice != decision.choice for flip in decision.counterfactual)


def test_an_answer_must_stand_in_its_source() -> None:
    good = Draft("answer", "三天到账。", said="三天到账。", evidence=("原路退回。三天到账。",))
    assert approve(good, Situation()).choice == "send"
    for said in ("五天到账。", "三天到账。保证最快。", ""):
        bad = replace(good, text=said, said=said)
        assert approve(bad, Situation()).choice == "withhold"


def test_nothing_but_a_hand_off_goes_out_to_who_wants_a_person() -> None:
    draft = Draft("answer", "三天。", said="三天。", evidence=("三天。",))
    assert approve(draft, Situation(wants_person=PERSON)).choice == "withhold"
    assert approve(draft, Situation(red_line=DANGER)).choice == "withhold"


@pytest.mark.parametrize(
    ("said", "evidence", "share"),
    [("Up to 3 days.", ("It takes up to 3 days.",), 1.0), ("3 days. Free.", ("3 days.",), 0.5), ("30", ("3, 0",), 0.0)],
)
def test_grounding(said: str, evidence: tuple[str, ...], share: float) -> None:
    assert grounded(said, evidence) == share


def test_learnt_anger_can_be_switched_off() -> None:
    wordings_only = BotSettings.model_validate({"limits": {"upset_at": 1}})
    assert decide(Situation(upset=1.0, confidence=0.9), wordings_only).choice == "answer"


def test_how_complex_it_is_is_told_to_whoever_takes_over_and_to_nobody_else() -> None:
    complicated = {"complexity": "complex", "complexity_score": 0.9}
    handed = decide(Situation(wants_person=PERSON, **complicated))  # type: ignore[arg-type]
    assert [(one.name, one.value) for one in handed.reasons if one.code == "complexity"] == [("complex", 0.9)]
    answered = decide(Situation(confidence=0.9, **complicated))  # type: ignore[arg-type]
    assert "complexity" not in [one.code for one in answered.reasons]
    assert (answered.features or {}).get("complexity_score") == 0.9
