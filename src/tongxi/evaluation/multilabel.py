"""Texts with several labels: rows `{id, label: [...]}`. A label of the files is a list, or names joined by `|`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tongxi.encoder import shipped
from tongxi.evaluation.labels import MULTILABEL
from tongxi.evaluation.measures import Codes, Figure, figure
from tongxi.evaluation.rows import BadRow, Row
from tongxi.intents.multilabel import train
from tongxi.intents.training import TooFew


def predict(inputs: Sequence[Row], train_rows: Sequence[Row], dev: Sequence[Row] = ()) -> Iterator[dict[str, Any]]:
    """Learn from both files, then label row by row. Raises: `BadRow`."""
    rows = [*train_rows, *dev]
    try:
        model = train([row["text"] for row in rows], [labels(row) for row in rows], encoders={"shipped": shipped()})
    except TooFew as error:
        raise BadRow(f"nothing to learn from: {error}") from error
    for row in inputs:
        yield {"id": row["id"], "label": list(model.read(row["text"]))}


def labels(row: Row) -> frozenset[str]:
    """The labels of a row. Raises: `BadRow`."""
    given = row.get("label")
    if given is None:
        return frozenset()
    if isinstance(given, list):
        return frozenset(map(str, given))
    if isinstance(given, str):
        return frozenset(part for part in given.split("|") if part)
    raise BadRow(f"row {row.get('id')!r}: {MULTILABEL}")


def figures(inputs: Sequence[Row], predicted: Sequence[dict[str, Any]]) -> list[Figure]:
    """Micro and macro F1, for inputs that have labels."""
    pairs = [
        (labels(row), frozenset(said["label"])) for row, said in zip(inputs, predicted, strict=True) if "label" in row
    ]
    if not pairs:
        return []
    names = sorted(frozenset().union(*(t for t, _ in pairs)))
    truth = np.array([[name in t for name in names] for t, _ in pairs], bool)
    said = np.array([[name in s for name in names] for _, s in pairs], bool)
    extra = np.array([len(s - frozenset(names)) for _, s in pairs])

    def micro(i: Codes) -> float:
        both = (truth[i] & said[i]).sum()
        return float(2 * both / max(1, truth[i].sum() + said[i].sum() + extra[i].sum()))

    def macro(i: Codes) -> float:
        t, s = truth[i], said[i]
        return float((2 * (t & s).sum(axis=0) / np.maximum(1, t.sum(axis=0) + s.sum(axis=0))).mean())

    return [figure("micro-F1", len(pairs), micro), figure("macro-F1", len(pairs), macro)]
