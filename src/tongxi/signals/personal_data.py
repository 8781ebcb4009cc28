"""Personal data in text: where it stands, a masked copy, and the way back. Pure.

Numbers count when their check digit is right or a word before them says what they are; order, tracking and serial numbers
do not. Used before text leaves for an outside model (`Masked`) and wherever a copy is kept. Figures: docs/reference/signals.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from tongxi.signals import check_digits
from tongxi.signals import personal_patterns as patterns

Label = Literal[
    "phone", "id_card", "bank_card", "email", "address", "name", "passport", "plate", "wechat", "qq", "iban", "dob"
]
MAX_CHARS = 20_000

_TOKEN = re.compile(r"\[([a-z_]+)_(\d+)\]")


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of personal data: `text[start:end]`."""

    label: Label
    start: int
    end: int


def find(text: str) -> tuple[Found, ...]:
    """Personal data in a text, in order, without overlaps; the first 20,000 characters are read."""
    flat = _flatten(text[:MAX_CHARS])
    taken: list[Found] = []
    for label, seek in _SEEKERS:
        for start, end in seek(flat):
            if all(end <= other.start or start >= other.end for other in taken):
                taken.append(Found(label, start, end))
    return tuple(sorted(taken, key=lambda found: found.start))


def mask(text: str) -> str:
    """A copy for reading, with personal data replaced by `[label]`."""
    return _replace(text, find(text), lambda found, _: f"[{found.label}]")


@dataclass(frozen=True, slots=True)
class Masked:
    """Text with numbered tokens (`[phone_1]`) for personal data, and what stood there. Equal values share a token."""

    text: str
    values: dict[str, str]
    """Token without brackets → the original wording."""

    @classmethod
    def of(cls, text: str, known: Masked | None = None) -> Masked:
        """Mask a text; with `known`, values met before keep their tokens (the turns of one conversation)."""
        values = dict(known.values) if known else {}
        tokens = {value: token for token, value in values.items()}

        def token(found: Found, wording: str) -> str:
            if wording not in tokens:
                number = sum(name.rsplit("_", 1)[0] == found.label for name in values) + 1
                tokens[wording] = f"{found.label}_{number}"
                values[tokens[wording]] = wording
            return f"[{tokens[wording]}]"

        return cls(_replace(text, find(text), token), values)

    def restore(self, text: str) -> str:
        """Put the original wordings back into a text that uses the tokens; unknown tokens stay."""
        return _TOKEN.sub(lambda m: self.values.get(f"{m[1]}_{m[2]}", m[0]), text)


def _replace(text: str, spans: tuple[Found, ...], write: Callable[[Found, str], str]) -> str:
    parts: list[str] = []
    at = 0
    for found in spans:
        parts += [text[at : found.start], write(found, text[found.start : found.end])]
        at = found.end
    return "".join(parts) + text[at:]


def _flatten(text: str) -> str:
    """Half-width copy of the same length."""
    if text.isascii():
        return text
    return "".join(
        narrow if len(narrow := unicodedata.normalize("NFKC", character)) == 1 else character for character in text
    )


def _groups(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Places of the named group `it` or `also`, or of the whole match."""
    for hit in pattern.finditer(text):
        named = next((name for name in ("it", "also") if name in pattern.groupindex and hit[name] is not None), 0)
        yield hit.span(named)


def _cued(pattern: re.Pattern[str], cue: re.Pattern[str], text: str, reach: int = 14) -> Iterator[re.Match[str]]:
    for hit in pattern.finditer(text):
        if cue.search(text, max(0, hit.start() - reach), hit.start()):
            yield hit


def _digits(text: str) -> str:
    """Copy of the same length with Chinese numerals of long numbers as digits ("一三八〇…", not "五位老号")."""
    return patterns.SPOKEN.sub(lambda m: m[0].translate(patterns.NUMERALS), text)


def _is_reference(text: str, start: int) -> bool:
    """Whether the number at `start` is called an order, a parcel, a serial number …"""
    return bool(patterns.REFERENCE.search(text, max(0, start - 14), start))


def _emails(text: str) -> Iterator[tuple[int, int]]:
    yield from _groups(patterns.EMAIL, text)
    yield from _groups(patterns.EMAIL_SPELLED, text)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for hit in patterns.IBAN.finditer(text):
        stretch = hit.group()
        for end in range(len(stretch), 14, -1):  # a following word may look like a last group
            if stretch[end - 1] != " " and check_digits.iban(stretch[:end].replace(" ", "")):
                yield hit.start(), hit.start() + end
                break
        else:
            if patterns.IBAN_CUE.search(text, max(0, hit.start() - 24), hit.start()):
                yield hit.span()


def _id_cards(text: str) -> Iterator[tuple[int, int]]:
    digits = _digits(text)
    for hit in patterns.ID_CARD.finditer(digits):
        number = re.sub(r"[\s-]", "", hit.group())
        if check_digits.identity_number(number) or patterns.ID_CUE.search(
            digits, max(0, hit.start() - 14), hit.start()
        ):
            yield hit.span()
    yield from _groups(patterns.ID_MASKED, text)
    yield from _groups(patterns.ID_ABROAD, text)
    for hit in _cued(patterns.ID_CUED, patterns.ID_CUE_ABROAD, text, 20):
        yield hit.span()


def _bank_cards(text: str) -> Iterator[tuple[int, int]]:
    digits = _digits(text)
    for hit in patterns.CARD.finditer(digits):
        number = re.sub(r"[\s-]", "", hit.group())
        if not 13 <= len(number) <= 19 or _is_reference(text, hit.start()):
            continue
        cued = patterns.CARD_CUE.search(text, max(0, hit.start() - 20), hit.start())
        if cued or (check_digits.luhn(number) and patterns.CARD_PREFIX.match(number)):
            yield hit.span()
    yield from _groups(patterns.CARD_MASKED, text)


def _phones(text: str) -> Iterator[tuple[int, int]]:
    digits = _digits(text)
    for hit in patterns.PHONE_ABROAD.finditer(text):
        if _is_number(hit.group()):
            yield hit.span()
    for pattern in (patterns.MOBILE, patterns.LANDLINE, patterns.PHONE_SHAPES):
        for hit in pattern.finditer(digits):
            if not _is_reference(text, hit.start()):
                yield hit.span()
    yield from _groups(patterns.PHONE_MASKED, text)
    for hit in _cued(patterns.PHONE_CUED, patterns.PHONE_CUE, digits, 24):
        if not _is_reference(text, hit.start()):
            yield hit.span()
    yield from _groups(patterns.PHONE_SPELLED, text)


def _is_number(written: str) -> bool:
    import phonenumbers  # loaded for the few texts that hold an international number

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(written, None))
    except phonenumbers.NumberParseException:
        return False


def _names(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (
        patterns.NAME_CUED,
        patterns.NAME_BESIDE,
        patterns.NAME_RECEIVES,
        patterns.NAME_LATIN,
        patterns.NAME_TITLED,
    ):
        yield from _groups(pattern, text)
    for hit in patterns.NAME_LIST.finditer(text):
        start = hit.start("it")
        for name in re.finditer(r"[^、和,]+", hit["it"]):
            yield start + name.start(), start + name.end()


def _simple(*several: re.Pattern[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    def seek(text: str) -> Iterator[tuple[int, int]]:
        for pattern in several:
            yield from _groups(pattern, text)

    return seek


def _qq(text: str) -> Iterator[tuple[int, int]]:
    yield from _groups(patterns.QQ, _digits(text))


_SEEKERS: tuple[tuple[Label, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    ("email", _emails),
    ("iban", _ibans),
    ("wechat", _simple(patterns.WECHAT)),
    ("passport", _simple(patterns.PASSPORT)),
    ("plate", _simple(patterns.PLATE, patterns.PLATE_CUED)),
    ("id_card", _id_cards),
    ("qq", _qq),
    ("dob", _simple(patterns.BIRTH_BEFORE, patterns.BIRTH_AFTER)),
    ("bank_card", _bank_cards),
    ("phone", _phones),
    ("address", _simple(patterns.ADDRESS_LATIN, patterns.ADDRESS, patterns.ADDRESS_CUED)),
    ("name", _names),
)
"""In order of claim: what is found first keeps its place."""
