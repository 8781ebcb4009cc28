"""Learn `src/tongxi/signals/human_request.weights` from text written for this project.

    python scripts/fit_human_request.py --corpus DIRECTORY [--writers] [--write]

Positives: `wants_person` lines of signals_customer.jsonl, the intent `human_agent_request`, the lines of `SOURCES` in
tests/data. Negatives: the other lines of the corpus, the look-alikes and questions_*.tsv of tests/data. Added: slips of
the pen, made-up phrasings, wishes and look-alikes before or after another message. Logistic loss, weights as bytes.
`--writers` judges each writer's lines by weights that have seen none of that writer's, and half of the questions by
weights that have not seen them; prints recall at 2 % false alarms and both shares at several thresholds. The lines of
`KEPT` are never learnt from.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from phrasings import joined, made_up, varied
from tongxi.kit.text import fold
from tongxi.signals import human_request
from tongxi.signals.human_request_score import BUCKETS, HEADER, closed, pieces, windows

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "src/tongxi/signals/human_request.weights"
WRITERS = {
    "first": ("dev", "tune", "kept", "more"),
    "second": ("fresh", "late"),
    "fourth": ("wide",),
    "fifth": ("wild",),
    "sixth": ("signals", "intents"),
    "seventh": ("scenes",),
    "ninth": ("heard",),
}
"""Who wrote which sets; those of the sixth are the starter corpus."""
SOURCES = tuple(name for sets in WRITERS.values() for name in sets if name not in ("signals", "intents"))
"""Sets of lines in tests/data the weights learn from."""
KEPT = ("aside",)
"""Judged with each writer left out, never learnt from; by the fourth writer. `apart`, `unheard` and `sealed` are not
even read."""
ORDINARY = ("signals", "intents", "questions", "judged questions")
"""What customers ask, with few wishes and no look-alikes written on purpose."""
MADE_UP = 1500
JOINED = 4000
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A line, folded, whether it asks for a person, how much it counts and where it is from."""

    text: str
    asks: bool
    share: float
    source: str


@dataclass(frozen=True, slots=True)
class Model:
    """Bias and weights, in log-odds, rounded as the product keeps them."""

    bias: float
    weights: Floats
    steps: float

    @property
    def data(self) -> bytes:
        """The file the product reads."""
        return HEADER.pack(self.bias, self.steps) + np.round(self.weights * self.steps).astype(np.int8).tobytes()


class Matrix:
    """Rows of buckets of texts, each text read once."""

    def __init__(self) -> None:
        self._columns: dict[str, npt.NDArray[np.int32]] = {}

    def __call__(self, texts: Sequence[str]) -> csr_matrix:
        for text in texts:
            if text not in self._columns:
                found = pieces(text)
                self._columns[text] = np.fromiter(found, np.int32, len(found))
        rows = [self._columns[text] for text in texts]
        ends = np.cumsum([0, *map(len, rows)])
        return csr_matrix((np.ones(ends[-1], np.float32), np.concatenate(rows), ends), (len(rows), BUCKETS))


def examples(corpus: Path) -> list[Example]:
    """Every line of the sets, of the corpus and, judged only, of KEPT and the ordinary questions."""

    def example(text: str, asks: bool, share: float, source: str) -> Example:
        return Example(closed(fold(text).text), asks, share, source)

    found = []
    for path in sorted(corpus.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "wants_person" in row:
                found.append(example(row["text"], row["wants_person"], 1.5, "signals"))
            elif "intent" in row:
                asks = row["intent"] == "human_agent_request"
                texts = (*row["zh"], *row["zh_hant"], *row["en"])
                found += [example(text, asks, 1.0 if asks else 0.5, "intents") for text in texts]
    for source in (*SOURCES, *KEPT):
        for kind in ("yes", "no"):
            lines = (ROOT / f"tests/data/wants_person_{source}_{kind}.txt").read_text(encoding="utf-8").splitlines()
            found += [example(text, kind == "yes", 2.0, source) for text in lines]
    for path in sorted((ROOT / "tests/data").glob("questions_*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.split("\t", 1)[1]
            found.append(example(text, False, 0.5, "questions" if crc32(text.encode()) % 2 else "judged questions"))
    return found


def grown(rows: Sequence[Example]) -> list[Example]:
    """The lines, and what is made of them."""
    rng = random.Random(0)
    found = list(rows)
    for one in rows:
        if one.source not in ORDINARY:
            found += [Example(text, one.asks, 0.4, "varied") for text in sorted(varied(rng, one.text, 2))]
    wishes, others = made_up(rng, MADE_UP)
    found += [Example(fold(text).text, True, 0.2, "made up") for text in wishes]
    found += [Example(fold(text).text, False, 0.3, "made up") for text in others]
    ordinary = [one.text for one in rows if not one.asks and one.source in ORDINARY]
    for asks in (True, False):
        lines = [
            one.text for one in rows if one.asks == asks and one.source not in ORDINARY[1:] and len(one.text) <= 48
        ]
        found += [Example(text, asks, 0.25, "joined") for text in joined(rng, lines, ordinary, JOINED)]
    return found


def fit(rows: Sequence[Example], matrix: Matrix, c: float = 1.0) -> Model:
    """Logistic regression on whole lines, then again with the best window of each wish and all windows of others."""
    texts, asks = [one.text for one in rows], [one.asks for one in rows]
    shares = [one.share for one in rows]
    first = _regression(matrix(texts), asks, shares, c)
    for one in rows:
        if one.source in ("joined", "varied", "made up"):
            continue
        parts = [one.text[a:b] for a, b in windows(one.text)]
        if parts and one.asks:
            parts = [parts[int(np.argmax(matrix(parts) @ first.weights))]]
        texts += parts
        asks += [one.asks] * len(parts)
        shares += [one.share / 2] * len(parts)
    return _regression(matrix(texts), asks, shares, c)


def _regression(found: csr_matrix, asks: Sequence[bool], shares: Sequence[float], c: float) -> Model:
    model = LogisticRegression(C=c, max_iter=200, solver="liblinear", random_state=0)
    model.fit(found, asks, sample_weight=shares)
    weights = model.coef_[0]
    steps = 127 / float(np.abs(weights).max())
    return Model(float(model.intercept_[0]), np.round(weights * steps) / steps, steps)


def judged(rows: Sequence[Example], model: Model, matrix: Matrix) -> Floats:
    """What `human_request_score` would give each line."""
    parts = [[one.text, *(one.text[a:b] for a, b in windows(one.text))] for one in rows]
    flat = matrix([part for each in parts for part in each]) @ model.weights + model.bias
    ends = np.cumsum([0, *map(len, parts)])
    said = [flat[a:b] for a, b in pairwise(ends)]
    return np.array([one[0] + (one[1:].max() if len(one) > 1 else one[0]) for one in said])


def report(name: str, asks: npt.NDArray[np.bool_], said: Floats) -> str:
    """Recall at 2 % false alarms, both shares at thresholds around the product's."""
    others = np.sort(said[~asks])[::-1]
    at = others[int(len(others) * 0.02)]
    line = f"{name:<12} n {asks.sum()}/{len(others)}"
    if asks.sum():
        line += f"  at 2 % ({at:+.2f}): {np.mean(said[asks] > at):.4f}"
    for at in np.arange(-2, 2.1, 0.5) + human_request.SCORE_AT:
        line += f" | {at:+.1f}: {np.mean(said[asks] >= at) if asks.any() else 0:.3f} {np.mean(others >= at):.4f}"
    return line


def leave_writers_out(rows: Sequence[Example], matrix: Matrix, writers: Iterable[str]) -> None:
    """Print how each writer's lines fare by weights that have seen none of them."""
    source = np.array([one.source for one in rows])
    asks = np.array([one.asks for one in rows])
    questions, mixed = [], []
    for writer in writers:
        sets = (*WRITERS[writer], *(KEPT if writer == "fourth" else ()))
        model = fit(grown([one for one in rows if one.source not in (*sets, *KEPT, "judged questions")]), matrix)
        said = judged(rows, model, matrix)
        for name in sets:
            print(report(name, asks[source == name], said[source == name]), flush=True)
        here = np.isin(source, [name for name in sets if name not in ("signals", "intents")])
        mixed.append((asks[here], said[here]))
        questions.append(said[source == "judged questions"])
    if mixed:
        print(report("look-alikes", *(np.concatenate(each) for each in zip(*mixed, strict=True))))
    ordinary = np.concatenate(questions)
    print(report("questions", np.zeros(len(ordinary), bool), ordinary))


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True, help="the starter corpus")
    parser.add_argument(
        "--writers", nargs="*", choices=WRITERS, help="leave these writers out in turn; all when none is named"
    )
    parser.add_argument("--write", action="store_true", help="keep the weights in the package")
    options = parser.parse_args()
    rows, matrix = examples(options.corpus), Matrix()
    if options.write:
        model = fit(grown([one for one in rows if one.source not in KEPT]), matrix)
        TARGET.write_bytes(model.data)
        print(f"n {len(rows)}, bias {model.bias:.3f}, {TARGET.name}: {TARGET.stat().st_size} bytes")
    if options.writers is not None:
        leave_writers_out(rows, matrix, options.writers or WRITERS)


if __name__ == "__main__":
    main()
