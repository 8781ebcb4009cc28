"""The arithmetic of the promise against known figures, closed forms and what must hold for any data."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tongxi.calibration import bounds
from tongxi.calibration.bounds import Count

LEVELS = (0.10, 0.05, 0.02, 0.01)
SIZES = (50, 100, 200, 300, 500, 1000, 2000)


@pytest.mark.parametrize(
    ("alpha", "level", "row"),
    [
        (0.05, 0.10, (0, 1, 5, 9, 18, 40, 87)),
        (0.05, 0.05, (None, 1, 4, 8, 16, 38, 83)),
        (0.05, 0.02, (None, 0, 3, 7, 15, 35, 79)),
        (0.05, 0.01, (None, 0, 3, 6, 13, 34, 77)),
        (0.02, 0.10, (None, None, 1, 2, 5, 13, 31)),
        (0.02, 0.05, (None, None, 0, 1, 4, 12, 29)),
        (0.01, 0.05, (None, None, None, 0, 1, 4, 12)),
    ],
)
def test_most_wrong_answers_that_still_certify(alpha: float, level: float, row: tuple[int | None, ...]) -> None:
    assert tuple(bounds.most_wrong(n, alpha, level) for n in SIZES) == row


@pytest.mark.parametrize(
    ("alpha", "row"), [(0.10, (22, 29, 38, 44)), (0.05, (45, 59, 77, 90)), (0.02, (114, 149, 194, 228)),
                       (0.01, (230, 299, 390, 459))]
)  # fmt: skip
def test_fewest_labels_without_an_error(alpha: float, row: tuple[int, ...]) -> None:
    assert tuple(bounds.fewest(alpha, level) for level in LEVELS) == row
    assert all(n == math.ceil(math.log(level) / math.log1p(-alpha)) for n, level in zip(row, LEVELS, strict=True))


@pytest.mark.parametrize(
    ("wrong", "n", "delta", "known"),
    [(0, 100, 0.05, 0.029513), (3, 200, 0.05, 0.038310), (5, 500, 0.10, 0.018470), (12, 1000, 0.05, 0.019370),
     (30, 1000, 0.05, 0.040472)],
)  # fmt: skip
def test_clopper_pearson(wrong: int, n: int, delta: float, known: float) -> None:
    assert bounds.upper_bound(Count(n, wrong), delta) == pytest.approx(known, abs=5e-7)


def test_closed_forms() -> None:
    assert bounds.binomial_cdf(0, 59, 0.05) == pytest.approx(0.95**59)
    assert bounds.binomial_cdf(9, 10, 0.3) == pytest.approx(1 - 0.3**10)
    assert bounds.upper_bound(Count(100, 0), 0.05) == pytest.approx(1 - 0.05 ** (1 / 100))
    assert bounds.lower_bound(Count(100, 100), 0.05) == pytest.approx(0.05 ** (1 / 100))
    assert bounds.upper_bound(Count(7, 7), 0.05) == 1.0
    assert bounds.lower_bound(Count(7, 0), 0.05) == 0.0


@given(st.integers(1, 5000), st.data(), st.sampled_from([1e-6, 0.003, 0.01, 0.05, 0.31, 0.5, 0.97]))
@settings(max_examples=200)
def test_the_short_implementation_is_as_good_as_a_library(n: int, data: st.DataObject, p: float) -> None:
    k = data.draw(st.integers(0, n))
    assert bounds.binomial_cdf(k, n, p) == pytest.approx(float(stats.binom.cdf(k, n, p)), rel=1e-7, abs=1e-300)


@given(st.integers(1, 2000), st.data(), st.sampled_from([0.01, 0.05, 0.1]))
@settings(max_examples=50)
def test_bounds_are_quantiles_of_the_beta_distribution(n: int, data: st.DataObject, delta: float) -> None:
    k = data.draw(st.integers(0, n))
    upper = 1.0 if k == n else float(stats.beta.ppf(1 - delta, k + 1, n - k))
    lower = 0.0 if k == 0 else float(stats.beta.ppf(delta, k, n - k + 1))
    assert bounds.upper_bound(Count(n, k), delta) == pytest.approx(upper, abs=1e-9)
    assert bounds.lower_bound(Count(n, k), delta) == pytest.approx(lower, abs=1e-9)
    assert lower - 1e-9 <= k / n <= upper + 1e-9


def test_nothing_answered_proves_nothing() -> None:
    assert bounds.p_value(Count(0, 0), 0.05) == 1.0
    assert bounds.upper_bound(Count(0, 0), 0.05) == 1.0
    assert bounds.passed([Count(0, 0)] * 10, 0.05, 0.05) == []


def test_all_wrong_certifies_nothing() -> None:
    found = bounds.counts([0.9] * 500, [True] * 500, [0.95, 0.9, 0.5])
    assert found == [Count(0, 0), Count(500, 500), Count(500, 500)]
    assert bounds.passed(found, 0.05, 0.1) == []


def test_one_grid_point_needs_the_whole_budget_of_its_start() -> None:
    assert bounds.starts_of(1) == [0]
    assert bounds.passed([Count(89, 0)], 0.05, 0.05) == []
    assert bounds.passed([Count(90, 0)], 0.05, 0.05) == [0]


def test_tied_scores_are_answered_together() -> None:
    assert bounds.counts([0.8] * 3, [False, True, False], [0.9, 0.8, 0.7]) == [Count(0, 0), Count(3, 1), Count(3, 1)]


def test_a_later_start_gets_past_the_small_sets_a_plain_sequence_stalls_on() -> None:
    found = [Count(5, 0), Count(20, 0), Count(300, 0), Count(400, 2), Count(600, 60)]
    assert bounds.passed(found, 0.05, 0.05, starts=1) == []
    assert bounds.passed(found, 0.05, 0.05) == [2, 3]


def test_a_walk_stops_at_its_first_failure() -> None:
    found = [Count(300, 0), Count(400, 40), Count(2000, 40)]
    assert bounds.passed(found, 0.05, 0.05, starts=1) == [0]


_SCORED = st.lists(st.tuples(st.sampled_from([0.1, 0.45, 0.5, 0.8, 0.8, 0.93, 1.0]), st.booleans()), max_size=300)


@given(_SCORED, st.lists(st.sampled_from([0.99, 0.9, 0.8, 0.6, 0.5, 0.3]), min_size=1, max_size=6, unique=True))
@settings(max_examples=150)
def test_what_passes_was_tested_and_held(rows: list[tuple[float, bool]], grid: list[float]) -> None:
    grid = sorted(grid, reverse=True)
    found = bounds.counts([s for s, _ in rows], [w for _, w in rows], grid)
    held = bounds.passed(found, 0.05, 0.10)
    assert all(bounds.p_value(found[place], 0.05) <= 0.10 / 5 for place in held)
    assert all(found[place].answered >= 77 for place in held), "fewer cannot certify at this level, error-free or not"
    assert all(bounds.upper_bound(found[place], 0.10) <= 0.05 for place in held)


def test_share_of_all_conversations_is_another_promise() -> None:
    scores, wrong = [0.9] * 50 + [0.5] * 50, [False] * 50 + [True] * 10 + [False] * 40
    assert bounds.loosest_conformal(scores, wrong, [0.9, 0.5], 0.05) == 0, "10 of 100 conversations would be wrong"
    assert bounds.loosest_conformal(scores, wrong, [0.9, 0.5], 0.11) == 1, "(10 + 1) / 101"
    assert bounds.loosest_conformal(scores[:10], wrong[:10], [0.9], 0.05) is None, "1 / 11 alone is too much"


def test_it_is_small_just_because_the_bot_answers_rarely() -> None:
    scores, wrong = [0.9] * 4 + [0.1] * 96, [True] * 4 + [False] * 96
    assert bounds.loosest_conformal(scores, wrong, [0.9], 0.05) == 0
    assert bounds.passed(bounds.counts(scores, wrong, [0.9]), 0.05, 0.05) == [], "every answer was wrong"
