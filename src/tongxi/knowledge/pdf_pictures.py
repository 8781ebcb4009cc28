"""The pictures of PDF pages: which of them say something, and their bytes. Pure, and slow.

A PDF knows no pictures as people see them: it draws logos on every page, paints backgrounds, and some programs cut a
picture into stripes. Only what is drawn whole, once or twice, and large enough is a picture here.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tongxi.knowledge.embedded import MAX_EMBEDDED, Carried
from tongxi.knowledge.marks import mark

MIN_PIXELS: Final = 32
MAX_PIXELS: Final = 40_000_000
MIN_POINTS: Final = 30.0
"""Drawn lower or narrower than so many points (1/72 inch), it is an ornament."""
MAX_ASPECT: Final = 10.0
"""A longer strip is a line, or a slice of a picture."""
WHOLE_PAGE: Final = 0.9
"""Share of the page from which it is a background, or the page itself as a scan."""
MANY_PAGES: Final = 3
"""Drawn on so many pages, it is a logo."""
TOUCHING: Final = 1.5
"""Points between two slices of one picture at most."""
MAX_BYTES: Final = 60_000_000
"""Of all pictures of a file together."""
SECONDS: Final = 20.0
"""Spent on the pictures of a file; the text is worth more."""


@dataclass(slots=True)
class Drawn:
    """A picture drawn on a page."""

    page: Any
    name: str
    key: Any
    """The same for every drawing of the same picture."""
    left: float
    bottom: float
    width: float
    height: float
    is_slice: bool = False
    """It touches another one with the same edges."""


class Canvas:
    """Watches a page being read; gives what is drawn there. `before` and `after` are visitors of its operators."""

    def __init__(self, page: Any) -> None:
        resources = page.get("/Resources")
        objects = resources.get_object().get("/XObject") if resources is not None else None
        self._objects: Any = objects.get_object() if objects is not None else {}
        box = page.mediabox
        self._area = abs(float(box.width) * float(box.height)) or 1.0
        self._page = page
        self._depth = 0
        self._last: Drawn | None = None

    def before(self, operator: bytes, operands: Any) -> None:
        """A form is entered: its names are its own, what is drawn inside is not looked at."""
        if operator == b"Do" and (self._depth or self._kind(operands) == "/Form"):
            self._depth += 1

    def after(self, operator: bytes, operands: Any, matrix: Sequence[float]) -> Drawn | None:
        """The picture that was just drawn, if it is one; `matrix`: where, as PDF has it (six numbers)."""
        if operator != b"Do":
            return None
        if self._depth:
            self._depth -= 1
            return None
        if self._kind(operands) != "/Image":
            return None
        name, image = str(operands[0]), self._objects[operands[0]]
        a, b, c, d, e, f = (float(one) for one in matrix[:6])
        drawn = Drawn(
            self._page, name, self._key(operands[0]), min(e, e + a, e + c), min(f, f + b, f + d),
            math.hypot(a, b), math.hypot(c, d),
        )  # fmt: skip
        last, self._last = self._last, drawn
        if last is not None and _touch(last, drawn):
            last.is_slice = drawn.is_slice = True
        return drawn if self._says_something(drawn, image) else None

    def _kind(self, operands: Any) -> str:
        found = self._objects.get(operands[0]) if operands else None
        return str(found.get_object().get("/Subtype", "")) if found is not None else ""

    def _key(self, name: Any) -> Any:
        raw = self._objects.raw_get(name)
        return getattr(raw, "idnum", None) or (id(self._page), str(name))

    def _says_something(self, drawn: Drawn, image: Any) -> bool:
        width, height = int(image.get("/Width", 0)), int(image.get("/Height", 0))
        if image.get("/ImageMask") or min(width, height) < MIN_PIXELS or width * height > MAX_PIXELS:
            return False
        low, high = sorted((drawn.width, drawn.height))
        return low >= MIN_POINTS and high <= MAX_ASPECT * low and low * high < WHOLE_PAGE * self._area


def _touch(one: Drawn, other: Drawn) -> bool:
    """Whether they stand edge to edge, as slices of one picture do."""
    low, high = sorted((one, other), key=lambda drawn: drawn.bottom)
    is_above = abs(low.bottom + low.height - high.bottom) < TOUCHING
    return is_above and abs(one.left - other.left) < TOUCHING and abs(one.width - other.width) < TOUCHING


def taken(drawn: Sequence[Drawn], carried: Carried) -> Iterator[str]:
    """For each drawing the mark of its picture, which `carried` gets; "" for what is left out."""
    pages: dict[Any, set[int]] = {}
    for one in drawn:
        pages.setdefault(one.key, set()).add(id(one.page))
    marks: dict[Any, str] = {}
    until, left = time.monotonic() + SECONDS, MAX_BYTES
    times: Counter[Any] = Counter(one.key for one in drawn)
    for one in drawn:
        is_logo = len(pages[one.key]) >= MANY_PAGES or times[one.key] >= 2 * MANY_PAGES
        if one.is_slice or is_logo:
            yield ""
            continue
        if one.key not in marks:
            if left <= 0 or time.monotonic() > until or len(carried.pictures) >= MAX_EMBEDDED:
                yield ""
                continue
            name, data = _decoded(one)
            left -= len(data)
            marks[one.key] = mark(carried.add(data, name))
        yield marks[one.key]


def _decoded(one: Drawn) -> tuple[str, bytes]:
    """Name and bytes of a picture; one that cannot be decoded is a byte, which nobody takes for a picture."""
    try:
        found = one.page.images[one.name]
        return str(found.name), bytes(found.data)
    except Exception:  # the library and the decoders below it let anything through
        return one.name.strip("/"), b"\0"
