"""Scores of every detector of `tongxi.signals` on sets kept apart: `python -m tongxi.evaluation.signals tests/data`.

Each line: set, measure, figure, 95 % interval where it is a share (Wilson), n; at the end a reliability table of the
learnt classes. How the sets came about and what was tuned on what: docs/reference/signals.md.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tongxi.evaluation import outside, reliability, upset
from tongxi.evaluation.score import Score
from tongxi.signals.danger import danger
from tongxi.signals.emotion import LABELS as EMOTIONS
from tongxi.signals.emotion import emotion
from tongxi.signals.human_request import asks_for_person
from tongxi.signals.injection import injection
from tongxi.signals.personal_data import find
from tongxi.signals.risk import COMPLAINT, RED_LINES, risks
from tongxi.signals.sentiment import LABELS as SENTIMENTS
from tongxi.signals.sentiment import sentiment
from tongxi.signals.urgency import LEVELS, urgency


def kappa(truth: Sequence[int], said: Sequence[int], levels: int) -> float:
    """Quadratic-weighted kappa of ordered levels 0 … levels - 1. Source: Cohen (1968)."""
    n = len(truth)
    observed = sum((a - b) ** 2 for a, b in zip(truth, said, strict=True)) / n
    shares = [[list(one).count(level) / n for level in range(levels)] for one in (truth, said)]
    expected = sum(shares[0][a] * shares[1][b] * (a - b) ** 2 for a in range(levels) for b in range(levels))
    return 1 - observed / expected if expected else 1.0


def macro_f1(truth: Sequence[str], said: Sequence[str], labels: Iterable[str]) -> float:
    """Mean over labels of F1."""
    scores = []
    for label in labels:
        both = sum(a == b == label for a, b in zip(truth, said, strict=True))
        total = list(truth).count(label) + list(said).count(label)
        scores.append(2 * both / total if total else 0.0)
    return sum(scores) / len(scores)


def evaluate(data: Path) -> Iterator[Score]:
    """Every score, set by set."""
    kept = rows(data / "signals_kept.jsonl")
    yield from _classes(kept)
    yield from _danger(rows(data / "urgency_kept.jsonl"))
    lines = rows(data / "red_lines.jsonl")
    seen = sum(row["code"] in {reason.code for reason in risks(row["text"])} for row in lines)
    yield Score("red lines and topics", "recall, 100 prompts", len(lines), seen)
    more = rows(data / "red_lines_more.jsonl") + rows(data / "red_lines_apart.jsonl")
    yield from _shares(
        "red lines, later prompts",
        [row["text"] for row in more if row["code"]],
        [row["text"] for row in more if not row["code"]],
        lambda text: bool(set(RED_LINES) & {reason.code for reason in risks(text)}),
    )
    for name, labels in _RISKS.items():
        yield from _shares(
            f"risk {name}",
            [row["text"] for row in kept if labels & set(row["risks"])],
            [row["text"] for row in kept if not labels & set(row["risks"])],
            lambda text, name=name: name in {reason.code for reason in risks(text)},  # type: ignore[misc]
        )
    yield from upset.scores(kept)
    yield from upset.falls(rows(data / "mood_falls_kept.jsonl"))
    yield from outside.scores(rows(data / "outside_kept.jsonl"))
    for name in unlearnt(data):
        yes, no = (_lines(data / f"wants_person_{name}_{kind}.txt") for kind in ("yes", "no"))
        yield from _shares(f"wish for a person, {name}", yes, no, lambda text: asks_for_person(text) is not None)
    attempts = rows(data / "injection_kept.jsonl")
    caught = [(row["injection"], injection(row["text"], row["where"]) is not None) for row in attempts]
    yield Score("injection", "recall", sum(a for a, _ in caught), sum(a and b for a, b in caught))
    yield Score("injection", "false alarms", sum(not a for a, _ in caught), sum(b and not a for a, b in caught))
    yield from _personal(rows(data / "personal_data_kept.jsonl"))
    yield from reliability.scores(kept)
    yield from _speed([row["text"] for row in kept])


LEARNT = ("dev", "tune", "more", "kept", "fresh", "late", "wide", "wild", "scenes", "heard")
"""Sets of wishes for a person that scripts/fit_human_request.py learns from; every other pair is scored here."""


def unlearnt(data: Path) -> list[str]:
    """Names of the pairs `wants_person_<name>_yes.txt`, `…_no.txt` that nothing was learnt from."""
    names = {path.stem.removeprefix("wants_person_").rpartition("_")[0] for path in data.glob("wants_person_*.txt")}
    return sorted(names - set(LEARNT))


_RISKS = {
    "self_harm": {"self_harm"},
    "safety": {"safety"},
    "fraud": {"fraud"},
    "medical": {"medical"},
    COMPLAINT: {"complaint_escalation", "legal", "public_exposure"},
    "minor": {"minor"},
    "privacy": {"privacy"},
    "public_exposure": {"public_exposure"},
    "churn": {"churn"},
}
"""Code of ours → labels of the corpus that mean it."""


def rows(path: Path) -> list[dict[str, Any]]:
    """Rows of a JSONL file."""
    return [json.loads(line) for line in _lines(path)]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _classes(kept: Sequence[dict[str, Any]]) -> Iterator[Score]:
    for name, labels, read in (
        ("sentiment", SENTIMENTS, lambda text: sentiment(text).label),
        ("emotion", EMOTIONS, lambda text: emotion(text).label),
        ("urgency", LEVELS, lambda text: urgency(text).level),
    ):
        truth, said = [row[name] for row in kept], [read(row["text"]) for row in kept]
        yield Score(name, "accuracy", len(kept), sum(a == b for a, b in zip(truth, said, strict=True)))
        yield Score(name, "macro-F1", len(kept), value=macro_f1(truth, said, labels))
        if name == "urgency":
            levels = [[LEVELS.index(level) for level in one] for one in (truth, said)]
            yield Score(name, "quadratic-weighted kappa", len(kept), value=kappa(levels[0], levels[1], len(LEVELS)))
            critical = [b for a, b in zip(truth, said, strict=True) if a == "critical"]
            yield Score(name, "recall of critical", len(critical), critical.count("critical"))


def _danger(lines: Sequence[dict[str, Any]]) -> Iterator[Score]:
    yield from _shares(
        "critical, own lines",
        [row["text"] for row in lines if row["critical"]],
        [row["text"] for row in lines if not row["critical"]],
        lambda text: urgency(text).level == "critical",
    )
    ruled = [danger(row["text"]) is not None for row in lines if row["critical"]]
    yield Score("critical, own lines", "recall of the rules alone", len(ruled), sum(ruled))


def _shares(of: str, yes: Sequence[str], no: Sequence[str], sees: Callable[[str], bool]) -> Iterator[Score]:
    yield Score(of, "recall", len(yes), sum(map(sees, yes)))
    yield Score(of, "false alarms", len(no), sum(map(sees, no)))


def _personal(lines: Sequence[dict[str, Any]]) -> Iterator[Score]:
    truth = [{(start, end, label) for start, end, label in row["spans"]} for row in lines]
    said = [{(found.start, found.end, str(found.label)) for found in find(row["text"])} for row in lines]
    for label in sorted({label for spans in truth for _, _, label in spans}):
        real = [{span for span in spans if span[2] == label} for spans in truth]
        seen = [{span for span in spans if span[2] == label} for spans in said]
        total, shown = sum(map(len, real)), sum(map(len, seen))
        touched = sum(any(_meets(a, b) for b in there) for here, there in zip(real, seen, strict=True) for a in here)
        right = sum(any(_meets(a, b) for b in there) for here, there in zip(seen, real, strict=True) for a in here)
        exact = sum(len(here & there) for here, there in zip(real, seen, strict=True))
        yield Score(f"personal data {label}", "recall (overlap)", total, touched)
        yield Score(f"personal data {label}", "precision (overlap)", shown, right)
        yield Score(f"personal data {label}", "recall (exact span)", total, exact)


def _meets(a: tuple[int, int, str], b: tuple[int, int, str]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _speed(texts: Sequence[str]) -> Iterator[Score]:
    detectors: dict[str, Callable[[str], object]] = {
        "sentiment": sentiment,
        "emotion": emotion,
        "urgency": urgency,
        "risks": risks,
        "wish for a person": asks_for_person,
        "injection": injection,
        "personal data": find,
    }
    for place, (name, detector) in enumerate(detectors.items()):
        fresh = [f"{text}{' ' * (place + 1)}" for text in texts]  # past the caches, as the first detector of a message
        start = time.perf_counter()
        for text in fresh:
            detector(text)
        yield Score(name, "mean ms a message", len(texts), value=(time.perf_counter() - start) / len(texts) * 1e3)


def main(arguments: Sequence[str]) -> None:
    """Print every score for the sets in the folder named first (tests/data of the source)."""
    if len(arguments) != 1:
        sys.exit("usage: python -m tongxi.evaluation.signals DIRECTORY")
    for score in evaluate(Path(arguments[0])):
        sys.stdout.write(f"{score}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
