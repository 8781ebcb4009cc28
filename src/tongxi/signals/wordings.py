"""Many wordings as one search, kept apart by script: a Chinese message is not searched for English ones. Pure.

Most messages hold none of the letters the wordings cannot do without, and are not searched at all (`literals`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongxi.signals.literals import MAX_CHARS, Needed, needed, pieces

_LATIN = re.compile(r"[a-z]")
_ESCAPES = re.compile(r"\\.|\(\?[<!=:]+")


@dataclass(frozen=True, slots=True)
class Wordings:
    """Regular expressions for folded text; a wording without letters ("12315") is looked for in either script."""

    han: Part | None
    latin: Part | None

    def search(self, folded: str) -> re.Match[str] | None:
        """The first wording found, Chinese ones first."""
        if folded.isascii():
            return self.latin.search(folded) if self.latin else None
        hit = self.han.search(folded) if self.han else None
        if hit is None and self.latin and _LATIN.search(folded):
            hit = self.latin.search(folded)
        return hit

    def mask(self, folded: str) -> str:
        """The text with every wording replaced, letter by letter."""
        for part in (self.han, self.latin):
            if part is not None and part.may_match(folded):
                folded = part.pattern.sub(lambda m: "□" * len(m.group()), folded)
        return folded


@dataclass(frozen=True, slots=True)
class Part:
    """Wordings of one script."""

    pattern: re.Pattern[str]
    needs: Needed | None

    def may_match(self, folded: str) -> bool:
        """False only where it cannot match."""
        return self.needs is None or len(folded) > MAX_CHARS or not self.needs.isdisjoint(pieces(folded))

    def search(self, folded: str) -> re.Match[str] | None:
        """The first wording found."""
        return self.pattern.search(folded) if self.may_match(folded) else None


def any_of(*wordings: str) -> Wordings:
    """Any of the regular expressions, each of which holds wordings of one script only."""
    has_latin = {one: bool(_LATIN.search(_ESCAPES.sub("", one))) for one in wordings}
    han = [one for one in wordings if not one.isascii() or not has_latin[one]]
    latin = [one for one in wordings if one.isascii()]
    return Wordings(_part(han), _part(latin))


def _part(wordings: list[str]) -> Part | None:
    if not wordings:
        return None
    joined = "|".join(wordings)
    return Part(re.compile(joined), needed(joined))
