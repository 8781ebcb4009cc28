"""Fixtures of all tests.

`database_url` is a migrated database of one's own, `shared_database_url` the same for a whole module, `db` an open
`Database` on the first, `data` a place for a server's files, `clock` a clock that stands still. Async tests need no
mark and run on uvloop.
"""

import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.support import network
from tests.support.databases import URL, Databases, server
from tongxi.kit.clock import FakeClock
from tongxi.kit.db import Database

_opened = pytest.StashKey[ExitStack]()
_databases = pytest.StashKey[Databases]()


# ── one database server a run, also with several workers ──


def _server_of(config: pytest.Config) -> Databases:
    """The server of this run, started by whoever asks first; workers are told by the main process."""
    if _databases not in config.stash:
        told = getattr(config, "workerinput", {}).get("databases")
        if told:
            config.stash[_databases] = Databases(**told)
        else:
            config.stash[_opened] = ExitStack()
            config.stash[_databases] = config.stash[_opened].enter_context(server())
    return config.stash[_databases]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Called by pytest-xdist in the main process for each worker, before it starts."""
    node.workerinput["databases"] = asdict(_server_of(node.config))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a database, and mostly a server on it, run in one worker."""
    for item in items:
        if "shared_database_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server."""
    if _opened in config.stash:
        config.stash[_opened].close()


# ── the ground every test stands on ──


@pytest.fixture(scope="session", autouse=True)
def plain_environment() -> Iterator[None]:
    """Take away what the developer's shell says to the product, and the way out of this machine."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in list(os.environ):
            if (name.startswith("TONGXI_") and name != URL) or name.upper().endswith(("_PROXY", "_API_KEY")):
                monkeypatch.delenv(name)
        network.guard(monkeypatch)
        yield


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """Async tests run on asyncio with uvloop, as the product does."""
    return "asyncio", {"loop_factory": network.new_loop}


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves when told to."""
    return FakeClock()


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder yet to be made, where the embedded database can lie in it also as root.

    `tmp_path` is closed to the account that runs the database then, which would be put under `/var/lib`.
    """
    folder = Path(tempfile.mkdtemp(prefix="tongxi-data-"))
    folder.chmod(0o711)
    yield folder / "data"
    for _ in range(100):  # a database whose owner was killed is still writing
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
    pytest.fail(f"something still writes into {folder}")


# ── databases ──


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """The server of this run; `databases.fresh()` makes another database."""
    return _server_of(request.config)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """Address of a migrated, empty database for this test alone."""
    with databases.fresh() as url:
        yield url


@pytest.fixture(scope="module")
def shared_database_url(databases: Databases) -> Iterator[str]:
    """Address of a migrated database for the tests of one module, which see each other's rows."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """Open pool on `database_url`."""
    database = Database(database_url)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
