"""The drift alarm: silent while the promise is kept, in time when it is not."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from tongxi.calibration.monitor import BETS, Monitor, alarms, audits_until_alarm

ALPHA = DELTA = 0.05


def _alarm_at(losses: Iterable[bool]) -> int | None:
    monitor = Monitor(ALPHA, DELTA)
    return next((monitor.audits for loss in losses if monitor.add(loss)), None)


def _share(risk: float, *, runs: int = 1000, audits: int = 2000) -> tuple[float, float]:
    losses = np.random.default_rng(3).random((runs, audits)) < risk
    found = alarms(losses, ALPHA, DELTA)
    return sum(at is not None for at in found) / runs, float(np.median([at or audits + 1 for at in found]))


def test_false_alarms_stay_below_delta_however_often_one_looks() -> None:
    share, _ = _share(ALPHA)
    assert share <= DELTA
    assert _share(ALPHA / 2)[0] <= 0.01


@pytest.mark.parametrize(("risk", "at_least", "median"), [(0.10, 0.95, (120, 220)), (0.15, 0.999, (35, 60))])
def test_a_doubled_risk_is_noticed(risk: float, at_least: float, median: tuple[int, int]) -> None:
    share, at = _share(risk)
    assert share >= at_least
    assert median[0] <= at <= median[1]


@pytest.mark.parametrize("alpha", [0.01, 0.02, 0.10])
def test_other_promises_are_watched_as_well(alpha: float) -> None:
    chance = np.random.default_rng(4)
    audits = round(30 / alpha)
    kept = alarms(chance.random((500, audits)) < alpha, alpha, DELTA)
    assert sum(at is not None for at in kept) / 500 <= DELTA
    found = audits_until_alarm(alpha, DELTA, 2 * alpha)
    assert found is not None
    assert found <= 15 / alpha


def test_it_begins_at_one_and_is_a_fair_bet_at_alpha() -> None:
    assert Monitor(ALPHA, DELTA).evidence == pytest.approx(1.0)
    won, lost = Monitor(ALPHA, DELTA), Monitor(ALPHA, DELTA)
    won.add(True)
    lost.add(False)
    assert ALPHA * won.evidence + (1 - ALPHA) * lost.evidence == pytest.approx(1.0)


def test_every_factor_is_positive_so_no_run_of_right_answers_ends_the_watch() -> None:
    assert max(BETS) < 1
    monitor = Monitor(ALPHA, DELTA)
    for _ in range(100_000):
        monitor.add(False)
    assert 0 <= monitor.evidence < 1
    assert not monitor.alarm


def test_wrong_answers_only_alarm_at_once() -> None:
    assert _alarm_at([True] * 10) == 2
    assert _alarm_at([]) is None


def test_the_step_by_step_watch_and_the_simulated_one_agree() -> None:
    losses = np.random.default_rng(5).random((50, 400)) < 0.12
    assert alarms(losses, ALPHA, DELTA) == [_alarm_at(row) for row in losses.tolist()]


def test_how_long_a_doubling_goes_unnoticed_is_known_beforehand() -> None:
    found = audits_until_alarm(ALPHA, DELTA, 2 * ALPHA)
    assert found is not None
    assert 120 <= found <= 220
    assert audits_until_alarm(ALPHA, DELTA, ALPHA) is None
