"""What a server needs before it starts: its address, and PostgreSQL, embedded in a data folder or given."""

import errno
import os
import socket
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


class AddressUnusable(AppError):
    """The server cannot listen at this address."""

    code = "address_unusable"
    status = 503


def check_address(host: str, port: int) -> None:
    """Raises: `AddressUnusable` when nobody could listen there now."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen()
    except OSError as error:
        taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
        advice = "stop what uses it, or set TONGXI_PORT" if taken else "set TONGXI_HOST"
        raise AddressUnusable(f"{host}:{port}: {(error.strerror or str(error)).lower()}; {advice}") from None


class DataFolderUnusable(AppError):
    """The data folder cannot be made or written."""

    code = "data_folder_unusable"
    status = 503


def check_folder(data: Path) -> Path:
    """The data folder, made if it is not there. Raises: `DataFolderUnusable`."""
    folder = data.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_ours = os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        is_ours = False
    if not is_ours:
        raise DataFolderUnusable(f"{folder} cannot be written; set TONGXI_DATA to a folder of your own")
    return folder


@contextmanager
def postgres(data: Path, url: str | None = None, *, join: bool = False) -> Iterator[str]:
    """Address of a database that answers: `url` once checked, else the embedded server of `data` while in the block.

    `join`: use the embedded server that another process runs in `data`, if there is one.
    Raises: `DatabaseUnreachable`, `DatabaseTooOld`, `DatabaseNotUtf8`, `DataFolderUnusable`, and what
    `EmbeddedPostgres` raises.
    """
    if url is not None:
        check(url)
        yield url
        return
    check_folder(data)
    if join and (address := running(data)) is not None:
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
