"""Import files as articles: the same file again changes only what differs, one bad file never stops the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from tongxi import audit
from tongxi.kit.db import Transaction
from tongxi.kit.ids import new_id
from tongxi.knowledge.reading import Entry, Unreadable, read

MAX_FILES = 2_000


@dataclass(slots=True)
class FileReport:
    """What became of one file. `reason` is a code (`reading.Unreadable`), or `unchanged`; None when it was taken."""

    file: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    reason: str | None = None
    line: int | None = None

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
        return {"created": self.created, "updated": self.updated, "skipped": skipped, "files": files}


async def import_files(
    tx: Transaction, files: Iterable[tuple[str, bytes]], *, publish: bool, author: UUID | None
) -> ImportReport:
    """Read files (name or path, content) and write their entries as articles, found again by slug.

    With `publish` they are published, else new ones are drafts and changed ones keep their state. Archived articles
    stay archived. The caller reloads the index after the commit when `changed_anything`.
    """
    report = ImportReport()
    for name, data in files:
        outcome = FileReport(name)
        report.files.append(outcome)
        if len(report.files) > MAX_FILES:
            outcome.reason = "too_many_files"
            continue
        try:
            entries = await asyncio.to_thread(read, name, data)
            async with tx.connection.transaction():
                await _write(tx, entries, outcome, publish=publish, author=author)
        except Unreadable as error:
            outcome.reason, outcome.line = error.reason, error.line
        except psycopg.DataError:
            outcome.created = outcome.updated = outcome.unchanged = 0
            outcome.reason = "not_text"
    if report.changed_anything:
        counts = {"created": report.created, "updated": report.updated, "published": publish}
        await audit.append(tx, actor_id=author, action="articles.imported", data=counts)
    return report


async def _write(
    tx: Transaction, entries: list[Entry], outcome: FileReport, *, publish: bool, author: UUID | None
) -> None:
    found = await tx.dicts(
        "select id, slug, title, body, questions, audience, collection, valid_until, status, version from article"
        " where slug = any(%s) for update",
        ([entry.slug for entry in entries],),
    )
    known = {row["slug"]: row for row in found}
    for entry in entries:
        old = known.get(entry.slug)
        if old is None:
            known[entry.slug] = await _create(tx, entry, outcome.file, publish=publish, author=author)
            outcome.created += 1
        elif _same(entry, old) and not (publish and old["status"] == "draft"):
            outcome.unchanged += 1
        else:
            await _update(tx, entry, old, outcome.file, publish=publish, author=author)
            outcome.updated += 1


def _same(entry: Entry, row: dict[str, Any]) -> bool:
    new = (entry.title, entry.body, list(entry.questions), entry.audience, entry.valid_until)
    old = tuple(row[name] for name in ("title", "body", "questions", "audience", "valid_until"))
    return new == old and entry.collection in {"", row["collection"]}


async def _create(tx: Transaction, entry: Entry, source: str, *, publish: bool, author: UUID | None) -> dict[str, Any]:
    article_id, status = new_id(), "published" if publish else "draft"
    await tx.execute(
        "insert into article (id, slug, language, title, body, questions, audience, status, source, collection,"
        " valid_until, created_by, updated_by, published_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, case when %s then now() end)",
        (
            article_id, entry.slug, entry.language, entry.title, entry.body, list(entry.questions), entry.audience,
            status, source, entry.collection, entry.valid_until, author, author, publish,
        ),
    )  # fmt: skip
    await _keep_version(tx, article_id, 1, entry, author, publish)
    return {
        "id": article_id, "slug": entry.slug, "title": entry.title, "body": entry.body,
        "questions": list(entry.questions), "audience": entry.audience, "collection": entry.collection,
        "valid_until": entry.valid_until, "status": status, "version": 1,
    }  # fmt: skip


async def _update(
    tx: Transaction, entry: Entry, old: dict[str, Any], source: str, *, publish: bool, author: UUID | None
) -> None:
    status = "published" if publish and old["status"] == "draft" else old["status"]
    version = old["version"] + 1
    await tx.execute(
        "update article set title = %s, body = %s, questions = %s, audience = %s, source = %s,"
        " collection = coalesce(nullif(%s, ''), collection), valid_until = %s, status = %s, version = %s,"
        " updated_by = %s, updated_at = now(),"
        " published_at = case when %s = 'published' then coalesce(published_at, now()) else published_at end"
        " where id = %s",
        (
            entry.title, entry.body, list(entry.questions), entry.audience, source, entry.collection,
            entry.valid_until, status, version, author, status, old["id"],
        ),
    )  # fmt: skip
    await _keep_version(tx, old["id"], version, entry, author, status == "published")


async def _keep_version(
    tx: Transaction, article_id: UUID, version: int, entry: Entry, author: UUID | None, published: bool
) -> None:
    await tx.execute(
        "insert into article_version (article_id, version, title, body, questions, author_id, published)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (article_id, version, entry.title, entry.body, list(entry.questions), author, published),
    )
