"""Business hours."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tongxi.configuration import BusinessHours

OFFICE = BusinessHours.model_validate(
    {
        "timezone": "Asia/Shanghai",
        "week": {
            **{day: [{"start": "13:30", "end": "18:00"}, {"start": "09:00", "end": "12:00"}] for day in ("mon", "fri")},
            "sat": [{"start": "20:00", "end": "24:00"}],
        },
        "days_off": ["2026-10-02"],
    }
)


def _at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("at", "is_open", "opens_at"),
    [
        ("2026-09-28 08:59:59", False, "2026-09-28 09:00"),  # a Monday
        ("2026-09-28 09:00", True, None),
        ("2026-09-28 12:00", False, "2026-09-28 13:30"),
        ("2026-09-28 18:00", False, "2026-10-03 20:00"),  # Friday is off
        ("2026-10-02 10:00", False, "2026-10-03 20:00"),
        ("2026-10-03 23:59:59", True, None),
        ("2026-10-04 00:00", False, "2026-10-05 09:00"),
    ],
)
def test_open_and_next_opening(at: str, is_open: bool, opens_at: str | None) -> None:
    assert OFFICE.is_open(_at(at)) is is_open
    assert OFFICE.opens_at(_at(at)) == (_at(opens_at).astimezone(UTC) if opens_at else None)


def test_without_hours_it_is_always_open() -> None:
    assert BusinessHours().is_open(_at("2026-10-04 03:00"))
    assert BusinessHours().opens_at(_at("2026-10-04 03:00")) is None


def test_a_day_begins_at_midnight_where_the_shop_is() -> None:
    late = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)  # two in the morning in Shanghai
    assert OFFICE.day_of(late) == datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    assert BusinessHours(timezone="America/New_York").day_of(late) == datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


def test_hours_follow_the_clock_on_the_wall_through_summer_time() -> None:
    berlin = BusinessHours.model_validate(
        {"timezone": "Europe/Berlin", "week": {"sun": [{"start": "09:00", "end": "17:00"}]}}
    )
    before, after = _at("2026-03-22 09:00", "Europe/Berlin"), _at("2026-03-29 09:00", "Europe/Berlin")
    assert berlin.opens_at(_at("2026-03-21 12:00", "Europe/Berlin")) == before
    assert berlin.opens_at(_at("2026-03-28 12:00", "Europe/Berlin")) == after
    assert (after.astimezone(UTC) - before.astimezone(UTC)).total_seconds() == (7 * 24 - 1) * 3600


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_at_the_next_opening_it_is_open_and_before_it_was_not(at: datetime) -> None:
    opens_at = OFFICE.opens_at(at)
    if opens_at is None:
        assert OFFICE.is_open(at)
    else:
        assert not OFFICE.is_open(at)
        assert opens_at > at
        assert OFFICE.is_open(opens_at)


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"week": {"mon": [{"start": "09:00", "end": "09:00"}]}},
        {"week": {"mon": [{"start": "22:00", "end": "06:00"}]}},
        {"week": {"mon": [{"start": "25:00", "end": "26:00"}]}},
        {"week": {"mon": [{"start": "09:00", "end": "12:00"}, {"start": "11:00", "end": "13:00"}]}},
        {"week": {"someday": []}},
    ],
)
def test_hours_that_make_no_sense_are_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        BusinessHours.model_validate(wrong)
