"""Rows of the evaluation's files: JSON Lines, UTF-8, one object a line; every fault names file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from tongxi.kit.errors import AppError

Row = Mapping[str, Any]

MAX_ROWS = 2_000_000


class BadRow(AppError):
    """A row of the file cannot be used."""

    code = "bad_row"
    status = 422


class NoFile(AppError):
    """There is no such file, or it cannot be read."""

    code = "no_file"
    status = 404


def paths(given: str | None) -> list[Path]:
    """Files of an option: names separated by commas; a name that exists as it stands is one file."""
    if not given:
        return []
    if Path(given).exists():
        return [Path(given)]
    return [Path(name.strip()) for name in given.split(",") if name.strip()]


def read(files: Sequence[Path], *, needs: Sequence[str] = ("text",)) -> list[Row]:
    """All rows of the files. Each has the fields `needs`; `text` is a string, with NUL characters as blanks.

    Raises: `NoFile`, `BadRow`.
    """
    return [row for _, _, row in _read(files, needs)]


def read_inputs(files: Sequence[Path], fault: Callable[[Row], str | None]) -> list[Row]:
    """Rows to be answered: each with an id of its own, its place from 1 where it has none.

    `fault`: what is wrong with a row's labels. Raises: `NoFile`, `BadRow`.
    """
    made: dict[str, Row] = {}
    for path, line, row in _read(files, ("text",)):
        if row.get("id") is None:
            row["id"] = str(len(made) + 1)
        wrong = f"the id {row['id']!r} is there already" if str(row["id"]) in made else fault(row)
        if wrong:
            raise BadRow(f"{path}, line {line}: {wrong}", file=str(path), line=line)
        made[str(row["id"])] = row
    return list(made.values())


def _read(files: Sequence[Path], needs: Sequence[str]) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    count = 0
    for path in files:
        for line, row in _lines(path):
            for name in needs:
                if name not in row:
                    raise BadRow(f"{path}, line {line}: the field {name!r} is missing", file=str(path), line=line)
            if "text" in row:
                if not isinstance(row["text"], str):
                    raise BadRow(f"{path}, line {line}: 'text' is not a string", file=str(path), line=line)
                row["text"] = row["text"].replace("\0", " ")
            count += 1
            if count > MAX_ROWS:
                raise BadRow(f"{path}: more than {MAX_ROWS} rows", file=str(path), line=line)
            yield path, line, row


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            for line, data in enumerate(file, start=1):
                data = data.removeprefix(b"\xef\xbb\xbf") if line == 1 else data
                if not data.strip():
                    continue
                try:
                    row = orjson.loads(data)
                except orjson.JSONDecodeError as error:
                    raise BadRow(f"{path}, line {line}: not JSON: {error.msg}", file=str(path), line=line) from error
                if not isinstance(row, dict):
                    raise BadRow(f"{path}, line {line}: not an object", file=str(path), line=line)
                yield line, row
    except OSError as error:
        raise NoFile(f"cannot read {path}: {error.strerror or type(error).__name__}", file=str(path)) from error


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write predictions; the file is there whole or not at all. Raises: `NoFile`."""
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("wb") as file:
            file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
        beside.replace(path)
    except OSError as error:
        raise NoFile(f"cannot write {path}: {error.strerror or type(error).__name__}", file=str(path)) from error
