"""The customer side over HTTP, as docs/reference/protocol.md promises it, on the real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.widget import Desk, desk
from tongxi.kit.db import Database


@pytest.fixture
async def shop(shared_database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    database = Database(shared_database_url)
    await database.open()
    try:
        async with desk(database, tmp_path) as made:
            yield made
    finally:
        await database.close()
