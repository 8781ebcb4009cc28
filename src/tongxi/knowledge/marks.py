"""Where pictures, videos and files stand in an article: `![what it shows](media:<id> "caption")`. Pure.

Texts that come from files name them otherwise (`plan.png`, an address); importing turns those into ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

MAX_MEDIA: Final = 30
"""Files of one article."""
SCHEME: Final = "media:"

_MARK = re.compile(
    r"!\[([^\[\]\n]{0,500})\]"
    r"""\(\s*(?:<([^<>\n]{1,3000})>|([^()\s<>"]{1,3000}(?:\([^()\s"]{0,200}\)[^()\s"]{0,200})?))"""
    r"""(?:\s+"([^"\n]{0,500})")?\s*\)"""
)
_FENCE = re.compile(r"^\s*(```|~~~)")
_EMPTY_ITEM = re.compile(r"^[ \t]*(?:[-*+•]|\d+[.)、．]|>)?[ \t]*$")


@dataclass(frozen=True, slots=True)
class Mark:
    """One place where a file stands."""

    target: str
    """`media:<id>`, or whatever a file said."""
    alt: str = ""
    caption: str = ""

    @property
    def id(self) -> UUID | None:
        """Of the file; None for what is none of ours."""
        try:
            return UUID(self.target.removeprefix(SCHEME)) if self.target.startswith(SCHEME) else None
        except ValueError:
            return None

    @property
    def words(self) -> str:
        """What it says to a search."""
        return "\n".join(dict.fromkeys(part for part in (self.alt, self.caption) if part))

    def __str__(self) -> str:
        caption = f' "{self.caption}"' if self.caption else ""
        return f"![{self.alt}]({self.target}{caption})"


def mark(target: str, alt: str = "", caption: str = "") -> str:
    """A mark as text; what would break it out of its brackets is exchanged."""
    alt = " ".join(alt.replace("[", "(").replace("]", ")").split())[:500]
    return str(Mark(target, alt, " ".join(caption.replace('"', "”").split())[:500]))


def captioned(text: str, caption: str) -> str:
    """A mark with this caption."""
    return replaced(text, lambda one: Mark(one.target, one.alt, " ".join(caption.replace('"', "”").split())[:500]))


def marks(body: str) -> list[Mark]:
    """Every mark, in order; what stands in fenced code is code."""
    found: list[Mark] = []

    def keep(one: Mark) -> None:
        found.append(one)

    _each(body, keep)
    return found


def ids(body: str) -> list[UUID]:
    """The files an article refers to, each once."""
    return list(dict.fromkeys(one.id for one in marks(body) if one.id))


def replaced(body: str, put: Callable[[Mark], Mark | None]) -> str:
    """The body with another mark in place of each, or none; lines and items that held nothing else go."""
    return _each(body, put)


def parted(text: str) -> tuple[str, tuple[Mark, ...]]:
    """A block without its marks, and these; marks of nothing kept here are dropped."""
    return replaced(text, lambda _: None), tuple(one for one in marks(text) if one.id)


def _read(found: re.Match[str]) -> Mark:
    return Mark(found[2] or found[3], found[1].strip(), (found[4] or "").strip())


def _each(body: str, put: Callable[[Mark], Mark | None]) -> str:
    if "![" not in body:
        return body
    lines: list[str] = []
    fenced = False
    for line in body.split("\n"):
        fenced ^= bool(_FENCE.match(line))
        if fenced or "![" not in line:
            lines.append(line)
            continue
        new = _MARK.sub(lambda found: str(put(_read(found)) or ""), line)
        if new == line:
            lines.append(line)
        elif not _EMPTY_ITEM.match(new):
            lines.append(re.sub(r"(?<=\S)  +", " ", new).rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") if lines else ""
