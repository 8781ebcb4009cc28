"""One printed figure of a detector, with the interval of a share."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """One figure: a share of `n` when `hits` is given, else a number without an interval."""

    of: str
    measure: str
    n: int
    hits: int | None = None
    value: float = 0.0

    def __str__(self) -> str:
        if self.hits is None:
            return f"{self.of:<28}{self.measure:<28}{self.value:>6.3f}  {'':16}n {self.n}"
        low, high = wilson(self.hits, self.n)
        share = self.hits / self.n if self.n else math.nan
        return f"{self.of:<28}{self.measure:<28}{share:>6.3f}  [{low:.3f}, {high:.3f}]  n {self.n}"


def wilson(hits: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Interval of a share at 95 %. Source: Wilson (1927), score interval."""
    if n == 0:
        return 0.0, 1.0
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)
