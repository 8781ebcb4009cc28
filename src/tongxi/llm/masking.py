"""Personal data stays at home: placeholders go out, what they stand for is put back into what comes in. Pure.

One `Masking` serves one question and its answer, so that the same number has the same placeholder everywhere in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol


class Found(Protocol):
    """Personal data in a text (`signals.personal_data.Found`)."""

    @property
    def label(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Find = Callable[[str], Iterable[Found]]

WINDOW, OVERLAP = 15_000, 500
"""Characters: detectors read the beginning of a text only, so a long one is read in windows."""

_PLACE = re.compile(r"\{\{([A-Z_]{1,24}_\d{1,4})\}\}")
_OPEN = re.compile(r"\{(?:\{(?:[A-Z_]{0,24}(?:_\d{0,4})?(?:\}?))?)?$")
"""The end of a piece that may go on as a placeholder."""


class Masking:
    """The placeholders of one question."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._names: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        self._held = ""

    @property
    def count(self) -> int:
        """How many different things were replaced."""
        return len(self._values)

    def hide(self, text: str) -> str:
        """The text with placeholders such as `{{PHONE_1}}`."""
        places = sorted(
            (at + found.start, at + found.end, found.label)
            for at in range(0, max(1, len(text)), WINDOW - OVERLAP)
            for found in self._find(text[at : at + WINDOW])
        )
        out: list[str] = []
        end = 0
        for start, stop, label in places:
            if start >= end:
                out += [text[end:start], self._name(label, text[start:stop])]
                end = stop
        return "".join([*out, text[end:]])

    def hide_in(self, data: Any, *, but: frozenset[str] = frozenset()) -> Any:
        """The same for every text of a JSON document, except below the keys `but`."""
        match data:
            case str():
                return self.hide(data)
            case Mapping():
                return {key: value if key in but else self.hide_in(value, but=but) for key, value in data.items()}
            case list() | tuple():
                return [self.hide_in(value, but=but) for value in data]
        return data

    def restore(self, text: str) -> str:
        """Put back what placeholders stand for; those nobody made stay as they are."""
        return _PLACE.sub(lambda match: self._values.get(match[1], match[0]), text)

    def restore_piece(self, piece: str) -> str:
        """The same for text in pieces: holds back what may be half a placeholder."""
        text = self._held + piece
        held = _OPEN.search(text)
        self._held = text[held.start() :] if held else ""
        return self.restore(text[: len(text) - len(self._held)])

    def restore_end(self) -> str:
        """What was held back."""
        rest, self._held = self._held, ""
        return self.restore(rest)

    def _name(self, label: str, value: str) -> str:
        word = re.sub(r"[^A-Z]+", "_", label.upper()).strip("_")[:20] or "PRIVATE"
        name = self._names.get((word, value))
        if name is None:
            number = sum(1 for known, _ in self._names if known == word) + 1
            name = self._names[word, value] = f"{word}_{number}"
            self._values[name] = value
        return f"{{{{{name}}}}}"
