"""Files to entries: Markdown, HTML, text, tables, JSON Lines, PDF, Word and Excel, as people save them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

import orjson
import yaml

from tongxi.kit.language import detect_language
from tongxi.kit.text import normalise
from tongxi.knowledge import tables
from tongxi.knowledge.documents import Document
from tongxi.knowledge.embedded import Carried, in_markdown
from tongxi.knowledge.entries import MAX_BODY as MAX_BODY
from tongxi.knowledge.entries import MAX_QUESTION as MAX_QUESTION
from tongxi.knowledge.entries import MAX_QUESTIONS as MAX_QUESTIONS
from tongxi.knowledge.entries import MAX_TITLE as MAX_TITLE
from tongxi.knowledge.entries import Entry as Entry
from tongxi.knowledge.entries import Place, make
from tongxi.knowledge.entries import slugify as slugify
from tongxi.knowledge.excel import xlsx
from tongxi.knowledge.failures import Unreadable as Unreadable
from tongxi.knowledge.html import to_markdown
from tongxi.knowledge.pdf import pdf
from tongxi.knowledge.word import docx

MAX_FILE_BYTES = 20_000_000
MAX_ENTRIES = tables.MAX_ENTRIES


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
    if _kind(data) not in (None, suffix):
        raise Unreadable("wrong_type")
    if heavy is not None:
        entries = list(heavy(Place.of(name), data))
    else:
        assert reader is not None
        text = decode(data)
        if not text.strip():
            raise Unreadable("empty")
        # A page saved as text is still a page: nobody wants its marks quoted.
        reader = _page if reader is _plain and _PAGE.match(text) else reader
        entries = list(reader(Place.of(name), text))
    if not entries:
        raise Unreadable("empty")
    return entries


def is_heavy(name: str) -> bool:
    """Whether reading this file may take seconds or much memory: then it is done in a process of its own."""
    return PurePosixPath(name.lower()).suffix in _HEAVY_READERS


_SIGNATURES = (
    (b"%PDF-", ".pdf"),
    (b"\x89PNG\r\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"PK\x03\x04", ".zip"),
)
_PACKAGES = ((b"word/", ".docx"), (b"xl/", ".xlsx"))
_PAGE = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)


def _kind(data: bytes) -> str | None:
    """What a file is by its first bytes, whatever it is called; None where they do not tell.

    An Office package is told apart where it is read.
    """
    found = next((suffix for start, suffix in _SIGNATURES if data.startswith(start)), None)
    if found == ".zip":
        return next((suffix for part, suffix in _PACKAGES if part in data[:200_000]), None)
    return found


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
    for encoding in ("utf-8", *([declared[1].decode("ascii")] if declared else [])):
        with suppress(Unreadable):
            return _decoded(data, encoding)
    # Nearly any bytes are some GB18030: the reading with more characters in use is the right one.
    read: list[str] = []
    for encoding in ("gb18030", "big5"):
        with suppress(Unreadable):
            read.append(_decoded(data, encoding))
    if not read:
        raise Unreadable("not_text")
    return max(read, key=_in_use)


def _in_use(text: str) -> float:
    """Share of the characters beyond ASCII, simplified, that are among the 6,763 of GB 2312, 0…1."""
    beyond = [c for c in normalise(text[:4096]) if c > "\x7f"]
    return sum(bool(c.encode("gb2312", "ignore")) for c in beyond) / max(1, len(beyond))


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise Unreadable("not_text") from None
    if any(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\v\x85" for c in text[:4096]) or "\0" in text:
        raise Unreadable("not_text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


# ── one reader a format ─────────────────────────────────────────────────────────────────────────────
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_H1 = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_RAW_HTML = re.compile(r"(?is)<(script|style|iframe|object|embed)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)")


def _markdown(place: Place, text: str) -> Iterator[Entry]:
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
    carried = Carried()
    text = in_markdown(_RAW_HTML.sub("", text), carried)
    heading = _H1.match(text)
    if heading:
        text = text[heading.end() :]
    title = values.get("title") or (heading[1] if heading else place.stem.replace("-", " ").replace("_", " "))
    base = str(values.get("slug") or values.get("id") or place.path)
    yield make(place, base, {**values, "title": title, "body": text or title}, pictures=carried.pictures)


def _page(place: Place, text: str) -> Iterator[Entry]:
    carried = Carried()
    title, body = to_markdown(text, carried)
    declared = re.search(r"""<html[^>]+lang=["']?([\w-]+)""", text[:4096], re.IGNORECASE)
    language = declared[1].lower() if declared else None
    if not body:
        raise Unreadable("empty")
    values = {"title": (title or place.stem)[:MAX_TITLE], "body": body, "language": language}
    yield make(place, place.path, values, pictures=carried.pictures)


def _plain(place: Place, text: str) -> Iterator[Entry]:
    first, _, rest = text.strip().partition("\n")
    has_title = bool(rest.strip()) and len(first) <= 80
    title = first.strip() if has_title else place.stem.replace("-", " ").replace("_", " ")
    yield make(place, place.path, {"title": title, "body": rest if has_title else text})


def _table(place: Place, text: str) -> Iterator[Entry]:
    yield from tables.entries(place, tables.parsed(text))


def _lines(place: Place, text: str) -> Iterator[Entry]:
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
        yield make(place, base, values, line=number)


def _pdf(place: Place, data: bytes) -> Iterator[Entry]:
    yield from _document(place, pdf(data))


def _docx(place: Place, data: bytes) -> Iterator[Entry]:
    yield from _document(place, docx(data))


def _document(place: Place, document: Document) -> Iterator[Entry]:
    """One entry, or several for a document longer than an article may be: cut at headings, then at paragraphs."""
    title = (document.title or place.stem.replace("-", " ").replace("_", " "))[: MAX_TITLE - 10]
    language = place.language or detect_language(f"{title}\n{document.body}"[:4000], "en")
    for number, body in enumerate(_parts(document.body), start=1):
        name, base = (title, place.path) if number == 1 else (f"{title} ({number})", f"{place.path}/{number}")
        yield make(place, base, {"title": name, "body": body, "language": language}, pictures=document.pictures)


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


def _xlsx(place: Place, data: bytes) -> Iterator[Entry]:
    """Entries of every sheet that has the columns. Raises: `Unreadable` when none has."""
    sheets: dict[str, list[tuple[int, Sequence[str]]]] = {}
    for row in xlsx(data, max_rows=MAX_ENTRIES):
        sheets.setdefault(row.sheet, []).append((row.number, row.cells))
    if not sheets:
        raise Unreadable("empty")
    found = 0
    for rows in sheets.values():
        try:
            for entry in tables.entries(place, rows):
                found += 1
                yield entry
        except Unreadable as error:
            if error.reason != "no_columns":
                raise
    if not found:
        raise Unreadable("no_columns", 1)


_HEAVY_READERS: dict[str, Callable[[Place, bytes], Iterator[Entry]]] = {
    ".pdf": _pdf,
    ".docx": _docx,
    ".xlsx": _xlsx,
}
_REFUSED = {
    **dict.fromkeys((".docm", ".xlsm", ".dotm", ".xltm", ".xlsb", ".pptm"), "macros"),
    **dict.fromkeys((".doc", ".xls", ".ppt", ".pptx", ".rtf", ".odt", ".ods", ".pages", ".wps"), "convert_first"),
}
_READERS: dict[str, Callable[[Place, str], Iterator[Entry]]] = {
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
