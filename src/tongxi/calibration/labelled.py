"""Labelled answers in a file: read, scored by the product's own search where they are not, tested like any plan."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from tongxi.calibration.agreement import Verdict
from tongxi.calibration.bounds import loosest_conformal
from tongxi.calibration.plan import GRID, LOOSEST, Result, examine, needed
from tongxi.kit.errors import Invalid

MAX_ROWS = 1_000_000
_WRONG = {"1": True, "true": True, "wrong": True, "0": False, "false": False, "right": False, "incomplete": False}

SHEET = ("sample", "language", "question", "answer", "source", "rater", "verdict")
"""Columns of a sheet for raters."""

Search = Callable[[str, str], tuple[str | None, float]]
"""(question, language) → (id of the best entry, its confidence 0…1)."""


class BadLabels(Invalid):
    """A row of the file cannot be used; nothing was taken."""

    code = "bad_labels"


class Answer(NamedTuple):
    """One labelled answer."""

    group: str
    score: float
    wrong: bool


class Rating(NamedTuple):
    """One person's verdict on a drawn answer, given outside of the product."""

    sample_id: UUID
    rater: str
    """E-mail of the account."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Report:
    """One group of a file."""

    result: Result
    given: int
    """Rows of the group, with those below the loosest threshold."""
    labels_missing: int
    """Error-free answers that would still be needed to certify anything."""
    per_conversation: float | None
    """Loosest threshold that keeps wrong answers per conversation, answered or not, at or below alpha on average."""


def rows_of(name: str, data: bytes) -> list[dict[str, Any]]:
    """Rows of a CSV file with a head line, or of JSONL. Raises: `BadLabels`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadLabels(f"{name}: not UTF-8") from error
    if name.lower().endswith(".csv"):
        try:
            rows = [{k: v for k, v in row.items() if k} for row in csv.DictReader(io.StringIO(text))]
        except csv.Error as error:
            raise BadLabels(f"{name}: not CSV: {error}") from error
    else:
        rows = []
        for number, line in enumerate(text.split("\n"), start=1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise BadLabels(f"{name}, line {number}: not JSON") from error
            if not isinstance(row, dict):
                raise BadLabels(f"{name}, line {number}: not an object")
            rows.append(row)
    if not rows:
        raise BadLabels(f"{name}: no rows")
    if len(rows) > MAX_ROWS:
        raise BadLabels(f"{name}: more than {MAX_ROWS} rows")
    return rows


def answers(name: str, rows: Iterable[dict[str, Any]], search: Search | None = None) -> list[Answer]:
    """Rows `{group?, score, wrong}`, or `{group?, text, relevant: [ids], language?}` when `search` is given.

    An id may stand only once. Raises: `BadLabels` with the number of the row.
    """
    found = []
    ids: set[str] = set()
    for number, row in enumerate(rows, start=1):
        where = f"{name}, row {number}"
        if row.get("id") not in (None, ""):
            if str(row["id"]) in ids:
                raise BadLabels(f"{where}: id {row['id']!r} stands twice")
            ids.add(str(row["id"]))
        group = str(row.get("group") or "all")
        if "score" in row and "wrong" in row:
            found.append(Answer(group, _score(row["score"], where), _wrong(row["wrong"], where)))
        elif search is not None and (row.get("text") or row.get("question")) and "relevant" in row:
            right = _ids(row["relevant"], where)
            best, score = search(
                str(row.get("text") or row["question"]), str(row.get("language") or row.get("lang") or "en")
            )
            found.append(Answer(group, score, best is None or best not in right))
        else:
            wanted = "score and wrong" if search is None else "score and wrong, or text and relevant"
            raise BadLabels(f"{where}: needs {wanted}")
    return found


def ratings(name: str, rows: Iterable[dict[str, Any]]) -> list[Rating]:
    """Rows `{sample, rater, verdict}`. Raises: `BadLabels`."""
    found = []
    for number, row in enumerate(rows, start=1):
        try:
            rating = Rating(UUID(str(row["sample"])), str(row["rater"]).strip().lower(), Verdict(str(row["verdict"])))
        except (KeyError, ValueError) as error:
            raise BadLabels(
                f"{name}, row {number}: needs sample (id), rater (e-mail) and verdict (right, incomplete, wrong)"
            ) from error
        found.append(rating)
    return found


def report(given: Sequence[Answer], *, alpha: float, delta: float, group: str | None = None) -> list[Report]:
    """Test each group by itself, each at `delta`; groups as the file names them, never merged."""
    by_group: dict[str, list[Answer]] = defaultdict(list)
    for answer in given:
        by_group[answer.group].append(answer)
    if group is not None and group not in by_group:
        raise BadLabels(f"no row of group {group!r}")
    reports: list[Report] = []
    for name in sorted(by_group) if group is None else [group]:
        would = [answer for answer in by_group[name] if answer.score >= LOOSEST]
        result = examine(
            [one.score for one in would], [one.wrong for one in would], group=name, alpha=alpha, delta=delta, grid=GRID
        )
        missing = 0 if result.threshold is not None else max(0, needed(alpha, delta) - len(would))
        everything = by_group[name]
        place = loosest_conformal([one.score for one in everything], [one.wrong for one in everything], GRID, alpha)
        reports.append(Report(result, len(everything), missing, None if place is None else GRID[place]))
    return reports


def write_sheet(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write answers to judge as CSV that spreadsheets open; `rater` and `verdict` are filled in and imported again.

    A cell that a spreadsheet would take for a formula gets a leading apostrophe.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(SHEET)
        writer.writerows([_plain(str(row[name])) for name in SHEET] for row in rows)


def _plain(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _score(value: Any, where: str) -> float:
    try:
        score = float(value)
    except (TypeError, ValueError) as error:
        raise BadLabels(f"{where}: score {value!r} is no number") from error
    if not 0 <= score <= 1:
        raise BadLabels(f"{where}: score {value!r} is not between 0 and 1")
    return score


def _ids(value: Any, where: str) -> set[str]:
    """A list, or ids in one cell joined by `|`."""
    given = value.split("|") if isinstance(value, str) else value or ()
    if not isinstance(given, list | tuple):
        raise BadLabels(f"{where}: relevant {value!r} is no list of ids")
    return {str(one).strip() for one in given} - {""}


def _wrong(value: Any, where: str) -> bool:
    found = _WRONG.get(str(value).strip().lower())
    if found is None:
        raise BadLabels(f"{where}: wrong is {value!r}, not 0 or 1")
    return found
