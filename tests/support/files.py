"""Files to upload, made on the spot."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import docx as word_files
from openpyxl import Workbook
from PIL import Image, UnidentifiedImageError
from pypdf import PdfWriter


def picture(format: str = "PNG", size: tuple[int, int] = (30, 20), mode: str = "RGB", **options: Any) -> bytes:  # noqa: A002
    """A picture with a red left and a blue right half."""
    image = Image.new(mode, size, "red" if mode != "L" else 90)
    if mode != "L":
        image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def animation(format: str, frames: int = 3, **options: Any) -> bytes:  # noqa: A002
    """A picture that moves."""
    images = [Image.new("RGB", (16, 16), (n * 40 % 256, 90, 0)) for n in range(frames)]
    out = io.BytesIO()
    images[0].save(out, format, save_all=True, append_images=images[1:], duration=50, loop=0, **options)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is this large; a few bytes all the same."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf() -> bytes:
    """A PDF with nothing in it."""
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def zipped(entries: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def docx(more: dict[str, bytes] | None = None, *, mark: str = _DOCX, part: str = "word/document.xml") -> bytes:
    """A Word document, with further entries."""
    types = f"<Types><Override PartName='/{part}' ContentType='{mark}'/></Types>"
    return zipped({"[Content_Types].xml": types.encode(), part: b"<w:document/>"} | (more or {}))


def xlsx() -> bytes:
    """An Excel workbook."""
    return docx(mark=_XLSX, part="xl/workbook.xml")


# ── documents with text, for the import of knowledge ──


def word(paragraphs: list[tuple[str, str]], table: list[list[str]] | None = None) -> bytes:
    """A Word document of (style, text)."""
    document = word_files.Document()
    document.core_properties.title = ""
    for style, text in paragraphs:
        document.add_paragraph(text, style=style or None)
    if table:
        made = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sheets(content: dict[str, list[list[Any]]]) -> bytes:
    """An Excel workbook: rows by sheet."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in content.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


PageLine = str | tuple[str, int] | tuple[bytes, tuple[int, int]]
"""A line; with its size in points; a JPEG, with the width and height it is drawn at."""


def pages(content: Sequence[Sequence[PageLine]], *, title: str = "", password: str = "") -> bytes:
    """A PDF: lines by page, 12 points unless told. Latin letters only; the same picture again is one object."""
    font, catalog, tree, first_picture = 3, 1, 2, 10_000
    pictures: dict[bytes, int] = {}
    objects: dict[int, bytes] = {font: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"}
    kids = []
    for number, lines in enumerate(content):
        page, stream = 10 + 2 * number, 11 + 2 * number
        drawn, y = [], 800
        for line in lines:
            text, size = line if isinstance(line, tuple) else (line, 12)
            if isinstance(text, bytes):
                assert isinstance(size, tuple)
                y -= size[1]
                shown = pictures.setdefault(text, first_picture + len(pictures))
                drawn.append(f"q {size[0]} 0 0 {size[1]} 50 {y} cm /Im{shown} Do Q")
                continue
            assert isinstance(size, int)
            y -= size + 6
            escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            drawn.append(f"BT /F1 {size} Tf 50 {y} Td ({escaped}) Tj ET")
        body = "\n".join(drawn).encode("latin-1")
        objects[stream] = b"<</Length %d>>stream\n%b\nendstream" % (len(body), body)
        objects[page] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
            b"/Resources<</Font<</F1 3 0 R>>/XObject 5 0 R>>/Contents %d 0 R>>" % stream
        )
        kids.append(b"%d 0 R" % page)
    objects[catalog] = b"<</Type/Catalog/Pages 2 0 R>>"
    objects[tree] = b"<</Type/Pages/Kids[%b]/Count %d>>" % (b" ".join(kids), len(kids))
    objects[4] = b"<</Title(%b)>>" % title.encode("latin-1")
    objects[5] = b"<<%b>>" % b"".join(b"/Im%d %d 0 R" % (number, number) for number in pictures.values())
    for data, number in pictures.items():
        width, height = 400, 300  # of what is no picture
        with suppress(UnidentifiedImageError), Image.open(io.BytesIO(data)) as image:
            width, height = image.size
        objects[number] = (
            b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8"
            b"/Filter/DCTDecode/Length %d>>stream\n%b\nendstream" % (width, height, len(data), data)
        )
    out, places = b"%PDF-1.4\n", {}
    for number in sorted(objects):
        places[number] = len(out)
        out += b"%d 0 obj%bendobj\n" % (number, objects[number])
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number in sorted(objects):
        out += b"%d 1\n%010d 00000 n \n" % (number, places[number])
    out += b"trailer<</Size %d/Root 1 0 R/Info 4 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    if not password:
        return out
    writer = PdfWriter(clone_from=io.BytesIO(out))
    writer.encrypt(password, algorithm="AES-256")
    sealed = io.BytesIO()
    writer.write(sealed)
    return sealed.getvalue()


def mp4(width: int = 320, height: int = 240, *, turned: bool = False, about: bytes = b"") -> bytes:
    """The frame of an MP4 without a film in it; `about`: what a telephone writes beside it."""

    def box(kind: bytes, *content: bytes) -> bytes:
        body = b"".join(content)
        return struct.pack(">I", len(body) + 8) + kind + body

    matrix = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30) if turned else (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
    track = bytes(40) + struct.pack(">9i", *matrix) + struct.pack(">II", width << 16, height << 16)
    aside = box(b"udta", about) if about else b""
    return (
        box(b"ftyp", b"isom", bytes(4), b"isommp42")
        + box(b"moov", box(b"mvhd", bytes(100)), box(b"trak", box(b"tkhd", track), aside), aside)
        + box(b"mdat", bytes(64))
    )


def webm(width: int = 320, height: int = 240, doc_type: bytes = b"webm") -> bytes:
    """The frame of a WebM without a film in it."""

    def element(name: bytes, content: bytes) -> bytes:
        return name + struct.pack(">Q", (1 << 56) | len(content)) + content

    video = element(b"\xe0", element(b"\xb0", struct.pack(">H", width)) + element(b"\xba", struct.pack(">H", height)))
    tracks = element(b"\x16\x54\xae\x6b", element(b"\xae", element(b"\xd7", b"\x01") + video))
    cluster = b"\x1f\x43\xb6\x75" + b"\x01" + b"\xff" * 7 + bytes(40)
    return element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", doc_type)) + (
        b"\x18\x53\x80\x67" + b"\x01" + b"\xff" * 7 + tracks + cluster
    )
