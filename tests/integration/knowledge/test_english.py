"""The extra for English in a server: made in the background, kept, found by meaning, and never waited for long."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
import pytest

from tests.support.seam import furnish, opened
from tongxi import settings as settings_module
from tongxi.encoder import english
from tongxi.encoder.minilm import DEPTHS, DIMENSIONS
from tongxi.house import House
from tongxi.kit.ids import new_id
from tongxi.knowledge import index
from tongxi.knowledge.articles import Article
from tongxi.knowledge.english import EnglishVectors
from tongxi.knowledge.index import Knowledge
from tongxi.knowledge.vector_store import VectorStore

pytestmark = pytest.mark.anyio

TOPICS = {
    "refund": ("refund",), "invoice": ("invoice",), "parcel": ("parcel",),
    "coupon": ("coupon",), "password": ("password",), "warranty": ("warranty", "zorblat"), "battery": ("battery",),
}  # fmt: skip
STRANGE = "zorblat"
"""Shares no word with the article it is about."""


class Model:
    """Stands in for the model: knows what a topic's words mean. It counts, and can be held up."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.may_go = threading.Event()
        self.may_go.set()

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.may_go.wait(10)
        self.read += texts
        made = np.zeros((len(texts), DEPTHS, DIMENSIONS), np.float32)
        for row, text in zip(made, texts, strict=True):
            about = [n for n, words in enumerate(TOPICS.values()) if any(word in text for word in words)]
            row[:, about or [len(TOPICS)]] = 1 / max(1, len(about)) ** 0.5
        return made


def articles() -> list[Article]:
    made = [_article(f"{topic}.en", "en", topic, f"All about the {topic}: see here.") for topic in TOPICS]
    return [*made, _article("points.zh", "zh", "积分", "积分怎么用，看这里。")]


def _article(slug: str, language: str, title: str, body: str) -> Article:
    return Article(new_id(), slug, language, title, body, (), "everyone", "", datetime.now(UTC))


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture(params=["pgvector", "bytes"])
async def house(
    request: pytest.FixtureRequest, model: Model, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """A server with the extra switched on, in both ways of keeping vectors."""
    with psycopg.connect(database_url) as connection:
        if request.param == "bytes":
            connection.execute("alter table text_vector alter column vector type bytea using null")
        elif not connection.execute("select 1 from pg_extension where extname = 'vector'").fetchone():
            pytest.skip("the given PostgreSQL has no pgvector; the embedded one has")
    monkeypatch.setattr(settings_module, "find_spec", lambda name: name)
    monkeypatch.setattr(english, "for_server", lambda: english.Sentences(lambda: model, patience_seconds=30))
    monkeypatch.setattr(index, "AT_ONCE", 0)
    async with opened(database_url, tmp_path, english=True) as house:
        yield house


async def _slugs(house: House, text: str, language: str = "en") -> list[str]:
    hits = await house.in_full(lambda: house.knowledge.search(text, language))
    return [hit.slug for hit in hits]


async def _count(house: House, where: str = "true") -> int:
    async with house.db.reading() as tx:
        return int(await tx.value(f"select count(*) from text_vector where {where}"))


async def test_an_english_question_is_found_by_its_meaning_once_the_vectors_are_there(house: House) -> None:
    house.knowledge.replace(articles())
    assert "warranty.en" not in (await _slugs(house, STRANGE))[:1]
    assert house.knowledge.english_texts() == (2 * len(TOPICS), False)
    assert await house.english.fill(house.db) == 2 * len(TOPICS)
    assert house.knowledge.english_texts() == (2 * len(TOPICS), True)
    assert (await _slugs(house, STRANGE))[0] == "warranty.en"
    assert (await _slugs(house, "积分怎么用", "zh"))[0] == "points.zh"


async def test_a_restart_reads_what_was_made(house: House, model: Model) -> None:
    house.knowledge.replace(articles())
    await house.english.fill(house.db)
    model.read.clear()
    again = Knowledge(house.clock, sentences=house.sentences)
    again.replace(articles())
    other = EnglishVectors(again)
    assert await other.fill(house.db) == 0
    assert model.read == []
    assert again.lacks_vectors == {}


async def test_a_small_change_is_searched_by_meaning_at_once(
    house: House, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.knowledge.replace(articles())
    await house.english.fill(house.db)
    model.read.clear()
    monkeypatch.setattr(index, "AT_ONCE", 2)
    house.knowledge.replace([*articles(), _article("shoes.en", "en", "Size of shoes", "Measure your foot.")])
    assert len(model.read) == 2
    assert (await _slugs(house, STRANGE))[0] == "warranty.en"
    assert await _count(house) == 2 * len(TOPICS)
    await house.english.fill(house.db)
    assert await _count(house) == 2 * len(TOPICS) + 2


async def test_what_is_published_no_more_is_forgotten_and_nothing_of_an_endpoint(house: House) -> None:
    house.knowledge.replace(articles())
    await VectorStore().want(house.db, "an endpoint", [b"x", b"y"])
    await house.english.fill(house.db)
    house.knowledge.replace(articles()[:2])
    await house.english.fill(house.db)
    assert await _count(house, "starts_with(model, 'local ')") == 4
    assert await _count(house, "model = 'an endpoint'") == 2
    await VectorStore().want(house.db, "another endpoint", [b"x"])
    assert await _count(house, "starts_with(model, 'local ')") == 4
    assert await _count(house, "model = 'an endpoint'") == 0


async def test_the_bot_understands_a_message_with_its_vector(house: House) -> None:
    seam = await furnish(house)
    house.knowledge.replace(articles())
    await house.english.fill(house.db)
    customer = await seam.customer()
    await seam.said(customer, f"{STRANGE} {STRANGE} please help")
    decision = next(e.data["decision"] for e in await seam.entries(customer) if "decision" in (e.data or {}))
    assert decision["choice"] in ("answer", "ask", "quote")
    assert decision["features"]["confidence"] > 0.2


async def test_while_the_model_is_slow_the_words_answer(house: House, model: Model) -> None:
    house.knowledge.replace(articles())
    await house.english.fill(house.db)
    assert house.sentences is not None
    model.may_go.clear()
    hits = house.knowledge.search("refund please", "en")
    house.sentences.patience_seconds = 0
    assert not await house.sentences.supply()
    assert hits[0].slug == "refund.en"
    model.may_go.set()


async def test_the_sweeper_starts_it_and_stops_when_it_is_done(house: House, model: Model) -> None:
    house.knowledge.replace(articles())
    house.english.tick(house.db)
    assert house.english._task is not None
    await house.english._task
    assert house.knowledge.lacks_vectors == {}
    read = len(model.read)
    house.english.tick(house.db)
    await house.english._task
    assert len(model.read) == read


async def test_switched_off_nothing_is_made(database_url: str, tmp_path: Path) -> None:
    async with opened(database_url, tmp_path) as house:
        house.knowledge.replace(articles())
        house.english.tick(house.db)
        assert await house.english.fill(house.db) == 0
        assert house.sentences is None
        assert await _count(house) == 0
        assert house.knowledge.lacks_vectors == {}


def test_it_cannot_be_switched_on_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> Any:
        return None

    monkeypatch.setattr(settings_module, "find_spec", nothing)
    with pytest.raises(ValueError, match=r"tongxi\[english\]"):
        settings_module.Settings(english=True)
