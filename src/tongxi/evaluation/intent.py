"""Intents learnt from one file, guessed on another: rows `{id, label, score}`; label null abstains.

Abstaining follows what the files say (docs/how-to/evaluate.md, "When it abstains"):
rows without a label, or labelled `oos` or `NO_NODES_DETECTED`, in `train` or `dev` → from the score learnt from them;
no such rows, but many labels with a handful of texts each in uneven numbers, as a running bot has them → from the score
learnt by leaving labels out; else never: the labels cover everything there is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import numpy as np

from tongxi.encoder import english as vectors
from tongxi.encoder import minilm, shipped
from tongxi.encoder.corpus import strangers
from tongxi.evaluation import measures
from tongxi.evaluation.measures import Figure, figure
from tongxi.evaluation.rows import BadRow, Row
from tongxi.intents import english
from tongxi.intents.model import OUT, Dense
from tongxi.intents.training import OUT_LABELS, Example, TooFew, train

HANDFUL = 30
"""Texts a label has at least, at the median, for its ways of being said to count as covered."""
MANY_LABELS = 10
UNEVEN = 1.5
"""The most frequent labels (upper tenth) have at least so many times the texts of the rarest."""

_BETWEEN = re.compile(r"[\W_]+")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def predict(inputs: Sequence[Row], train_rows: Sequence[Row], dev: Sequence[Row] = ()) -> Iterator[dict[str, Any]]:
    """Learn, then guess row by row. Raises: `BadRow`."""
    encoders: dict[str, Dense] = {"shipped": shipped()}
    examples = [_example(row) for row in train_rows]
    sentences = None
    if minilm.is_installed() and english.is_english([e.text for e in examples]):
        sentences = english.sentences(vectors.at_once(), waits=True)
    others = [_example(row) for row in dev]
    names = {e.label: _words(e.label) for e in examples if e.label is not None and not _is_out(e.label)}
    try:
        model = train(examples, encoders=encoders, dev=others, strangers=strangers(), sentences=sentences, names=names)
    except TooFew as error:
        raise BadRow(f"nothing to learn from: {error}") from error
    may_abstain = abstains(examples, others)
    for row in inputs:
        reading = model.read_all([row["text"]])[0]
        best = reading.guesses[0] if reading.guesses else None
        is_out = best is None or (may_abstain and reading.out_of_scope >= OUT)
        score = (best.probability if best else 0.0) * (1 - reading.out_of_scope if may_abstain else 1)
        yield {"id": row["id"], "label": None if is_out or best is None else best.intent, "score": round(score, 6)}


def abstains(examples: Sequence[Example], dev: Sequence[Example] = ()) -> bool:
    """Whether messages out of scope are to be expected, as far as the labelled rows tell."""
    if any(_is_out(e.label) for e in (*examples, *dev)):
        return True
    counts = sorted(Counter(e.label for e in examples).values())
    if len(counts) < MANY_LABELS or median(counts) >= HANDFUL:
        return False
    return counts[-1 - len(counts) // 10] >= UNEVEN * max(1, counts[len(counts) // 10])


def figures(inputs: Sequence[Row], predicted: Sequence[dict[str, Any]]) -> list[Figure]:
    """What the predictions are worth, for inputs that have labels."""
    pairs = [(row["label"], said["label"]) for row, said in zip(inputs, predicted, strict=True) if "label" in row]
    if not pairs:
        return []
    truth, said, names = measures.coded(
        ["" if _is_out(t) else str(t) for t, _ in pairs], ["" if _is_out(s) else str(s) for _, s in pairs]
    )
    made = [
        figure("accuracy", len(truth), lambda i: measures.accuracy(truth[i], said[i])),
        figure("macro-F1", len(truth), lambda i: measures.macro_f1(truth[i], said[i])),
        figure("MCC", len(truth), lambda i: measures.matthews(truth[i], said[i])),
    ]
    sure = np.array([one["score"] for row, one in zip(inputs, predicted, strict=True) if "label" in row], float)
    told = said != names.index("") if "" in names else np.ones(len(said), bool)
    if told.any():
        p, is_right = sure[told], (truth == said)[told]
        made.append(figure("calibration error", len(p), lambda i: measures.calibration_error(p[i], is_right[i])))
    if "" in {names[code] for code in truth}:
        out = names.index("")
        for name, rows in (("in-scope accuracy", truth != out), ("out-of-scope recall", truth == out)):
            t, s = truth[rows], said[rows]
            made.append(figure(name, len(t), lambda i, t=t, s=s: measures.accuracy(t[i], s[i])))  # type: ignore[misc]
    return made


def _words(label: str) -> str:
    """A label as words: `card_arrival` and `cardArrival` are "card arrival"."""
    return _BETWEEN.sub(" ", _HUMPS.sub(" ", label)).strip()


def _is_out(label: object) -> bool:
    return label is None or label in OUT_LABELS


def _example(row: Row) -> Example:
    label = row.get("label")
    if label is not None and not isinstance(label, str | int | float | bool):
        raise BadRow(f"row {row.get('id')!r}: 'label' is not a single value; for several labels use --kind multilabel")
    return Example(row["text"], None if label is None else str(label))
