"""Many wordings as one search, kept apart by script: a Chinese message is not searched for English ones. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LATIN = re.compile(r"[a-z]")
_ESCAPES = re.compile(r"\\.|\(\?[<!=:]+")


@dataclass(frozen=True, slots=True)
class Wordings:
    """Regular expressions for folded text; a wording without letters ("12315") is looked for in either script."""

    han: re.Pattern[str] | None
    latin: re.Pattern[str] | None

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
        for pattern in (self.han, self.latin):
            if pattern is not None:
                folded = pattern.sub(lambda m: "□" * len(m.group()), folded)
        return folded


def any_of(*wordings: str) -> Wordings:
    """Any of the regular expressions, each of which holds wordings of one script only."""
    has_latin = {one: bool(_LATIN.search(_ESCAPES.sub("", one))) for one in wordings}
    han = [one for one in wordings if not one.isascii() or not has_latin[one]]
    latin = [one for one in wordings if one.isascii()]
    return Wordings(re.compile("|".join(han)) if han else None, re.compile("|".join(latin)) if latin else None)
