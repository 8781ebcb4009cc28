"""The whole application, for contracts that hold for every endpoint."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.walk import Walk, open_walk


@pytest.fixture
async def walk(database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    """The application with a user of each role, and an inbox."""
    async with open_walk(database_url, tmp_path) as opened:
        yield opened
