"""Dates and times said in Chinese or English, made definite. Pure; `today` comes from the caller, in the writer's zone.

A day and month without a year mean the nearest such date; a bare weekday the next one, today included. `3/4/2026` is read
day first or month first as asked, unless only the other way is a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta

from tongxi.signals.numerals import NUMBER, number

Placed = tuple[int, int]

_I = re.IGNORECASE
_N = rf"(?:\d{{1,4}}|{NUMBER})"
_DAYS_ZH = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "昨晚": -1,
    "寻日": -1,
    "琴日": -1,
    "今天": 0,
    "今日": 0,
    "今晚": 0,
    "今早": 0,
    "今儿": 0,
}
_DAYS_ZH |= {"明天": 1, "明日": 1, "明早": 1, "明晚": 1, "明儿": 1, "听日": 1, "大后天": 3, "后天": 2, "后日": 2}
_DAYS_EN = {
    "day before yesterday": -2,
    "yesterday": -1,
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "tmr": 1,
    "tmrw": 1,
    "day after tomorrow": 2,
}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:[a-z]{2,6})?"

_NAMED = re.compile("|".join(sorted((*_DAYS_ZH, *(rf"\b{name}\b" for name in _DAYS_EN)), key=len, reverse=True)), _I)
_FULL = re.compile(r"(?P<y>(?:19|20)\d{2}|\d{2})(?:年|[-/.])(?P<m>\d{1,2})(?:月|[-/.])(?P<d>\d{1,2})(?!\d)[日号]?")
_DAY_FIRST = re.compile(r"(?<![\d/.-])(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>(?:19|20)\d{2})(?!\d)")
_MONTH_ZH = re.compile(rf"(?P<m>\d{{1,2}}|{NUMBER})月(?:份)?(?P<d>\d{{1,2}}|{NUMBER})[日号]?")
_OTHER_MONTH = re.compile(rf"(?P<which>下个?月|上个?月|这个?月|本月)(?P<d>\d{{1,2}}|{NUMBER})[日号]")
_BARE_DAY = re.compile(r"(?<![\d月])(?P<d>\d{1,2})号(?!楼|线|院|店|门|单|码|库|桌|房|柜|技师)")
_WEEK_ZH = re.compile(r"(?P<which>上上|上|这|本|下下|下)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])")
_WEEK_EN = re.compile(
    rf"\b(?:(?P<which>next|this|last|coming)\s+)?(?P<day>{'|'.join(_WEEKDAYS)})(?:day|sday|nesday|rsday|urday|s|r|rs|nes)?\b",
    _I,
)
_MONTH_EN = re.compile(
    rf"\b(?:(?P<m1>{_MONTH})\.? (?P<d1>\d{{1,2}})(?:st|nd|rd|th)?|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{_MONTH}))\b(?:,? (?P<y>20\d{{2}}))?",
    _I,
)
_AGO_ZH = re.compile(rf"(?P<n>{_N})个?(?P<unit>天|日|周|星期|礼拜|月)(?:之|以)?(?P<way>后|前)")
_AGO_EN = re.compile(
    r"\b(?:(?P<in>in) (?P<n1>\d+|an?|one|two|three|four|five|six|seven) (?P<u1>day|week|month)s?|(?P<n2>\d+|an?|one|two|three|four|five|six|seven) (?P<u2>day|week|month)s? (?:ago|later))\b",
    _I,
)
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}

_CLOCK = re.compile(
    rf"(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|[今明昨]晚|[今明]早|晏昼|朝早)?\s?(?P<h>\d{{1,2}}|{NUMBER})(?:点钟?|时(?!间|候))(?P<rest>半|一刻|三刻|(?P<min>\d{{1,2}}|{NUMBER})分?)?(?![几多])"
)
_COLON = re.compile(
    r"(?P<part>凌晨|早上|上午|中午|下午|傍晚|晚上)?(?<![\d:])(?P<h>[01]?\d|2[0-3])[::](?P<min>[0-5]\d)(?![\d:])\s?(?P<half>[ap]\.?m\b\.?)?",
    _I,
)
_MERIDIEM = re.compile(r"\b(?P<h>1[0-2]|0?[1-9])(?:\.(?P<min>[0-5]\d))?\s?(?P<half>[ap]\.?m\b\.?)", _I)
_NOON = re.compile(r"\b(?:noon|midday|midnight)\b|正午", _I)
_HALF_PAST = re.compile(
    r"\b(?P<to>half past|quarter past|quarter to) (?P<h>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b",
    _I,
)
_HOURS = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True))


def dates(text: str, today: date, *, is_day_first: bool) -> Iterator[tuple[date, Placed]]:
    """Dates in folded text, surest forms first; forms may overlap."""
    for hit in _FULL.finditer(text):
        yield from _made(hit, _year(int(hit["y"])), int(hit["m"]), int(hit["d"]))
    for hit in _DAY_FIRST.finditer(text):
        pair = (int(hit["m"]), int(hit["d"]))
        month, day = pair if is_day_first else pair[::-1]
        yield from list(_made(hit, int(hit["y"]), month, day)) or _made(hit, int(hit["y"]), day, month)
    for hit in _OTHER_MONTH.finditer(text):
        shift = {"下": 1, "上": -1}.get(hit["which"][0], 0)
        month = today.month - 1 + shift
        yield from _made(hit, today.year + month // 12, month % 12 + 1, number(hit["d"]))
    for hit in _MONTH_ZH.finditer(text):
        yield from _nearest(hit, number(hit["m"]), number(hit["d"]), today)
    for hit in _MONTH_EN.finditer(text):
        month = _MONTHS.index((hit["m1"] or hit["m2"])[:3].lower()) + 1
        day = int(hit["d1"] or hit["d2"])
        yield from _made(hit, int(hit["y"]), month, day) if hit["y"] else _nearest(hit, month, day, today)
    for hit in _AGO_ZH.finditer(text):
        days = number(hit["n"]) * {"天": 1, "日": 1, "月": 30}.get(hit["unit"], 7)
        yield from _shifted(hit, today, days if hit["way"] == "后" else -days)
    for hit in _AGO_EN.finditer(text):
        said = (hit["n1"] or hit["n2"]).lower()
        days = (_WORDS.get(said) or int(said)) * {"day": 1, "week": 7, "month": 30}[(hit["u1"] or hit["u2"]).lower()]
        yield from _shifted(hit, today, -days if hit.group().lower().endswith("ago") else days)
    for hit in _NAMED.finditer(text):
        said = hit.group().lower()
        yield from _shifted(hit, today, _DAYS_ZH[said] if said in _DAYS_ZH else _DAYS_EN[said])
    for hit in _WEEK_ZH.finditer(text):
        day = "一二三四五六日".find(hit["day"].replace("天", "日").replace("末", "六"))
        weeks = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}.get(hit["which"] or "")
        yield from _weekday(hit, today, day, weeks)
    for hit in _WEEK_EN.finditer(text):
        weeks = {"next": 1, "this": 0, "last": -1}.get((hit["which"] or "").lower())
        if hit.group().lower() not in {"sun", "sat", "mon", "wed"} or hit["which"]:
            yield from _weekday(hit, today, _WEEKDAYS.index(hit["day"][:3].lower()), weeks)
    for hit in _BARE_DAY.finditer(text):
        yield from _nearest(hit, today.month, int(hit["d"]), today)


def times(text: str) -> Iterator[tuple[time, Placed]]:
    """Times of day in folded text."""
    for hit in _CLOCK.finditer(text):
        rest = hit["rest"] or ""
        minute = {"半": 30, "一刻": 15, "三刻": 45, "": 0}.get(rest)
        yield from _clock(hit, number(hit["h"]), number(hit["min"]) if minute is None else minute, hit["part"] or "")
    for hit in _COLON.finditer(text):
        yield from _clock(hit, int(hit["h"]), int(hit["min"]), (hit["half"] or hit["part"] or "").lower())
    for hit in _MERIDIEM.finditer(text):
        yield from _clock(hit, int(hit["h"]), int(hit["min"] or 0), hit["half"].lower())
    for hit in _HALF_PAST.finditer(text):
        hour = _HOURS.get(hit["h"].lower()) or int(hit["h"])
        minutes = {"half past": 30, "quarter past": 15, "quarter to": -15}[hit["to"].lower()]
        total = hour * 60 + minutes
        yield from _clock(hit, total // 60, total % 60, "")
    for hit in _NOON.finditer(text):
        yield time(0) if hit.group().lower() == "midnight" else time(12), hit.span()


def _clock(hit: re.Match[str], hour: int, minute: int, part: str) -> Iterator[tuple[time, Placed]]:
    is_late = (
        part.startswith("p")
        or part in {"下午", "傍晚", "晚上", "晏昼", "今晚", "明晚", "昨晚"}
        or (part == "中午" and hour < 3)
    )
    if is_late and hour < 12:
        hour += 12
    elif hour == 12 and (part.startswith("a") or part in {"凌晨", "半夜", "夜里"}):
        hour = 0
    if hour == 24 and minute == 0:
        hour = 0
    if 0 <= hour < 24 and 0 <= minute < 60:
        yield time(hour, minute), hit.span()


def _year(year: int) -> int:
    return year if year >= 100 else 2000 + year


def _made(hit: re.Match[str], year: int, month: int, day: int) -> Iterator[tuple[date, Placed]]:
    try:
        yield date(year, month, day), hit.span()
    except ValueError:
        return


def _nearest(hit: re.Match[str], month: int, day: int, today: date) -> Iterator[tuple[date, Placed]]:
    found = [made for year in (today.year - 1, today.year, today.year + 1) for made, _ in _made(hit, year, month, day)]
    if found:
        yield min(found, key=lambda made: abs(made - today)), hit.span()


def _shifted(hit: re.Match[str], today: date, days: int) -> Iterator[tuple[date, Placed]]:
    if abs(days) < 4_000:
        yield today + timedelta(days=days), hit.span()


def _weekday(hit: re.Match[str], today: date, day: int, weeks: int | None) -> Iterator[tuple[date, Placed]]:
    if weeks is None:
        yield today + timedelta(days=(day - today.weekday()) % 7), hit.span()
    else:
        yield today + timedelta(days=day - today.weekday() + 7 * weeks), hit.span()
