"""Files to entries: Markdown, HTML, text, tables, JSON Lines, PDF, Word and Excel, as people save them. Pure."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import orjson
import yaml

from tongxi.kit.language import detect_language
from tongxi.knowledge import documents
from tongxi.knowledge.failures import Unreadable as Unreadable
from tongxi.knowledge.html import to_markdown

MAX_FILE_BYTES = 20_000_000
MAX_ENTRIES = 20_000
"""Entries of one CSV or JSONL file."""
MAX_TITLE = 300
MAX_BODY = 200_000
MAX_QUESTIONS = 100
MAX_QUESTION = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a file gives it."""

    slug: str
    """Stable id with the language at the end: `shop/refund.zh`."""
    language: str
    title: str
    body: str
    questions: tuple[str, ...] = ()
    audience: str = "everyone"
    collection: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


def read(name: str, data: bytes) -> list[Entry]:
    """Read all entries of a file; `name` may be a path, whose folders become part of the ids.

    Raises: `Unreadable`.
    """
    suffix = PurePosixPath(name.lower()).suffix
    reader, heavy = _READERS.get(suffix), _HEAVY_READERS.get(suffix)
    if reader is None and heavy is None:
        raise Unreadable(_REFUSED.get(suffix, "unknown_type"))
    if len(data) > MAX_FILE_BYTES:
        raise Unreadable("too_large")
    if not data:
        raise Unreadable("empty")
    if heavy is not None:
        entries = list(heavy(_Place.of(name), data))
    else:
        assert reader is not None
        text = decode(data)
        if not text.strip():
            raise Unreadable("empty")
        entries = list(reader(_Place.of(name), text))
    if not entries:
        raise Unreadable("empty")
    return entries


def is_heavy(name: str) -> bool:
    """Whether reading this file may take seconds or much memory: then it is done in a process of its own."""
    return PurePosixPath(name.lower()).suffix in _HEAVY_READERS


def decode(data: bytes) -> str:
    """Text of a file: UTF-8, UTF-16 with a mark, what an HTML page declares, GB18030, Big5.

    Raises: `Unreadable` for what is not text.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\0" in data:
        raise Unreadable("not_text")
    declared = re.search(rb"""<meta[^>]+charset=["']?([\w-]+)""", data[:2048], re.IGNORECASE)
    candidates = ["utf-8", *([declared[1].decode("ascii")] if declared else []), "gb18030", "big5"]
    for encoding in candidates:
        try:
            return _decoded(data, encoding)
        except Unreadable:
            continue
    raise Unreadable("not_text")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise Unreadable("not_text") from None
    if any(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\v\x85" for c in text[:4096]) or "\0" in text:
        raise Unreadable("not_text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


# ── where an entry comes from: id and language out of the path ──────────────────────────────────────
_LANGUAGES = {"zh": "zh", "zh-cn": "zh", "zh-hans": "zh", "zh-hant": "zh", "zh-tw": "zh", "zh-hk": "zh", "cn": "zh",
              "en": "en", "en-us": "en", "en-gb": "en"}  # fmt: skip
_TAIL = re.compile(r"[._-](" + "|".join(map(re.escape, _LANGUAGES)) + r")$")


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    """Without suffix and language: what the language versions of a file share."""
    stem: str
    language: str | None

    @classmethod
    def of(cls, name: str) -> _Place:
        parts = [p for p in PurePosixPath(name.replace("\\", "/")).parts if p not in {"/", "..", "."}]
        folders, stem = parts[:-1], PurePosixPath(parts[-1]).stem if parts else ""
        language = None
        tail = _TAIL.search(stem.lower())
        if tail and tail.start() > 0:
            language, stem = _LANGUAGES[tail[1]], stem[: tail.start()]
        for folder in [f for f in folders if f.lower() in _LANGUAGES]:
            language = language or _LANGUAGES[folder.lower()]
            folders = [f for f in folders if f is not folder]
        return cls("/".join([*folders, stem]), stem, language)


def slugify(text: str) -> str:
    """A stable id: lower case letters, digits and Han, `-` between words, `/` and `.` kept, at most 180 characters."""
    text = unicodedata.normalize("NFKC", text).lower()
    slug = re.sub(r"[^\w/.]+", "-", text).strip("-./")
    if len(slug) > 180:
        slug = slug[:167] + "-" + hashlib.sha256(slug.encode(errors="replace")).hexdigest()[:12]
    return slug or "entry"


def _entry(place: _Place, base: str, values: Mapping[str, Any], *, line: int | None = None) -> Entry:
    """Check and complete one entry. Raises: `Unreadable`."""
    title, body = _clean(values.get("title", "")).strip(), _clean(values.get("body", "")).strip()
    if not body or not title:
        raise Unreadable("no_text" if not body else "no_title", line)
    if len(title) > MAX_TITLE or len(body) > MAX_BODY:
        raise Unreadable("too_long", line)
    said = str(values.get("language") or "").strip().lower()
    language = _LANGUAGES.get(said) or place.language or detect_language(f"{title}\n{body}"[:2000], "en")
    questions = [_clean(q).strip()[:MAX_QUESTION] for q in _listed(values.get("questions"))]
    audience = str(values.get("audience") or "everyone").strip().lower()
    return Entry(
        slug=f"{slugify(base)}.{language}",
        language=language,
        title=title,
        body=body,
        questions=tuple(dict.fromkeys(q for q in questions if q and q != title))[:MAX_QUESTIONS],
        audience="agents" if audience in {"agents", "internal", "agent", "座席", "内部"} else "everyone",
        collection=_clean(values.get("collection") or ", ".join(_listed(values.get("tags")))).strip()[:100],
        valid_from=_day(values.get("valid_from"), line),
        valid_until=_day(values.get("valid_until"), line),
    )


def _clean(value: object) -> str:
    """Text that can be stored: no NUL, no lone surrogates."""
    return str("" if value is None else value).replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _listed(value: object) -> list[str]:
    match value:
        case None | "":
            return []
        case str():
            return [part for part in re.split(r"[\n|;；]", value) if part.strip()]
        case Sequence():
            return [str(part) for part in value if isinstance(part, str | int | float)]
    return [str(value)]


def _day(value: object, line: int | None) -> date | None:
    if value in (None, ""):
        return None
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise Unreadable("bad_date", line) from None


# ── one reader a format ─────────────────────────────────────────────────────────────────────────────
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_H1 = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_RAW_HTML = re.compile(r"(?is)<(script|style|iframe|object|embed)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)")


def _markdown(place: _Place, text: str) -> Iterator[Entry]:
    values: dict[str, Any] = {}
    front = _FRONT_MATTER.match(text)
    if front:
        try:
            loaded = yaml.safe_load(front[1])
        except yaml.YAMLError:
            raise Unreadable("broken_front_matter", 1) from None
        if isinstance(loaded, dict):
            values = {str(key).lower(): value for key, value in loaded.items()}
        text = text[front.end() :]
    text = _RAW_HTML.sub("", text)
    heading = _H1.match(text)
    if heading:
        text = text[heading.end() :]
    title = values.get("title") or (heading[1] if heading else place.stem.replace("-", " ").replace("_", " "))
    base = str(values.get("slug") or values.get("id") or place.path)
    yield _entry(place, base, {**values, "title": title, "body": text or title})


def _page(place: _Place, text: str) -> Iterator[Entry]:
    title, body = to_markdown(text)
    declared = re.search(r"""<html[^>]+lang=["']?([\w-]+)""", text[:4096], re.IGNORECASE)
    language = declared[1].lower() if declared else None
    if not body:
        raise Unreadable("empty")
    yield _entry(place, place.path, {"title": (title or place.stem)[:MAX_TITLE], "body": body, "language": language})


def _plain(place: _Place, text: str) -> Iterator[Entry]:
    first, _, rest = text.strip().partition("\n")
    has_title = bool(rest.strip()) and len(first) <= 80
    title = first.strip() if has_title else place.stem.replace("-", " ").replace("_", " ")
    yield _entry(place, place.path, {"title": title, "body": rest if has_title else text})


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


def _table(place: _Place, text: str) -> Iterator[Entry]:
    try:
        delimiter = csv.Sniffer().sniff(text[:8192], ",;\t|，").delimiter
    except csv.Error:
        delimiter = ","
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        yield from _rows(place, ((rows.line_num, row) for row in rows))
    except csv.Error:
        raise Unreadable("broken", rows.line_num) from None


def _rows(place: _Place, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Entry]:
    """A header, then one entry a row; each row with its number. Raises: `Unreadable`."""
    columns: dict[str, int] = {}
    for count, (number, row) in enumerate(rows):
        if not count:
            header = [cell.strip().lstrip("\ufeff").lower() for cell in row]
            columns = {name: i for name, known in _COLUMNS.items() for i, cell in enumerate(header) if cell in known}
            if "title" not in columns or "body" not in columns:
                raise Unreadable("no_columns", number)
            continue
        if not any(cell.strip() for cell in row):
            continue
        if count > MAX_ENTRIES:
            raise Unreadable("too_many", number)
        values = {name: row[i] for name, i in columns.items() if i < len(row)}
        base = values.get("id", "").strip() or f"{place.path}/{values.get('title', '')[:80]}"
        yield _entry(place, base, values, line=number)


def _lines(place: _Place, text: str) -> Iterator[Entry]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if number > MAX_ENTRIES:
            raise Unreadable("too_many", number)
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise Unreadable("broken", number) from None
        if not isinstance(row, dict):
            raise Unreadable("broken", number)
        body = row.get("body") or row.get("text") or row.get("answer") or row.get("content") or ""
        title = row.get("title") or row.get("question") or ""
        base = str(row.get("id") or row.get("slug") or f"{place.path}/{title}"[:160])
        values = {**row, "title": title, "body": body, "language": row.get("language") or row.get("lang")}
        yield _entry(place, base, values, line=number)


def _pdf(place: _Place, data: bytes) -> Iterator[Entry]:
    yield from _document(place, documents.pdf(data))


def _docx(place: _Place, data: bytes) -> Iterator[Entry]:
    yield from _document(place, documents.docx(data))


def _document(place: _Place, document: documents.Document) -> Iterator[Entry]:
    """One entry, or several for a document longer than an article may be: cut at headings, then at paragraphs."""
    title = (document.title or place.stem.replace("-", " ").replace("_", " "))[: MAX_TITLE - 10]
    language = place.language or detect_language(f"{title}\n{document.body}"[:4000], "en")
    for number, body in enumerate(_parts(document.body), start=1):
        name, base = (title, place.path) if number == 1 else (f"{title} ({number})", f"{place.path}/{number}")
        yield _entry(place, base, {"title": name, "body": body, "language": language})


def _parts(body: str) -> Iterator[str]:
    held = ""
    for section in re.split(r"\n\n(?=## )", body) if len(body) > MAX_BODY else [body]:
        for block in section.split("\n\n") if len(section) > MAX_BODY else [section]:
            for start in range(0, max(len(block), 1), MAX_BODY):
                piece = block[start : start + MAX_BODY]
                if held and len(held) + len(piece) + 2 > MAX_BODY:
                    yield held
                    held = ""
                held = f"{held}\n\n{piece}" if held else piece
    if held:
        yield held


def _xlsx(place: _Place, data: bytes) -> Iterator[Entry]:
    """Entries of every sheet that has the columns. Raises: `Unreadable` when none has."""
    sheets: dict[str, list[tuple[int, Sequence[str]]]] = {}
    for row in documents.xlsx(data, max_rows=MAX_ENTRIES):
        sheets.setdefault(row.sheet, []).append((row.number, row.cells))
    if not sheets:
        raise Unreadable("empty")
    found = 0
    for rows in sheets.values():
        try:
            for entry in _rows(place, rows):
                found += 1
                yield entry
        except Unreadable as error:
            if error.reason != "no_columns":
                raise
    if not found:
        raise Unreadable("no_columns", 1)


_HEAVY_READERS: dict[str, Callable[[_Place, bytes], Iterator[Entry]]] = {
    ".pdf": _pdf,
    ".docx": _docx,
    ".xlsx": _xlsx,
}
_REFUSED = {
    **dict.fromkeys((".docm", ".xlsm", ".dotm", ".xltm", ".xlsb", ".pptm"), "macros"),
    **dict.fromkeys((".doc", ".xls", ".ppt", ".pptx", ".rtf", ".odt", ".ods", ".pages", ".wps"), "convert_first"),
}
_READERS: dict[str, Callable[[_Place, str], Iterator[Entry]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".html": _page,
    ".htm": _page,
    ".txt": _plain,
    ".text": _plain,
    ".csv": _table,
    ".tsv": _table,
    ".jsonl": _lines,
    ".ndjson": _lines,
}
