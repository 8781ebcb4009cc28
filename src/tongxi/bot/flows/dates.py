"""Days and times of day in what people write. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from tongxi.bot.memory import Offer
from tongxi.bot.quantities import han
from tongxi.kit.text import normalise

MAX_CHARS = 2_000

_DAYS = {"今天": 0, "今日": 0, "今晚": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3, "today": 0, "tonight": 0, "tomorrow": 1, "day after tomorrow": 2}  # fmt: skip
_ZH_WEEKDAY = re.compile(r"(下下|下|这|本)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天末])")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EN_WEEKDAY = re.compile(
    r"\b(next |this )?(" + "|".join(_WEEKDAYS) + r"|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)\b"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(?<!\d)(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?!\d)")
_ZH_DATE = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})[日号]?")
_SHORT = re.compile(r"(?<![\d-])(\d{1,2})[-/](\d{1,2})(?![\d-])")
_ZH_DAY = re.compile(r"(?<!\d)(\d{1,2})[日号](?!楼|店|线|门|院|室|\w*[栋幢])")
_EN_DAY = re.compile(r"\b(?:the|on) (\d{1,2})(?:st|nd|rd|th)\b")
_SPELT = re.compile(r"[一二三四五六七八九十]{1,3}(?=[月日号](?!楼|店|线|门|院|室))")
"""A month or a day in words: "十二月三号"."""
_EN_DATE = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({'|'.join(_MONTHS)})\w*|({'|'.join(_MONTHS)})\w* (\d{{1,2}})(?:st|nd|rd|th)?)\b"
)


def day_in(text: str, today: date) -> date | None:
    """The first day the message names; a day of the month or of the week is the next one to come."""
    folded = _SPELT.sub(lambda run: han(run[0]), normalise(text[:MAX_CHARS]))
    if hit := _ISO.search(folded):
        return _date(int(hit[1]), int(hit[2]), int(hit[3]))
    if hit := _ZH_DATE.search(folded):
        return _coming(int(hit[1]), int(hit[2]), today)
    for word in sorted(_DAYS, key=len, reverse=True):
        if re.search(rf"(?<![a-z0-9]){word}(?![a-z0-9])" if word.isascii() else word, folded):
            return today + timedelta(days=_DAYS[word])
    if hit := _ZH_WEEKDAY.search(folded):
        place = 5 if hit[2] == "末" else 6 if hit[2] in "日天" else "一二三四五六".index(hit[2])
        monday = today - timedelta(days=today.weekday())
        weeks = {"下": 1, "下下": 2}.get(hit[1] or "", 0)
        day = monday + timedelta(days=place, weeks=weeks)
        return day + timedelta(weeks=1) if day < today else day
    if hit := _EN_WEEKDAY.search(folded):
        place = next(i for i, name in enumerate(_WEEKDAYS) if name.startswith(hit[2][:3]))
        ahead = (place - today.weekday()) % 7
        if hit[1] == "next ":
            ahead = ahead + 7 if today.weekday() < place else ahead or 7
        return today + timedelta(days=ahead)
    if hit := _EN_DATE.search(folded):
        month = _MONTHS.index(hit[2] or hit[3]) + 1
        return _coming(month, int(hit[1] or hit[4]), today)
    if hit := _SHORT.search(folded):
        return _coming(int(hit[1]), int(hit[2]), today)
    if hit := _ZH_DAY.search(folded) or _EN_DAY.search(folded):
        for month in (today.month, today.month % 12 + 1):
            year = today.year + (month < today.month)
            day_ = _date(year, month, int(hit[1]))
            if day_ and day_ >= today:
                return day_
    return None


def _coming(month: int, day: int, today: date) -> date | None:
    this = _date(today.year, month, day)
    return _date(today.year + 1, month, day) if this and this < today - timedelta(days=180) else this


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_HOUR = re.compile(
    r"(上午|早上|早晨|中午|下午|傍晚|晚上|今晚|明晚)?\s*(?<![\d-])(\d{1,2}|[一二两三四五六七八九十]{1,3})\s*(?:[:：点时](?!\d{3})\s*(\d{2}|半)?)"
)
_EN_HOUR = re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s*(am|pm)\b|\b(\d{1,2}):(\d{2})\b")
_BARE_HOUR = re.compile(r"(?<![\d:/.-])(\d{1,2})(?![\d:/.-]|\s*(?:st|nd|rd|th|[月号日]))")
_PARTS = {"上午": (5, 12), "早上": (5, 12), "早晨": (5, 12), "中午": (11, 14), "下午": (12, 18), "傍晚": (16, 20), "晚上": (17, 24), "morning": (5, 12), "afternoon": (12, 18), "evening": (17, 24)}  # fmt: skip
_HAN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12}  # fmt: skip


def by_time(text: str, offered: Sequence[Offer], today: date) -> list[Offer]:
    """The offers at the time the message names; their `words` begin with the local start, `2026-11-23T14:00`."""
    folded = normalise(text[:MAX_CHARS])
    day, hours = day_in(text, today), _hours(folded)
    if day is None and hours is None:
        return []
    return [
        one
        for one in offered
        if (day is None or one.words.startswith(day.isoformat()))
        and (hours is None or hours[0] <= int(one.words[11:13]) < hours[1])
    ]


def names_time(text: str) -> bool:
    """Whether the message names a day or a time of day."""
    folded = normalise(text[:MAX_CHARS])
    return day_in(text, _ANY_DAY) is not None or _hours(folded) is not None


def on_day(text: str, offered: Sequence[Offer], today: date) -> list[Offer]:
    """The offers on the day the message names, whatever its time."""
    day = day_in(text, today)
    return [one for one in offered if day is not None and one.words.startswith(day.isoformat())]


_ANY_DAY = date(2026, 1, 5)
"""Whether a message names a day does not depend on today."""


def _hours(folded: str) -> tuple[int, int] | None:
    """From which hour to which the message means."""
    part = next((span for word, span in _PARTS.items() if word in folded), None)
    hour = None
    if hit := _HOUR.search(folded):
        hour = int(hit[2]) if hit[2].isdigit() else _HAN.get(hit[2])
    elif hit := _EN_HOUR.search(folded):
        hour = int(hit[1] or hit[4])
        if hit[3] == "pm" and hour < 12:
            hour += 12
    elif part and _EN_DATE.search(folded) is None and (bare := _BARE_HOUR.search(folded)):
        said = int(bare[1])  # "morning, 11"
        hour = said if part[0] <= (said + 12 if said < 12 <= part[0] else said) < part[1] else None
    if hour is None:
        return part
    if hour < 12 and part and part[0] >= 12:
        hour += 12
    elif hour < 8 and part is None and "am" not in folded:
        hour += 12  # nobody makes an appointment at three in the night
    return hour, hour + 1
