"""Sentence vectors of an endpoint: made in the background, kept in the database, and never waited for long."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.support.databases import Databases
from tests.support.model_server import ModelServer, Plan, model_server
from tests.support.seam import Customer, Seam, furnish, opened
from tongxi import migrations
from tongxi.kit.db import Database
from tongxi.kit.ids import new_id
from tongxi.knowledge import vectors as module
from tongxi.knowledge.articles import Article
from tongxi.knowledge.vector_store import VectorStore
from tongxi.llm.protocol import FailureCode, ModelFailed

pytestmark = pytest.mark.anyio

TOPICS = {
    "扫地机器人": ("扫地机器人", "转起来"), "退款": ("退款",), "发票": ("发票",), "会员": ("会员",),
    "优惠券": ("优惠券",), "密码": ("密码",), "地址": ("地址",), "门店": ("门店",), "保养": ("保养",),
    "电池": ("电池",), "安装": ("安装",), "礼品卡": ("礼品卡",),
}  # fmt: skip
STRANGE = "那个绿色的东西又自己转起来了"
"""Shares no word with the article it is about."""
UNKNOWN = "珠穆朗玛峰有多高"


def meaning(text: str) -> list[float]:
    """One number a topic, and one for everything else."""
    about = [float(any(word in text for word in words)) for words in TOPICS.values()]
    return [*about, 0.0 if any(about) else 1.0]


def articles() -> list[Article]:
    return [_article(f"{n}.zh", topic) for n, topic in enumerate(TOPICS)]


def _article(slug: str, topic: str) -> Article:
    body = f"关于{topic}，请看这里。"
    return Article(new_id(), slug, "zh", f"{topic}须知", body, (), "everyone", "", datetime.now(UTC))


@pytest.fixture
async def endpoint() -> AsyncIterator[ModelServer]:
    async with model_server() as running:
        running.vector = meaning
        yield running


@pytest.fixture(params=["pgvector", "bytes"])
async def seam(
    request: pytest.FixtureRequest, endpoint: ModelServer, database_url: str, tmp_path: Path
) -> AsyncIterator[Seam]:
    """A shop with twelve articles and an endpoint for embeddings, in both ways of keeping vectors."""
    settings: dict[str, Any] = {"model_url": endpoint.url, "model_name": "embedder"}
    with psycopg.connect(database_url) as connection:
        if request.param == "bytes":
            connection.execute("alter table text_vector alter column vector type bytea using null")
        elif not connection.execute("select 1 from pg_extension where extname = 'vector'").fetchone():
            pytest.skip("the given PostgreSQL has no pgvector; the embedded one has")
    async with opened(database_url, tmp_path, **settings) as house:
        setup = house.models.setup
        ladders = {"embed": setup.settings.ladders["answer"]}
        await house.models.configure(replace(setup, settings=setup.settings.model_copy(update={"ladders": ladders})))
        house.knowledge.replace(articles())
        assert await VectorStore().storage(house.db) == request.param
        yield await furnish(house)


async def fill(seam: Seam) -> int:
    engine = seam.house.vectors.engine
    assert engine is not None
    return await seam.house.vectors.fill(seam.house.db, engine)


async def decision(seam: Seam, customer: Customer, text: str) -> dict[str, Any]:
    await seam.said(customer, text)
    found = [one.data["decision"] for one in await seam.entries(customer) if "decision" in (one.data or {})]
    return dict(found[-1])


async def stored(seam: Seam) -> int:
    return int(await seam.value("select count(*) from text_vector where vector is not null"))


# ── in the background ──


async def test_every_text_is_embedded_once_and_only_what_changed_again(seam: Seam, endpoint: ModelServer) -> None:
    assert await fill(seam) == 24
    assert all(len(asked["input"]) <= 20 for asked in endpoint.asked)
    assert await fill(seam) == 0
    changed = articles()
    changed[0] = replace(changed[0], body="扫地机器人自己启动时，请检查定时。")
    seam.house.knowledge.replace(changed)
    assert await fill(seam) == 1
    assert await stored(seam) == 24, "what is no longer published is forgotten"


async def test_what_was_begun_is_finished_after_a_failure(seam: Seam, endpoint: ModelServer) -> None:
    endpoint.script = [Plan(), Plan(status=401)]
    with pytest.raises(ModelFailed):
        await fill(seam)
    assert await stored(seam) == 20
    assert await fill(seam) == 4


async def test_a_text_that_is_refused_does_not_keep_the_others_waiting(seam: Seam, endpoint: ModelServer) -> None:
    endpoint.respond = lambda body: Plan(status=400 if any("密码" in text for text in body["input"]) else 200)
    await fill(seam)
    assert await stored(seam) == 22
    assert await fill(seam) == 0, "it is not asked again at once"


async def test_another_length_of_vectors_replaces_the_old_ones(seam: Seam, endpoint: ModelServer) -> None:
    await fill(seam)
    seam.house.knowledge.replace([*articles(), replace(articles()[0], title="新的")])
    endpoint.vector = lambda text: [*meaning(text), 0.0]
    assert await fill(seam) == 26, "two are new, and then all others"
    assert await stored(seam) == 26


async def test_the_sweepers_tick_begins_once(seam: Seam, endpoint: ModelServer) -> None:
    for _ in range(3):
        seam.house.vectors.tick(seam.house.db)
    task = seam.house.vectors._task
    assert task is not None
    await task
    seam.house.vectors.tick(seam.house.db)
    assert seam.house.vectors._task is task
    assert await stored(seam) == 24


# ── asked ──


async def test_what_only_vectors_find_becomes_a_question_back(seam: Seam) -> None:
    await fill(seam)
    made = await decision(seam, await seam.customer(), STRANGE)
    assert made["choice"] == "ask"
    assert "vectors_near" in [reason["code"] for reason in made["reasons"]]


async def test_a_vector_alone_never_answers(seam: Seam) -> None:
    await fill(seam)
    hits = await seam.house.vectors.search(seam.house.db, STRANGE, "zh")
    assert hits is not None
    assert hits[0].title == "扫地机器人须知"
    assert hits[0].score < seam.house.bot.settings.limits.quote_at


async def test_what_is_near_nothing_stays_unknown(seam: Seam) -> None:
    await fill(seam)
    assert await seam.house.vectors.search(seam.house.db, UNKNOWN, "zh") is None
    assert (await decision(seam, await seam.customer(), UNKNOWN))["choice"] in ("unknown", "ask", "quote")


async def test_the_same_question_is_embedded_once(seam: Seam, endpoint: ModelServer) -> None:
    await fill(seam)
    before = len(endpoint.asked)
    for _ in range(3):
        await seam.house.vectors.search(seam.house.db, STRANGE, "zh")
    assert len(endpoint.asked) == before + 1


async def test_a_sure_local_answer_asks_no_endpoint(seam: Seam, endpoint: ModelServer) -> None:
    await seam.article("退货须知", "收到商品后七天内可以退货。")
    await fill(seam)
    before = len(endpoint.asked)
    made = await decision(seam, await seam.customer(), "退货须知")
    assert made["choice"] == "answer"
    assert len(endpoint.asked) == before


@pytest.mark.parametrize(
    "plan",
    [
        Plan(hang=True), Plan(status=500), Plan(status=401), Plan(body=b"not json"), Plan(cut=10),
        Plan(body=b'{"data": [{"index": 0, "embedding": [0, 0]}]}'),
        Plan(body=b'{"data": [{"index": 0, "embedding": [1, 0]}]}'),
    ],
    ids=["hangs", "500", "401", "unreadable", "cut", "no direction", "another length"],
)  # fmt: skip
async def test_an_ill_endpoint_leaves_the_local_search(seam: Seam, endpoint: ModelServer, plan: Plan) -> None:
    await fill(seam)
    endpoint.plan = plan
    made = await decision(seam, await seam.customer(), STRANGE)
    assert made["choice"] == "unknown"
    assert "vectors_near" not in [reason["code"] for reason in made["reasons"]]


async def test_a_slow_endpoint_is_not_waited_for(seam: Seam, endpoint: ModelServer) -> None:
    await fill(seam)
    endpoint.plan = Plan(hang=True)
    async with asyncio.timeout(module.PATIENCE_SECONDS * 5):
        assert await seam.house.vectors.search(seam.house.db, STRANGE, "zh") is None


async def test_reading_a_large_base_goes_on_for_the_next_question(seam: Seam, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(seam)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.0)
    assert await seam.house.vectors.search(seam.house.db, STRANGE, "zh") is None
    monkeypatch.undo()
    assert await seam.house.vectors.search(seam.house.db, STRANGE, "zh")


async def test_vectors_that_are_none_are_refused(seam: Seam, endpoint: ModelServer) -> None:
    endpoint.vector = lambda text: [0.0, 0.0]
    with pytest.raises(ModelFailed) as failed:
        await fill(seam)
    assert failed.value.code is FailureCode.BAD_ANSWER
    assert await stored(seam) == 0


async def test_without_an_engine_nothing_is_asked(seam: Seam, endpoint: ModelServer) -> None:
    setup = seam.house.models.setup
    await seam.house.models.configure(replace(setup, settings=setup.settings.model_copy(update={"ladders": {}})))
    seam.house.vectors.tick(seam.house.db)
    await decision(seam, await seam.customer(), STRANGE)
    assert endpoint.asked == []


# ── the migration ──


async def test_a_database_without_the_right_to_extensions_migrates(databases: Databases) -> None:
    name = f"plain_{secrets.token_hex(4)}"
    with databases.fresh(migrated=False) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            role = sql.Identifier(name)
            connection.execute(sql.SQL("create role {}").format(role))
            connection.execute(sql.SQL("grant usage, create on schema public to {}").format(role))
        try:
            limited = make_conninfo(url, options=f"-c role={name}")
            migrations.upgrade(limited)
            db = Database(limited)
            await db.open()
            try:
                assert await VectorStore().storage(db) == "bytes"
            finally:
                await db.close()
        finally:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(sql.SQL("drop owned by {}").format(role))
                connection.execute(sql.SQL("drop role {}").format(role))
