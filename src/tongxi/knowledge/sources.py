"""Pages and sites that knowledge is read from, once or again and again; what vanished there is archived here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tongxi import audit
from tongxi.kit.db import Database, Transaction
from tongxi.kit.egress import MAX_URL, Egress
from tongxi.kit.errors import AppError, Conflict, NotFound
from tongxi.kit.ids import new_id
from tongxi.knowledge.crawling import MAX_PAGES, TOTAL_TIMEOUT, Page, Scope, crawl, with_pictures
from tongxi.knowledge.importing import FileReport, ImportReport, import_entries
from tongxi.knowledge.pictures import SITE_SECONDS, Keep
from tongxi.knowledge.reading import Entry
from tongxi.knowledge.service import Short

log = structlog.get_logger(__name__)

MAX_SOURCES: Final = 100
_STALE: Final = TOTAL_TIMEOUT + timedelta(seconds=SITE_SECONDS) + timedelta(minutes=5)
"""A run that has not ended by then died with its process."""
_SHOWN: Final = 200
"""Pages left out that a report names."""


class SourceTaken(Conflict):
    """This address is a source already."""

    code = "source_taken"


class NewSource(BaseModel):
    """What to read, and how often."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_URL, pattern=r"^https?://")]
    scope: Scope = "page"
    language: Literal["", "zh", "en"] = ""
    collection: Short = ""
    audience: Literal["everyone", "agents"] = "everyone"
    publish: bool = True
    max_pages: int = Field(default=100, ge=1, le=MAX_PAGES)
    every_hours: int = Field(default=0, ge=0, le=24 * 90)


@dataclass(frozen=True, slots=True)
class Source:
    """A row."""

    id: UUID
    url: str
    scope: Scope
    language: str
    collection: str
    audience: str
    publish: bool
    max_pages: int
    every_hours: int
    state: str
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    report: dict[str, Any]
    created_by: UUID | None
    created_at: datetime
    articles: int


_SELECT = (
    "select s.id, s.url, s.scope, s.language, s.collection, s.audience, s.publish, s.max_pages, s.every_hours, s.state,"
    " s.due_at, s.started_at, s.finished_at, s.report, s.created_by, s.created_at,"
    " (select count(*) from article a where a.source_id = s.id and a.status <> 'archived')::int as articles"
    " from knowledge_source s"
)


async def sources(tx: Transaction) -> list[Source]:
    """All of them, newest first."""
    return await tx.all(Source, f"{_SELECT} order by s.id desc")


async def source(tx: Transaction, source_id: UUID) -> Source:
    """One. Raises: `NotFound`."""
    found = await tx.one(Source, f"{_SELECT} where s.id = %s", (source_id,))
    if found is None:
        raise NotFound
    return found


async def create(tx: Transaction, new: NewSource, *, author: UUID, ip: str = "") -> Source:
    """Add a source; it is read at once. Raises: `SourceTaken`."""
    if await tx.value("select 1 from knowledge_source where url = %s", (new.url,)):
        raise SourceTaken(url=new.url)
    if await tx.value("select count(*) from knowledge_source") >= MAX_SOURCES:
        raise Conflict(f"There are {MAX_SOURCES} sources already.")
    source_id = new_id()
    await tx.execute(
        "insert into knowledge_source (id, url, scope, language, collection, audience, publish, max_pages, every_hours,"
        " due_at, created_by) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, now(), %s)",
        (
            source_id, new.url, new.scope, new.language, new.collection, new.audience, new.publish, new.max_pages,
            new.every_hours, author,
        ),
    )  # fmt: skip
    data = {"host": urlsplit(new.url).netloc, "scope": new.scope}
    await audit.append(tx, actor_id=author, action="source.created", subject=f"source:{source_id}", data=data, ip=ip)
    return await source(tx, source_id)


async def fetch_again(tx: Transaction, source_id: UUID) -> Source:
    """Read a source as soon as possible. Raises: `NotFound`."""
    await source(tx, source_id)
    await tx.execute(
        "update knowledge_source set due_at = now(), state = 'waiting' where id = %s and state <> 'running'",
        (source_id,),
    )
    return await source(tx, source_id)


async def delete(tx: Transaction, source_id: UUID, *, author: UUID, ip: str = "") -> None:
    """Forget a source; its articles stay, as they are. Raises: `NotFound`."""
    old = await source(tx, source_id)
    await tx.execute("delete from knowledge_source where id = %s", (source_id,))
    data = {"host": urlsplit(old.url).netloc}
    await audit.append(tx, actor_id=author, action="source.deleted", subject=f"source:{source_id}", data=data, ip=ip)


class Sources:
    """Reads due sources in this process, one at a time; safe to run in several."""

    def __init__(self, egress: Egress, keep: Keep, *, pause_seconds: float | None = None) -> None:
        """`keep`: keeps pictures of pages."""
        self._egress = egress
        self._keep = keep
        self._pause = {} if pause_seconds is None else {"pause": pause_seconds}
        self._task: asyncio.Task[None] | None = None

    def tick(self, db: Database, reload: Callable[[Database], Awaitable[None]]) -> None:
        """Begin with a due source unless one is being read; `reload` brings changes into the search."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._guarded(db, reload), name="knowledge sources")

    async def close(self) -> None:
        """Stop reading; what was begun is begun again by the next process."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def run_due(self, db: Database, reload: Callable[[Database], Awaitable[None]]) -> bool:
        """Read one due source to its end; tell whether there was one."""
        taken = await _take(db)
        if taken is None:
            return False
        if await self._run(db, taken):
            await reload(db)
        return True

    async def _guarded(self, db: Database, reload: Callable[[Database], Awaitable[None]]) -> None:
        try:
            await self.run_due(db, reload)
        except Exception:
            log.exception("source.crashed")

    async def _run(self, db: Database, one: Source) -> bool:
        async with db.reading() as tx:
            rows = await tx.dicts(
                "select distinct source from article where source_id = %s and status <> 'archived'", (one.id,)
            )
        try:
            pages = await crawl(
                self._egress, one.url, one.scope, max_pages=one.max_pages, language=one.language,
                known=[row["source"] for row in rows], **self._pause,
            )  # fmt: skip
        except AppError as error:
            async with db.transaction() as tx:
                await _finish(tx, one, "failed", {"error": error.code, **_answered(error)})
            return False
        pages = await with_pictures(self._egress, db, pages, self._keep)
        async with db.transaction() as tx:
            report = await import_entries(
                tx, ((page_report(page), _entries(page, one)) for page in pages),
                publish=one.publish, author=one.created_by, source_id=one.id,
            )  # fmt: skip
            archived = await _archive_gone(tx, one, pages)
            await _finish(tx, one, "done", _report(report, pages, archived))
            if report.changed_anything or archived:
                counts = {"created": report.created, "updated": report.updated, "archived": archived}
                await audit.append(tx, actor_id=None, action="source.read", subject=f"source:{one.id}", data=counts)
        log.info("source.read", source_id=str(one.id), pages=len(pages), created=report.created, updated=report.updated)
        return report.changed_anything or archived > 0


def _entries(page: Page, one: Source) -> list[Entry]:
    return [
        replace(entry, audience=one.audience, collection=one.collection or entry.collection) for entry in page.entries
    ]


async def _take(db: Database) -> Source | None:
    async with db.transaction() as tx:
        taken = await tx.value(
            "update knowledge_source set state = 'running', started_at = now(), due_at = now() + %s where id = ("
            " select id from knowledge_source where due_at <= now() order by due_at limit 1 for update skip locked)"
            " returning id",
            (_STALE,),
        )
        return await source(tx, taken) if taken else None


async def _finish(tx: Transaction, one: Source, state: str, report: dict[str, Any]) -> None:
    await tx.execute(
        "update knowledge_source set state = %s, finished_at = now(), report = %s,"
        " due_at = case when every_hours > 0 then now() + every_hours * interval '1 hour' end where id = %s",
        (state, Jsonb(report), one.id),
    )


async def _archive_gone(tx: Transaction, one: Source, pages: list[Page]) -> int:
    """Archive articles of pages that are no longer there (404, 410): what a site withdrew is not said any more."""
    gone = [page.url for page in pages if page.reason == "gone"]
    return await tx.execute(
        "update article set status = 'archived', updated_at = now() where source_id = %s and source = any(%s)"
        " and status <> 'archived'",
        (one.id, gone),
    )


def page_report(page: Page) -> FileReport:
    """What is known of a page before it is written."""
    return FileReport(page.url, reason=page.reason or None, pictures=list(page.pictures))


def _report(report: ImportReport, pages: list[Page], archived: int) -> dict[str, Any]:
    left_out = [
        {"url": file.file, "reason": file.reason} for file in report.files if file.reason and file.reason != "unchanged"
    ]
    pictures = [one.data(file.file) for file in report.files for one in file.pictures]
    return {
        "pictures": pictures[:_SHOWN], "pictures_count": len(pictures),
        "pages": len(pages), "created": report.created, "updated": report.updated, "unchanged": report.unchanged,
        "archived": archived, "left_out": left_out[:_SHOWN], "left_out_count": len(left_out),
    }  # fmt: skip


def _answered(error: AppError) -> dict[str, Any]:
    return {"answered": error.fields["answered"]} if "answered" in error.fields else {}
