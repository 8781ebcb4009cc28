"""Business hours: open or not at a moment, and when it opens next. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOK_AHEAD = 400
"""Days searched for the next opening: more than the longest list of days off."""


class Span(BaseModel):
    """From one wall-clock time to another on the same day; `24:00` ends with the day."""

    model_config = ConfigDict(frozen=True)

    start: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    end: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]

    @model_validator(mode="after")
    def _forward(self) -> Span:
        if self.end <= self.start:
            raise ValueError("the end must be after the start; for a night, use two spans")
        return self


class BusinessHours(BaseModel):
    """When people are on duty, in one time zone. Without any span: always."""

    model_config = ConfigDict(frozen=True)

    timezone: str = "Asia/Shanghai"
    week: dict[Weekday, Annotated[list[Span], Field(max_length=6)]] = Field(default_factory=dict)
    days_off: Annotated[list[date], Field(max_length=366)] = Field(default_factory=list)

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"no time zone {value!r}; use a name such as Asia/Shanghai") from error
        return value

    @field_validator("week")
    @classmethod
    def _apart(cls, value: dict[Weekday, list[Span]]) -> dict[Weekday, list[Span]]:
        week = {day: sorted(spans, key=lambda span: span.start) for day, spans in value.items() if spans}
        for spans in week.values():
            for before, after in pairwise(spans):
                if after.start < before.end:
                    raise ValueError(f"{before.start}-{before.end} and {after.start}-{after.end} overlap")
        return week

    @property
    def is_always(self) -> bool:
        """True when no hours are set."""
        return not self.week

    def day_of(self, at: datetime) -> datetime:
        """When the day of `at` (aware) began in this time zone, in UTC."""
        return self._moment(at.astimezone(ZoneInfo(self.timezone)).date(), "00:00")

    def is_open(self, at: datetime) -> bool:
        """Whether `at` (aware) lies within business hours."""
        if self.is_always:
            return True
        day = at.astimezone(ZoneInfo(self.timezone)).date()
        return any(start <= at < end for start, end in self._spans(day))

    def opens_at(self, at: datetime) -> datetime | None:
        """Next opening after `at`, in UTC; None while open, and when there is no opening within 400 days."""
        if self.is_open(at):
            return None
        today = at.astimezone(ZoneInfo(self.timezone)).date()
        for ahead in range(_LOOK_AHEAD):
            for start, _ in self._spans(today + timedelta(days=ahead)):
                if start > at:
                    return start
        return None

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        if day in self.days_off:
            return []
        return [
            (self._moment(day, span.start), self._moment(day, span.end))
            for span in self.week.get(WEEKDAYS[day.weekday()], [])
        ]

    def _moment(self, day: date, clock: str) -> datetime:
        # A wall-clock time that a change to summer time skips becomes the moment after the gap.
        if clock == "24:00":
            day, clock = day + timedelta(days=1), "00:00"
        return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(self.timezone)).astimezone(UTC)
