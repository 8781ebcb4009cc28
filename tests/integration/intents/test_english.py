"""Intents of a server with the extra for English: learnt with it in the other process, read with it here."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.seam import opened
from tests.support.sentence_model import package
from tongxi.encoder import english as vectors
from tongxi.encoder import minilm
from tongxi.house import House
from tongxi.intents import service
from tongxi.starter import intents as starter_pack

pytestmark = pytest.mark.anyio

PACK = [one for one in starter_pack() if one.domain == "ecommerce.orders"][:4]


@pytest.fixture
async def house(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """The extra is there, though its weights mean nothing."""
    packages = tmp_path / "packages"
    package(packages)
    monkeypatch.syspath_prepend(str(packages))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(packages), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setattr(vectors, "for_server", lambda: vectors.Sentences(minilm.load, patience_seconds=30))
    minilm.load.cache_clear()
    async with opened(database_url, tmp_path / "data", english=True) as house:
        yield house
    minilm.load.cache_clear()


async def test_a_server_learns_with_the_extra_and_reads_with_it(house: House) -> None:
    async with house.db.transaction() as tx:
        await service.switch_on(tx, PACK, author=None, with_articles=False)
    await house.intents.load(house.db)
    assert house.intents.state == "ready", house.intents.error
    text = PACK[0].en[0]
    assert house.sentences is not None
    assert house.sentences.held(text) is None
    before = house.intents.read(text)
    after = await house.in_full(lambda: house.intents.read(text))
    assert after.guesses[0].intent == PACK[0].intent
    assert [g.probability for g in before.guesses] != [g.probability for g in after.guesses]
    chinese = await house.in_full(lambda: house.intents.read(PACK[0].zh[0]))
    assert chinese.guesses[0].intent == PACK[0].intent


async def test_a_server_without_it_does_not_read_what_was_learnt_with_it(
    house: House, database_url: str, tmp_path: Path
) -> None:
    async with house.db.transaction() as tx:
        await service.switch_on(tx, PACK, author=None, with_articles=False)
    await house.intents.load(house.db)
    async with opened(database_url, tmp_path / "other") as other:
        await other.intents.load(other.db)
        assert other.intents.state == "ready"
        assert other.intents.read(PACK[0].en[0]).guesses[0].intent == PACK[0].intent
        async with other.db.reading() as tx:
            assert await tx.value("select count(*) from intent_model where data is not null") == 2
