"""PDF files to the Markdown subset of articles: text, headings, lists, pictures. Pure, and slow."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tongxi.knowledge.documents import Document, markdown
from tongxi.knowledge.embedded import Carried
from tongxi.knowledge.failures import Unreadable
from tongxi.knowledge.marks import captioned
from tongxi.knowledge.pdf_pictures import Canvas, Drawn, taken

MAX_PAGES: Final = 3_000
MAX_PARAGRAPH: Final = 1_200
MAX_CAPTION: Final = 120
_HEADING_SIZE: Final = 1.12
"""Set this much larger than most of the text, a short line is a heading."""
_HAN = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
_ENDS = re.compile(r"[.!?。！？；;:：…]['\"”’)）】]*$")
_BULLET = re.compile(r"^(?:[•●◦▪■□·*–-]|\(?\d{1,2}[.)、）]|[（(][一二三四五六七八九十]+[）)])\s*")
_NUMBERED_HEADING = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[章节条]|[一二三四五六七八九十]+、|\d+(?:\.\d+){1,3})\s*\S"
)
_PAGE_NUMBER = re.compile(
    r"^(?:第\s*)?[-–]?\s*\d+\s*(?:/\s*\d+|页|of \d+)?\s*[-–]?(?:\s*页)?$|^page \d+(?: of \d+)?$", re.IGNORECASE
)
_CAPTION = re.compile(r"^(?:[图圖表]\s*[\d一二三四五六七八九十]|(?:figure|fig\.|table)\s*\d)", re.IGNORECASE)
_NO_TITLE = re.compile(r"(?i)^untitled|\.(?:docx?|pdf|pptx?|xlsx?|html?)$")


@dataclass(slots=True)
class _Line:
    text: str
    size: float
    page: int
    drawn: Drawn | None = None
    """A picture instead of text."""


def pdf(data: bytes) -> Document:
    """Text of a PDF with its pictures, headings by size of type or bookmarks, without running heads and page numbers.

    Raises: `Unreadable`: `broken`, `encrypted`, `no_text` (scanned pages), `too_many_pages`.
    """
    from pypdf import PdfReader

    if b"%PDF-" not in data[:1024]:
        raise Unreadable("broken")
    carried = Carried()
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted")
        if len(reader.pages) > MAX_PAGES:
            raise Unreadable("too_many_pages")
        lines = [line for number, page in enumerate(reader.pages) for line in _page_lines(page, number)]
        title = _letters(str((reader.metadata.title if reader.metadata else "") or "").strip())
        bookmarks = {_squeezed(str(one.get("/Title", ""))) for one in _bookmarks(reader.outline)}
        lines = _without_running_heads(lines)
        if sum(len(line.text) for line in lines) < 20:
            raise Unreadable("no_text")
        shown = [line for line in lines if line.drawn is not None]
        for line, made in zip(shown, taken([line.drawn for line in shown if line.drawn], carried), strict=True):
            line.text = made
    except Unreadable:
        raise
    except Exception as error:  # the library lets anything through that its parsers raise
        raise Unreadable("encrypted" if "rypt" in type(error).__name__ + str(error)[:200] else "broken") from error
    if _NO_TITLE.search(title):
        title = ""
    title, body = _composed(lines, bookmarks, title)
    return Document(title, body, tuple(carried.pictures))


def _page_lines(page: Any, number: int) -> Iterator[_Line]:
    pieces: list[tuple[str | Drawn, float]] = []
    canvas = Canvas(page)

    def enter(operator: bytes, operands: Any, *_: Any) -> None:
        canvas.before(operator, operands)

    def leave(operator: bytes, operands: Any, matrix: Any, _: Any) -> None:
        drawn = canvas.after(operator, operands, matrix)
        if drawn is not None:
            pieces.append((drawn, 0.0))

    def visit(text: str, _: Any, matrix: Any, __: Any, size: float) -> None:
        scale = abs(matrix[3]) or abs(matrix[0]) or 1.0
        pieces.append((_letters(text), float(size or 0) * float(scale)))

    page.extract_text(visitor_operand_before=enter, visitor_operand_after=leave, visitor_text=visit)
    text, size = "", 0.0
    for piece, piece_size in pieces:
        if isinstance(piece, Drawn):
            if text.strip():
                yield _Line(" ".join(text.split()), size, number)
            yield _Line("", 0, number, piece)
            text, size = "", 0.0
            continue
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


def _composed(lines: list[_Line], bookmarks: set[str], title: str) -> tuple[str, str]:
    """Title and body."""
    sizes: Counter[float] = Counter()
    for line in lines:
        if line.drawn is None:
            sizes[round(line.size, 1)] += len(line.text)
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    blocks: list[str] = []
    open_paragraph = False
    for line in lines:
        text = line.text
        if not text:
            open_paragraph = False
            continue
        if line.drawn is not None:
            blocks.append(text)
            open_paragraph = False
            continue
        if blocks and blocks[-1].startswith("![") and len(text) <= MAX_CAPTION and _CAPTION.match(text):
            blocks[-1] = captioned(blocks[-1], text)
            continue
        said = any(not block.startswith("![") for block in blocks)
        is_large = usual > 0 and line.size > usual * _HEADING_SIZE
        is_short = len(text) <= 80 and not _ENDS.search(text)
        if is_short and (
            is_large or _squeezed(text) in bookmarks or (len(text) <= 40 and _NUMBERED_HEADING.match(text))
        ):
            if not title and not said and is_large:
                title = text
            elif _squeezed(text) != _squeezed(title) or said:
                blocks.append(f"## {text}")
            open_paragraph = False
        elif _BULLET.match(text):
            blocks.append(_BULLET.sub("- ", text, count=1) if not re.match(r"^\(?\d", text) else text)
            open_paragraph = True
        elif open_paragraph and blocks and not blocks[-1].startswith(("## ", "![")) and not _is_full(blocks[-1]):
            blocks[-1] = _joined(blocks[-1], text)
        else:
            blocks.append(text)
            open_paragraph = True
        if _ENDS.search(text) and len(text) < 25 and not text.endswith(("：", ":")):
            open_paragraph = False
    return title, markdown(_without_false_headings(blocks))


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
