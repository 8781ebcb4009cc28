"""Files to upload, made on the spot."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from typing import Any

from PIL import Image


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
