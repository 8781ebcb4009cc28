"""What PDF, Word and Excel files give: the Markdown subset of articles, or rows. Pure; read in a process apart.

Nothing in a file is run or fetched: no macros, no links, no embedded files, no external references.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tongxi.kit.packages import NotAccepted, family
from tongxi.knowledge.embedded import Picture
from tongxi.knowledge.failures import Unreadable

_ITEM = re.compile(r"^(?:- |\d{1,2}[.)、）] ?)")


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says."""

    title: str
    body: str
    pictures: tuple[Picture, ...] = ()
    """Those it holds; the body calls them `embedded:<n>`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet."""

    sheet: str
    number: int
    cells: tuple[str, ...]


def markdown(blocks: Sequence[str]) -> str:
    """Paragraphs apart, lines of a list together."""
    made = ""
    for position, block in enumerate(blocks):
        tight = position and all(_ITEM.match(one) for one in (block, blocks[position - 1]))
        made += ("" if not position else "\n" if tight else "\n\n") + block
    return made


def check_package(data: bytes, kind: str) -> None:
    """Whether it is an Office document of this kind, within limits. Raises: `Unreadable`."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("encrypted")  # what Office makes of a document with a password
    try:
        found = family(io.BytesIO(data))
    except NotAccepted as error:
        raise Unreadable({"type": "wrong_type", "damaged": "broken"}.get(error.reason, error.reason)) from error
    if found != kind:
        raise Unreadable("wrong_type")
