"""From two people's words to one verdict."""

from __future__ import annotations

import pytest

from tongxi.calibration.agreement import Settled, Verdict, kappa, missed, settle, true_bound

RIGHT, PART, WRONG = Verdict.RIGHT, Verdict.INCOMPLETE, Verdict.WRONG


@pytest.mark.parametrize(
    ("labels", "raters", "settled"),
    [
        ([], 2, Settled(None, 2)),
        ([RIGHT], 2, Settled(None, 1)),
        ([RIGHT, RIGHT], 2, Settled(RIGHT, 0)),
        ([RIGHT, PART], 2, Settled(PART, 0)),
        ([WRONG, WRONG], 2, Settled(WRONG, 0)),
        ([RIGHT, WRONG], 2, Settled(None, 1)),
        ([RIGHT, WRONG, WRONG], 2, Settled(WRONG, 0)),
        ([WRONG, PART, RIGHT], 2, Settled(PART, 0)),
        ([WRONG], 1, Settled(WRONG, 0)),
        ([RIGHT], 1, Settled(RIGHT, 0)),
    ],
)
def test_a_third_person_decides_a_conflict_about_wrong(labels: list[Verdict], raters: int, settled: Settled) -> None:
    assert settle(labels, raters) == settled


def test_kappa_of_a_known_table() -> None:
    pairs = [(WRONG, WRONG)] * 20 + [(WRONG, RIGHT)] * 5 + [(PART, WRONG)] * 10 + [(RIGHT, RIGHT)] * 15
    assert kappa(pairs) == pytest.approx(0.4)


def test_incomplete_is_not_a_disagreement_about_wrong() -> None:
    assert kappa([(WRONG, WRONG), (RIGHT, PART), (PART, RIGHT)]) == 1.0


def test_kappa_is_undefined_when_nobody_ever_said_wrong() -> None:
    assert kappa([(RIGHT, RIGHT), (PART, RIGHT)]) is None
    assert kappa([]) is None


def test_planted_errors_say_what_the_raters_overlook() -> None:
    rate, bound = missed(20, 1, 0.05)
    assert rate == 0.05
    assert bound == pytest.approx(0.216106, abs=1e-6)
    assert missed(0, 0, 0.05) == (None, 1.0)
    assert true_bound(0.05, 0.2) == pytest.approx(0.0625)
    assert true_bound(0.05, 1.0) == 1.0
