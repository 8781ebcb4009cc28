"""Databases for tests: one server a run, one migrated template, a copy for whoever asks."""

import itertools
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tongxi import migrations
from tongxi.kit.server import postgres

URL = "TONGXI_DATABASE_URL"


@dataclass(frozen=True)
class Databases:
    """The server of this run. Plain strings, so that it can travel to the workers of pytest-xdist."""

    admin: str
    """Address of a database to give orders from."""
    prefix: str
    """Start of the name of every database this run makes."""

    @contextmanager
    def fresh(self, *, migrated: bool = True) -> Iterator[str]:
        """Address of a new database, dropped at the end whoever is still connected."""
        name = f"{self.prefix}{os.getpid()}_{next(_numbers)}"
        template = f"{self.prefix}template" if migrated else "template0"
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(
                sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
            )
            try:
                yield make_conninfo(self.admin, dbname=name)
            finally:
                connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


_numbers = itertools.count(1)


@contextmanager
def server() -> Iterator[Databases]:
    """Start the embedded server in a temporary folder, or use the one at `TONGXI_DATABASE_URL`; make the template."""
    folder = Path(tempfile.mkdtemp(prefix="tongxi-tests-"))
    folder.chmod(0o711)  # as root the server runs as another account
    prefix = f"tongxi_test_{secrets.token_hex(4)}_"
    try:
        with postgres(folder, os.environ.get(URL)) as admin:
            databases = Databases(admin, prefix)
            with psycopg.connect(admin, autocommit=True) as connection:
                template = sql.Identifier(f"{prefix}template")
                connection.execute(sql.SQL("create database {} template template0 encoding 'UTF8'").format(template))
                try:
                    migrations.upgrade(make_conninfo(admin, dbname=f"{prefix}template"))
                    yield databases
                finally:
                    _drop_all(connection, prefix)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _drop_all(connection: psycopg.Connection, prefix: str) -> None:
    names = connection.execute("select datname from pg_database where starts_with(datname, %s)", [prefix]).fetchall()
    for (name,) in names:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
