"""Word documents to the Markdown subset of articles. Pure, and slow."""

from __future__ import annotations

import io
import re
from typing import Any, Final

from tongxi.knowledge.documents import Document, check_package, markdown
from tongxi.knowledge.embedded import Carried
from tongxi.knowledge.failures import Unreadable
from tongxi.knowledge.marks import captioned, mark

MAX_TABLE_ROWS: Final = 2_000
"""Of one table."""
_SAFE_LINK = re.compile(r"^(?:https?://|mailto:)[^\s()<>]+$", re.IGNORECASE)


def docx(data: bytes) -> Document:
    """Text of a Word document with its headings, lists, tables, links and pictures. Raises: `Unreadable`."""
    import docx as word
    from docx.table import Table

    check_package(data, "word")
    try:
        opened = word.Document(io.BytesIO(data))
        blocks: list[str] = []
        carried = Carried()
        styles = {one.style_id: str(one.name or "").lower() for one in opened.styles}
        title = str(opened.core_properties.title or "").strip()
        for part in opened.iter_inner_content():
            if isinstance(part, Table):
                blocks += _docx_table(part)
                blocks += [
                    one for row in part.rows for cell in _own_cells(row) for one in _cell_pictures(cell, carried)
                ]
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
    return Document(title, markdown(blocks), tuple(carried.pictures))


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


def _cells(row: Any) -> list[Any]:
    """The cells of a row in its columns; None where one goes on that began further left."""
    made: list[Any] = []
    for cell in row.cells:
        made.append(None if any(cell._tc is one._tc for one in made if one is not None) else cell)
    return made


def _own_cells(row: Any) -> list[Any]:
    """Those that do not only go on from the row above."""
    own = {id(one) for one in row._tr.tc_lst}
    return [cell for cell in _cells(row) if cell is not None and id(cell._tc) in own]


def _cell_text(cell: Any) -> str:
    """All of it on one line, tables inside included."""
    said = []
    for part in cell.iter_inner_content():
        if hasattr(part, "rows"):
            said += [_cell_text(one) for row in part.rows for one in _own_cells(row)]
        else:
            said.append(str(part.text))
    return " ".join(" ".join(said).split())


def _cell_pictures(cell: Any, carried: Carried) -> list[str]:
    made = []
    for part in cell.iter_inner_content():
        if hasattr(part, "rows"):
            made += [one for row in part.rows for inner in _own_cells(row) for one in _cell_pictures(inner, carried)]
        else:
            made += _docx_pictures(part, carried)
    return made


def _docx_table(table: Any) -> list[str]:
    rows = []
    for row in list(table.rows)[:MAX_TABLE_ROWS]:
        cells = ["" if cell is None else _cell_text(cell).replace("|", "/") for cell in _cells(row)]
        if any(cells):
            rows.append(cells)
    if not rows:
        return []
    width = max(map(len, rows))
    lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
    return ["\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])]
