"""An article cut into passages: each under one heading, whole paragraphs and lists, small enough to quote. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongxi.knowledge import marks
from tongxi.knowledge.marks import Mark

MAX_CHARS = 900
"""A passage is closed at the next paragraph after this many characters."""

_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")


@dataclass(frozen=True, slots=True)
class Passage:
    section: str
    """The heading it stands under, "" before the first."""
    text: str
    """Without the marks of its files. Where these are all there is, what they show."""
    media: tuple[Mark, ...] = ()
    """The files that stand in it, in order."""

    @property
    def words(self) -> str:
        """The text with what its files show: what a search looks at."""
        if not self.media:
            return self.text
        return "\n".join(
            [self.text, *(mark.words for mark in self.media if mark.words and mark.words not in self.text)]
        )


def passages(body: str) -> list[Passage]:
    """Cut Markdown at headings, then at blank lines where a section is long. Never empty for a body with text."""
    made: list[Passage] = []
    section = ""
    blocks: list[str] = []
    for block in _blocks(body):
        heading = _HEADING.match(block)
        if heading:
            made += _pack(section, blocks)
            section, blocks = heading[1], []
        else:
            blocks.append(block)
    made += _pack(section, blocks)
    return made


def _blocks(body: str) -> list[str]:
    """Headings, paragraphs, lists and fenced code, in order; a fence is never cut."""
    blocks: list[str] = []
    lines: list[str] = []
    fenced = False

    def close() -> None:
        if lines:
            blocks.append("\n".join(lines).strip("\n"))
            lines.clear()

    for line in body.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        if fenced:
            lines.append(line)
        elif not line.strip():
            close()
        elif _HEADING.match(line):
            close()
            blocks.append(line)
        else:
            lines.append(line)
    close()
    return [b for b in blocks if b.strip()]


def _pack(section: str, blocks: list[str]) -> list[Passage]:
    packed: list[Passage] = []
    held: list[str] = []
    media: list[Mark] = []
    size = 0

    def close() -> None:
        nonlocal held, media, size
        if held or media:
            text = "\n\n".join(held) or "\n".join(mark.caption or mark.alt for mark in media).strip() or section
            packed.append(Passage(section, text, tuple(media)))
        held, media, size = [], [], 0

    for block in blocks:
        text, files = marks.parted(block)
        for piece in _split(text) if text.strip() else ():
            if held and size + len(piece) > MAX_CHARS:
                close()
            held.append(piece)
            size += len(piece)
        media += files
    close()
    return packed


def _split(block: str) -> list[str]:
    """A block over twice the limit is cut at line ends or, failing that, anywhere."""
    if len(block) <= 2 * MAX_CHARS:
        return [block]
    pieces: list[str] = []
    held = ""
    for line in block.splitlines(keepends=True):
        for start in range(0, len(line), 2 * MAX_CHARS):
            part = line[start : start + 2 * MAX_CHARS]
            if held and len(held) + len(part) > MAX_CHARS:
                pieces.append(held.rstrip("\n"))
                held = ""
            held += part
    return [*pieces, held.rstrip("\n")] if held.strip() else pieces
