"""Texts with any number of labels: one linear model a label on the same features, each with a threshold of its own."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse

from tongxi.intents.features import Floats, terms
from tongxi.intents.model import Dense
from tongxi.intents.training import FOLDS, Represented, TooFew, represent

COST = 0.3
DENSE = 0.5


class ManyLabels:
    """What was learnt. Immutable; safe to share between threads."""

    def __init__(
        self,
        labels: Sequence[str],
        known: Represented,
        encoders: dict[str, Dense],
        weights: Floats,
        bias: Floats,
        limits: Floats,
    ) -> None:
        """`weights`: (columns, labels) · `bias`, `limits`: (labels,); a label is given from its limit on."""
        self.labels = tuple(labels)
        self._known, self._encoders = known, encoders
        self._weights, self._bias, self._limits = weights, bias, limits

    def read(self, text: str) -> tuple[str, ...]:
        """The labels of a text, surest first; the nearest one when none reaches its limit."""
        row = self._known.vocabulary.row(terms(text))
        scores = self._bias + row.values @ self._weights[row.places]
        column = len(self._known.vocabulary)
        for block in self._known.blocks:
            vector = self._encoders[block.name].encode([text])[0]
            if vector.any():
                scores = scores + (vector - block.middle) * DENSE @ self._weights[column : column + len(vector)]
            column += len(vector)
        over = scores - self._limits
        order = np.argsort(-over, kind="stable")
        found = tuple(self.labels[i] for i in order if over[i] >= 0)
        return found or (self.labels[int(order[0])],)


def train(
    texts: Sequence[str], labels: Sequence[frozenset[str]], *, encoders: dict[str, Dense] | None = None
) -> ManyLabels:
    """Learn from texts and their labels; limits are chosen on texts held out in turn. Raises: `TooFew`."""
    names = sorted(frozenset().union(*labels))
    if not names or len(texts) < FOLDS:
        raise TooFew("there must be at least one label and three texts")
    encoders = encoders or {}
    known = represent(texts, encoders)
    matrix = sparse.hstack([known.sparse, sparse.csr_matrix(known.vectors * np.float32(DENSE))], format="csr")
    truth = np.array([[name in given for name in names] for given in labels], bool)
    fold = np.array([zlib.crc32(text.encode()) % FOLDS for text in texts])
    held = np.zeros(truth.shape, np.float32)
    weights = np.zeros((matrix.shape[1], len(names)), np.float32)
    bias = np.zeros(len(names), np.float32)

    def learn(number: int) -> None:
        for k in range(FOLDS):
            rows = fold != k
            column, start = _fit(matrix[rows], truth[rows, number])
            held[~rows, number] = matrix[~rows] @ column + start
        weights[:, number], bias[number] = _fit(matrix, truth[:, number])

    for number in range(len(names)):
        learn(number)
    limits = np.array([_limit(held[:, i], truth[:, i]) for i in range(len(names))], np.float32)
    return ManyLabels(names, known, encoders, known.unturned(weights), bias, limits)


def _fit(matrix: Any, is_given: npt.NDArray[np.bool_]) -> tuple[Floats, np.float32]:
    from sklearn.svm import LinearSVC

    if is_given.all() or not is_given.any():
        return np.zeros(matrix.shape[1], np.float32), np.float32(1 if is_given.any() else -1)
    made = LinearSVC(C=COST, tol=0.1, class_weight="balanced", random_state=0).fit(matrix, is_given)
    return made.coef_[0].astype(np.float32), np.float32(made.intercept_[0])


def _limit(scores: Floats, truth: npt.NDArray[np.bool_]) -> float:
    """The score from which giving the label has the best F1."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(scores) + 1) + max(1, int(truth.sum())))
    best = int(f1.argmax())
    after = scores[order[best + 1]] if best + 1 < len(scores) else scores[order[best]] - 1
    return float((scores[order[best]] + after) / 2)
