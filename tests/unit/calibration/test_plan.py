"""What is fixed before the first label stays fixed, and the labels are tested once, against what runs."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxi.calibration import plan as plans
from tongxi.calibration.plan import Audited, Plan, Versions, certify, examine

START = datetime(2026, 5, 1, tzinfo=UTC)
RUNNING = Versions("k1", "s1", "p1", "")


def _plan(n: int = 200) -> Plan:
    return Plan(UUID(int=1), "returns.zh", 0.05, 0.05, n, RUNNING, START)


def _audited(n: int = 200, wrong: int = 0, score: float = 0.9) -> list[Audited]:
    return [Audited(UUID(int=1), "returns.zh", score, i < wrong, START + timedelta(hours=1)) for i in range(n)]


def test_two_hundred_answers_three_of_them_wrong_carry_the_promise() -> None:
    result = certify(_plan(), _audited(wrong=3), running=RUNNING, kappa=0.8)
    assert (result.threshold, result.answered, result.wrong, result.coverage) == (0.40, 200, 3, 1.0)
    assert result.bound == pytest.approx(0.03831, abs=1e-5)
    assert result.passed[0] == 0.86, "scores of 0.9 say nothing about stricter ones; 0.86 is where the next walk begins"


def test_a_fourth_wrong_answer_is_one_too_many() -> None:
    result = certify(_plan(), _audited(wrong=4), running=RUNNING, kappa=0.8)
    assert (result.threshold, result.passed, result.bound) == (None, (), None)
    assert len(result.curve) == len(plans.GRID), "the curve is shown all the same"


@pytest.mark.parametrize("changed", ["knowledge", "score", "policy", "model"])
def test_labels_say_nothing_about_what_has_changed_since(changed: str) -> None:
    with pytest.raises(plans.VersionsChanged) as caught:
        certify(_plan(), _audited(), running=RUNNING._replace(**{changed: "other"}), kappa=None)
    assert caught.value.fields == {"changed": [changed]}


def test_labels_older_than_the_plan_are_refused() -> None:
    audited = _audited()
    audited[7] = replace(audited[7], labelled_at=START - timedelta(seconds=1))
    with pytest.raises(plans.LabelsBeforePlan):
        certify(_plan(), audited, running=RUNNING, kappa=None)


def test_groups_are_not_merged_afterwards() -> None:
    audited = _audited(150) + [replace(one, group="returns.en") for one in _audited(50)]
    with pytest.raises(plans.ForeignLabels):
        certify(_plan(), audited, running=RUNNING, kappa=None)


def test_labels_of_another_plan_are_not_used_again() -> None:
    audited = [replace(one, plan_id=UUID(int=2)) for one in _audited()]
    with pytest.raises(plans.ForeignLabels):
        certify(_plan(), audited, running=RUNNING, kappa=None)


def test_a_part_of_the_labels_would_be_a_choice() -> None:
    with pytest.raises(plans.LabelsMissing) as caught:
        certify(_plan(), _audited(199), running=RUNNING, kappa=None)
    assert caught.value.fields == {"missing": 1}


def test_raters_who_mean_different_things_certify_nothing() -> None:
    with pytest.raises(plans.RatersDisagree):
        certify(_plan(), _audited(), running=RUNNING, kappa=0.59)


def test_a_plan_cannot_be_changed_and_says_so_if_its_copy_was() -> None:
    plan = _plan()
    with pytest.raises(FrozenInstanceError):
        plan.alpha = 0.1  # type: ignore[misc]
    loose = replace(plan, grid=(0.5,))
    digests = {plan.digest(), loose.digest(), replace(plan, alpha=0.1).digest(), replace(plan, n=5).digest()}
    assert len(digests) == 4


def test_an_alarm_tightens_to_the_next_certified_threshold_and_then_stops() -> None:
    assert plans.stricter((0.9, 0.8, 0.7), 0.7) == 0.8
    assert plans.stricter((0.9, 0.8, 0.7), 0.9) is None


def test_fewest_labels_and_the_errors_they_may_hold() -> None:
    assert plans.needed(0.05, 0.05) == 90
    assert plans.needed(0.05, 0.10) == 77
    assert plans.wrong_budget(89, 0.05, 0.05) is None
    assert plans.wrong_budget(300, 0.05, 0.05) == 6


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=250),
    st.sampled_from([0.02, 0.05, 0.2]),
    st.sampled_from([0.05, 0.1]),
)
@settings(max_examples=150, deadline=None)
def test_never_looser_than_tested(rows: list[tuple[float, bool]], alpha: float, delta: float) -> None:
    scores, wrong = [s for s, _ in rows], [w for _, w in rows]
    result = examine(scores, wrong, group="g", alpha=alpha, delta=delta)
    if result.threshold is None:
        assert result.passed == ()
        return
    assert result.threshold in plans.GRID
    assert result.answered == sum(s >= result.threshold for s in scores) >= plans.needed(alpha, delta)
    assert result.wrong / result.answered <= alpha
    assert result.bound is not None
    assert result.wrong / result.answered <= result.bound <= alpha
    assert result.threshold == min(result.passed)
