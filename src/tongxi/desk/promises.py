"""Promises in an agent's own words, with the time they are due. Pure."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*|\n")
_ENGLISH_END = re.compile(r"(?<=[a-z)])[.](?=\s+[A-Z])")
_HAN = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
_NUMBER_ZH = r"(?P<low>\d+|[一两二三四五六七八九十半])(?:\s*[-–—~～到至]\s*(?P<high>\d+|[一两二三四五六七八九十]))?"
_WITHIN_ZH = re.compile(rf"{_NUMBER_ZH}\s*个?\s*(?P<unit>工作日|小时|钟头|分钟|天|日|周|星期)\s*(?:之内|以内|内|左右)")
_WITHIN_EN = re.compile(
    r"\b(?:within|in)\s+(?:the next\s+)?(?P<low>\d+|an?|one|two|three|four|five|six|seven|ten)"
    r"(?:\s*(?:-|–|to)\s*(?P<high>\d+|two|three|four|five|six|seven|ten))?\s+"
    r"(?P<unit>(?:business|working)\s+days?|hours?|hrs?|minutes?|mins?|days?|weeks?)\b",
    re.IGNORECASE,
)
_BY_ZH = re.compile(r"(?P<day>今天|今晚|今日|明天|明日|后天)(?:下班)?(?:之?前|内|以内)")
_BY_EN = re.compile(r"\bby\s+(?P<day>tomorrow|today|tonight|(?:the )?end of (?:the )?day)\b", re.IGNORECASE)
_DAYS = {"今": 0, "明": 1, "后": 2}
_NO_PROMISE = re.compile(
    r"不能(?:保证|承诺)|无法(?:保证|承诺)|没办法保证|不保证|(?:您|你)(?:可以|能|需要|得|要)?在?.{0,4}内(?:申请|提交|联系|寄)"
    r"|\b(?:can ?not|can't|cannot|unable to|won't)\b[^.]{0,20}\b(?:promise|guarantee)\b"
    r"|\byou (?:have to|must|can|need to|may)\b",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    """The sentences of a message, in order, with their marks."""
    parts = (part for line in _SENTENCE.findall(text) for part in _ENGLISH_END.sub(".\n", line).split("\n"))
    return [part.strip() for part in parts if part.strip()]


def promises_in(text: str, at: datetime, timezone: str) -> list[tuple[str, datetime]]:
    """Sentences that promise something for a time, with that time; questions and refusals are none.

    `at`: when it was said; days end at midnight in `timezone`.
    """
    found = []
    for sentence in sentences(text):
        if sentence.endswith(("?", "？")) or _NO_PROMISE.search(sentence):
            continue
        if (due := _due(sentence, at, ZoneInfo(timezone))) is not None:
            found.append((sentence, due))
    return found


def _due(sentence: str, at: datetime, zone: ZoneInfo) -> datetime | None:
    if match := _WITHIN_ZH.search(sentence) or _WITHIN_EN.search(sentence):
        low, high = match["low"], match["high"]
        return _after(at, _number(high or low), match["unit"].lower(), zone)
    if match := _BY_ZH.search(sentence):
        return _end_of_day(at, _DAYS[match["day"][0]], zone)
    if match := _BY_EN.search(sentence):
        return _end_of_day(at, 1 if match["day"].lower() == "tomorrow" else 0, zone)
    return None


def _number(text: str) -> float:
    if text.isdigit():
        return float(min(int(text), 1000))
    return 0.5 if text == "半" else float(_HAN.get(text) or _WORDS[text.lower()])


def _after(at: datetime, amount: float, unit: str, zone: ZoneInfo) -> datetime:
    if unit == "工作日" or unit.startswith(("business", "working")):
        day, left = at.astimezone(zone), int(amount)
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5
        return day.astimezone(at.tzinfo)
    if unit in ("小时", "钟头") or unit.startswith(("hour", "hr")):
        return at + timedelta(hours=amount)
    if unit == "分钟" or unit.startswith("min"):
        return at + timedelta(minutes=amount)
    return at + timedelta(days=amount * (7 if unit in ("周", "星期") or unit.startswith("week") else 1))


def _end_of_day(at: datetime, ahead: int, zone: ZoneInfo) -> datetime:
    day = at.astimezone(zone).date() + timedelta(days=ahead + 1)
    return datetime.combine(day, time(), zone).astimezone(at.tzinfo)
