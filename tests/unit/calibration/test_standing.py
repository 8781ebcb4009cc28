"""What the bot is told: never looser than tested, and a failed test is not forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.calibration.plan import Versions
from tongxi.calibration.standing import Certified, judge

NOW = datetime(2026, 5, 1, tzinfo=UTC)
RUNNING = Versions("k", "s", "p", "")
MADE = Certified(UUID(int=1), 0.05, 0.05, 200, 3, 0.55, 0.038, 0.8, RUNNING, NOW + timedelta(days=30))


def test_nobody_audited() -> None:
    standing = judge("a.zh", None, RUNNING, at=NOW, default=0.6, labels_missing=90)
    assert (standing.state, standing.threshold, standing.labels_missing) == ("conservative", 0.6, 90)


def test_certified_with_everything_a_decision_names() -> None:
    standing = judge("a.zh", MADE, RUNNING, at=NOW, labels_missing=90)
    assert (standing.state, standing.threshold, standing.certificate_id) == ("certified", 0.55, UUID(int=1))
    assert (standing.n, standing.wrong, standing.bound, standing.labels_missing) == (200, 3, 0.038, 0)


@pytest.mark.parametrize("name", Versions._fields)
def test_whatever_changed_ends_it(name: str) -> None:
    standing = judge("a.zh", MADE, RUNNING._replace(**{name: "other"}), at=NOW, default=0.7)
    assert (standing.state, standing.threshold, standing.certificate_id) == ("expired", 0.7, None)
    assert standing.changed == (name,)


def test_it_ends_to_the_second() -> None:
    assert judge("a.zh", MADE, RUNNING, at=MADE.expires_at - timedelta(seconds=1)).state == "certified"
    assert judge("a.zh", MADE, RUNNING, at=MADE.expires_at).state == "expired"


def test_a_stopped_group_stays_stopped_whatever_happens() -> None:
    stopped = replace(MADE, has_alarm=True, alarm_threshold=None)
    for running, at in ((RUNNING, NOW), (RUNNING._replace(knowledge="x"), NOW), (RUNNING, NOW + timedelta(days=99))):
        standing = judge("a.zh", stopped, running, at=at)
        assert (standing.state, standing.threshold, standing.certificate_id) == ("alarm", None, None)


def test_a_failed_test_stays_with_people() -> None:
    failed = replace(MADE, threshold=None, bound=None)
    for running in (RUNNING, RUNNING._replace(knowledge="x")):
        assert judge("a.zh", failed, running, at=NOW)[1:3] == ("person_only", None)


_SHARE = st.sampled_from([0.4, 0.55, 0.7, 0.9, 0.995])


@given(_SHARE, _SHARE, st.none() | _SHARE, st.booleans(), st.booleans(), st.booleans())
def test_never_looser_than_tested(
    threshold: float, default: float, tightened: float | None, changed: bool, over: bool, is_checked: bool
) -> None:
    certificate = replace(
        MADE, threshold=threshold, has_alarm=tightened is not None,
        alarm_threshold=max(tightened, threshold) if tightened else None,
    )  # fmt: skip
    standing = judge(
        "a.zh", certificate, RUNNING._replace(score="x") if changed else RUNNING,
        at=NOW + timedelta(days=31 * over), default=default, is_checked=is_checked,
    )  # fmt: skip
    assert standing.threshold is not None
    assert standing.threshold >= threshold
    if tightened:
        assert standing.threshold >= max(tightened, threshold)
    if changed or over or not is_checked:
        assert standing.certificate_id is None
        assert standing.state != "certified"
        assert standing.threshold >= default
