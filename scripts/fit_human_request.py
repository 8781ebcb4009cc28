"""Learn `src/tongxi/signals/human_request.weights` from text written for this project.

    python scripts/fit_human_request.py --signals SIGNALS.jsonl --intents INTENTS.jsonl … [--write]

Positives: `wants_person` lines of the signals file, the intent `human_agent_request`, the development phrasings of
tests/data. Negatives: the other lines of the signals file, all other intents, the development look-alikes. Logistic
loss by Adagrad, weights as bytes. Prints recall and false alarms of five-fold cross-validation on these lines.
"""

from __future__ import annotations

import argparse
import json
import random
import struct
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from phrasings import made_up
from tongxi.kit.text import fold, normalise
from tongxi.signals import human_request
from tongxi.signals.human_request_score import BUCKETS, MAX_CHARS, SCALE, pieces

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "src/tongxi/signals/human_request.weights"
Example = tuple[str, bool, float]
Weights = tuple[float, npt.NDArray[np.float64]]


def examples(signals: Path, intents: list[Path]) -> tuple[list[Example], list[Example]]:
    """Lines of the corpus, and development lines: text, asks for a person, weight."""
    corpus: list[Example] = []
    for line in signals.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        corpus.append((row["text"], row["wants_person"], 2.0 if row["wants_person"] else 1.0))
    for path in intents:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            asks = row["intent"] == "human_agent_request"
            corpus += [(text, asks, 1.0 if asks else 0.3) for text in (*row["zh"], *row["zh_hant"], *row["en"])]
    developed = [
        (text, kind == "yes", 2.0)
        for kind in ("yes", "no")
        for text in (ROOT / f"tests/data/wants_person_dev_{kind}.txt").read_text(encoding="utf-8").splitlines()
    ]
    wishes, others = made_up(random.Random(0), 2500)
    corpus += [(text, True, 0.3) for text in wishes] + [(text, False, 0.5) for text in others]
    return [one for one in corpus if len(one[0]) <= MAX_CHARS], developed


def fit(rows: list[Example], epochs: int = 12, rate: float = 0.15, l2: float = 1e-4) -> Weights:
    """Weighted logistic regression over hashed pieces."""
    found = [np.fromiter(pieces(human_request.masked(fold(text).text)), dtype=np.int64) for text, _, _ in rows]
    truth = np.array([asks for _, asks, _ in rows], dtype=float)
    share = np.array([weight for _, _, weight in rows])
    weights, squares, bias = np.zeros(BUCKETS), np.full(BUCKETS, 1e-2), -1.0
    rng = np.random.default_rng(0)
    for _ in range(epochs):
        for batch in np.array_split(rng.permutation(len(rows)), max(1, len(rows) // 64)):
            columns = np.concatenate([found[i] for i in batch])
            owner = np.repeat(np.arange(len(batch)), [len(found[i]) for i in batch])
            z = bias + np.bincount(owner, weights[columns], len(batch))
            error = share[batch] * (1 / (1 + np.exp(-z)) - truth[batch])
            gradient = np.bincount(columns, error[owner], BUCKETS) + l2 * weights * len(batch)
            squares += gradient**2
            weights -= rate * gradient / np.sqrt(squares)
            bias -= 0.01 * float(error.mean())
    return bias, weights


def scores(model: Weights, texts: list[str]) -> npt.NDArray[np.float64]:
    """Log-odds as the product computes them, with weights rounded to bytes."""
    bias, weights = model
    rounded = np.clip(np.round(weights * SCALE), -128, 127)
    masked = [human_request.masked(fold(text).text) for text in texts]
    return np.array([bias + rounded[list(pieces(text))].sum() / SCALE for text in masked])


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signals", type=Path, required=True)
    parser.add_argument("--intents", type=Path, nargs="+", required=True)
    parser.add_argument("--write", action="store_true", help="keep the weights in the package")
    options = parser.parse_args()
    corpus, developed = examples(options.signals, options.intents)
    part = np.array([crc32(normalise(text).encode()) % 5 for text, _, _ in developed])
    said = np.zeros(len(developed))
    for fold_number in range(5):
        kept = [one for one, p in zip(developed, part, strict=True) if p != fold_number]
        model = fit(corpus + kept)
        here = np.flatnonzero(part == fold_number)
        said[here] = scores(model, [developed[i][0] for i in here])
    asks = np.array([one[1] for one in developed])
    rules: Any = np.array([human_request.by_rule(text) is not None for text, _, _ in developed])
    for at in (0.0, 0.5, 1.0, 1.5, 2.0):
        alone, both = said >= at, (said >= at) | rules
        print(
            f"at {at}: alone recall {alone[asks].mean():.4f} false {alone[~asks].mean():.4f};"
            f" with rules {both[asks].mean():.4f} {both[~asks].mean():.4f}"
        )
    bias, weights = fit(corpus + developed)
    print(f"n {len(corpus)} + {len(developed)}, bias {bias:.3f}, heaviest {np.abs(weights).max():.2f}")
    if options.write:
        data = np.clip(np.round(weights * SCALE), -128, 127).astype(np.int8).tobytes()
        TARGET.write_bytes(struct.pack("<f", bias) + data)
        print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
