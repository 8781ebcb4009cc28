"""What examples say whose sentence vectors lie near a message's. NumPy to read, SciPy to learn.

Kernel ridge regression with a Gaussian kernel on the vectors of an encoder's last layers, turned so that directions in
which texts of one label differ count less. Sources: Saunders, Gammerman and Vovk 1998, Ridge Regression Learning
Algorithm in Dual Variables; Fisher 1936 for the directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.intp]

DEPTHS = (0.6, 0.6, 0.8)
"""Weight of each layer's vectors, the last one last."""
EVEN, FEW_EXAMPLES = 0.6, 1_000
"""With up to so many examples the spread within a label decides how much a direction counts; how far it is taken to be
the same in all of them, 0…1. With more examples the directions count as they come."""
DIRECTIONS = 256
"""Main directions that are compared: a quarter of the numbers tells as much."""
SIZE = 1.2
"""Length of a row: with it the kernel falls from 1 to 0.06 between the same and the opposite direction."""
RIDGE = 0.1
MOST_EXAMPLES = 16_000
"""Of more, as many of each label as come in turn: the table of their likenesses takes the square of them."""
_CHUNK = 512
"""Rows of a table of likenesses that are worked on in one go."""


@dataclass(frozen=True, slots=True)
class Space:
    """Where vectors are compared."""

    middle: Floats
    """(depths, dimensions), mean of each layer's vectors."""
    turn: Floats
    """(depths * dimensions, directions)."""

    def rows(self, vectors: Floats) -> Floats:
        """Vectors (n, depths * dimensions) → (n, directions) of length `SIZE`; zeros, of no vector, stay zeros."""
        made = _unit(_weighed(vectors, self.middle) @ self.turn) * np.float32(SIZE)
        made[~vectors.any(axis=1)] = 0
        return made.astype(np.float32)

    @classmethod
    def of(cls, vectors: Floats, codes: Codes) -> Space:
        """Learn it from vectors (n, depths * dimensions), none of them zeros, of texts with these labels."""
        depths = _unit(vectors.reshape(len(vectors), len(DEPTHS), -1))
        middle = depths.mean(axis=0)
        x = _weighed(vectors, middle)
        turn = np.linalg.eigh((x - x.mean(axis=0)).T @ x)[1][:, ::-1][:, :DIRECTIONS]
        if len(x) <= FEW_EXAMPLES:
            turn = turn @ _evened(_unit(x @ turn), codes)
        return cls(middle.astype(np.float32), turn.astype(np.float32))


@dataclass(frozen=True, slots=True)
class Nearby:
    """What was learnt. Immutable."""

    space: Space
    rows: Floats
    """(examples, directions)."""
    weights: Floats
    """(examples, labels)."""
    share: float
    """How much its scores count beside the linear ones."""
    alone: float
    """What the linear scores are multiplied with where a text has no vector, to be of the same size."""
    usual: float
    """Likeness to the nearest example that a text in scope has in the middle."""

    def added(self, scores: Floats, vectors: Floats) -> tuple[Floats, Floats]:
        """Linear scores (n, labels) with these added, and the likeness to the nearest example: (n,), 0…1."""
        near = likenesses(self.space.rows(vectors), self.rows)
        has: npt.NDArray[np.bool_] = np.any(vectors, axis=1)
        made = np.where(has[:, None], scores + np.float32(self.share) * (near @ self.weights), scores * self.alone)
        return made.astype(np.float32), np.where(has, near.max(axis=1), self.usual).astype(np.float32)


def likenesses(a: Floats, b: Floats) -> Floats:
    """exp(-|x - y|²) of rows (n, directions) and (m, directions): (n, m)."""
    made = np.empty((len(a), len(b)), np.float32)
    sizes = np.vecdot(b, b)
    for at in range(0, len(a), _CHUNK):
        some, part = a[at : at + _CHUNK], made[at : at + _CHUNK]
        np.matmul(some, b.T, out=part)
        part *= 2
        part -= sizes
        part -= np.vecdot(some, some)[:, None]
        np.exp(part, out=part)
    return made


def weights_of(rows: Floats, codes: Codes, labels: int) -> Floats:
    """Weights (examples, labels) that give each example the score 1 for its own label and 0 for others, nearly."""
    from scipy.linalg import cho_factor, cho_solve

    table = likenesses(rows, rows)
    table[np.diag_indices(len(table))] += RIDGE
    wanted: Any = np.eye(labels, dtype=np.float32)[codes]
    # Turned round it is the same table, in the order in which LAPACK works without a copy.
    factor = cho_factor(table.T, lower=True, overwrite_a=True, check_finite=False)
    made: Floats = np.asarray(cho_solve(factor, wanted - wanted.mean(axis=0), check_finite=False), np.float32)
    return made


def chosen(codes: Codes, most: int = MOST_EXAMPLES) -> Codes:
    """Places of at most `most` examples, as many of each label as there are in turn; ascending."""
    if len(codes) <= most:
        return np.arange(len(codes))
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], codes[order])
    turns = np.empty(len(codes), np.intp)
    turns[order] = np.arange(len(codes)) - starts
    return np.sort(np.argsort(turns, kind="stable")[:most])


def _evened(x: Floats, codes: Codes) -> npt.NDArray[np.float64]:
    """Turns rows so that directions in which texts of one label differ count less: (columns, columns)."""
    labels, codes = np.unique(codes, return_inverse=True)
    means = np.zeros((len(labels), x.shape[1]), np.float32)
    np.add.at(means, codes, x)
    inner = x - (means / np.bincount(codes)[:, None])[codes]
    spread = (inner.T @ inner).astype(np.float64) / len(x)
    level = max(float(np.trace(spread)) / len(spread), 1e-9)
    sizes, directions = np.linalg.eigh((1 - EVEN) * spread + EVEN * level * np.eye(len(spread)))
    made: npt.NDArray[np.float64] = directions / np.sqrt(sizes)
    return made


def _weighed(vectors: Floats, middle: Floats) -> Floats:
    """Each layer's unit vectors without their middle, of the length of their weight: (n, depths * dimensions)."""
    depths = vectors.reshape(len(vectors), *middle.shape)
    moved = _unit(_unit(depths) - middle) * np.array(DEPTHS, np.float32)[:, None]
    return moved.reshape(vectors.shape).astype(np.float32)


def _unit(rows: Floats) -> Floats:
    made: Floats = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
    return made
