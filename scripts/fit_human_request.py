"""Learn `src/tongxi/signals/human_request.weights` from text written for this project.

    python scripts/fit_human_request.py --signals SIGNALS.jsonl --intents INTENTS.jsonl … [--write]

Positives: `wants_person` lines of the signals file, the intent `human_agent_request`, the phrasings of `SOURCES` in
tests/data. Negatives: the other lines of the signals file, all other intents, the look-alikes of tests/data. Logistic
loss, weights as bytes. Prints recall and false alarms of five-fold cross-validation by set, each line judged by weights
that have not seen it; other sets are never read.
"""

from __future__ import annotations

import argparse
import json
import random
import struct
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from phrasings import made_up, varied
from tongxi.evaluation.signals import LEARNT
from tongxi.kit.text import normalise
from tongxi.signals import human_request
from tongxi.signals.human_request_score import BUCKETS, MAX_CHARS, SCALE, pieces

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "src/tongxi/signals/human_request.weights"
SOURCES = LEARNT
"""Sets of lines in tests/data the weights learn from; every other one is scored and never read here."""
Columns = npt.NDArray[np.int64]
Weights = tuple[float, npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Example:
    """A line, whether it asks for a person, how much it counts and where it is from."""

    text: str
    asks: bool
    share: float
    source: str
    origin: str
    columns: Columns


def example(text: str, asks: bool, share: float, source: str, origin: str = "") -> Example:
    """A line with the buckets of its pieces; `origin` is the line it was varied from."""
    hidden, seen = human_request.evidence(text, human_request.by_rule(text) is not None)
    found = pieces(hidden[:MAX_CHARS], seen)
    return Example(text, asks, share, source, origin or text, np.fromiter(found, dtype=np.int64))


def examples(signals: Path, intents: list[Path]) -> list[Example]:
    """Every line the weights may learn from."""
    found: list[Example] = []
    for line in signals.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.append(example(row["text"], row["wants_person"], 2.0 if row["wants_person"] else 1.0, "signals"))
    for path in intents:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            asks = row["intent"] == "human_agent_request"
            texts = (*row["zh"], *row["zh_hant"], *row["en"])
            found += [example(text, asks, 1.0 if asks else 0.3, "intents") for text in texts]
    for source in SOURCES:
        for kind in ("yes", "no"):
            lines = (ROOT / f"tests/data/wants_person_{source}_{kind}.txt").read_text(encoding="utf-8").splitlines()
            found += [example(text, kind == "yes", 2.0, source) for text in lines]
            for text in lines:
                variants = sorted(varied(random.Random(text), text, 4))
                found += [example(other, kind == "yes", 0.4, "varied", text) for other in variants]
    wishes, others = made_up(random.Random(0), 2500)
    found += [example(text, True, 0.3, "made up") for text in wishes]
    found += [example(text, False, 0.5, "made up") for text in others]
    return [one for one in found if len(one.text) <= MAX_CHARS]


def fit(rows: list[Example], c: float = 0.4) -> Weights:
    """Weighted logistic regression over hashed pieces, rounded as the product keeps it."""
    ends = np.cumsum([0, *(len(one.columns) for one in rows)])
    found = csr_matrix(
        (np.ones(ends[-1], np.float32), np.concatenate([one.columns for one in rows]), ends), (len(rows), BUCKETS)
    )
    model = LogisticRegression(C=c, max_iter=300, solver="liblinear", random_state=0)
    model.fit(found, [one.asks for one in rows], sample_weight=[one.share for one in rows])
    return float(model.intercept_[0]), np.clip(np.round(model.coef_[0] * SCALE), -128, 127)


def cross_validate(rows: list[Example]) -> npt.NDArray[np.float64]:
    """Log-odds of each line by weights that have not seen it (nor one that differs by marks only)."""
    part = np.array([crc32("".join(filter(str.isalnum, normalise(one.origin))).encode()) % 5 for one in rows])
    said = np.zeros(len(rows))
    for held in range(5):
        bias, weights = fit([one for one, p in zip(rows, part, strict=True) if p != held])
        for i in np.flatnonzero(part == held):
            said[i] = bias + weights[rows[i].columns].sum() / SCALE
    return said


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signals", type=Path, required=True)
    parser.add_argument("--intents", type=Path, nargs="+", required=True)
    parser.add_argument("--verbose", action="store_true", help="show the tuning lines told wrongly")
    parser.add_argument("--write", action="store_true", help="keep the weights in the package")
    options = parser.parse_args()
    rows = examples(options.signals, options.intents)
    said = cross_validate(rows)
    asks = np.array([one.asks for one in rows])
    for source in (*SOURCES, "signals", "intents"):
        here = np.array([one.source == source for one in rows])
        for at in (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0):
            yes = said >= at
            print(f"{source} at {at}: recall {yes[asks & here].mean():.4f} false {yes[~asks & here].mean():.4f}")
    if options.verbose:
        for i in np.flatnonzero((said >= human_request.SCORE_AT) != asks):
            if rows[i].source in ("tune", "wide"):
                print("missed" if asks[i] else "false ", f"{said[i]:+.2f}", rows[i].text)
    if options.write:
        bias, weights = fit(rows)
        TARGET.write_bytes(struct.pack("<f", bias) + weights.astype(np.int8).tobytes())
        print(f"n {len(rows)}, bias {bias:.3f}, {TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
