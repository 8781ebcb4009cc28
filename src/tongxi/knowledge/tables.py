"""Tables of questions and answers, from CSV files and workbooks, to entries. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from tongxi.knowledge.entries import MAX_BODY, Entry, Place, make
from tongxi.knowledge.failures import Unreadable

MAX_ENTRIES = 20_000
"""Entries of one table or JSONL file."""
HEADER_WITHIN = 10
"""Rows with text in which the names of the columns are looked for; titles and remarks often stand above."""

_COLUMNS = {
    "title": {"question", "title", "q", "问题", "标题", "標題", "問題", "问", "faq"},
    "body": {"answer", "text", "body", "content", "a", "答案", "回答", "内容", "內容", "答", "正文"},
    "language": {"language", "lang", "语言", "語言"},
    "tags": {"tags", "tag", "category", "标签", "分类", "標籤", "分類"},
    "questions": {"questions", "similar", "相似问题", "相似问", "相似问法", "问法", "examples"},
    "id": {"id", "slug", "编号", "編號"},
    "audience": {"audience", "受众", "对象"},
    "valid_from": {"valid_from", "生效日期", "生效日"},
    "valid_until": {"valid_until", "有效期", "有效期至", "失效日期"},
}
_DELIMITERS = ",;\t|，"

Numbered = tuple[int, Sequence[str]]
"""Number of a row in its file, and its cells."""


def parsed(text: str) -> Iterator[Numbered]:
    """Rows of a CSV file. Raises: `Unreadable`."""
    rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    try:
        for row in rows:
            yield rows.line_num, row
    except csv.Error:
        raise Unreadable("broken", rows.line_num) from None


def _delimiter(text: str) -> str:
    """The one that makes columns of the header that are known; where none does, what the file looks like."""
    lines = list(islice((line for line in text.splitlines() if line.strip()), HEADER_WITHIN))
    for one in _DELIMITERS:
        if any(_columns([cell.strip(' "') for cell in line.split(one)]) for line in lines):
            return one
    try:
        return csv.Sniffer().sniff(text[:8192], _DELIMITERS).delimiter
    except csv.Error:
        return ","


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Place of each known column; empty when title or body is not among them."""
    header = [cell.strip().lstrip("\ufeff").lower() for cell in cells]
    found = {name: i for name, known in _COLUMNS.items() for i, cell in enumerate(header) if cell in known}
    return found if "title" in found and "body" in found else {}


def entries(place: Place, rows: Iterable[Numbered]) -> Iterator[Entry]:
    """A header within the first rows, then one entry a row; rows that go on under the same question are one.

    Raises: `Unreadable`.
    """
    filled = ((number, row) for number, row in rows if any(cell.strip() for cell in row))
    above = list(islice(filled, HEADER_WITHIN))
    start = next((n for n, (_, row) in enumerate(above) if _columns(row)), None)
    if start is None:
        raise Unreadable("no_columns" if above else "empty", above[0][0] if above else None)
    columns = _columns(above[start][1])
    held: Entry | None = None
    for count, (number, row) in enumerate(chain(above[start + 1 :], filled), start=1):
        if count > MAX_ENTRIES:
            raise Unreadable("too_many", number)
        values = {name: row[i] for name, i in columns.items() if i < len(row)}
        values["title"] = " ".join(values.get("title", "").split())
        base = values.get("id", "").strip() or f"{place.path}/{values['title'][:80]}"
        entry = make(place, base, values, line=number)
        if held is not None and (held.slug, held.title) == (entry.slug, entry.title) and _fits(held, entry):
            held = replace(
                held,
                body=f"{held.body}\n\n{entry.body}",
                questions=tuple(dict.fromkeys(held.questions + entry.questions)),
            )
            continue
        if held is not None:
            yield held
        held = entry
    if held is not None:
        yield held


def _fits(held: Entry, entry: Entry) -> bool:
    return entry.body not in held.body and len(held.body) + len(entry.body) + 2 <= MAX_BODY
