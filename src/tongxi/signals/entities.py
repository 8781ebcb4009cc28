"""The values a message gives: order number, phone, date, time, amount, address, email, quantity, product. Pure.

Values are normalised: dates `2026-10-08`, times `15:00`, amounts `128.00 CNY`, phones as digits with a leading + where
given, quantities as plain numbers. Offsets point into the original text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from tongxi.kit.text import fold
from tongxi.signals import personal_data
from tongxi.signals.dates import dates, times
from tongxi.signals.numerals import NUMBER, number
from tongxi.signals.personal_patterns import NUMERALS

Kind = Literal["order_number", "phone", "date", "time", "amount", "address", "email", "quantity", "product"]
MAX_CHARS = 4_000

_ORDER_CUED = re.compile(
    r"(?:订单号?|单号|运单号?|订单编号|快递单号?|\border(?: ?(?:number|no\.?|id))?|\btracking(?: ?(?:number|no\.?))?|#)(?:\s|[:：#]|是|为|\bis\b){0,4}(?P<it>[a-z]{0,4}[- ]?\d[\d-]{3,20}\d)"
)
_ORDER = re.compile(r"(?<![\w.-])(?P<it>[a-z]{1,4}\d{6,16}|\d{8,10}|\d{12,20})(?![\w.]|-\d)")
_CURRENCY = {
    "¥": "CNY",
    "元": "CNY",
    "块": "CNY",
    "块钱": "CNY",
    "rmb": "CNY",
    "人民币": "CNY",
    "cny": "CNY",
    "圆": "CNY",
    "蚊": "HKD",
    "港币": "HKD",
    "港元": "HKD",
    "hkd": "HKD",
    "hk$": "HKD",
    "nt$": "TWD",
    "新台币": "TWD",
    "台币": "TWD",
    "twd": "TWD",
}
_CURRENCY |= {
    "$": "USD",
    "us$": "USD",
    "usd": "USD",
    "dollars": "USD",
    "dollar": "USD",
    "bucks": "USD",
    "buck": "USD",
    "美元": "USD",
    "美金": "USD",
    "刀": "USD",
    "£": "GBP",
    "gbp": "GBP",
    "pounds": "GBP",
    "pound": "GBP",
    "quid": "GBP",
    "英镑": "GBP",
    "€": "EUR",
    "eur": "EUR",
    "euros": "EUR",
    "euro": "EUR",
    "欧元": "EUR",
}
_BEFORE = "|".join(
    re.escape(mark) for mark in ("hk$", "nt$", "us$", "$", "¥", "£", "€", "rmb", "cny", "usd", "gbp", "eur", "hkd")
)
_AFTER = "|".join(re.escape(mark) for mark in sorted(_CURRENCY, key=len, reverse=True) if mark not in "$£€¥")
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?P<before>{_BEFORE})\s?(?P<n1>{_DIGITS})(?P<k1>万|千|k\b)?|(?<![\d.])(?P<n2>{_DIGITS}|{NUMBER})\s?(?P<k2>万|千)?(?P<after>{_AFTER})(?![a-z])(?:(?P<tail>[1-9一二三四五六七八九])(?!\d|[个件天]))?"
)
_UNIT = "件|个|台|双|套|盒|包|瓶|箱|条|张|份|只|本|部|支|袋|斤|公斤|桶|罐|枚|把|对|副|间|位|人|pcs|pieces?|pairs?|boxes|box|bottles?|packs?|items?|sets?|units?|bags?|copies|copy|tickets?|nights?|people|guests?"
_QUANTITY = re.compile(
    rf"(?<![\d.第])(?P<n>\d{{1,5}}|{NUMBER}|\b(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a dozen|a couple of)\b)\s?(?:{_UNIT})(?![a-z月小工星钟半])|\bx\s?(?P<x>\d{{1,4}})\b|\b(?P<of>\d{{1,4}}|two|three|four|five) of (?:them|these|those)\b"
)
_WORDS = dict(zip("one two three four five six seven eight nine ten".split(), range(1, 11), strict=True)) | {
    "a": 1,
    "an": 1,
    "twelve": 12,
    "a dozen": 12,
    "a couple of": 2,
}


@dataclass(frozen=True, slots=True)
class Entity:
    """One value: `text[start:end]` says it, `value` is its normal form."""

    kind: Kind
    value: str
    start: int
    end: int


def entities(text: str, language: str, today: date, products: Sequence[str] = ()) -> tuple[Entity, ...]:
    """Values in a message, in order, without overlaps.

    `today` is the date where the writer is; `products` are names to look for, the longest first; `language` (`zh`, `en`)
    decides whether `3/4/2026` is in April or in March.
    """
    text = text[:MAX_CHARS]
    folded = fold(text)
    taken: list[Entity] = []

    def take(kind: Kind, value: str, start: int, end: int) -> None:
        if all(end <= other.start or start >= other.end for other in taken):
            taken.append(Entity(kind, value, start, end))

    for name in sorted(products, key=len, reverse=True):
        for hit in re.finditer(re.escape(fold(name).text.strip()), folded.text) if name.strip() else ():
            take("product", name, *folded.span(*hit.span()))
    for found in personal_data.find(text):
        wording = text[found.start : found.end]
        match found.label:
            case "phone":
                take("phone", _phone(wording), found.start, found.end)
            case "email":
                take("email", fold(wording).text.replace(" ", ""), found.start, found.end)
            case "address":
                take("address", wording.strip(), found.start, found.end)
            case _:
                pass
    for kind, value, place in _values(folded.text, language, today):
        take(kind, value, *folded.span(*place))
    return tuple(sorted(taken, key=lambda entity: entity.start))


def _values(text: str, language: str, today: date) -> Iterator[tuple[Kind, str, tuple[int, int]]]:
    for hit in _ORDER_CUED.finditer(text):
        yield "order_number", hit["it"].upper().replace(" ", ""), hit.span("it")
    for day, place in dates(text, today, is_day_first=language != "zh"):
        yield "date", day.isoformat(), place
    for clock, place in times(text):
        yield "time", clock.strftime("%H:%M"), place
    for hit in _AMOUNT.finditer(text):
        amount = _amount(hit)
        if amount:
            yield "amount", amount, hit.span()
    for hit in _ORDER.finditer(text):
        yield "order_number", hit["it"].upper(), hit.span("it")
    for hit in _QUANTITY.finditer(text):
        said = hit["n"] or hit["x"] or hit["of"]
        yield "quantity", str(_WORDS[said] if said in _WORDS else number(said)), hit.span()


def _amount(hit: re.Match[str]) -> str | None:
    written = (hit["n1"] or hit["n2"]).replace(",", "")
    try:
        value = Decimal(written) if written[0].isdigit() else Decimal(number(written))
    except (ValueError, KeyError):
        return None
    value *= {"万": 10_000, "千": 1_000, "k": 1_000}.get(hit["k1"] or hit["k2"] or "", 1)
    if hit["tail"]:
        value += Decimal(number(hit["tail"])) / 10
    mark = (hit["before"] or hit["after"]).lower()
    return f"{value:.2f} {_CURRENCY[mark]}"


def _phone(wording: str) -> str:
    plain = fold(wording).text.translate(NUMERALS)
    digits = re.sub(r"[^\d*x]", "", plain)
    return f"+{digits}" if plain.lstrip("( ").startswith("+") else digits or wording
