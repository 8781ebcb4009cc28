"""Few lines of array arithmetic that searching needs. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
NOTHING = -1.0
"""Likeness where there is nothing to compare with."""


def likeness(vectors: Floats, asked: Floats) -> Floats:
    """Cosines of unit vectors (n, dimensions) with one: (n,). Row by row: a BLAS product would wait for its threads."""
    cosines: Floats = np.vecdot(vectors, asked)
    return cosines


def best_of(groups: Places, values: Floats, n: int, least: float = NOTHING) -> Floats:
    """The highest value of each of `n` groups; `least` for a group without one."""
    best = np.full(n, least, dtype=np.float32)
    np.maximum.at(best, groups, values)
    return best


def top(values: Floats, n: int) -> Places:
    """Indices of the `n` highest values, best first; equal ones in order."""
    if n < len(values):
        best = np.argpartition(-values, n - 1)[:n]
        best.sort()
    else:
        best = np.arange(len(values))
    return best[np.argsort(-values[best], kind="stable")]
