"""Figures of retrieval and triage predictions, for inputs that carry labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tongxi.evaluation.measures import Figure, accuracy, auroc, coded, figure, kappa, macro_f1
from tongxi.evaluation.rows import Row

LEVELS = ("low", "normal", "high", "critical")
Predictions = Sequence[dict[str, Any]]


def retrieval(inputs: Sequence[Row], predicted: Predictions) -> list[Figure]:
    """hit@1, hit@3, hit@10 of questions with `relevant` ids; AUROC of the score against those with none."""
    pairs = [
        (set(map(str, row["relevant"])), said) for row, said in zip(inputs, predicted, strict=True) if "relevant" in row
    ]
    inside = [(want, said) for want, said in pairs if want]
    made: list[Figure] = []
    for k in (1, 3, 10):
        hits = np.array([bool(want & set(map(str, said["ranked"][:k]))) for want, said in inside], float)
        if len(hits):
            made.append(figure(f"hit@{k}", len(hits), lambda i, hits=hits: float(hits[i].mean())))  # type: ignore[misc]
    scores = np.array([said["score"] for _, said in pairs])
    is_in = np.array([bool(want) for want, _ in pairs], bool)
    if is_in.any() and not is_in.all():
        made.append(
            figure("AUROC out of scope", len(pairs), lambda i: auroc(scores[i][is_in[i]], scores[i][~is_in[i]]))
        )
    return made


def triage(inputs: Sequence[Row], predicted: Predictions) -> list[Figure]:
    """Urgency (quadratic-weighted kappa, recall of critical), sentiment macro-F1, hand-off F1 and recall."""
    made: list[Figure] = []
    pairs = [(row, said) for row, said in zip(inputs, predicted, strict=True) if row.get("urgency") in LEVELS]
    if pairs:
        truth = np.array([LEVELS.index(row["urgency"]) for row, _ in pairs])
        guess = np.array([LEVELS.index(said["urgency"]) for _, said in pairs])
        made.append(figure("urgency QWK", len(pairs), lambda i: kappa(truth[i], guess[i], len(LEVELS))))
        worst = truth == LEVELS.index("critical")
        if worst.any():
            seen = (guess[worst] == truth[worst]).astype(float)
            made.append(figure("critical recall", len(seen), lambda i: float(seen[i].mean())))
    pairs = [(row, said) for row, said in zip(inputs, predicted, strict=True) if row.get("sentiment") is not None]
    if pairs:
        real, claimed, _ = coded(
            [str(row["sentiment"]) for row, _ in pairs], [str(said["sentiment"]) for _, said in pairs]
        )
        made.append(figure("sentiment macro-F1", len(pairs), lambda i: macro_f1(real[i], claimed[i])))
    pairs = [(row, said) for row, said in zip(inputs, predicted, strict=True) if row.get("handoff") is not None]
    if pairs:
        wants = np.array([int(row["handoff"]) for row, _ in pairs])
        given = np.array([int(said["handoff"]) for _, said in pairs])
        made.append(figure("hand-off accuracy", len(pairs), lambda i: accuracy(wants[i], given[i])))
    return made
