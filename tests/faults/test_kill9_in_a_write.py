"""Killed with kill -9 while a flow charges a customer's card: charged once, told the truth, the talk goes on.

The demo shop is a process of its own and stays alive; its faults hold a request for as long as the kill needs. Where
the kill comes too late for that (a very slow machine), the product has met the fault itself, and the same must hold.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from benchmarks.product import Product
from benchmarks.stage import Stage, stage

from tests.faults.running import running_product
from tongxi.client import Backoff, WidgetClient
from tongxi.demo.shop.data import catalogue_customers
from tongxi.demo.shop.pages import sign_identity
from tongxi.demo.start import SHOP_NAME, DemoShop, start_shop
from tongxi.settings import Settings

PATIENCE = 60.0
"""Seconds for whatever must happen; a test that runs into it has failed."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When the kill comes, seen from the shop."""

    who: str
    fault: dict[str, Any]
    done_before: bool
    """The shop has made the change by then."""


MOMENTS = {
    "before the shop was asked to change anything": Moment("C1001", {"kind": "timeout", "only": "all"}, False),
    "the request is with the shop, and is lost": Moment("C1002", {"kind": "timeout", "only": "changes"}, False),
    "the request is with the shop, and is carried out later": Moment(
        "C1003", {"kind": "slow", "only": "changes"}, False
    ),
    "done, and the answer was not stored": Moment("C1004", {"kind": "unknown_after_effect", "only": "changes"}, True),
}


class Shop:
    """The demo shop's process, its faults and its books."""

    def __init__(self, running: DemoShop, database: Path) -> None:
        self.running, self._database = running, database
        headers = {"Authorization": f"Bearer {running.keys.shop_key}"}
        self._client = httpx2.Client(base_url=running.url, headers=headers, trust_env=False, timeout=10)

    def fault(self, **fault: Any) -> None:
        self._client.post("/_faults", json=fault).raise_for_status()

    def struck(self) -> bool:
        return bool(self._client.get("/_faults").json()["left"] == 0)

    def charged(self, customer: str) -> list[float]:
        """Every amount taken from the customer's card."""
        return [float(row[0]) for row in self._rows("select amount from top_up where customer_id = ?", customer)]

    def balance(self, customer: str) -> float:
        return float(self._rows("select balance from profile where customer_id = ?", customer)[0][0])

    def _rows(self, sql: str, customer: str) -> list[Any]:
        database = sqlite3.connect(self._database, timeout=10)
        try:
            return database.execute(sql, (customer,)).fetchall()
        finally:
            database.close()

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with start_shop(Settings(data=tmp_path / "shop"), port=0) as running:
        made = Shop(running, tmp_path / "shop/demo-shop.sqlite")
        yield made
        made.close()


@pytest.fixture
def product(request: pytest.FixtureRequest, shop: Shop) -> Iterator[Product]:
    actions = {
        "TONGXI_SHOP_URL": shop.running.url,
        "TONGXI_SHOP_KEY": shop.running.keys.shop_key,
        "TONGXI_SHOP_NAME": SHOP_NAME,
        "TONGXI_SHOP_ACTIONS": "true",
    }
    with running_product(request, **actions) as running:
        yield running


async def signed_in(scene: Stage, secret: str, who: str) -> WidgetClient:
    """The widget on the shop's page of a customer the shop vouches for."""
    customer = catalogue_customers()[who]
    token = sign_identity(customer, inbox=scene.inbox, secret=secret, language="zh", now=time.time())
    client = WidgetClient(scene.url, scene.inbox, identity=token, locale="zh", backoff=Backoff(0.1, 1.0))
    return await client.open(timeout=PATIENCE)


async def until(is_so: Any) -> None:
    end = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(is_so):
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.01)


async def says(client: WidgetClient, text: str) -> str:
    await client.send(text)
    return (await client.wait_for_reply(timeout=PATIENCE)).text


async def nothing_is_claimed_when_nobody_can_know(scene: Stage, secret: str, product: Product, shop: Shop) -> None:
    """After the kill the shop takes no changes either: the customer is told that nobody knows, and people have it."""
    client = await signed_in(scene, secret, "C1006")
    try:
        for text in ("我要充值", "商城余额", "100元"):
            await says(client, text)
        shop.fault(kind="timeout", only="changes", left=1)
        yes = await client.send("确认充值")
        await until(shop.struck)
        product.kill()
        shop.fault(kind="500", only="changes")
        product.launch()
        await asyncio.to_thread(product.wait_ready)
        told = await client.wait_for_reply(after=yes.seq, timeout=PATIENCE)
        assert "不能确定有没有办成" in told.text
        people = await client.wait_for_reply(after=told.seq, timeout=PATIENCE)
        assert people.notice in ("handed_off", "off_hours"), people.text
        assert shop.charged("C1006") == []
        assert not any("已充值" in entry.text for entry in await client.history())
    finally:
        shop.fault(kind=None)
        await client.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_kill_in_a_write_neither_charges_twice_nor_lies(product: Product, shop: Shop) -> None:
    async with stage(product) as scene:
        inbox = (await scene.agent.call("GET", "/inboxes"))["items"][0]["id"]
        secret = (await scene.agent.call("POST", f"/inboxes/{inbox}/rotate-secret"))["secret"]
        await nothing_is_claimed_when_nobody_can_know(scene, secret, product, shop)
        for name, moment in MOMENTS.items():
            client = await signed_in(scene, secret, moment.who)
            try:
                before = shop.balance(moment.who)
                assert "充到商城余额" in await says(client, "我要充值"), name
                await says(client, "商城余额")
                asked = await says(client, "100元")
                assert "扣款 100 元" in asked, name
                assert shop.charged(moment.who) == [], "charged before the yes"

                shop.fault(**moment.fault, left=1)
                yes = await client.send("确认充值")
                await until(shop.struck)
                if moment.done_before:
                    await until(lambda who=moment.who: shop.charged(who))
                product.kill()
                shop.fault(kind=None)
                product.launch()
                await asyncio.to_thread(product.wait_ready)

                told = (await client.wait_for_reply(after=yes.seq, timeout=PATIENCE)).text
                assert "已充值 ¥100.00" in told, (name, told)
                assert shop.charged(moment.who) == [100.0], name
                assert shop.balance(moment.who) == before + 100, name
                assert f"{before + 100:.2f}" in await says(client, "查一下我的账户余额"), name
                said = [entry.text for entry in await client.history() if "已充值" in entry.text]
                assert len(said) == 1, (name, said)
                assert client.conversation
                facts = [entry.type for entry in await scene.agent.history(client.conversation)]
                assert (facts.count("flow_confirmed"), facts.count("flow_written")) == (1, 1), name
            finally:
                await client.close()
