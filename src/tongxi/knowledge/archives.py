"""A ZIP file as the folder that was packed. Nothing is unpacked to disk. Pure."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from tongxi.knowledge.failures import Unreadable

MAX_FILES: Final = 2_000
MAX_EXPANDED: Final = 200_000_000
"""Bytes of all files together."""
_ENCRYPTED: Final = 0x1
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, RuntimeError, EOFError, OSError)


def is_archive(name: str) -> bool:
    """Whether it is called a ZIP file."""
    return name.lower().endswith(".zip")


def files(data: bytes, *, max_file: int) -> list[tuple[str, bytes]]:
    """The files with their paths in the archive; of each at most one byte more than `max_file`.

    Raises: `Unreadable`: `broken`, `encrypted`, `bomb` (unpacks to far too much), `too_many_files`, `empty`.
    """
    if not data:
        raise Unreadable("empty")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = list(_read(archive, max_file))
    except _DAMAGED as error:
        raise Unreadable("broken") from error
    if not found:
        raise Unreadable("empty")
    return found


def _read(archive: zipfile.ZipFile, max_file: int) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_aside(entry.filename)]
    if len(entries) > MAX_FILES:
        raise Unreadable("too_many_files")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Unreadable("encrypted")
    left = MAX_EXPANDED
    if sum(entry.file_size for entry in entries) > left:
        raise Unreadable("bomb")
    for entry in entries:
        with archive.open(entry) as stream:
            content = stream.read(max_file + 1)
        left -= len(content)
        if left < 0:  # it had said it was smaller
            raise Unreadable("bomb")
        yield _name(entry), content


def _is_aside(path: str) -> bool:
    """What systems put beside the files: `__MACOSX/…`, `.DS_Store`."""
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(path.replace("\\", "/")).parts)


def _name(entry: zipfile.ZipInfo) -> str:
    """The path; archives made in China on Windows hold GBK without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename
