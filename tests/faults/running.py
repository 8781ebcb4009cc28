"""The product as a process that may be killed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from benchmarks.product import Product

from tests.support.databases import URL, Databases


@contextmanager
def running_product(request: pytest.FixtureRequest, **environment: str) -> Iterator[Product]:
    """The product on its embedded database or on one of its own at `TONGXI_DATABASE_URL`."""
    with ExitStack() as stack:
        if os.environ.get(URL):
            databases: Databases = request.getfixturevalue("databases")
            environment[URL] = stack.enter_context(databases.fresh(migrated=False))
        # Not `tmp_path`: as root the embedded database runs as another account, which must reach its folder.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tongxi-faults-")))
        folder.chmod(0o711)
        running = Product(folder / "data", environment=environment)
        running.start()
        try:
            yield running
        finally:
            running.stop()
