"""What is fixed before any label is seen, and the one test of it that the labels allow. Pure.

Leakage is refused here, not left to discipline: a plan has its grid from the product, its labels come after it, belong
to its own samples and group, and are tested once, while what runs is what was planned for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from tongxi.calibration import bounds
from tongxi.kit.errors import Conflict

ALPHA, DELTA = 0.05, 0.05
"""Default promise: at most 5 wrong in 100 answers, with 95 % confidence."""
GRID = (
    0.995, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.92, 0.90, 0.88, 0.86, 0.84, 0.82, 0.80, 0.775, 0.75, 0.725, 0.70,
    0.675, 0.65, 0.60, 0.55, 0.50, 0.45, 0.40,
)  # fmt: skip
"""Thresholds that are tested, strict → loose; the same for everybody, so that no label can shape it."""
LOOSEST = GRID[-1]
RUBRIC = "1"
"""Version of the instructions raters follow (docs/how-to/calibrate.md)."""
WRITE = "write:"
"""Groups of what flows change are called `write:<flow>`, whatever the language."""
WRITE_ALPHA = 0.01
"""Default promise for changes: stricter than for answers."""
LIFETIME = timedelta(days=30)
MIN_KAPPA = 0.6
"""Below this the raters do not mean the same by "wrong"."""


def is_write(group: str) -> bool:
    """The group is about changes a flow makes, not about answers."""
    return group.startswith(WRITE)


def write_group(flow: str) -> str:
    """The group of what a flow changes."""
    return f"{WRITE}{flow}"


def tested(group: str) -> tuple[tuple[float, ...], int]:
    """Thresholds and start points of a group's test. A change has no score: it is made or not, one test says which."""
    return ((LOOSEST,), 1) if is_write(group) else (GRID, bounds.STARTS)


class LabelsBeforePlan(Conflict):
    """A label is older than the plan; thresholds, groups and bounds are fixed before the first label."""

    code = "labels_before_plan"


class ForeignLabels(Conflict):
    """A label belongs to another plan or group; groups are not merged and labels not used twice."""

    code = "foreign_labels"


class VersionsChanged(Conflict):
    """Knowledge, model, policy or score changed since the plan; its labels say nothing about what runs now."""

    code = "versions_changed"


class LabelsMissing(Conflict):
    """Not every drawn answer has its verdict; a part of them would be a choice."""

    code = "labels_missing"


class RatersDisagree(Conflict):
    """The raters agree too little (kappa below 0.6); mend the instructions and begin a new plan."""

    code = "raters_disagree"


class PlanClosed(Conflict):
    """This plan was tested already; labels are tested once."""

    code = "plan_closed"


class Versions(NamedTuple):
    """What an answer depends on, each as a hash or version; a certificate holds for one combination."""

    knowledge: str
    """Published articles of the topic."""
    score: str
    """The code that computes the confidence."""
    policy: str
    """What the business set for the bot."""
    model: str
    """Engine and prompts that phrase answers; "" without one."""

    def changed(self, running: Versions) -> tuple[str, ...]:
        """Names of what differs."""
        return tuple(name for name, old, new in zip(self._fields, self, running, strict=True) if old != new)


@dataclass(frozen=True, slots=True)
class Plan:
    """Fixed before any label is seen."""

    id: UUID
    group: str
    """`<topic>.<language>`, or `write:<flow>`."""
    alpha: float
    delta: float
    n: int
    """Answers drawn."""
    versions: Versions
    fixed_at: datetime
    grid: tuple[float, ...] = GRID
    starts: int = bounds.STARTS
    rubric: str = RUBRIC

    def digest(self) -> str:
        """Changes with anything that was fixed."""
        fixed = [
            str(self.id), self.group, self.alpha, self.delta, self.n, list(self.versions), self.fixed_at.isoformat(),
            self.grid, self.starts, self.rubric,
        ]  # fmt: skip
        return hashlib.sha256(orjson.dumps(fixed)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Audited:
    """One drawn answer with its final verdict."""

    plan_id: UUID
    group: str
    score: float
    wrong: bool
    labelled_at: datetime


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold of the risk–coverage curve."""

    threshold: float
    answered: int
    wrong: int
    bound: float
    """Upper bound of this threshold alone, 0…1; the promise rests on the tests, not on reading this curve."""
    coverage: float
    """Share of the drawn answers that would be given."""
    passed: bool

    def data(self) -> dict[str, Any]:
        """As stored and shown."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Result:
    """Outcome of a test."""

    group: str
    alpha: float
    delta: float
    n: int
    threshold: float | None
    """The loosest certified one; None: no threshold passed, answers are a person's."""
    answered: int
    wrong: int
    bound: float | None
    coverage: float
    passed: tuple[float, ...] = ()
    """All certified thresholds, strict → loose: where an alarm tightens to."""
    curve: tuple[Point, ...] = field(default=(), repr=False)


def examine(
    scores: Sequence[float],
    wrong: Sequence[bool],
    *,
    group: str,
    alpha: float,
    delta: float,
    grid: Sequence[float] = GRID,
    starts: int = bounds.STARTS,
) -> Result:
    """Find the loosest certified threshold for answers drawn uniformly from those at the loosest one."""
    found = bounds.counts(scores, wrong, grid)
    held = bounds.passed(found, alpha, delta, starts)
    n = len(scores)
    curve = tuple(
        Point(
            threshold, count.answered, count.wrong, bounds.upper_bound(count, delta),
            count.answered / n if n else 0.0, place in held,
        )
        for place, (threshold, count) in enumerate(zip(grid, found, strict=True))
    )  # fmt: skip
    if not held:
        return Result(group, alpha, delta, n, None, 0, 0, None, 0.0, (), curve)
    best = curve[held[-1]]
    return Result(
        group, alpha, delta, n, best.threshold, best.answered, best.wrong, best.bound, best.coverage,
        tuple(grid[place] for place in held), curve,
    )  # fmt: skip


def certify(plan: Plan, audited: Sequence[Audited], *, running: Versions, kappa: float | None) -> Result:
    """Test a plan with the verdicts of all its drawn answers. `kappa`: agreement of the raters; None when undefined.

    Raises: `VersionsChanged`, `ForeignLabels`, `LabelsBeforePlan`, `LabelsMissing`, `RatersDisagree`.
    """
    if changed := plan.versions.changed(running):
        raise VersionsChanged(changed=list(changed))
    if any(one.plan_id != plan.id or one.group != plan.group for one in audited):
        raise ForeignLabels
    if any(one.labelled_at < plan.fixed_at for one in audited):
        raise LabelsBeforePlan
    if len(audited) != plan.n:
        raise LabelsMissing(missing=plan.n - len(audited))
    if kappa is not None and kappa < MIN_KAPPA:
        raise RatersDisagree(kappa=round(kappa, 3))
    return examine(
        [one.score for one in audited],
        [one.wrong for one in audited],
        group=plan.group, alpha=plan.alpha, delta=plan.delta, grid=plan.grid, starts=plan.starts,
    )  # fmt: skip


def needed(alpha: float, delta: float, group: str = "") -> int:
    """Fewest audited answers, none wrong, that can certify anything."""
    return bounds.fewest(alpha, delta / tested(group)[1])


def wrong_budget(n: int, alpha: float, delta: float, group: str = "") -> int | None:
    """Most wrong answers among `n` at one threshold that still certify it; None: `n` is too small."""
    return bounds.most_wrong(n, alpha, delta / tested(group)[1])


def stricter(passed: Sequence[float], threshold: float) -> float | None:
    """The next stricter certified threshold; None when there is none: the bot stops answering in this group."""
    above = [one for one in passed if one > threshold]
    return min(above) if above else None


def valid_until(issued_at: datetime) -> datetime:
    """When a certificate of `issued_at` expires."""
    return issued_at + LIFETIME
