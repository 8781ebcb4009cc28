"""A customer asks while the model misbehaves: one grounded answer or a person, in time, and nobody waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.invariants import broken
from tests.support.model_server import ModelServer, model_server
from tests.support.model_talk import PHRASED, shop
from tests.support.seam import Seam


@pytest.fixture
async def model() -> AsyncIterator[ModelServer]:
    async with model_server(f"{PHRASED} [1]。") as running:
        yield running


@pytest.fixture
async def seam(model: ModelServer, database_url: str, tmp_path: Path) -> AsyncIterator[Seam]:
    async with shop(model, database_url, tmp_path) as opened_shop:
        yield opened_shop
        await opened_shop.settle()
        assert await broken(opened_shop.house.db) == []
