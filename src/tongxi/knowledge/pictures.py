"""Bring the pictures of imported texts in: found, kept, and named by their id. What fails is told and left out."""

from __future__ import annotations

import asyncio
import posixpath
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

from tongxi.kit.db import Database
from tongxi.kit.egress import Egress, Unreachable
from tongxi.kit.errors import AppError
from tongxi.knowledge import embedded, marks
from tongxi.knowledge.entries import Entry
from tongxi.knowledge.marks import MAX_MEDIA, SCHEME, Mark
from tongxi.knowledge.media import MAX_BYTES

SUFFIXES: Final = frozenset("png jpg jpeg jfif gif webp mp4 m4v webm".split())
"""Files that are no articles but stand in them."""
PICTURE_BYTES: Final = 5_000_000
"""Of one picture of a page."""
MAX_SITE_BYTES: Final = 200_000_000
"""Of all pictures of a site."""
SITE_SECONDS: Final = 300.0
PICTURE_TIMEOUT: Final = timedelta(seconds=15)
_TYPES: Final = ("image/png", "image/jpeg", "image/webp", "image/gif")
ORNAMENT: Final = 32
"""A picture smaller than so many pixels high or wide says nothing."""


class Kept(Protocol):
    """A file that is kept."""

    @property
    def id(self) -> UUID: ...
    @property
    def size(self) -> int: ...
    @property
    def width(self) -> int | None: ...
    @property
    def height(self) -> int | None: ...


class Keep(Protocol):
    """Keeps a file under a name; the same content again is the same file. Raises: `AppError`."""

    async def __call__(self, data: bytes, name: str, *, source: str = "") -> Kept:
        """`source`: the address it was fetched from."""
        ...


Find = Callable[[str], Awaitable[bytes]]
"""Gives the file that a text names. Raises: `Absent`, `AppError`."""


class Absent(Exception):
    """A picture that a text names cannot be had; `reason` is a code. `is_gone`: it will not come back by itself."""

    def __init__(self, reason: str, *, is_gone: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_gone = is_gone


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A picture that was not taken."""

    picture: str
    """As the text names it."""
    reason: str
    """A code; texts: `knowledge.import.picture.*`."""
    line: int | None = None

    def data(self, file: str) -> dict[str, str | int]:
        """As the API gives it."""
        return {"file": file, "picture": self.picture, "reason": self.reason} | (
            {"line": self.line} if self.line else {}
        )


def is_picture(name: str) -> bool:
    """Whether a file stands in articles rather than being one."""
    return name.lower().rpartition(".")[2] in SUFFIXES


class Folder:
    """The pictures that came with texts, by path; each tells whether a text shows it."""

    def __init__(self, files: Mapping[str, Callable[[], bytes]]) -> None:
        self._files = {_tidy(path): (path, read) for path, read in files.items()}
        self._folded = {path.lower(): path for path in self._files}
        self.shown: set[str] = set()

    @property
    def unused(self) -> list[str]:
        """Those that no text shows."""
        return [path for path, _ in self._files.values() if path not in self.shown]

    def beside(self, name: str) -> Find:
        """How the text at path `name` finds its pictures."""
        folder = posixpath.dirname(_tidy(name))

        async def find(target: str) -> bytes:
            if urlsplit(target).scheme or target.startswith("//"):
                raise Absent("picture_elsewhere")
            path = _tidy(unquote(urlsplit(target).path))
            # From the root of the folder where it says so, else from the text's own place.
            path = path if target.startswith("/") else posixpath.normpath(posixpath.join(folder, path))
            held = self._files.get(self._folded.get(path.lower(), path))
            if held is None:
                raise Absent("picture_missing")
            self.shown.add(held[0])
            return await asyncio.to_thread(held[1])

        return find


class Site:
    """The pictures that pages show, through the guarded way out: each fetched once, within limits for all together."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._left = MAX_SITE_BYTES
        self._until = time.monotonic() + SITE_SECONDS
        self._missing: dict[str, Absent] = {}

    async def find(self, target: str) -> bytes:
        """Raises: `Absent`, `AppError`."""
        if urlsplit(target).scheme not in ("http", "https"):
            raise Absent("picture_missing")
        if target in self._missing:
            raise self._missing[target]
        if self._left <= 0 or time.monotonic() > self._until:
            raise Absent("picture_too_many", is_gone=False)
        try:
            found = await self._egress.fetch(
                target, max_bytes=min(PICTURE_BYTES, self._left), timeout=PICTURE_TIMEOUT, types=_TYPES,
                accept="image/png,image/jpeg,image/webp,image/gif",
            )  # fmt: skip
        except AppError as error:
            answered = error.fields.get("answered", 0)
            reason = "picture_missing" if answered in (404, 410) else f"picture_{error.code}"
            is_down = isinstance(error, Unreachable) or answered == 429 or answered >= 500
            self._missing[target] = Absent(reason, is_gone=not is_down)
            raise self._missing[target] from error
        self._left -= len(found.body)
        return found.body


async def settle(
    entry: Entry, *, keep: Keep, find: Find, db: Database, raw: str = "", in_page: bool = False
) -> tuple[Entry, list[LeftOut]]:
    """The entry with its pictures kept and named by id, and those that were left out.

    `raw`: the file as text, to tell the line. `in_page`: what is small there is an ornament and goes without a word.
    """
    wanted = marks.marks(entry.body)
    if not wanted:
        return replace(entry, pictures=()), []
    known = await _known(db, [one.id for one in wanted if one.id])
    taken: dict[str, Mark | None] = {}
    sizes: dict[UUID, int] = {}
    out: list[LeftOut] = []
    for one in wanted:
        if one.target in taken:
            continue
        taken[one.target] = None
        try:
            kept_id, size = await _taken(one, entry, known, keep, find, in_page=in_page)
        except Absent as absent:
            # What cannot be had today is shown as it was, so that a page that has not changed changes no article.
            held = None if absent.is_gone else await _held(db, one.target)
            if held is not None:
                sizes[held[0]], taken[one.target] = held[1], replace(one, target=f"{SCHEME}{held[0]}")
                continue
            if absent.reason:
                out.append(LeftOut(one.target[:200], absent.reason, _line(raw, one.target)))
            continue
        if kept_id not in sizes and (len(sizes) >= MAX_MEDIA or sum(sizes.values()) + size > MAX_BYTES):
            reason = "too_many_media" if len(sizes) >= MAX_MEDIA else "media_too_large"
            out.append(LeftOut(one.target[:200], reason, _line(raw, one.target)))
            continue
        sizes[kept_id] = size
        taken[one.target] = replace(one, target=f"{SCHEME}{kept_id}")

    def named(one: Mark) -> Mark | None:
        new = taken.get(one.target)
        return replace(one, target=new.target) if new else None

    body = marks.replaced(entry.body, named)
    return replace(entry, body=body.strip() or entry.title, pictures=()), out


async def _taken(
    one: Mark, entry: Entry, known: Mapping[UUID, int], keep: Keep, find: Find, *, in_page: bool
) -> tuple[UUID, int]:
    """Id and size of a picture. Raises: `Absent`, with an empty reason for an ornament."""
    if one.target.startswith(SCHEME):
        if one.id is None or one.id not in known:
            raise Absent("picture_missing")
        return one.id, known[one.id]
    try:
        if one.target.startswith(embedded.SCHEME):
            picture = embedded.held(one.target, entry.pictures)
            if picture is None:
                raise Absent("too_many_media")
            data, name = picture.data, picture.name
        else:
            data = await find(one.target)
            name = unquote(urlsplit(one.target).path).rpartition("/")[2]
        kept = await keep(data, name, source=one.target if in_page and "://" in one.target else "")
    except AppError as error:
        raise Absent(f"picture_{error.fields.get('reason') or error.code}") from error
    if in_page and min(kept.width or ORNAMENT, kept.height or ORNAMENT) < ORNAMENT:
        raise Absent("")
    return kept.id, kept.size


async def _known(db: Database, wanted: list[UUID]) -> dict[UUID, int]:
    if not wanted:
        return {}
    async with db.reading() as tx:
        return {row["id"]: row["size"] for row in await tx.dicts(
            "select id, size from media where id = any(%s)", (wanted,)
        )}  # fmt: skip


async def _held(db: Database, address: str) -> tuple[UUID, int] | None:
    """The picture last fetched from an address."""
    async with db.reading() as tx:
        row = await tx.dict("select id, size from media where source = %s order by kept_at desc limit 1", (address,))
    return (row["id"], row["size"]) if row else None


def _line(raw: str, target: str) -> int | None:
    """Where a text names the picture first, counted from 1."""
    for name in (target, unquote(target), target.replace("&", "&amp;")):
        at = raw.find(name)
        if at >= 0:
            return raw.count("\n", 0, at) + 1
    return None


def _tidy(path: str) -> str:
    return posixpath.normpath("/".join(part for part in path.replace("\\", "/").split("/") if part not in ("", ".")))
