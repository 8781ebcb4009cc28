"""The promise is kept: on simulated populations, and on real questions with the product's own search."""

from __future__ import annotations

import math
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

import numpy as np
import numpy.typing as npt
import pytest

from tongxi.calibration.bounds import counts, passed
from tongxi.calibration.plan import GRID, LOOSEST, examine, needed
from tongxi.calibration.plan import tested as thresholds_of  # pytest takes a name that begins with test for one
from tongxi.knowledge.articles import Article
from tongxi.knowledge.index import Knowledge

RUNS, DELTA = 300, 0.10
EXAMPLES = 8
RESAMPLES = 300
Floats = npt.NDArray[np.float64]


def _sharp(score: Floats) -> Floats:
    return np.asarray(0.5 * (1 - score) ** 1.5)


def _weak(score: Floats) -> Floats:
    return np.asarray(0.11 - 0.08 * score)


def _bumpy(score: Floats) -> Floats:
    """Not monotone: the surest answers are wrong more often than those a little less sure."""
    return np.asarray(np.where(score > 0.94, 0.14, np.where(score > 0.6, 0.02, 0.3 * (1 - score))))


@pytest.mark.parametrize("risk", [_sharp, _weak, _bumpy], ids=["sharp", "weak", "non-monotone"])
@pytest.mark.parametrize("n", [500, 2000])
@pytest.mark.parametrize("alpha", [0.05, 0.10])
def test_the_bound_breaks_no_more_often_than_promised(risk, n: int, alpha: float) -> None:  # type: ignore[no-untyped-def]
    random = np.random.default_rng([n, int(100 * alpha)])
    fine = np.linspace(LOOSEST, 1, 200_001)
    scale = alpha / 0.05  # at every alpha there are thresholds on both sides of it
    truth = {t: scale * float(risk(fine[fine >= t]).mean()) for t in GRID}
    assert min(truth.values()) < alpha < max(truth.values())
    broken = 0
    for _ in range(RUNS):
        scores = random.uniform(LOOSEST, 1, n)
        wrong = random.random(n) < scale * risk(scores)
        held = passed(counts(scores.tolist(), wrong.tolist(), GRID), alpha, DELTA)
        broken += bool(held) and truth[GRID[held[-1]]] > alpha
    share = broken / RUNS
    sys.stdout.write(f"\n{risk.__name__} n={n} alpha={alpha}: bound broken in {share:.1%} of {RUNS} runs\n")
    assert share <= DELTA + 3 * math.sqrt(DELTA * (1 - DELTA) / RUNS)


def _answers(language: str) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Confidence of the product's search for each question, and whether it leads to another intent's article."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for line in (Path(__file__).parents[2] / f"data/questions_{language}.tsv").read_text("utf-8").splitlines():
        intent, text = line.split("\t")
        by_intent[intent].append(text)
    knowledge = Knowledge()
    knowledge.replace(
        [
            Article(
                uuid5(UUID(int=0), intent), f"{intent}.{language}", language, intent.replace("_", " "),
                intent.replace("_", " "), texts[:EXAMPLES], "everyone", "", datetime(2026, 1, 1, tzinfo=UTC),
            )
            for intent, texts in by_intent.items()
        ]
    )  # fmt: skip
    scores, wrong = [], []
    for intent, texts in by_intent.items():
        for text in texts[EXAMPLES:]:
            hits = knowledge.search(text, language)
            scores.append(hits[0].score if hits else 0.0)
            wrong.append(not hits or hits[0].slug != f"{intent}.{language}")
    would = np.array(scores) >= LOOSEST
    return np.array(scores)[would], np.array(wrong)[would]


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_real_questions_break_the_bound_no_more_often_than_promised(language: str) -> None:
    alpha = delta = 0.05
    scores, wrong = _answers(language)
    truth = {t: float(wrong[scores >= t].mean()) if (scores >= t).any() else 0.0 for t in GRID}
    random = np.random.default_rng(11)
    broken = unseen_broken = certified = 0
    coverage = []
    n = min(600, 2 * len(scores) // 3)
    for _ in range(RESAMPLES):
        # The questions as a population: drawn with replacement, its true rates are known.
        drawn = random.integers(0, len(scores), n)
        found = examine(scores[drawn].tolist(), wrong[drawn].tolist(), group="g", alpha=alpha, delta=delta)
        broken += found.threshold is not None and truth[found.threshold] > alpha
        certified += found.threshold is not None
        coverage.append(found.coverage)
        # And split: what was labelled against what was not.
        order = random.permutation(len(scores))
        labelled, unseen = order[:n], order[n:]
        split = examine(scores[labelled].tolist(), wrong[labelled].tolist(), group="g", alpha=alpha, delta=delta)
        if split.threshold is not None:
            given = scores[unseen] >= split.threshold
            unseen_broken += bool(given.any() and wrong[unseen][given].mean() > alpha)
    error = 3 * math.sqrt(delta * (1 - delta) / RESAMPLES)
    sys.stdout.write(
        f"\n{language}: {len(scores)} answers at the loosest threshold, {n} labelled; bound broken in"
        f" {broken / RESAMPLES:.1%} of {RESAMPLES} resamples (promised {delta:.0%}, sampling error ±{error:.1%}),"
        f" in {unseen_broken / RESAMPLES:.1%} on the unseen rest; certified in {certified / RESAMPLES:.0%},"
        f" coverage {np.mean(coverage):.0%}\n"
    )
    assert broken / RESAMPLES <= delta + error
    assert unseen_broken / RESAMPLES <= delta + error
    if language == "en":
        assert certified > RESAMPLES / 2, "a promise nobody ever gets protects nobody"


@pytest.mark.parametrize("risk", [0.011, 0.02, 0.03])
def test_changes_that_are_wrong_too_often_are_certified_no_more_often_than_promised(risk: float) -> None:
    """One test, no score: 600 audited changes a run, alpha 1 %, delta 10 %, 2,000 runs."""
    grid, starts = thresholds_of("write:cancel_order")
    chance = np.random.default_rng(11)
    wrong = chance.random((2_000, 600)) < risk
    passed = sum(
        examine([1.0] * 600, list(row), group="write:cancel_order", alpha=0.01, delta=0.1, grid=grid, starts=starts)
        .threshold is not None
        for row in wrong
    )  # fmt: skip
    assert passed / 2_000 <= 0.1 + 3 * (0.1 * 0.9 / 2_000) ** 0.5


def test_right_changes_are_certified_by_as_few_as_one_test_allows() -> None:
    assert needed(0.01, 0.05, "write:cancel_order") == 299
    assert needed(0.05, 0.05, "write:cancel_order") == 59
    grid, starts = thresholds_of("write:cancel_order")
    for n, is_certified in ((298, False), (299, True)):
        made = examine(
            [1.0] * n, [False] * n, group="write:cancel_order", alpha=0.01, delta=0.05, grid=grid, starts=starts
        )
        assert (made.threshold is not None) is is_certified
