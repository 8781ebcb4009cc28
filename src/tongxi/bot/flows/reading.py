"""The values of slots in what a customer writes. Pure.

A value is found (`find`) when it stands there by itself, whatever else the message says; it is taken (`take`) when the
question about it is open, so that the whole message may be the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import phonenumbers

from tongxi.bot.flows import addresses, amending, amounts, dates, replies
from tongxi.bot.flows.models import Slot
from tongxi.bot.memory import Offer
from tongxi.kit.text import normalise

MAX_CHARS = 2_000
REGION = "CN"
"""Country of a telephone number without a prefix."""

# ── values ──────────────────────────────────────────────────────────────────────────────────────────
_EMAIL = re.compile(r"[a-z0-9._%+\-]{1,64}@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+", re.IGNORECASE)
_SAID = "零一二三四五六七八九〇幺"
"""Digits as they are said; the last two stand for 0 and 1."""
_SPOKEN = re.compile(rf"[{_SAID}](?:[\s-]?[{_SAID}]){{6,}}")
_NUMBER = re.compile(r"(?<![a-z0-9])(?=[a-z0-9-]*\d{3})([a-z0-9][a-z0-9-]{3,30})(?![a-z0-9])")
_NAMED = re.compile(
    r"(?:我叫|姓名[:：是为]?|名字[:：是为]|联系人[:：是为]?|抬头[:：是为])\s*([^\s,，。;；\d]{2,20})"
    r"|\b(?:my name is|i am called|name\s*[:：])\s*([a-z][a-z .'\-]{1,40})",
    re.IGNORECASE,
)


def find(slot: Slot, text: str, today: date) -> str | None:
    """The value of the slot, if it stands in the message beyond doubt."""
    text = text[:MAX_CHARS]
    if slot.pattern and slot.kind in ("text", "order_number"):
        hit = re.search(rf"(?<![0-9A-Za-z])(?:{slot.pattern})(?![0-9A-Za-z])", text, re.IGNORECASE)
        return hit[0].upper() if hit else None
    match slot.kind:
        case "phone":
            return phone(text)
        case "email":
            hit = _EMAIL.search(text)
            return hit[0] if hit else None
        case "date":
            day = dates.day_in(text, today)
            return day.isoformat() if day else None
        case "address":
            return addresses.find(text)
        case "name":
            hit = _NAMED.search(text)
            return (hit[1] or hit[2]).strip() if hit else None
        case "choice" if slot.options:
            return chosen(text, _offers(slot)) or amounts.option(slot.options, text, is_asked=False)
        case _:
            return None


def take(slot: Slot, text: str, today: date, offered: Sequence[Offer] = ()) -> str | None:
    """The answer to the open question about the slot; None when the message is none."""
    found = find(slot, text, today)
    if found is not None:
        return found
    plain = text.strip()[:MAX_CHARS]
    match slot.kind:
        case "choice" | "time_slot":
            named = chosen(text, offered) or amounts.option(slot.options, text, is_asked=True)
            if named is None and slot.kind == "time_slot" and offered and replies.takes_any(text):
                return offered[0].value
            return named or by_place(text, offered) or _begins(text, offered)
        case "address" if not replies.question(plain):
            return addresses.take(plain)
        case "name" if not replies.question(plain) and len(plain) <= 60 and not any(c.isdigit() for c in plain):
            if dates.day_in(plain, today) and not _NAMED.search(plain):
                return None  # "下周三" answers another question
            said = amending.without_lead(plain)
            return re.sub(r"^(?:我是|叫|i am|i'm|it's)\s*", "", said, flags=re.IGNORECASE).strip("。.,， ") or None
        case "order_number":
            hit = _NUMBER.search(normalise(plain))
            return hit[1].upper() if hit else None
        case "amount":
            return amounts.amount(plain)
        case "text" if (slot.may_ask or not replies.question(plain)) and not replies.goes_on(plain):
            return plain if any(c.isalnum() for c in plain) else None
        case _:
            return None


def valid(slot: Slot, value: str, today: date) -> bool:
    """Whether a value keeps the rules of the slot."""
    if slot.pattern and re.fullmatch(slot.pattern, value, re.IGNORECASE) is None:
        return False
    match slot.kind:
        case "date":
            try:
                ahead = (date.fromisoformat(value) - today).days
            except ValueError:
                return False
            first, last = slot.days_ahead or (-36_500, 36_500)
            return first <= ahead <= last
        case "amount":
            number = float(value)
            return (slot.at_least is None or number >= slot.at_least) and (
                slot.at_most is None or number <= slot.at_most
            )
        case "text" | "name" | "address":
            return slot.min_chars <= len(value) <= slot.max_chars
        case "choice" if slot.options:
            return any(one.value == value for one in slot.options)
        case _:
            return 0 < len(value) <= 200


def _offers(slot: Slot) -> list[Offer]:
    return [Offer(value=o.value, label=o.text("zh"), words="\n".join((o.en, *o.words))) for o in slot.options]


def phone(text: str) -> str | None:
    """The first telephone number, as digits; with its prefix when it is foreign. "一三八…" is one too."""
    text = _SPOKEN.sub(lambda run: "".join(str(_SAID.index(c) % 10) for c in run[0] if c in _SAID), normalise(text))
    for match in phonenumbers.PhoneNumberMatcher(text, REGION):
        number = match.number
        if number.country_code == phonenumbers.country_code_for_region(REGION):
            return phonenumbers.national_significant_number(number)
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None


_ORDINALS = (
    re.compile(r"第一|^1$|^一$|头一|\bfirst\b"), re.compile(r"第二|^2$|^二$|\bsecond\b"),
    re.compile(r"第三|^3$|^三$|\bthird\b"), re.compile(r"第四|^4$|^四$|\bfourth\b"),
    re.compile(r"第五|^5$|^五$|\bfifth\b"), re.compile(r"第六|^6$|^六$|\bsixth\b"),
)  # fmt: skip


def by_place(text: str, offered: Sequence[Offer]) -> str | None:
    """The choice meant by "the second", out of those that were shown."""
    folded = normalise(text[:60])
    for pattern, offer in zip(_ORDINALS, offered, strict=False):
        if pattern.search(folded):
            return offer.value
    return None


def chosen(text: str, offered: Sequence[Offer]) -> str | None:
    """The one choice the message names; None when it names none or several."""
    folded = normalise(text[:MAX_CHARS])
    exact = [one.value for one in offered if folded in (normalise(one.label), normalise(one.value))]
    if len(exact) == 1:
        return exact[0]
    found = {
        one.value
        for one in offered
        for word in (one.label, *one.words.split("\n"))
        if word and _mentions(folded, normalise(word))
    }
    return found.pop() if len(found) == 1 else None


def _begins(text: str, offered: Sequence[Offer]) -> str | None:
    """The one choice with whose name the message begins: "没有漏电" is a no."""
    folded = normalise(text[:60])
    found = {
        one.value for one in offered for word in (one.label, *one.words.split("\n"))
        if word and folded.startswith(normalise(word))
    }  # fmt: skip
    return found.pop() if len(found) == 1 else None


def _mentions(text: str, word: str) -> bool:
    text, word = text.replace("'", ""), word.replace("'", "")  # "doesnt work"
    if word[0].isdigit() and not word.isascii():
        return re.search(rf"(?<!\d){re.escape(word)}", text) is not None
    if word.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None
    return word in text
