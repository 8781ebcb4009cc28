"""DOCX and XLSX are ZIP files: is this one, and is it harmless to open? Pure; nothing is unpacked to disk."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import IO

MAX_ENTRIES = 2000
MAX_EXPANDED = 200 * 1024 * 1024
"""Bytes of all entries together."""
MAX_RATIO = 200
"""Expanded to packed size, of the whole file; real documents stay below 50."""

_CONTENT_TYPES = "[Content_Types].xml"
_MAX_CONTENT_TYPES = 1024 * 1024
_ENCRYPTED = 0x1
_END_BYTES = 22  # the end record without a comment
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, RuntimeError, EOFError, OSError)
_MAIN = {
    "word": ("word/document.xml", b"wordprocessingml.document.main+xml"),
    "excel": ("xl/workbook.xml", b"spreadsheetml.sheet.main+xml"),
}


class NotAccepted(ValueError):
    """Not such a document; `reason`: `type`, `damaged`, `macros`, `encrypted` or `bomb`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def family(file: IO[bytes]) -> str:
    """`word` or `excel`. Raises: `NotAccepted`."""
    try:
        _check_end(file)
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries, _size(file))
            found = _family(archive, {entry.filename for entry in entries})
            for entry in entries:
                _check_content(archive, entry)
            return found
    except NotAccepted:
        raise
    except _DAMAGED as error:
        raise NotAccepted("damaged") from error


def _check_end(file: IO[bytes]) -> None:
    """Nothing hangs behind the archive: the end record, without a comment, ends the file."""
    file.seek(-min(_END_BYTES, _size(file)), 2)
    end = file.read()
    if not end.startswith(b"PK\x05\x06") or not end.endswith(b"\0\0"):
        raise NotAccepted("damaged")


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise NotAccepted("bomb")
    expanded = sum(entry.file_size for entry in entries)
    if expanded > MAX_EXPANDED or expanded > MAX_RATIO * size:
        raise NotAccepted("bomb")
    if sum(entry.compress_size for entry in entries) > size:  # entries that share bytes
        raise NotAccepted("bomb")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names) or min((entry.header_offset for entry in entries), default=0):
        raise NotAccepted("damaged")
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise NotAccepted("encrypted")
        parts = entry.filename.replace("\\", "/").split("/")
        if entry.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in entry.orig_filename:
            raise NotAccepted("damaged")
        if parts[-1].lower() == "vbaproject.bin":
            raise NotAccepted("macros")


def _family(archive: zipfile.ZipFile, names: set[str]) -> str:
    if _CONTENT_TYPES not in names:
        raise NotAccepted("type")
    with archive.open(_CONTENT_TYPES) as stream:
        types = stream.read(_MAX_CONTENT_TYPES)
    if b"macroEnabled" in types:
        raise NotAccepted("macros")
    for name, (part, mark) in _MAIN.items():
        if part in names and mark in types:
            return name
    raise NotAccepted("type")


def _check_content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack an entry in small pieces, so that a false size or checksum shows."""
    left = entry.file_size
    with archive.open(entry) as stream:
        while piece := stream.read(1 << 18):
            left -= len(piece)
            if left < 0:
                raise NotAccepted("bomb")
    if left:
        raise NotAccepted("damaged")


def _size(file: IO[bytes]) -> int:
    at = file.tell()
    size = file.seek(0, 2)
    file.seek(at)
    return size
