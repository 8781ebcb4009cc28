"""Files that are slow or dangerous to read are read in a process of their own, with a limit on time and memory.

What breaks in there (a parser that runs away, a document that needs gigabytes) is one file that was not read.
"""

from __future__ import annotations

import asyncio
import logging
import os
import struct
import sys
from base64 import b64decode, b64encode
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from types import TracebackType
from typing import Any, BinaryIO, Final

import orjson

from tongxi.knowledge.embedded import Picture
from tongxi.knowledge.failures import Unreadable
from tongxi.knowledge.reading import MAX_FILE_BYTES, Entry, is_heavy, read

MAX_SECONDS: Final = 60.0
MAX_MEMORY: Final = 1_500_000_000
_LENGTH: Final = struct.Struct(">II")
_ANSWER: Final = struct.Struct(">I")
_MAX_ANSWER: Final = 200_000_000
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV", "TMPDIR", "TEMP")
"""All that is left of the environment: no secrets where strangers' files are opened."""


class Readers:
    """Reads files for one import: `async with Readers() as readers: await readers.read(name, data)`."""

    def __init__(self, *, max_seconds: float = MAX_SECONDS) -> None:
        self._max_seconds = max_seconds
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Readers:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    async def read(self, name: str, data: bytes) -> list[Entry]:
        """Entries of a file. Raises: `Unreadable`, also `too_heavy` when time or memory ran out."""
        if not is_heavy(name) or len(data) > MAX_FILE_BYTES:
            return await asyncio.to_thread(read, name, data)
        try:
            async with asyncio.timeout(self._max_seconds):
                answer = await self._ask(name, data)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            await self._stop()
            raise Unreadable("too_heavy") from error
        except asyncio.CancelledError:
            await self._stop()
            raise
        if "reason" in answer:
            raise Unreadable(answer["reason"], answer["line"])
        return [_entry(one) for one in answer["entries"]]

    async def _ask(self, name: str, data: bytes) -> dict[str, Any]:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", __name__,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                env={key: os.environ[key] for key in _KEPT if key in os.environ},
            )  # fmt: skip
        to, back = self._process.stdin, self._process.stdout
        assert to is not None
        assert back is not None
        raw = name.encode("utf-8", "replace")
        to.write(_LENGTH.pack(len(raw), len(data)) + raw + data)
        await to.drain()
        (size,) = _ANSWER.unpack(await back.readexactly(_ANSWER.size))
        if size > _MAX_ANSWER:
            raise ConnectionError("answer too large")
        answer: dict[str, Any] = orjson.loads(await back.readexactly(size))
        return answer

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _entry(one: dict[str, Any]) -> Entry:
    days = {name: date.fromisoformat(one[name]) if one[name] else None for name in ("valid_from", "valid_until")}
    pictures = tuple(Picture(each["name"], b64decode(each["data"])) for each in one["pictures"])
    return Entry(**{**one, **days, "questions": tuple(one["questions"]), "pictures": pictures})


# ── the process itself ──────────────────────────────────────────────────────────────────────────
def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    while len(head := source.read(_LENGTH.size)) == _LENGTH.size:
        name_size, size = _LENGTH.unpack(head)
        name = source.read(name_size).decode()
        answer = orjson.dumps(_answer(name, source.read(size)), default=_as_text)
        sink.write(_ANSWER.pack(len(answer)) + answer)
        sink.flush()


def _as_text(value: object) -> str:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError


def _answer(name: str, data: bytes) -> dict[str, str | int | Sequence[Entry] | None]:
    try:
        return {"entries": read(name, data)}
    except Unreadable as error:
        return {"reason": error.reason, "line": error.line}
    except MemoryError:
        return {"reason": "too_heavy", "line": None}


def _limit() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    _limit()
    _serve(sys.stdin.buffer, sys.stdout.buffer)
