"""How much of a text that is still being written may be shown: whole, cited sentences that stood their check. Pure.

What was shown stays a beginning of what the whole check gives in the end; if a later sentence fails, all of it is
taken back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tongxi.bot import grounding
from tongxi.bot.grounding import Flaw

_END = re.compile(r"(?:[。!?！？;；\n]+|\.(?=\s))[”」』\"')）]*(?:[ \t]*[\[【][\d,，、 ]{1,20}[\]】])*")
"""The end of a sentence with the marks of its sources, which stand before or behind the full stop."""


class Release:
    """Feed what the model writes; `shown` grows by sentences. After a `flaw` nothing more is let through."""

    def __init__(self, passages: Sequence[str]) -> None:
        """`passages`: as for `grounding.check`; more may be added at its end while the model looks things up."""
        self._passages = passages
        self._waiting = ""
        self.shown = ""
        self.flaw: Flaw | None = None

    def take(self, piece: str) -> bool:
        """Whether `shown` has grown."""
        if self.flaw is not None:
            return False
        self._waiting += piece
        before = self.shown
        start = 0
        while (end := self._end(start)) is not None and self.flaw is None:
            unit = self._waiting[:end]
            if not grounding.cites(unit):
                start = end  # a sentence without a source goes with the next one that has one
                continue
            self._check(unit)
            self._waiting, start = self._waiting[end:], 0
        return self.flaw is None and self.shown != before

    def _end(self, start: int) -> int | None:
        """Where the sentence from `start` ends; None while it may go on, or its source may still come."""
        found = _END.search(self._waiting, start)
        if found is None:
            return None
        rest = self._waiting[found.end() :].lstrip(" \t")
        return found.end() if rest and rest[0] not in "[【" else None

    def _check(self, unit: str) -> None:
        checked = grounding.check(unit, self._passages)
        if isinstance(checked, Flaw):
            self.flaw = checked
            return
        said = grounding.without_marks(unit)
        self.shown = self.shown + said if self.shown else said.lstrip()
