"""Import files as articles: the same file again changes only what differs, one bad file never stops the rest."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import psycopg

from tongxi import audit
from tongxi.kit.crypto import digest
from tongxi.kit.db import Database, Transaction
from tongxi.kit.ids import new_id
from tongxi.knowledge import archives
from tongxi.knowledge.failures import Unreadable
from tongxi.knowledge.media import MediaTooLarge, TooManyMedia, UnknownMedia
from tongxi.knowledge.pictures import Folder, Keep, LeftOut, is_picture, settle
from tongxi.knowledge.reader_process import Readers
from tongxi.knowledge.reading import MAX_FILE_BYTES, Entry, decode, is_heavy
from tongxi.knowledge.service import keep_version

MAX_FILES = 2_000

Content = bytes | Callable[[], bytes]
"""Of a file, or how to get it when it is needed."""


@dataclass(slots=True)
class FileReport:
    """What became of one file. `reason` is a code (`reading.Unreadable`), or `unchanged`; None when it was taken."""

    file: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    reason: str | None = None
    line: int | None = None
    pictures: list[LeftOut] = field(default_factory=list)
    """Those it names that were not taken."""

    @property
    def is_skipped(self) -> bool:
        """Nothing of it was written."""
        return not self.created and not self.updated


@dataclass(slots=True)
class ImportReport:
    """What became of each file, in order."""

    files: list[FileReport] = field(default_factory=list)

    @property
    def created(self) -> int:
        return sum(file.created for file in self.files)

    @property
    def updated(self) -> int:
        return sum(file.updated for file in self.files)

    @property
    def unchanged(self) -> int:
        return sum(file.unchanged for file in self.files)

    @property
    def changed_anything(self) -> bool:
        return bool(self.created or self.updated)

    def data(self) -> dict[str, Any]:
        """As the API gives it."""
        skipped = [
            {"file": f.file, "reason": f.reason or "unchanged", **({"line": f.line} if f.line else {})}
            for f in self.files
            if f.is_skipped
        ]
        files = [
            {"file": f.file, "created": f.created, "updated": f.updated, "unchanged": f.unchanged} for f in self.files
        ]
        pictures = [one.data(f.file) for f in self.files for one in f.pictures]
        return {
            "created": self.created, "updated": self.updated, "skipped": skipped, "files": files, "pictures": pictures,
        }  # fmt: skip


async def import_files(
    db: Database, files: Iterable[tuple[str, Content]], *, publish: bool, author: UUID | None, keep: Keep
) -> ImportReport:
    """Read files (name or path, content) and write their entries as articles, found again by slug.

    Pictures and ZIP files among them are what the texts show and folders of texts. All are read before anything is
    written, and written together; `keep` keeps the pictures. With `publish` they are published, else new ones are
    drafts and changed ones keep their state. Archived articles stay archived. The caller reloads the index when
    `changed_anything`.
    """
    texts, folder = _sorted(files)
    taken: list[tuple[FileReport, list[Entry]]] = []
    async with Readers() as readers:
        for name, content in texts:
            outcome = FileReport(name)
            entries: list[Entry] = []
            if len(taken) >= MAX_FILES:
                outcome.reason = "too_many_files"
            else:
                try:
                    data = await _content(content)
                    entries = await readers.read(name, data)
                    for place, entry in enumerate(entries):
                        raw = "" if is_heavy(name) or "![" not in entry.body else decode(data)
                        entries[place], missing = await settle(
                            entry, keep=keep, find=folder.beside(name), db=db, raw=raw,
                            in_page=name.lower().endswith((".html", ".htm")),
                        )  # fmt: skip
                        outcome.pictures += missing
                except Unreadable as error:
                    outcome.reason, outcome.line = error.reason, error.line
            taken.append((outcome, entries))
    _without_doubles(taken)
    taken += ((FileReport(path, reason="unused_picture"), []) for path in folder.unused)
    async with db.transaction() as tx:
        report = await import_entries(tx, taken, publish=publish, author=author)
        if report.changed_anything:
            counts = {"created": report.created, "updated": report.updated, "published": publish}
            await audit.append(tx, actor_id=author, action="articles.imported", data=counts)
    return report


def _without_doubles(taken: list[tuple[FileReport, list[Entry]]]) -> None:
    """Of several files that would be the same article, the first is taken: none replaces another unseen."""
    first: dict[str, Entry] = {}
    for outcome, entries in taken:
        doubles = [entry for entry in entries if first.get(entry.slug, entry) != entry]
        if doubles:
            outcome.reason = "same_id"
            entries.clear()
        first |= {entry.slug: entry for entry in entries}


def _sorted(files: Iterable[tuple[str, Content]]) -> tuple[list[tuple[str, Content]], Folder]:
    """Texts, and pictures by path; what is packed in ZIP files among the others."""
    texts: list[tuple[str, Content]] = []
    shown: dict[str, Callable[[], bytes]] = {}
    queue = deque(files)
    while queue:
        name, content = queue.popleft()
        if archives.is_archive(name):
            try:
                data = content if isinstance(content, bytes) else content()
                if len(data) > MAX_FILE_BYTES:
                    raise Unreadable("too_large")
                packed = archives.files(data, max_file=MAX_FILE_BYTES)
            except Unreadable as error:
                texts.append((name, partial(_refuse, error)))
            else:
                inner = [(path, one) for path, one in packed if not archives.is_archive(path)]
                queue.extendleft(reversed(inner))
                nested = (path for path, _ in packed if archives.is_archive(path))
                texts += ((path, partial(_refuse, Unreadable("zip_in_zip"))) for path in nested)
        elif is_picture(name):
            shown[name] = partial(bytes, content) if isinstance(content, bytes) else content
        else:
            texts.append((name, content))
    return texts, Folder(shown)


def _refuse(error: Unreadable) -> bytes:
    raise error


async def _content(content: Content) -> bytes:
    return content if isinstance(content, bytes) else await asyncio.to_thread(content)


async def import_entries(
    tx: Transaction,
    taken: Iterable[tuple[FileReport, list[Entry]]],
    *,
    publish: bool,
    author: UUID | None,
    source_id: UUID | None = None,
) -> ImportReport:
    """Write what was read of each file or page; one that cannot be stored leaves nothing behind.

    With `source_id` what a person has edited since is left alone (`edited`).
    """
    report = ImportReport()
    for outcome, entries in taken:
        report.files.append(outcome)
        try:
            async with tx.connection.transaction():
                await _write(tx, entries, outcome, publish=publish, author=author, source_id=source_id)
        except psycopg.DataError:
            outcome.created = outcome.updated = outcome.unchanged = 0
            outcome.reason = "not_text"
        except (TooManyMedia, MediaTooLarge, UnknownMedia) as error:
            outcome.created = outcome.updated = outcome.unchanged = 0
            outcome.reason = error.code
    return report


async def _write(
    tx: Transaction,
    entries: list[Entry],
    outcome: FileReport,
    *,
    publish: bool,
    author: UUID | None,
    source_id: UUID | None,
) -> None:
    if not entries:
        return
    found = await tx.dicts(
        "select id, slug, title, body, questions, audience, collection, valid_from, valid_until, status, version,"
        " imported from article where slug = any(%s) for update",
        ([entry.slug for entry in entries],),
    )
    known = {row["slug"]: row for row in found}
    for entry in entries:
        old = known.get(entry.slug)
        if old is None:
            known[entry.slug] = await _create(
                tx, entry, outcome.file, publish=publish, author=author, source_id=source_id
            )
            outcome.created += 1
        elif _same(entry, old) and not (publish and old["status"] == "draft"):
            outcome.unchanged += 1
        elif source_id is not None and old["imported"] != _digest(old["title"], old["body"]):
            outcome.reason = "edited"
        else:
            await _update(tx, entry, old, outcome.file, publish=publish, author=author, source_id=source_id)
            outcome.updated += 1


def _same(entry: Entry, row: dict[str, Any]) -> bool:
    new = (entry.title, entry.body, list(entry.questions), entry.audience, entry.valid_from, entry.valid_until)
    old = tuple(row[name] for name in ("title", "body", "questions", "audience", "valid_from", "valid_until"))
    return new == old and entry.collection in {"", row["collection"]}


def _digest(title: str, body: str) -> bytes:
    return digest(f"{title}\0{body}")


async def _create(
    tx: Transaction, entry: Entry, source: str, *, publish: bool, author: UUID | None, source_id: UUID | None
) -> dict[str, Any]:
    article_id, status = new_id(), "published" if publish else "draft"
    imported = _digest(entry.title, entry.body)
    await tx.execute(
        "insert into article (id, slug, language, title, body, questions, audience, status, source, collection,"
        " valid_from, valid_until, created_by, updated_by, published_at, source_id, imported)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, case when %s then now() end, %s, %s)",
        (
            article_id, entry.slug, entry.language, entry.title, entry.body, list(entry.questions), entry.audience,
            status, source, entry.collection, entry.valid_from, entry.valid_until, author, author, publish, source_id,
            imported,
        ),
    )  # fmt: skip
    await keep_version(tx, article_id, 1, entry.title, entry.body, entry.questions, author, published=publish)
    return {
        "id": article_id, "slug": entry.slug, "title": entry.title, "body": entry.body,
        "questions": list(entry.questions), "audience": entry.audience, "collection": entry.collection,
        "valid_from": entry.valid_from, "valid_until": entry.valid_until, "status": status, "version": 1,
        "imported": imported,
    }  # fmt: skip


async def _update(
    tx: Transaction, entry: Entry, old: dict[str, Any], source: str, *,
    publish: bool, author: UUID | None, source_id: UUID | None,
) -> None:  # fmt: skip
    status = "published" if publish and old["status"] == "draft" else old["status"]
    version = old["version"] + 1
    await tx.execute(
        "update article set title = %s, body = %s, questions = %s, audience = %s, source = %s,"
        " collection = coalesce(nullif(%s, ''), collection), valid_from = %s, valid_until = %s, status = %s,"
        " version = %s, updated_by = %s, updated_at = now(), source_id = coalesce(%s, source_id), imported = %s,"
        " published_at = case when %s = 'published' then coalesce(published_at, now()) else published_at end"
        " where id = %s",
        (
            entry.title, entry.body, list(entry.questions), entry.audience, source, entry.collection,
            entry.valid_from, entry.valid_until, status, version, author, source_id,
            _digest(entry.title, entry.body), status, old["id"],
        ),
    )  # fmt: skip
    await keep_version(
        tx, old["id"], version, entry.title, entry.body, entry.questions, author, published=status == "published"
    )
