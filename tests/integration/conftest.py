"""The house for tests that need all of it on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.seam import Seam, furnish, opened
from tongxi.house import House


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """The house on a database of its own."""
    async with opened(database_url, tmp_path) as built:
        yield built


@pytest.fixture
async def seam(house: House) -> Seam:
    """The house with an inbox and a queue; nobody is at work."""
    return await furnish(house)
