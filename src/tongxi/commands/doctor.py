"""`tongxi doctor`: check what the server needs before, or instead of, starting it."""

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg

import tongxi
from tongxi import migrations
from tongxi.kit.errors import AppError
from tongxi.kit.server import check_address, check_folder, postgres
from tongxi.knowledge import vector_store
from tongxi.settings import Settings

Check = Callable[[Settings], str]
_FREE_BYTES = 1_000_000_000


class Failed(Exception):
    """What is wrong and what to do about it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options: none."""


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Run every check and print its result; 1 if one failed."""
    failed = 0
    for name, check in CHECKS.items():
        try:
            mark, said = "ok  ", check(settings)
        except (Failed, AppError, OSError) as error:
            mark, said = "FAIL", getattr(error, "detail", str(error))
            failed += 1
        print(f"{mark} {name:<10} {said}")
    return 1 if failed else 0


def python(settings: Settings) -> str:  # noqa: ARG001
    """Version of Python and of the product."""
    return f"tongxi {tongxi.__version__} on Python {sys.version.split()[0]}, {sys.platform}"


def front_end(settings: Settings) -> str:  # noqa: ARG001
    """The built front end is in the package."""
    static = Path(tongxi.__file__).parent / "static"
    missing = [name for name in ("workspace/index.html", "widget/loader.js") if not (static / name).exists()]
    if missing:
        raise Failed(f"{', '.join(missing)} not built; run `make web`")
    return str(static)


def data(settings: Settings) -> str:
    """The data folder can be written and has room."""
    folder = check_folder(settings.data)
    free = shutil.disk_usage(folder).free
    if free < _FREE_BYTES:
        raise Failed(f"{folder}: only {free / 1e6:.0f} MB free")
    return f"{folder}, {free / 1e9:.0f} GB free"


def database(settings: Settings) -> str:
    """The database answers and its schema is known."""
    with postgres(settings.data, settings.database_url, join=True) as dsn, psycopg.connect(dsn) as connection:
        version = connection.info.server_version // 10_000
        revision = migrations.current(connection)
        kept = _vectors(connection) if revision == migrations.HEAD else ""
    kind = "given" if settings.database_url else "embedded"
    state = "empty" if revision is None else f"schema {revision}"
    if revision is not None and revision != migrations.HEAD:
        state += f", newest is {migrations.HEAD}: run `tongxi migrate`"
    return f"PostgreSQL {version} ({kind}), {state}{kept}"


def _vectors(connection: psycopg.Connection) -> str:
    """Where sentence vectors are compared."""
    row = connection.execute(vector_store.STORAGE).fetchone()
    is_pgvector = row is not None and row[0] == "pgvector"
    return (
        ", sentence vectors in pgvector"
        if is_pgvector
        else ", sentence vectors compared in the server: no pgvector here"
    )


def address(settings: Settings) -> str:
    """The port is free."""
    check_address(settings.host, settings.port)
    return f"{settings.local_url} is free"


CHECKS: dict[str, Check] = {
    "python": python,
    "front end": front_end,
    "data": data,
    "database": database,
    "address": address,
}
