"""How well the complexity of a request is read: `python -m tongxi.evaluation.complexity tests/data`.

Lines `level|text` of complexity.txt; one half by checksum is learnt from (scripts/fit_complexity.py), the other judged.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

from tongxi.evaluation.reliability import bins
from tongxi.evaluation.score import Score
from tongxi.signals.complexity import LEVELS, complexity

Row = tuple[str, str]
"""Level and text."""


def halves(data: Path) -> tuple[list[Row], list[Row]]:
    """The lines to learn from, and those that judge."""
    found: tuple[list[Row], list[Row]] = ([], [])
    for line in (data / "complexity.txt").read_text(encoding="utf-8").splitlines():
        level, text = line.split("|", 1)
        found[crc32(text.encode()) % 2].append((level, text))
    return found


def scores(rows: Sequence[Row]) -> Iterator[Score]:
    """Accuracy, F1 of each level and their mean, complex requests taken for simple ones, and the reliability table."""
    read = [(level, complexity(text)) for level, text in rows]
    right = [level == one.level for level, one in read]
    yield Score("complexity", "accuracy", len(read), sum(right))
    each = []
    for level in LEVELS:
        both = sum(truth == level == one.level for truth, one in read)
        total = sum(truth == level for truth, _ in read) + sum(one.level == level for _, one in read)
        each.append(2 * both / total if total else 0.0)
        yield Score(f"complexity {level}", "F1", sum(truth == level for truth, _ in read), value=each[-1])
    yield Score("complexity", "macro-F1", len(read), value=sum(each) / len(each))
    hard = [one.level for truth, one in read if truth == "complex"]
    yield Score("complexity", "complex taken for simple", len(hard), hard.count("simple"))
    yield from bins("complexity", [(one.share, is_right) for (_, one), is_right in zip(read, right, strict=True)])


def main(arguments: Sequence[str]) -> None:
    """Print every score for the set in the folder named first (tests/data of the source)."""
    if len(arguments) != 1:
        sys.exit("usage: python -m tongxi.evaluation.complexity DIRECTORY")
    for score in scores(halves(Path(arguments[0]))[1]):
        sys.stdout.write(f"{score}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
