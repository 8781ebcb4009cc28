"""PDF, Word and Excel files to the Markdown subset of articles. Pure, and slow: called in a process of its own.

Nothing in a file is run or fetched: no macros, no links, no embedded files, no external references.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from tongxi.kit.packages import NotAccepted, family
from tongxi.knowledge.embedded import Carried, Picture
from tongxi.knowledge.failures import Unreadable
from tongxi.knowledge.marks import captioned, mark

MAX_PAGES: Final = 3_000
MAX_PARAGRAPH: Final = 1_200
MAX_TABLE_ROWS: Final = 2_000
"""Of one table in a Word document."""
_HEADING_SIZE: Final = 1.12
"""Set this much larger than most of the text, a short line is a heading."""
_HAN = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
_ENDS = re.compile(r"[.!?。！？；;:：…]['\"”’)）】]*$")
_BULLET = re.compile(r"^(?:[•●◦▪■□·*–-]|\(?\d{1,2}[.)、）]|[（(][一二三四五六七八九十]+[）)])\s*")
_ITEM = re.compile(r"^(?:- |\d{1,2}[.)、）] ?)")
_NUMBERED_HEADING = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[章节条]|[一二三四五六七八九十]+、|\d+(?:\.\d+){1,3})\s*\S"
)
_PAGE_NUMBER = re.compile(
    r"^(?:第\s*)?[-–]?\s*\d+\s*(?:/\s*\d+|页|of \d+)?\s*[-–]?(?:\s*页)?$|^page \d+(?: of \d+)?$", re.IGNORECASE
)
_NO_TITLE = re.compile(r"(?i)^untitled|\.(?:docx?|pdf|pptx?|xlsx?|html?)$")
_SAFE_LINK = re.compile(r"^(?:https?://|mailto:)[^\s()<>]+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says."""

    title: str
    body: str
    pictures: tuple[Picture, ...] = ()
    """Those it holds; the body calls them `embedded:<n>`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet."""

    sheet: str
    number: int
    cells: tuple[str, ...]


# ── PDF ─────────────────────────────────────────────────────────────────────────────────────────
@dataclass(slots=True)
class _Line:
    text: str
    size: float
    page: int


def pdf(data: bytes) -> Document:
    """Text of a PDF, with headings by size of type or bookmarks, without running heads and page numbers.

    Raises: `Unreadable`: `broken`, `encrypted`, `no_text` (scanned pages), `too_many_pages`.
    """
    from pypdf import PdfReader

    if b"%PDF-" not in data[:1024]:
        raise Unreadable("broken")
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted")
        if len(reader.pages) > MAX_PAGES:
            raise Unreadable("too_many_pages")
        lines = [line for number, page in enumerate(reader.pages) for line in _page_lines(page, number)]
        title = _letters(str((reader.metadata.title if reader.metadata else "") or "").strip())
        marks = {_squeezed(str(mark.get("/Title", ""))) for mark in _bookmarks(reader.outline)}
    except Unreadable:
        raise
    except Exception as error:  # the library lets anything through that its parsers raise
        raise Unreadable("encrypted" if "rypt" in type(error).__name__ + str(error)[:200] else "broken") from error
    lines = _without_running_heads(lines)
    if sum(len(line.text) for line in lines) < 20:
        raise Unreadable("no_text")
    if _NO_TITLE.search(title):
        title = ""
    return _composed(lines, marks, title)


def _page_lines(page: Any, number: int) -> Iterator[_Line]:
    pieces: list[tuple[str, float]] = []

    def visit(text: str, _: Any, matrix: Any, __: Any, size: float) -> None:
        scale = abs(matrix[3]) or abs(matrix[0]) or 1.0
        pieces.append((_letters(text), float(size or 0) * float(scale)))

    page.extract_text(visitor_text=visit)
    text, size = "", 0.0
    for piece, piece_size in pieces:
        for position, part in enumerate(piece.split("\n")):
            if position:
                if text.strip():
                    yield _Line(" ".join(text.split()), size, number)
                elif text or position > 1:
                    yield _Line("", 0, number)
                text, size = "", 0.0
            if part.strip():
                size = max(size, piece_size)
            text += part
    if text.strip():
        yield _Line(" ".join(text.split()), size, number)


_RADICALS: Final = str.maketrans(
    "⺎⺒⺓⺝⺟⺠⺩⺫⺮⺼⻁⻄⻅⻆⻉⻊⻋⻌⻍⻎⻑⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻰⻳",
    "兀巳幺月母民王目竹月虎西见角贝足车辶辶辶長长门阝雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿龙龟",
)
_LOOK_ALIKES = re.compile("[\u2f00-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")


def _letters(text: str) -> str:
    """Letters as people type them: PDF files often hold a radical that looks like the character, and ligatures."""
    return _LOOK_ALIKES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text.translate(_RADICALS))


def _bookmarks(outline: Any) -> Iterator[dict[str, Any]]:
    for one in outline if isinstance(outline, list) else []:
        if isinstance(one, list):
            yield from _bookmarks(one)
        elif isinstance(one, dict):
            yield one


def _squeezed(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _without_running_heads(lines: list[_Line]) -> list[_Line]:
    """Drop page numbers, and what stands at the top or bottom of most pages."""
    pages: dict[int, list[_Line]] = {}
    for line in lines:
        if line.text:
            pages.setdefault(line.page, []).append(line)
    edges: Counter[str] = Counter()
    for page in pages.values():
        edges.update({re.sub(r"\d+", "#", line.text) for line in [*page[:2], *page[-2:]]})
    often = {text for text, n in edges.items() if n >= 2 and n > len(pages) / 2}
    ends = {id(line) for page in pages.values() for line in [*page[:2], *page[-2:]]}
    return [
        line
        for line in lines
        if not (id(line) in ends and (re.sub(r"\d+", "#", line.text) in often or _PAGE_NUMBER.match(line.text)))
    ]


def _composed(lines: list[_Line], marks: set[str], title: str) -> Document:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    blocks: list[str] = []
    open_paragraph = False
    for line in lines:
        text = line.text
        if not text:
            open_paragraph = False
            continue
        is_large = usual > 0 and line.size > usual * _HEADING_SIZE
        is_short = len(text) <= 80 and not _ENDS.search(text)
        if is_short and (is_large or _squeezed(text) in marks or (len(text) <= 40 and _NUMBERED_HEADING.match(text))):
            if not title and not blocks and is_large:
                title = text
            elif _squeezed(text) != _squeezed(title) or blocks:
                blocks.append(f"## {text}")
            open_paragraph = False
        elif _BULLET.match(text):
            blocks.append(_BULLET.sub("- ", text, count=1) if not re.match(r"^\(?\d", text) else text)
            open_paragraph = True
        elif open_paragraph and blocks and not blocks[-1].startswith("## ") and not _is_full(blocks[-1]):
            blocks[-1] = _joined(blocks[-1], text)
        else:
            blocks.append(text)
            open_paragraph = True
        if _ENDS.search(text) and len(text) < 25 and not text.endswith(("：", ":")):
            open_paragraph = False
    return Document(title, _markdown(_without_false_headings(blocks)))


def _without_false_headings(blocks: list[str]) -> list[str]:
    """Three headings in a row are the cells of a table in larger type."""
    made = list(blocks)
    for start in range(len(blocks)):
        run = 0
        while start + run < len(blocks) and blocks[start + run].startswith("## "):
            run += 1
        if run >= 3:
            cells = [block.removeprefix("## ") for block in blocks[start : start + run]]
            made[start : start + run] = [f"## {cell}" if _NUMBERED_HEADING.match(cell) else cell for cell in cells]
    return made


def _is_full(block: str) -> bool:
    """Files without gaps between paragraphs would become one endless one."""
    return len(block) > MAX_PARAGRAPH and bool(_ENDS.search(block[-8:]))


def _joined(before: str, after: str) -> str:
    if before.endswith("-") and after[:1].islower():
        return before[:-1] + after
    return before + ("" if _HAN.match(before[-1:]) or _HAN.match(after) else " ") + after


def _markdown(blocks: list[str]) -> str:
    """Paragraphs apart, lines of a list together."""
    made = ""
    for position, block in enumerate(blocks):
        tight = position and all(_ITEM.match(one) for one in (block, blocks[position - 1]))
        made += ("" if not position else "\n" if tight else "\n\n") + block
    return made


# ── Word ────────────────────────────────────────────────────────────────────────────────────────
def docx(data: bytes) -> Document:
    """Text of a Word document with its headings, lists, tables, links and pictures. Raises: `Unreadable`."""
    import docx as word
    from docx.table import Table

    _check_package(data, "word")
    try:
        opened = word.Document(io.BytesIO(data))
        blocks: list[str] = []
        carried = Carried()
        styles = {one.style_id: str(one.name or "").lower() for one in opened.styles}
        title = str(opened.core_properties.title or "").strip()
        for part in opened.iter_inner_content():
            if isinstance(part, Table):
                blocks += _docx_table(part)
                continue
            style = styles.get(part._p.style, "")
            text = _docx_text(part).strip()
            pictures = _docx_pictures(part, carried)
            if style in ("caption", "题注") and text and blocks and blocks[-1].startswith("!["):
                blocks[-1] = captioned(blocks[-1], _plain(text))
                continue
            if not text:
                blocks += pictures
                continue
            level = re.match(r"(?:heading|标题) (\d)", style)
            is_title = style in ("title", "标题") or (level is not None and level[1] == "1" and not title)
            if is_title and not blocks:
                title = _plain(text)
                continue
            if level or style in ("subtitle", "副标题"):
                blocks.append("#" * min(6, max(2, int(level[1]) if level else 2)) + f" {_plain(text)}")
            elif "list" in style or (part._p.pPr is not None and part._p.pPr.numPr is not None):
                blocks.append(f"- {text}")
            else:
                blocks.append(text)
            blocks += pictures
    except Unreadable:
        raise
    except Exception as error:  # the library lets anything through that its parsers raise
        raise Unreadable("broken") from error
    if not any(block.strip("#- |") for block in blocks if not block.startswith("![")):
        raise Unreadable("no_text")
    return Document(title, _markdown(blocks), tuple(carried.pictures))


def _docx_pictures(paragraph: Any, carried: Carried) -> list[str]:
    """Marks of the pictures in a paragraph, with the alternative text that Word keeps; linked ones are not fetched."""
    made = []
    for drawing in paragraph._p.xpath(".//w:drawing"):
        alt = next((str(one) for one in drawing.xpath(".//wp:docPr/@descr")), "")
        for relation in drawing.xpath(".//a:blip/@r:embed"):
            part = paragraph.part.related_parts.get(str(relation))
            if part is not None:
                name = str(part.partname).rpartition("/")[2]
                made.append(mark(carried.add(part.blob, name), alt))
    return made


def _docx_text(paragraph: Any) -> str:
    made = ""
    for part in paragraph.iter_inner_content():
        text = str(part.text)
        address = str(getattr(part, "address", "") or "")
        if address and _SAFE_LINK.match(address) and text.strip():
            made += f"[{text.strip().replace('[', '(').replace(']', ')')}]({address})"
        elif getattr(part, "bold", False) and text.strip() and "*" not in text:
            inner = text.strip()
            made += text.replace(inner, f"**{inner}**", 1)
        else:
            made += text
    return made.replace("****", "")


def _plain(text: str) -> str:
    return text.replace("**", "").replace("\n", " ").strip()


def _docx_table(table: Any) -> list[str]:
    rows = []
    for row in list(table.rows)[:MAX_TABLE_ROWS]:
        cells = [" ".join(str(cell.text).split()).replace("|", "/") for cell in row.cells]
        if any(cells):
            rows.append(cells)
    if not rows:
        return []
    width = max(map(len, rows))
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    return ["\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])]


# ── Excel ───────────────────────────────────────────────────────────────────────────────────────
def xlsx(data: bytes, *, max_rows: int, max_columns: int = 100) -> list[Row]:
    """Rows of all visible sheets that have any text; values, not formulas. Raises: `Unreadable`."""
    from openpyxl import load_workbook

    _check_package(data, "excel")
    rows: list[Row] = []
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            values = sheet.iter_rows(max_row=max_rows + 2, max_col=max_columns, values_only=True)
            for number, cells in enumerate(values, start=1):
                texts = tuple(_cell(cell) for cell in cells)
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


def _check_package(data: bytes, kind: str) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("encrypted")  # what Office makes of a document with a password
    try:
        found = family(io.BytesIO(data))
    except NotAccepted as error:
        raise Unreadable({"type": "wrong_type", "damaged": "broken"}.get(error.reason, error.reason)) from error
    if found != kind:
        raise Unreadable("wrong_type")
