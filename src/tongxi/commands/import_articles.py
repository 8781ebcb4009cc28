"""`tongxi import`: files, folders or web addresses become articles; a running server finds them within seconds."""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tongxi import migrations
from tongxi.attachments.media import Shelf
from tongxi.attachments.storage import Storage
from tongxi.configuration import store
from tongxi.configuration.egress import NAME, EgressSettings
from tongxi.kit.db import Database
from tongxi.kit.egress import Egress
from tongxi.kit.errors import AppError
from tongxi.kit.server import postgres
from tongxi.knowledge.crawling import Page, crawl, with_pictures
from tongxi.knowledge.importing import ImportReport, import_entries, import_files
from tongxi.knowledge.pictures import Keep
from tongxi.knowledge.reading import MAX_FILE_BYTES
from tongxi.knowledge.sources import page_report
from tongxi.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "source",
        nargs="+",
        help="Markdown, HTML, TXT, PDF, DOCX, CSV, XLSX, JSONL files with their pictures, folders or ZIP files of them,"
        " or http(s) addresses",
    )
    parser.add_argument(
        "--scope", choices=["page", "site", "sitemap"], default="page", help="of an address: how much to read (page)"
    )
    parser.add_argument("--pages", type=int, default=100, help="of an address: at most so many pages (100)")
    parser.add_argument("--draft", action="store_true", help="keep as drafts instead of publishing")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Import and say what became of each file; 1 if one could not be read."""
    addresses = [source for source in args.source if source.startswith(("http://", "https://"))]
    paths = [Path(source) for source in args.source if source not in addresses]
    missing = [path for path in paths if not path.exists()]
    if missing:
        print(f"tongxi import: no such file or folder: {', '.join(map(str, missing))}", file=sys.stderr)
        return 2
    with postgres(settings.data, settings.database_url, join=True) as dsn:
        migrations.upgrade(dsn)
        try:
            report = asyncio.run(_import(dsn, settings, list(_files(paths)), addresses, args))
        except AppError as error:
            print(f"tongxi import: {error.detail}", file=sys.stderr)
            return 1
    unreadable = [file for file in report.files if file.reason]
    for file in unreadable:
        print(f"{file.file}{f', line {file.line}' if file.line else ''}: {file.reason}", file=sys.stderr)
    for file in report.files:
        for one in file.pictures:
            line = f", line {one.line}" if one.line else ""
            print(f"{file.file}{line}: {one.picture}: {one.reason}", file=sys.stderr)
    print(
        f"{len(report.files)} files: {report.created} articles created, {report.updated} updated,"
        f" {report.unchanged} unchanged, {len(unreadable)} files not read"
    )
    return 1 if unreadable else 0


async def _import(
    dsn: str, settings: Settings, files: list[tuple[str, Path]], addresses: list[str], args: argparse.Namespace
) -> ImportReport:
    publish = not args.draft
    db = Database(dsn)
    await db.open()
    try:
        keep = partial(Shelf(db, Storage(settings.data)).keep, author=None)
        contents = ((name, partial(_content, path)) for name, path in files)
        report = await import_files(db, contents, publish=publish, author=None, keep=keep)
        for address in addresses:
            pages = await _read(db, address, args, keep)
            async with db.transaction() as tx:
                outcomes = ((page_report(page), list(page.entries)) for page in pages)
                report.files += (await import_entries(tx, outcomes, publish=publish, author=None)).files
        return report
    finally:
        await db.close()


async def _read(db: Database, address: str, args: argparse.Namespace, keep: Keep) -> list[Page]:
    """Pages of an address, through the guarded way out. Raises: `AppError`."""
    async with db.reading() as tx:
        allowed = (await store.read(tx, NAME, EgressSettings)).value.allowed_hosts
    egress = Egress(allowed)
    try:
        pages = await crawl(egress, address, args.scope, max_pages=args.pages)
        return await with_pictures(egress, db, pages, keep)
    finally:
        await egress.close()


def _files(paths: list[Path]) -> Iterator[tuple[str, Path]]:
    """Files with the names they are imported under: within a folder, their path below it. Hidden ones are left out."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                below = file.relative_to(path)
                if file.is_file() and not any(part.startswith(".") for part in below.parts):
                    yield below.as_posix(), file
        else:
            yield path.name, path


def _content(path: Path) -> bytes:
    """At most one byte more than is taken, so that a huge file is refused without being read."""
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES + 1)
