"""A server with the routes of accounts and administration."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.office import Office, office


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """An installation without accounts."""
    async with office(database_url, tmp_path) as opened:
        yield opened
