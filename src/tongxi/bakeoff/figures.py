"""What a bake-off says of each engine, and of the difference between two. Pure: the same outcomes give the same table.

Source: paired bootstrap, percentile interval (Efron and Tibshirani, 1993, ch. 13); McNemar's exact test (Agresti,
*Categorical Data Analysis*, 10.1); pass^k: the share of questions that are right in all k runs (tau-bench, 2024).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

RESAMPLES = 4_000
SEED = 20_260_101

Answered = Literal["correct", "wrong", "asked", "abstained"]
"""`asked`: the bot asked back what is meant; neither right nor wrong."""


class Told(NamedTuple):
    """What an engine would have said."""

    kind: Literal["answered", "asked", "abstained"]
    text: str = ""
    source: str = ""
    """Title of the article quoted first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, one engine, one run."""

    intent: bool | None = None
    """Whether the intent was right; None: not labelled."""
    answer: Answered | None = None
    """None: not labelled, or an article nobody judged."""
    should_abstain: bool = False
    """No article answers the question."""
    seconds: float = 0.0
    cost: float | None = None
    """In the budget's currency; None: the model has no price."""
    has_failed: bool = False
    """The engine gave nothing usable; what the product did instead counts."""
    told: Told | None = None
    """None: the question is not about articles."""
    judged: bool | None = None
    """What people said of it, who did not know whose answer it is; None: not judged, or they do not agree."""

    @property
    def is_right(self) -> bool | None:
        """Every label that there is was met: the intent, and an answer where there is one, none where there is none."""
        parts = [] if self.intent is None else [self.intent]
        if self.judged is not None:
            parts.append(self.judged)
        elif self.answer is not None:
            parts.append(self.answer == ("abstained" if self.should_abstain else "correct"))
        return all(parts) if parts else None


class Row(BaseModel):
    """One engine. Shares are 0…1 over its runs; None where nothing was labelled."""

    model_config = ConfigDict(frozen=True)

    engine: str
    n: int
    """Questions with a label."""
    right: float
    """Mean share of right runs a question."""
    interval: tuple[float, float]
    """95 % of `right`."""
    intent_accuracy: float | None
    n_intent: int
    correct: float | None
    """Of all questions about articles: answered with the right one."""
    correct_interval: tuple[float, float] | None = None
    """95 %; None where nothing was labelled."""
    wrong: float | None
    wrong_interval: tuple[float, float] | None = None
    asked: float | None
    abstained: float | None
    n_answer: int
    pass_k: float
    p50_ms: int
    p95_ms: int
    per_thousand: str | None
    """Cost of 1,000 questions; None without a price."""
    failed: float


class Gap(BaseModel):
    """A difference of two shares on the same questions."""

    model_config = ConfigDict(frozen=True)

    difference: float
    interval: tuple[float, float]
    """95 %, paired bootstrap."""


class Blind(BaseModel):
    """How much of a run people have judged without knowing whose answer is whose."""

    model_config = ConfigDict(frozen=True)

    disputed: int
    """Questions without a label on which the first runs of the engines say different things."""
    judged: int
    """Of those: how many have a verdict."""
    undecided: int
    """Judged, but as many say right as say not."""
    people: int


class Difference(BaseModel):
    """One engine against the first one, question by question."""

    model_config = ConfigDict(frozen=True)

    engine: str
    against: str
    difference: float
    """Of `right`: how much better."""
    interval: tuple[float, float]
    """95 %, paired bootstrap."""
    correct: Gap | None = None
    """Of answers that are correct; None where nothing was labelled."""
    wrong: Gap | None = None
    better: int
    """Questions right here and wrong there, in the first run."""
    worse: int
    p: float
    """McNemar, exact, two-sided."""


class Table(BaseModel):
    """The result of a bake-off."""

    model_config = ConfigDict(frozen=True)

    k: int
    currency: str
    labels: str
    """Where the labels come from: `file`, `judged`."""
    rows: tuple[Row, ...]
    """Best first: by share right, then by cost."""
    differences: tuple[Difference, ...]
    disagreements: tuple[str, ...]
    """Ids of questions on which the first runs of the engines differ, at most 200."""
    blind: Blind | None = None
    """None: there is nothing to judge."""


Runs = Sequence[Sequence[Outcome]]
"""(questions, runs)"""


def table(
    ids: Sequence[str], runs: Mapping[str, Runs], *, k: int, currency: str, labels: str, blind: Blind | None = None
) -> Table:
    """Put the outcomes of all engines together; the first engine is what the others are compared with."""
    first = next(iter(runs))
    rows = sorted(
        (_row(engine, outcomes) for engine, outcomes in runs.items()),
        key=lambda row: (-row.right, float(row.per_thousand or 0), row.engine),
    )
    differences = [
        _difference(engine, first, outcomes, runs[first]) for engine, outcomes in runs.items() if engine != first
    ]
    told = [{_told(outcomes[at][0]) for outcomes in runs.values()} for at in range(len(ids))]
    return Table(
        k=k, currency=currency, labels=labels, blind=blind, rows=tuple(rows), differences=tuple(differences),
        disagreements=tuple(one for one, seen in zip(ids, told, strict=True) if len(seen) > 1)[:200],
    )  # fmt: skip


def _told(outcome: Outcome) -> tuple[object, ...]:
    unlabelled = outcome.told if outcome.answer is None or outcome.judged is not None else None
    return outcome.intent, outcome.answer, unlabelled


def _row(engine: str, runs: Runs) -> Row:
    shares = _shares(runs)
    every = [outcome for outcomes in runs for outcome in outcomes]
    intents = [outcome.intent for outcome in every if outcome.intent is not None]
    answers = [outcome.answer for outcome in every if outcome.answer is not None]
    milliseconds = np.array([outcome.seconds * 1000 for outcome in every])
    costs = [outcome.cost for outcome in every]
    priced = [cost for cost in costs if cost is not None]
    labelled = [outcomes for outcomes in runs if outcomes[0].is_right is not None]
    return Row(
        engine=engine,
        n=len(labelled),
        right=_rounded(float(shares.mean())) if len(shares) else 0.0,
        interval=_interval(shares),
        intent_accuracy=_share(intents.count(True), len(intents)),
        n_intent=sum(outcomes[0].intent is not None for outcomes in runs),
        correct=_share(answers.count("correct"), len(answers)),
        correct_interval=_interval(_answers(runs, "correct")) if answers else None,
        wrong=_share(answers.count("wrong"), len(answers)),
        wrong_interval=_interval(_answers(runs, "wrong")) if answers else None,
        asked=_share(answers.count("asked"), len(answers)),
        abstained=_share(answers.count("abstained"), len(answers)),
        n_answer=sum(outcomes[0].answer is not None for outcomes in runs),
        pass_k=_share(sum(all(one.is_right for one in outcomes) for outcomes in labelled), len(labelled)) or 0.0,
        p50_ms=round(float(np.percentile(milliseconds, 50))),
        p95_ms=round(float(np.percentile(milliseconds, 95))),
        per_thousand=f"{1000 * sum(priced) / len(costs):.4f}" if len(priced) == len(costs) else None,
        failed=_share(sum(outcome.has_failed for outcome in every), len(every)) or 0.0,
    )


def _difference(engine: str, against: str, mine: Runs, theirs: Runs) -> Difference:
    both = [
        (a, b) for a, b in zip(mine, theirs, strict=True) if a[0].is_right is not None and b[0].is_right is not None
    ]
    shares = _shares([a for a, _ in both]) - _shares([b for _, b in both])
    better = sum(bool(a[0].is_right) and not b[0].is_right for a, b in both)
    worse = sum(not a[0].is_right and bool(b[0].is_right) for a, b in both)
    return Difference(
        engine=engine, against=against, difference=_rounded(float(shares.mean())) if len(shares) else 0.0,
        interval=_interval(shares), correct=_gap(mine, theirs, "correct"), wrong=_gap(mine, theirs, "wrong"),
        better=better, worse=worse, p=_rounded(mcnemar(better, worse), 6),
    )  # fmt: skip


def _gap(mine: Runs, theirs: Runs, kind: Answered) -> Gap | None:
    """Between the shares of answers of this kind, on the questions where both have a label."""
    both = [(a, b) for a, b in zip(mine, theirs, strict=True) if a[0].answer is not None and b[0].answer is not None]
    if not both:
        return None
    apart = _answers([a for a, _ in both], kind) - _answers([b for _, b in both], kind)
    return Gap(difference=_rounded(float(apart.mean())), interval=_interval(apart))


def _answers(runs: Runs, kind: Answered) -> npt.NDArray[np.float64]:
    """Share of answers of this kind of each question that has a label in its first run: (questions)."""
    kept = [[one.answer == kind for one in outcomes if one.answer is not None] for outcomes in runs]
    return np.array([sum(one) / len(one) for one in kept if one], np.float64)


def _shares(runs: Runs) -> npt.NDArray[np.float64]:
    """Share of right runs of each question that has a label: (questions)."""
    kept = [[one.is_right for one in outcomes if one.is_right is not None] for outcomes in runs]
    return np.array([sum(map(bool, one)) / len(one) for one in kept if one], np.float64)


def _interval(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """95 % of the mean, by resampling questions."""
    if not len(values):
        return (0.0, 0.0)
    generator = np.random.default_rng(SEED)
    drawn = generator.integers(0, len(values), size=(RESAMPLES, len(values)))
    low, high = np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])
    return (_rounded(float(low)), _rounded(float(high)))


def mcnemar(better: int, worse: int) -> float:
    """Chance of a split as uneven as this, or more, if both were equally good; 1 when they never differ."""
    n = better + worse
    if not n:
        return 1.0
    tail: float = sum(comb(n, i) for i in range(min(better, worse) + 1)) / 2.0**n
    return min(1.0, 2 * tail)


def _share(part: int, whole: int) -> float | None:
    return _rounded(part / whole) if whole else None


def _rounded(value: float, digits: int = 4) -> float:
    return round(value, digits) + 0.0  # no negative zero
