"""The table of a bake-off: shares, pass^k, paired differences. Planted truths come out."""

from __future__ import annotations

import random

import pytest

from tongxi.bakeoff import report
from tongxi.bakeoff.figures import Outcome, mcnemar, table


def engine(rate: float, *, n: int = 300, k: int = 1, seed: int = 1, cost: float | None = 0.0) -> list[list[Outcome]]:
    """Right on this share of questions, always on the same ones."""
    chance = random.Random(seed)
    right = [chance.random() < rate for _ in range(n)]
    return [[Outcome(intent=one, seconds=0.1, cost=cost) for _ in range(k)] for one in right]


def ids(n: int = 300) -> list[str]:
    return [f"q{at}" for at in range(n)]


def test_the_better_engine_comes_first_and_a_tie_goes_to_the_cheaper() -> None:
    runs = {"none": engine(0.6), "dear": engine(0.9, seed=2, cost=1.0), "cheap": engine(0.9, seed=2, cost=0.1)}
    made = table(ids(), runs, k=1, currency="CNY", labels="file")
    assert [row.engine for row in made.rows] == ["cheap", "dear", "none"]
    assert [row.per_thousand for row in made.rows] == ["100.0000", "1000.0000", "0.0000"]


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_difference_lies_in_its_interval_and_none_is_not_found_where_there_is_none(seed: int) -> None:
    runs = {
        "none": engine(0.6, seed=seed),
        "better": engine(0.85, seed=100 + seed),
        "same": engine(0.6, seed=200 + seed),
    }
    made = table(ids(), runs, k=1, currency="CNY", labels="file")
    better, same = made.differences
    assert better.against == "none"
    assert better.interval[0] <= 0.25 <= better.interval[1]
    assert better.interval[0] > 0
    assert better.p < 0.001
    assert same.interval[0] < 0 < same.interval[1]
    assert same.p > 0.01


def test_pairing_finds_what_two_separate_intervals_hide() -> None:
    """One engine is right wherever the other is, and on six questions more."""
    base = engine(0.7, n=200)
    more = [list(one) for one in base]
    wrong = [at for at, one in enumerate(base) if not one[0].intent][:8]
    for at in wrong:
        more[at] = [Outcome(intent=True, cost=0.0)]
    made = table(ids(200), {"none": base, "more": more}, k=1, currency="CNY", labels="file")
    rows = {row.engine: row for row in made.rows}
    assert rows["more"].interval[0] < rows["none"].interval[1], "side by side they overlap"
    assert made.differences[0].interval[0] > 0
    assert (made.differences[0].better, made.differences[0].worse) == (8, 0)


def test_pass_k_counts_questions_that_are_right_every_time() -> None:
    steady = [[Outcome(intent=True)] * 4, [Outcome(intent=False)] * 4]
    shaky = [[Outcome(intent=n != at) for n in range(4)] for at in range(2)]
    made = table(["a", "b"], {"steady": steady, "shaky": shaky}, k=4, currency="CNY", labels="file")
    rows = {row.engine: row for row in made.rows}
    assert (rows["steady"].pass_k, rows["steady"].right) == (0.5, 0.5)
    assert (rows["shaky"].pass_k, rows["shaky"].right) == (0.0, 0.75)


def test_not_answering_is_right_where_nothing_answers_and_wrong_answers_are_counted_apart() -> None:
    runs = [
        [Outcome(answer="abstained", should_abstain=True)], [Outcome(answer="wrong", should_abstain=True)],
        [Outcome(answer="abstained")], [Outcome(answer="correct")], [Outcome()],
    ]  # fmt: skip
    (row,) = table(ids(5), {"none": runs}, k=1, currency="CNY", labels="judged").rows
    assert (row.n, row.n_answer, row.right) == (4, 4, 0.5)
    assert (row.correct, row.wrong, row.abstained) == (0.25, 0.25, 0.5)


def test_an_engine_without_a_price_has_no_cost() -> None:
    (row,) = table(["a"], {"local": [[Outcome(intent=True, cost=None)]]}, k=1, currency="CNY", labels="file").rows
    assert row.per_thousand is None


@pytest.mark.parametrize(("better", "worse", "p"), [(0, 0, 1.0), (5, 5, 1.0), (10, 0, 2 / 1024), (8, 2, 112 / 1024)])
def test_mcnemar_is_exact(better: int, worse: int, p: float) -> None:
    assert mcnemar(better, worse) == pytest.approx(p)


def test_the_same_outcomes_give_the_same_bytes() -> None:
    def made() -> str:
        runs = {"none": engine(0.6, k=2), "one": engine(0.8, k=2, seed=3)}
        return report.text(table(ids(), runs, k=2, currency="CNY", labels="file"))

    assert made() == made()
    assert "against none" in made()
