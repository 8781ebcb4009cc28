"""The folder of uploaded files, below the data folder. All calls block: run them in a thread."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

FOLDER = "attachments"
_PATH = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")


class Storage:
    """Keeps files under random names; what a file was called stands in the database only."""

    def __init__(self, data: Path) -> None:
        self.root = data / FOLDER

    def save(self, data: bytes) -> str:
        """Write a file through to the disk; give its path below the folder."""
        name = secrets.token_hex(16)
        folder = self.root / name[:2]
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = folder / f".{name}"
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            aside.rename(folder / name)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        _sync(folder)
        return f"{name[:2]}/{name}"

    def file(self, path: str) -> Path:
        """Where a stored file lies."""
        assert _PATH.fullmatch(path), "not a path made by `save`"
        return self.root / path

    def delete(self, path: str) -> None:
        """Remove a file; it may be gone already."""
        self.file(path).unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """The name is as durable as the content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
