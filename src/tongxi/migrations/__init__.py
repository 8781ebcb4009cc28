"""The schema and its history. `upgrade` is safe to call at every start and costs one query when there is
nothing to do."""

from __future__ import annotations

from pathlib import Path

import psycopg

from tongxi.kit.errors import AppError

HEAD = "0010"
"""The newest revision; a test compares it with the files."""

_LOCK = 0x746F6E677869  # "tongxi": one migration at a time, whoever starts first


class DatabaseTooNew(AppError):
    """The database was written by a newer version of Tongxi; start that version."""

    code = "database_too_new"
    status = 503


def current(connection: psycopg.Connection[tuple[str]]) -> str | None:
    """Revision of the database, None when it is empty."""
    row = connection.execute("select to_regclass('alembic_version')").fetchone()
    if row is None or row[0] is None:
        return None
    row = connection.execute("select version_num from alembic_version").fetchone()
    return row[0] if row else None


def upgrade(dsn: str) -> bool:
    """Bring the schema at `dsn` to `HEAD`; True when something was done.

    Raises: `DatabaseTooNew` if the database knows a revision this code does not.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        if (revision := current(connection)) == HEAD:
            return False
        known = {path.name[:4] for path in (Path(__file__).parent / "versions").glob("[0-9]*.py")}
        if revision is not None and revision not in known:
            raise DatabaseTooNew(f"database revision {revision!r}, newest known {HEAD!r}")
        # Alembic and SQLAlchemy take half a second to import: only when there is work.
        from alembic import command
        from alembic.config import Config

        connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
        config.attributes["dsn"] = dsn
        command.upgrade(config, "head")
        return True
