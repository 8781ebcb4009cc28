"""Learn the linear detectors of `tongxi.signals` and keep a fifth of the lines apart.

Usage: python scripts/fit_signals.py --corpus DIRECTORY [--write]

DIRECTORY holds signals_customer.jsonl and injection.jsonl of the starter corpus (CC0). Lines whose text (letters only)
falls into part 0 of 5 are not learnt from; `--write` writes them to tests/data and the weights to the package.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from tongxi.evaluation.upset import is_upset
from tongxi.kit.text import fold, normalise
from tongxi.signals import danger_reading, emotion, injection, sentiment, urgency
from tongxi.signals.features import BUCKETS, columns

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "src/tongxi/signals/signals.npz"
DATA = ROOT / "tests/data"
Columns = list[npt.NDArray[np.int64]]


def is_kept(text: str) -> bool:
    """Whether a line is kept apart; lines that differ by marks only fall together."""
    return crc32("".join(filter(str.isalnum, normalise(text))).encode()) % 5 == 0


def matrix(rows: Columns) -> csr_matrix:
    """(rows, BUCKETS), each row of length 1."""
    ends = np.cumsum([0, *map(len, rows)])
    data = np.concatenate([np.full(len(row), 1 / np.sqrt(max(1, len(row)))) for row in rows])
    return csr_matrix((data, np.concatenate(rows), ends), shape=(len(rows), BUCKETS))


def head(
    found: Columns,
    truth: npt.NDArray[Any],
    labels: tuple[Any, ...],
    *,
    c: float,
    weight: npt.NDArray[np.float64] | None = None,
) -> dict[str, npt.NDArray[Any]]:
    """Weights of one head, a byte each: one column a label, or one in all for yes and no."""
    model = LogisticRegression(C=c, max_iter=500, class_weight="balanced" if weight is None else None)
    model.fit(matrix(found), truth, sample_weight=weight)
    order = [list(model.classes_).index(label) for label in labels] if len(labels) > 2 else [0]
    coefficients, bias = model.coef_[order].T, model.intercept_[order]
    scale = np.abs(coefficients).max(axis=0) / 127
    return {
        "weights": np.rint(coefficients / scale).astype(np.int8),
        "scale": scale.astype(np.float32),
        "bias": bias.astype(np.float32),
    }


def read(path: Path) -> list[dict[str, Any]]:
    """Rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def marked(name: str) -> list[list[str]]:
    """Lines `mark|text` of a file of tests/data, as `[mark, text]`."""
    return [line.split("|", 1) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def phrasings(path: Path) -> list[str]:
    """What customers ask every day: the phrasings of the intents in a file, none where it holds no intents."""
    return [text for row in read(path) if "intent" in row for text in (*row["zh"], *row["zh_hant"], *row["en"])]


def questions() -> list[str]:
    """Half of the questions of tests/data, by checksum; the other half judges."""
    lines = [line for path in sorted(DATA.glob("questions_*.tsv")) for line in path.read_text("utf-8").splitlines()]
    texts = [line.split("\t", 1)[1] for line in lines]
    return [text for text in texts if crc32(text.encode()) % 2]


def given(corpus: Path) -> list[str]:
    """What customers give rather than ask, and plain statements: personal data with what belongs to it, values by
    themselves, sentences of articles. None of it is angry or in danger."""
    values = [row["text"] for row in read(corpus / "personal_data.jsonl") if is_kept(row["text"]) is False]
    articles = [
        sentence
        for path in sorted((ROOT / "src/tongxi/demo/knowledge").glob("*.yaml"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith("body:")
        for sentence in re.split(r"(?<=[。.!?])\s*", line.partition("body:")[2].strip())
        if len(sentence) > 5
    ]
    return [*values, *articles[::2], *(text for _, text in marked("values.txt"))]


def endangered_lines(
    rows: list[dict[str, Any]], outside: list[dict[str, Any]], levels: list[list[str]]
) -> dict[str, bool]:
    """Messages, and whether they tell of danger now."""
    return {
        **{row["text"]: row["urgency"] == "critical" for row in rows},
        **{row["text"]: row["critical"] for row in read(DATA / "urgency_tune.jsonl")},
        **{text: level == "critical" for level, text in levels},
        **{text: holds == "1" for holds, text in marked("danger_lines.txt")},
        **{row["text"]: row["about"] == "critical" and row["holds"] for row in outside},
    }


def upset_lines(rows: list[dict[str, Any]], outside: list[dict[str, Any]]) -> dict[str, bool]:
    """Messages, and whether their writer is angry or threatens."""
    turns = [turn for row in read(DATA / "mood_falls_tune.jsonl") for turn in row["turns"]]
    return {
        **{row["text"]: is_upset(row) for row in rows},
        **{text: holds == "1" for holds, text in marked("upset_lines.txt")},
        **{row["text"]: row["holds"] for row in outside if row["about"] in ("angry", "threat")},
        **{turn["text"]: bool(turn["handoff"]) for turn in turns},
    }


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="keep the weights and the kept lines")
    options = parser.parse_args()
    rows, steering = read(options.corpus / "signals_customer.jsonl"), read(options.corpus / "injection.jsonl")
    kept = [row for row in rows if is_kept(row["text"])]
    rows = [row for row in rows if not is_kept(row["text"])]
    kept_steering = [row for row in steering if is_kept(row["text"])]
    steering = [row for row in steering if not is_kept(row["text"])] + read(DATA / "injection_tune.jsonl")
    outside = read(DATA / "outside_tune.jsonl")
    steering += [row | {"injection": row["holds"]} for row in outside if row["about"] == "injection"]
    found = [columns(row["text"]) for row in rows]
    everyday = [text for path in sorted(options.corpus.glob("*.jsonl")) for text in phrasings(path)[::2]]
    levels = marked("urgency_levels.txt")
    tuned = [line["text"] for line in read(DATA / "urgency_tune.jsonl") if line["critical"]]
    named = [*(row["urgency"] for row in rows), *["critical"] * len(tuned), *(level for level, _ in levels)]
    grades = np.array([urgency.LEVELS.index(level) for level in named])
    usual = np.array([1.0 / 20] * len(everyday))
    asked = [*everyday, *questions()]
    calm = [*asked, *given(options.corpus)]
    quiet = np.array([1.0 / 6] * len(asked) + [1.0 / 3] * (len(calm) - len(asked)))
    endangered = endangered_lines(rows, outside, levels)
    angry = upset_lines(rows, outside)
    weights: dict[str, dict[str, npt.NDArray[Any]]] = {
        "sentiment": head(found, np.array([row["sentiment"] for row in rows]), sentiment.LABELS, c=20),
        "emotion": head(found, np.array([row["emotion"] for row in rows]), emotion.LABELS, c=20),
        "urgency": head(
            [*found, *(columns(text) for text in tuned), *(columns(text) for _, text in levels)],
            grades,
            (0, 1, 2, 3),
            c=5,
            weight=(len(grades) / np.bincount(grades)[grades]) ** 0.5,
        ),
        "injection": head(
            [
                *(injection.columns(fold(row["text"]).text, row["where"]) for row in steering),
                *(injection.columns(fold(text).text, "customer") for text in everyday),
            ],
            np.array([*(row["injection"] for row in steering), *[False] * len(everyday)]),
            (False, True),
            c=30,
            weight=np.concatenate([np.ones(len(steering)), usual]),
        ),
        "danger": head(
            [danger_reading.columns(fold(text).text) for text in (*endangered, *calm)],
            np.array([*endangered.values(), *[False] * len(calm)]),
            (False, True),
            c=20,
            weight=np.concatenate([np.ones(len(endangered)), quiet]),
        ),
        "upset": head(
            [columns(text) for text in (*angry, *calm)],
            np.array([*angry.values(), *[False] * len(calm)]),
            (False, True),
            c=20,
            weight=np.concatenate([np.ones(len(angry)), quiet]),
        ),
    }
    print(f"learnt from {len(rows)} + {len(steering)} lines, kept apart {len(kept)} + {len(kept_steering)}")
    if options.write:
        parts = {f"{name}.{part}": array for name, one in weights.items() for part, array in one.items()}
        np.savez_compressed(TARGET, allow_pickle=False, **parts)
        for name, lines in (("signals_kept", kept), ("injection_kept", kept_steering)):
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            (DATA / f"{name}.jsonl").write_text(text, encoding="utf-8")
        print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
