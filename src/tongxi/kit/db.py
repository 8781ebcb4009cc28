"""PostgreSQL: one pool, explicit transactions, rows as typed values.

SQL is written by hand and lives next to its use (docs/decisions/0001). Services take a `Transaction` and
never commit; the edge (`api/`, `intake`, the sweeper) opens it with `Database.transaction`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import orjson
import psycopg
from psycopg import AsyncConnection
from psycopg.rows import class_row, dict_row, tuple_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from tongxi.kit.errors import AppError

T = TypeVar("T")
Params = Sequence[Any] | dict[str, Any] | None

set_json_dumps(lambda value: orjson.dumps(value).decode())
set_json_loads(orjson.loads)


class Unavailable(AppError):
    """The database does not answer. Nothing was stored; try again in a moment."""

    code = "unavailable"
    status = 503


class Transaction:
    """One open transaction: run statements, collect what follows once it is committed."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self.connection = connection
        self._after_commit: list[Callable[[], Awaitable[None] | None]] = []

    def after_commit(self, call: Callable[[], Awaitable[None] | None]) -> None:
        """Call after a successful commit, in order; never called on rollback."""
        self._after_commit.append(call)

    async def execute(self, sql: str, params: Params = None) -> int:
        """Run a statement; give the number of rows it touched."""
        cursor = await self.connection.execute(sql, params)
        return int(cursor.rowcount)

    async def one(self, row: type[T], sql: str, params: Params = None) -> T | None:
        """First row as `row(**columns)`, or None."""
        async with self.connection.cursor(row_factory=class_row(row)) as cursor:
            await cursor.execute(sql, params)
            return await cursor.fetchone()

    async def all(self, row: type[T], sql: str, params: Params = None) -> list[T]:
        """All rows, each as `row(**columns)`."""
        async with self.connection.cursor(row_factory=class_row(row)) as cursor:
            await cursor.execute(sql, params)
            return await cursor.fetchall()

    async def dicts(self, sql: str, params: Params = None) -> list[dict[str, Any]]:
        """All rows as dictionaries."""
        async with self.connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(sql, params)
            return await cursor.fetchall()

    async def dict(self, sql: str, params: Params = None) -> dict[str, Any] | None:
        """First row as a dictionary, or None."""
        async with self.connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(sql, params)
            return await cursor.fetchone()

    async def value(self, sql: str, params: Params = None) -> Any:
        """First column of the first row, or None."""
        async with self.connection.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(sql, params)
            row = await cursor.fetchone()
            return None if row is None else row[0]


class Database:
    """The pool of one process. `open()` before use, `close()` at the end."""

    def __init__(self, dsn: str, *, max_size: int = 12) -> None:
        self.dsn = dsn
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            dsn,
            min_size=2,
            max_size=max_size,
            open=False,
            timeout=10,
            max_waiting=2000,
            kwargs={"autocommit": True, "prepare_threshold": 2},
        )

    async def open(self) -> None:
        await self._pool.open(wait=True, timeout=30)

    async def close(self) -> None:
        await self._pool.close()

    async def connect(self) -> AsyncConnection[Any]:
        """A connection of one's own outside the pool (the message writer); autocommit."""
        return await AsyncConnection.connect(self.dsn, autocommit=True)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """For reads only: each statement on its own, without the two round trips of a transaction.

        Statements see what is committed when they begin, as within a transaction (READ COMMITTED).
        Raises: `Unavailable`.
        """
        try:
            async with self._pool.connection() as connection:
                yield Transaction(connection)
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Unavailable from error

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One transaction: commit on success, roll back on any exception, then run `after_commit` calls.

        Raises: `Unavailable` when no connection can be had or the connection breaks.
        """
        try:
            async with self._pool.connection() as connection:
                tx = Transaction(connection)
                async with connection.transaction():
                    yield tx
        except (psycopg.OperationalError, PoolTimeout) as error:
            if isinstance(error, (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)):
                raise
            raise Unavailable from error
        for call in tx._after_commit:
            result = call()
            if result is not None:
                await result


async def retry_on_conflict(attempt: Callable[[], Awaitable[T]], tries: int = 3) -> T:
    """Run `attempt` again when PostgreSQL chose it as a deadlock victim."""
    for left in range(tries - 1, -1, -1):
        try:
            return await attempt()
        except psycopg.errors.DeadlockDetected:
            if not left:
                raise
            await asyncio.sleep(0.01 * (tries - left))
    raise AssertionError("unreachable")
