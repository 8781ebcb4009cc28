"""`tongxi import`: files or folders become knowledge articles; a running server finds them within seconds."""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

from tongxi import migrations
from tongxi.kit.db import Database
from tongxi.kit.server import postgres
from tongxi.knowledge.importing import ImportReport, import_files
from tongxi.knowledge.reading import MAX_FILE_BYTES
from tongxi.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", type=Path, nargs="+", help="Markdown, HTML, TXT, PDF, DOCX, CSV, XLSX, JSONL, folders")
    parser.add_argument("--draft", action="store_true", help="keep as drafts instead of publishing")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Import and say what became of each file; 1 if one could not be read."""
    missing = [path for path in args.path if not path.exists()]
    if missing:
        print(f"tongxi import: no such file or folder: {', '.join(map(str, missing))}", file=sys.stderr)
        return 2
    with postgres(settings.data, settings.database_url, join=True) as dsn:
        migrations.upgrade(dsn)
        report = asyncio.run(_import(dsn, list(_files(args.path)), publish=not args.draft))
    unreadable = [file for file in report.files if file.reason]
    for file in unreadable:
        print(f"{file.file}{f', line {file.line}' if file.line else ''}: {file.reason}", file=sys.stderr)
    print(
        f"{len(report.files)} files: {report.created} articles created, {report.updated} updated,"
        f" {report.unchanged} unchanged, {len(unreadable)} files not read"
    )
    return 1 if unreadable else 0


async def _import(dsn: str, files: list[tuple[str, Path]], *, publish: bool) -> ImportReport:
    db = Database(dsn)
    await db.open()
    try:
        return await import_files(db, ((name, _content(path)) for name, path in files), publish=publish, author=None)
    finally:
        await db.close()


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
