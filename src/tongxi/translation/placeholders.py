"""What a translation must not touch is taken out before and put back after; a lost piece means no translation. Pure.

Links, e-mail, `{{variables}}`, @mentions, code, emoji, numbers of orders and cards, personal data; and glossary terms,
which come back as the term of the other language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tongxi.signals import personal_data
from tongxi.translation.protocol import FailureCode, TranslationFailed

PLACE = re.compile(r"⟦(\d{1,3})⟧")
MAX_PLACES = 200

_KEEP = re.compile(
    r"https?://[^\s，。；！？、）】]+|www\.[^\s，。；！？、）】]+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}|\{\{[^{}]{1,60}\}\}|\{[a-z_]{1,40}\}"
    r"|`[^`]{1,200}`|(?<!\w)@[A-Za-z0-9_]{2,40}|#[A-Za-z]*\d[\w-]*|[A-Za-z]{1,5}-?\d[\w-]{4,}|\d(?:[ -]?\d){5,}"
    r"|[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\ufe0f\u200d]+"
)
_FOREIGN = re.compile(r"[⟦⟧]")


@dataclass(frozen=True, slots=True)
class Term:
    """A wording with a fixed translation."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """Text with places, and what comes back for each."""

    text: str
    values: tuple[str, ...]

    @property
    def has_words(self) -> bool:
        """Whether anything is left to translate."""
        return bool(re.search(r"[^\W\d_]", PLACE.sub("", self.text)))

    def restore(self, translated: str) -> str:
        """Put back the values. Raises: `TranslationFailed` when a place is missing or made up."""
        asked = {int(number) for number in PLACE.findall(self.text)}
        came = {int(number) for number in PLACE.findall(translated)}
        if asked != came:
            raise TranslationFailed(FailureCode.BAD_ANSWER, "a placeholder is missing or made up")
        return PLACE.sub(lambda m: self.values[int(m[1]) - 1], translated)


def hide(text: str, terms: Sequence[Term] = ()) -> Hidden:
    """Take out what must not be touched; the longest term wins where terms overlap."""
    text = _FOREIGN.sub(" ", text)
    spans = [(match.start(), match.end(), match.group()) for match in _KEEP.finditer(text)]
    spans += [(found.start, found.end, text[found.start : found.end]) for found in personal_data.find(text)]
    for term in sorted(terms, key=lambda one: -len(one.source)):
        edge = r"(?<!\w)" if term.source[0].isascii() and term.source[0].isalnum() else ""
        end = r"(?!\w)" if term.source[-1].isascii() and term.source[-1].isalnum() else ""
        pattern = re.compile(edge + re.escape(term.source) + end, re.IGNORECASE)
        spans += [(match.start(), match.end(), term.target) for match in pattern.finditer(text)]
    parts: list[str] = []
    values: list[str] = []
    at = 0
    for start, stop, value in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < at or len(values) >= MAX_PLACES:
            continue
        values.append(value)
        parts += [text[at:start], f"⟦{len(values)}⟧"]
        at = stop
    return Hidden("".join(parts) + text[at:], tuple(values))
