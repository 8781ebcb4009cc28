"""Server-sent events out of bytes that come in any pieces. Pure.

Source: WHATWG HTML, "Server-sent events", without `id` and `retry`, which models do not use. Lines end at CR, LF or
both only: JSON may hold other characters that Python counts as line ends.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE = re.compile(r"(.*?)(?:\r\n|\n|\r(?!$))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `name` is empty unless the server names it."""

    name: str
    data: str


class Events:
    """Feed bytes, get events. Raises: `UnicodeDecodeError` for bytes that are not UTF-8."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")()
        self._rest = ""
        self._name = ""
        self._data: list[str] = []

    def take(self, piece: bytes) -> Iterator[Event]:
        """The events that are complete now. Comment lines (`: keep-alive`) are skipped."""
        self._rest += self._decode.decode(piece)
        while (found := _LINE.match(self._rest)) is not None:
            self._rest = self._rest[found.end() :]
            yield from self._line(found[1])

    def _line(self, line: str) -> Iterator[Event]:
        if not line:
            if self._data:
                yield Event(self._name, "\n".join(self._data))
            self._name, self._data = "", []
            return
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._name = value
