"""When an order was placed, as people say it: "上周买的那个", "the one from last Friday". Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tongxi.bot.flows import dates
from tongxi.kit.text import normalise

MAX_CHARS = 200

Span = tuple[date, date]
"""First and last day."""

_ZH_DAYS = {
    "大前天": 3,
    "前天": 2,
    "前晚": 2,
    "昨天": 1,
    "昨日": 1,
    "昨晚": 1,
    "今天": 0,
    "今日": 0,
    "今早": 0,
    "刚才": 0,
}
_EN_DAYS = {"day before yesterday": 2, "yesterday": 1, "last night": 1, "today": 0, "this morning": 0}
_HAN = {c: n for n, c in enumerate("一二三四五六七八九十", start=1)} | {"两": 2, "几": 0}
_AGO = re.compile(r"(\d{1,2}|[一二两三四五六七八九十])\s*(?:个)?(天|周|星期|礼拜|月)(?:以?前)")
_EN_AGO = re.compile(r"\b(a|one|two|three|four|five|six|seven|\d{1,2}) (day|week|month)s? ago\b")
_EN_NUMBER = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_WEEK = re.compile(r"(上上|上|这|本)(?:个)?(?:周|星期|礼拜)([一二三四五六日天])?")
_EN_WEEK = re.compile(r"\b(last|this|past) (week|monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend)\b")
_MONTH = re.compile(r"(上|这|本)(?:个)?月(?!\d)")
_BOUGHT = re.compile(r"买|下单|下的|拍|订|购|\b(?:bought|ordered|order|placed|got|purchased?|from|the one)\b")
_PHRASES = re.compile(
    rf"(?:{'|'.join(_ZH_DAYS)})|{_AGO.pattern}|{_WEEK.pattern}|{_MONTH.pattern}|(?:20\d\d年)?(?:\d{{1,2}}月)?\d{{1,2}}[号日]|\d{{1,2}}月"
    rf"|\b(?:{'|'.join(_EN_DAYS)})\b|{_EN_AGO.pattern}|{_EN_WEEK.pattern}|\b(?:last|this) month\b|\b(?:on |the )*\d{{1,2}}(?:st|nd|rd|th)\b(?: of \w+)?"
    r"|买|下单|下的?|拍|订|购|时候|\b(?:i|bought|ordered|placed|got|purchased|from|on)\b"
)


def meant(text: str, today: date, *, is_asked: bool) -> Span | None:
    """The days of the order the text speaks of. `is_asked`: it answers "which order?", so a day alone is enough."""
    folded = normalise(text[:MAX_CHARS])
    if not is_asked and not _BOUGHT.search(folded):
        return None
    for word, back in (*_ZH_DAYS.items(), *_EN_DAYS.items()):
        if word in folded:
            return _day(today - timedelta(days=back))
    if hit := _AGO.search(folded):
        count = int(hit[1]) if hit[1].isdigit() else _HAN[hit[1]]
        return _ago(count, {"天": "day", "月": "month"}.get(hit[2], "week"), today)
    if hit := _EN_AGO.search(folded):
        return _ago(_EN_NUMBER.get(hit[1]) or int(hit[1]), hit[2], today)
    if hit := _WEEK.search(folded):
        monday = _monday(today) - timedelta(weeks={"上上": 2, "上": 1}.get(hit[1], 0))
        return (
            _day(monday + timedelta(days="一二三四五六日".index(hit[2].replace("天", "日"))))
            if hit[2]
            else _week(monday)
        )
    if hit := _EN_WEEK.search(folded):
        return _english_week(hit[1], hit[2], today)
    if hit := _MONTH.search(folded):
        return _month(today, back=hit[1] == "上")
    if hit := re.search(r"\b(last|this) month\b", folded):
        return _month(today, back=hit[1] == "last")
    named = dates.day_in(text, today)
    return _day(_past(named, today)) if named else None


def without(text: str) -> str:
    """The folded text without the words that say when it was bought."""
    return _PHRASES.sub(" ", text)


def _english_week(which: str, what: str, today: date) -> Span:
    monday = _monday(today) - timedelta(weeks=which != "this")
    if what == "week":
        return _week(monday)
    if what == "weekend":
        return monday + timedelta(days=5), monday + timedelta(days=6)
    place = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday").index(what)
    newest = today - timedelta(days=(today.weekday() - place) % 7 or 7)
    # "last Friday" is the newest one to some, the one of last week to others.
    return min(newest, monday + timedelta(days=place)), newest


def _past(day: date, today: date) -> date:
    """Orders lie behind: a day that is still to come is the same day of the month or year before."""
    if day <= today:
        return day
    if (day - today).days <= 31:
        last = today.replace(day=1) - timedelta(days=1)
        return min(day.replace(year=last.year, month=last.month, day=min(day.day, last.day)), today)
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)


def _day(day: date) -> Span:
    return day, day


def _week(monday: date) -> Span:
    return monday, monday + timedelta(days=6)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _month(today: date, *, back: bool) -> Span:
    first = today.replace(day=1)
    if not back:
        return first, today
    last = first - timedelta(days=1)
    return last.replace(day=1), last


def _ago(count: int, unit: str, today: date) -> Span:
    """About so long ago: nobody counts exactly."""
    days = count * {"day": 1, "week": 7, "month": 30}[unit]
    slack = {"day": 0, "week": 4, "month": 16}[unit]
    middle = today - timedelta(days=days)
    return middle - timedelta(days=slack), middle + timedelta(days=slack)
