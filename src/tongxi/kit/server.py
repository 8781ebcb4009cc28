"""Which PostgreSQL: the embedded one of a data folder, or a given one of version 15 or newer."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tongxi.kit.errors import AppError
from tongxi.kit.postgres import EmbeddedPostgres, running

OLDEST = 15


class DatabaseUnreachable(AppError):
    """The database at TONGXI_DATABASE_URL does not answer."""

    code = "database_unreachable"
    status = 503


class DatabaseTooOld(AppError):
    """The database at TONGXI_DATABASE_URL is older than PostgreSQL 15."""

    code = "database_too_old"
    status = 503


class DatabaseNotUtf8(AppError):
    """The database at TONGXI_DATABASE_URL does not store UTF-8; create one with `ENCODING 'UTF8'`."""

    code = "database_not_utf8"
    status = 503


@contextmanager
def postgres(data: Path, url: str | None = None, *, join: bool = False) -> Iterator[str]:
    """Address of a database that answers: `url` once checked, else the embedded server of `data` while in the block.

    `join`: use the embedded server that another process runs in `data`, if there is one.
    Raises: `DatabaseUnreachable`, `DatabaseTooOld`, `DatabaseNotUtf8`, and what `EmbeddedPostgres` raises.
    """
    if url is not None:
        check(url)
        yield url
    elif join and (address := running(data)) is not None:
        yield address
    else:
        with EmbeddedPostgres(data) as embedded:
            yield embedded.dsn


def check(url: str) -> None:
    """Raise unless the server at `url` answers and will do. The message never holds the password."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version // 10_000
            encoding = connection.info.parameter_status("server_encoding")
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise DatabaseUnreachable(f"TONGXI_DATABASE_URL: {reason or 'no connection'}") from None
    if version < OLDEST:
        raise DatabaseTooOld(f"TONGXI_DATABASE_URL is PostgreSQL {version}; version {OLDEST} or newer is needed")
    if encoding != "UTF8":
        raise DatabaseNotUtf8
