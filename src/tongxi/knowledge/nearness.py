"""What sentence vectors add to the local ranking. Pure.

Cosines mean something else with every model, so a text counts as near by how far it stands out among all texts. What is
near is lifted, the higher the better the local search agrees, and never to where the bot answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STANDS_OUT = 2.8
"""Standard deviations above the mean cosine of all texts from which a text is near."""
BESIDE_BEST = 0.85
"""Share of the best one's distance from the mean that a further entry needs."""
MAX_NEAR = 3
CEILING = 0.49
"""Confidence of what is first in both rankings: enough for a question back or a quotation."""
ALONE = 0.6
"""Share of it for what only the vectors find."""
NEXT = 0.8
"""Share for each further place by the vectors."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The stored texts nearest to a question, best first."""

    digests: Sequence[bytes]
    cosines: Sequence[float]
    mean: float
    """Of the cosines of all stored texts."""
    deviation: float

    def standing_out(self) -> list[tuple[bytes, float]]:
        """Those that are near, with the standard deviations they stand above the mean."""
        if self.deviation <= 0:
            return []
        above = [
            (digest, (cosine - self.mean) / self.deviation)
            for digest, cosine in zip(self.digests, self.cosines, strict=True)
        ]
        return [one for one in above if one[1] >= STANDS_OUT]


def lifted(score: float, *, place: int, local_place: int | None, ceiling: float) -> float:
    """The confidence of a near entry: never below its own `score`.

    `place`: among the near ones, from 0. `local_place`: in the local ranking, None when it is not there.
    """
    agreement = 0.0 if local_place is None else 1 / (1 + local_place)
    return max(score, ceiling * (ALONE + (1 - ALONE) * agreement) * NEXT**place)
