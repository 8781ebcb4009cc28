"""What a flow did lately: one line a run, from the log; a thousand of them by page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.support.seam import Seam, furnish
from tests.support.walk import Walk, open_walk
from tongxi.accounts.roles import Role
from tongxi.bot.flows import versions
from tongxi.bot.flows.runs import runs

pytestmark = pytest.mark.anyio


OWN = """\
name: newsletter
title: {zh: 订阅, en: Newsletter}
about: {zh: 订阅上新消息, en: Subscribes to news}
for: anyone
triggers:
  examples: {zh: [我要订阅], en: [subscribe me]}
slots:
  topic: {kind: text, title: {zh: 主题, en: Topic}, ask: {zh: "想订阅什么？", en: "About what?"}}
steps:
  - ask: topic
  - say: {zh: "好的：{topic}。", en: "All right: {topic}."}
  - end: done
"""


@pytest.fixture
async def walk(database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    async with open_walk(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def shop(seam: Seam) -> Seam:
    """A house with a flow of its own."""
    await publish(seam)
    return seam


async def publish(seam: Seam) -> None:
    admin, house = await seam.agent("高远", role="admin", online=False), seam.house
    by: dict[str, Any] = {"author": admin.id, "at": house.clock.now(), "ip": ""}
    async with house.db.transaction() as tx:
        await versions.save_draft(tx, "newsletter", OWN, seen="", **by)
        draft = await versions.draft(tx, "newsletter")
        assert draft is not None
        await versions.publish(tx, "newsletter", seen=draft.revision, note="", known=lambda _: None, **by)
    await house.flows.load(house.db)


async def listed(seam: Seam, name: str = "newsletter", **more: Any) -> list[dict[str, Any]]:
    async with seam.house.db.reading() as tx:
        return list(await runs(tx, name, limit=more.pop("limit", 50), **more))


async def test_a_run_is_one_line_from_its_beginning_to_its_end(shop: Seam) -> None:
    customer = await shop.customer(name="王芳")
    await shop.said(customer, "我要订阅")
    (asked,) = await listed(shop)
    assert (asked["outcome"], asked["is_open"], asked["turns"], asked["version"]) == ("asked", True, 1, 1)
    assert (asked["contact"], asked["conversation_id"]) == ("王芳", customer.conversation_id)
    await shop.said(customer, "上新")
    (done,) = await listed(shop)
    assert (done["outcome"], done["is_open"], done["turns"]) == ("done", False, 2)
    assert done["began_at"] < done["at"]
    await shop.said(customer, "我要订阅")
    await shop.said(customer, "算了")
    assert [one["outcome"] for one in await listed(shop)] == ["cancelled", "done"]
    assert [one["outcome"] for one in await listed(shop, outcome="done")] == ["done"]


async def test_a_customer_who_leaves_does_not_look_as_if_the_bot_still_waited(shop: Seam) -> None:
    customer = await shop.customer()
    await shop.said(customer, "我要订阅")
    await shop.said(customer, "转人工")
    (left,) = await listed(shop)
    assert (left["outcome"], left["is_open"]) == ("asked", False)


async def test_a_thousand_runs_by_page(seam: Seam) -> None:
    customer = await seam.customer()
    start = datetime(2026, 1, 5, tzinfo=UTC)
    rows = [
        (
            customer.conversation_id, 100_000 + n, start + timedelta(minutes=n // 3),
            Jsonb({"decision": {"choice": "flow:newsletter", "reasons": [{"code": "written"}], "flow": {
                "name": "newsletter", "version": 0, "run": 100_000 + n, "outcome": "done"}}}),
        )
        for n in range(1_000)
    ]  # fmt: skip
    async with seam.house.db.transaction() as tx:
        sql = (
            "insert into log_entry (conversation_id, seq, type, at, actor, data)"
            " values (%s, %s, 'message_sent', %s, 'bot', %s)"
        )
        for row in rows:
            await tx.execute(sql, row)
    seen, after = [], None
    while page := await listed(seam, limit=200, after=after):
        seen += [one["seq"] for one in page]
        after = f"{page[-1]['conversation_id']}.{page[-1]['seq']}"
    assert seen == [100_999 - n for n in range(1_000)]
    assert all(one["written"] for one in await listed(seam))


async def test_who_it_was_is_for_those_who_may_read_conversations(walk: Walk) -> None:
    seam = await furnish(walk.house)
    await publish(seam)
    await seam.said(await seam.customer(name="王芳"), "我要订阅")
    async with walk.http() as http:
        for role, may_read in ((Role.SUPERVISOR, True), (Role.AUDITOR, False)):
            answer = await http.get("/api/v1/flows/newsletter/runs", headers=await walk.cookie(role))
            (row,) = answer.json()["items"]
            assert ("contact" in row, "conversation" in row) == (may_read, may_read)
        wrong = await http.get("/api/v1/flows/newsletter/runs?cursor=x", headers=await walk.cookie(Role.OWNER))
        assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")
