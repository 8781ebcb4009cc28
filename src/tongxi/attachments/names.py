"""File names people can read and no system trips over. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from tongxi.attachments.kinds import KINDS, Kind

MAX_LENGTH = 150
"""Code points, with the extension."""

_KNOWN = {extension for kind in KINDS for extension in kind.extensions}
_NOT_ASCII = re.compile(r'[^\x20-\x7e]|["\\%]')


def extension_of(name: str) -> str:
    """The last extension in lower case, without the dot; empty if there is none."""
    _, dot, extension = readable(name).rpartition(".")
    return extension.lower() if dot else ""


def readable(name: str) -> str:
    """The name without path parts, control, direction and invisible characters; may be empty."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = (" " if char in "\t\r\n" else char for char in last if char in "\t\r\n" or _is_visible(char))
    return " ".join("".join(kept).split()).strip(" .")


def fitting(name: str, kind: Kind) -> str:
    """`readable(name)` with an extension that tells the truth, at most 150 code points."""
    stem, dot, extension = readable(name).rpartition(".")
    if not dot:
        stem, extension = extension, ""
    if extension.lower() not in kind.extensions:
        # `photo.png` that is a JPEG becomes `photo.jpg`; `photo.html` that is a JPEG becomes `photo.html.jpg`.
        stem = stem if extension.lower() in _KNOWN else f"{stem}.{extension}".strip(".")
        extension = kind.extensions[0]
    room = MAX_LENGTH - len(extension) - 1
    return f"{stem.strip(' .')[:room].rstrip(' .') or 'file'}.{extension}"


def disposition(name: str, *, inline: bool) -> str:
    """The `Content-Disposition` header; Source: RFC 6266, RFC 8187."""
    plain = _NOT_ASCII.sub("_", name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
