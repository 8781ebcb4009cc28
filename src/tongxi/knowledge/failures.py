"""Why a file or page was not taken."""

from __future__ import annotations


class Unreadable(Exception):
    """A file, or one of its lines, cannot be taken."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        """`reason` is a code: `empty`, `too_large`, `encrypted`, `broken` … Texts: `knowledge.import.reason.*`."""
        super().__init__(reason)
        self.reason = reason
        self.line = line
