"""What a file is, told from its bytes; its name only chooses between TXT and CSV. Pure."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import ClassVar

from tongxi.kit import packages
from tongxi.kit.errors import AppError

MAX_BYTES = 20 * 1024 * 1024


class UploadRefused(AppError):
    """This file cannot be sent. `reason` says why."""

    code: ClassVar[str] = "invalid"
    status: ClassVar[int] = 422

    def __init__(self, reason: str) -> None:
        super().__init__(_SAID[reason], reason=reason)


_SAID = {
    "empty": "The file is empty.",
    "type": "Only pictures (PNG, JPEG, GIF, WebP), PDF, TXT, CSV, DOCX and XLSX can be sent.",
    "damaged": "The file is damaged or not what its beginning says.",
    "macros": "Documents with macros cannot be sent; save it without them.",
    "encrypted": "Documents with a password cannot be sent.",
    "media_type": "Only pictures (PNG, JPEG, GIF, WebP), videos (MP4, WebM) and PDF can stand in an article.",
    "pixels": "The picture is too large: at most 40 megapixels.",
    "bomb": "The file unpacks to more than a document has.",
}


class UploadTooLarge(AppError):
    """The file is larger than 20 MB."""

    code: ClassVar[str] = "too_large"
    status: ClassVar[int] = 413


@dataclass(frozen=True, slots=True)
class Kind:
    """An accepted type of file."""

    mime: str
    extensions: tuple[str, ...]
    """Without the dot; the first is put on names that have none of them."""
    is_image: bool = False


PNG = Kind("image/png", ("png",), is_image=True)
JPEG = Kind("image/jpeg", ("jpg", "jpeg", "jfif"), is_image=True)
GIF = Kind("image/gif", ("gif",), is_image=True)
WEBP = Kind("image/webp", ("webp",), is_image=True)
PDF = Kind("application/pdf", ("pdf",))
TXT = Kind("text/plain", ("txt",))
CSV = Kind("text/csv", ("csv",))
DOCX = Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
MP4 = Kind("video/mp4", ("mp4", "m4v"))
WEBM = Kind("video/webm", ("webm",))

KINDS = (PNG, JPEG, GIF, WEBP, PDF, TXT, CSV, DOCX, XLSX)
"""What people may send."""
MEDIA_KINDS = (PNG, JPEG, GIF, WEBP, MP4, WEBM, PDF)
"""What may stand in an article."""

_PDF_TAIL = 2048
_MP4_BRANDS = frozenset((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"))
"""Brands of files that browsers play. Source: RFC 4337, and mp4ra.org."""
_MARKUP = re.compile(
    r"<(?:!doctype\s|\?xml\s|!--|(?:html|head|body|title|base|meta|link|style|script|iframe|object|embed|form|input|svg|math"
    r"|img|video|audio|div|table|font|h1|a|b|p|br)[\s/>])",
    re.IGNORECASE,
)
"""What browsers take for a page. Source: WHATWG MIME Sniffing, section 7.1, and elements that run or load something."""
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
_SNIFFED = 4096
"""Browsers that guess a type look at far less than this."""


def kind_of(data: bytes, extension: str) -> Kind:
    """Tell the kind of a whole file; `extension`: lower case, without the dot.

    Raises: `UploadRefused` with the reason `empty`, `type`, `damaged`, `macros`, `encrypted` or `bomb`.
    """
    if not data:
        raise UploadRefused("empty")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-_PDF_TAIL:]:
            raise UploadRefused("damaged")
        return PDF
    if data.startswith(b"PK\x03\x04"):
        try:
            return {"word": DOCX, "excel": XLSX}[packages.family(io.BytesIO(data))]
        except packages.NotAccepted as error:
            raise UploadRefused(error.reason) from error
    text_kind = {"txt": TXT, "csv": CSV}.get(extension)
    if text_kind is None or not _is_plain_text(data):
        raise UploadRefused("type")
    return text_kind


def media_kind_of(data: bytes) -> Kind:
    """Tell the kind of a file that is to stand in an article.

    Raises: `UploadRefused` with the reason `empty`, `media_type` or `damaged`.
    """
    if data[4:8] == b"ftyp" and data[8:12] in _MP4_BRANDS:
        return MP4
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM
    try:
        kind = kind_of(data, "")
    except UploadRefused as error:
        raise error if error.fields["reason"] in ("empty", "damaged") else UploadRefused("media_type") from error
    if kind not in MEDIA_KINDS:
        raise UploadRefused("media_type")
    return kind


def _is_plain_text(data: bytes) -> bool:
    """Text in an encoding that is met in practice, and no page or script under the name of a text."""
    text = _decoded(data)
    if text is None or _CONTROLS.search(text):
        return False
    return _MARKUP.match(text[:_SNIFFED].lstrip("\ufeff \t\r\n\f\v")) is None


def _decoded(data: bytes) -> str | None:
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
