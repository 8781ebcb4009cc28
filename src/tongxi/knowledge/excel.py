"""Excel workbooks to rows of text. Pure, and slow."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from typing import Any, Final

from tongxi.knowledge.documents import Row, check_package
from tongxi.knowledge.failures import Unreadable

MAX_MERGED: Final = 1_000
"""Rows or columns of one merged cell; a larger one is a slip of the hand."""
MAX_COVERED: Final = 200_000
_MERGE = re.compile(rb'<mergeCell ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')


def xlsx(data: bytes, *, max_rows: int, max_columns: int = 100) -> list[Row]:
    """Rows of all visible sheets that have any text; values, not formulas. Raises: `Unreadable`."""
    from openpyxl import load_workbook

    check_package(data, "excel")
    rows: list[Row] = []
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            merged = _merged(data, sheet)
            held: dict[int, str] = {}
            values = sheet.iter_rows(max_row=max_rows + 2, max_col=max_columns, values_only=True)
            for number, cells in enumerate(values, start=1):
                texts = tuple(
                    held[column] if (number, column) in merged and column in held else _cell(cell)
                    for column, cell in enumerate(cells, start=1)
                )
                held = dict(enumerate(texts, start=1))
                if any(texts):
                    rows.append(Row(sheet.title, number, texts))
                if len(rows) > max_rows + 50:
                    raise Unreadable("too_many", number)
        book.close()
    except Unreadable:
        raise
    except Exception as error:  # the library lets anything through that its parsers raise
        raise Unreadable("broken") from error
    return rows


def _merged(data: bytes, sheet: Any) -> set[tuple[int, int]]:
    """Row and column, from 1, of the cells that a merged one above covers: they say what it says."""
    from openpyxl.utils import range_boundaries

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        source = package.read(str(sheet._worksheet_path))  # reading row by row, the library leaves these out
    covered: set[tuple[int, int]] = set()
    for found in _MERGE.finditer(source):
        left, top, right, bottom = range_boundaries(found[1].decode("ascii"))
        if bottom - top >= MAX_MERGED or right - left >= MAX_MERGED:
            continue
        covered.update((row, column) for row in range(top + 1, bottom + 1) for column in range(left, right + 1))
        if len(covered) > MAX_COVERED:
            break
    return covered


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
    return str(value).strip()
