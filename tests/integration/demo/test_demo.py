"""`tongxi demo` as a newcomer starts it: shop, server, accounts; a visitor asks, a colleague looks."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from tongxi.client import AgentClient, WidgetClient
from tongxi.demo.start import INBOX_KEY, DemoKeys
from tongxi.settings import Settings

pytestmark = pytest.mark.anyio


AT_ONCE_SECONDS = 1.0
"""Far below what the panel would wait for a shop that is slow; tests share their machine."""


@dataclass(frozen=True, slots=True)
class Demo:
    url: str
    shop_url: str
    keys: DemoKeys

    def misbehave(self, kind: str | None) -> None:
        headers = {"Authorization": f"Bearer {self.keys.shop_key}"}
        httpx2.post(f"{self.shop_url}/_faults", json={"kind": kind}, headers=headers, trust_env=False)

    async def identity(self, customer: str) -> str:
        """As the shop's page hands it to the widget."""
        async with httpx2.AsyncClient(trust_env=False, cookies={"customer": customer}) as client:
            page = (await client.get(f"{self.shop_url}/")).text
        found = re.search(r'data-identity="([^"]+)"', page)
        assert found
        return found[1]

    async def visitor(self, customer: str | None, language: str = "zh") -> WidgetClient:
        identity = await self.identity(customer) if customer else None
        return WidgetClient(self.url, INBOX_KEY, identity=identity, locale=language, page_origin=self.shop_url)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def demo(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder: Path = tmp_path_factory.mktemp("demo")
    port = free_port()
    environment = os.environ | {
        "TONGXI_DATA": str(folder),
        "TONGXI_DATABASE_URL": shared_database_url,
        "TONGXI_PORT": str(port),
        "TONGXI_LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tongxi.cli", "demo", "--quiet"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        printed = ""
        while "Ctrl-C" not in printed:
            line = process.stdout.readline()
            assert line, f"the demo ended: {printed}"
            printed += line
        shop_url = re.findall(r"http://127\.0\.0\.1:\d+", printed)[0]
        keys = DemoKeys.load(Settings(data=folder))
        assert keys.password in printed
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 20
        while True:
            try:
                if httpx2.get(f"{url}/api/v1/auth/status", trust_env=False).status_code == 200:
                    break
            except httpx2.HTTPError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield Demo(url, shop_url, keys)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(15)
        process.stdout.close()


async def test_a_customer_signed_in_at_the_shop_hears_about_the_own_order(demo: Demo) -> None:
    async with await demo.visitor("C1004") as customer:
        assert customer.session["contact"]["verified"]
        await customer.send("我的快递到哪了")
        answer = await customer.wait_for_reply()
    assert answer.content["card"]["order"]["number"] == "NC20410774"
    assert answer.content["live"][0]["system"] == "暖仓订单系统"


async def test_a_stranger_hears_nothing(demo: Demo) -> None:
    async with await demo.visitor(None) as customer:
        await customer.send("NC20410774 到哪了")
        answer = await customer.wait_for_reply()
    assert "NC20410774" not in answer.text
    assert "card" not in answer.content
    assert answer.content["offer_person"]


async def test_another_customer_is_told_there_is_no_such_order(demo: Demo) -> None:
    async with await demo.visitor("C1002") as customer:
        answers = []
        for number in ("NC20410774", "NC20410775"):
            await customer.send(f"查一下订单 {number}")
            answers.append(await customer.wait_for_reply())
    assert answers[0].text == answers[1].text
    assert not any("NC20410774" in answer.text for answer in answers)


async def test_a_question_from_the_knowledge_in_each_language(demo: Demo) -> None:
    for language, question, title in (
        ("zh", "退款多久到账", "退款多久到账"),
        ("en", "How much is shipping?", "Shipping fees"),
    ):
        async with await demo.visitor(None, language) as customer:
            await customer.send(question)
            answer = await customer.wait_for_reply()
        assert [source["title"] for source in answer.sources] == [title]


async def test_the_bot_owns_up_when_the_shop_is_down(demo: Demo) -> None:
    demo.misbehave("500")
    try:
        async with await demo.visitor("C1008") as customer:
            await customer.send("我的订单到哪了")
            answer = await customer.wait_for_reply()
    finally:
        demo.misbehave(None)
    assert "card" not in answer.content
    assert answer.content["offer_person"]


async def panel(agent: AgentClient, conversation: str) -> tuple[dict[str, Any], float]:
    started = time.perf_counter()
    shown = await agent.call("GET", f"/conversations/{conversation}/orders")
    return shown, time.perf_counter() - started


async def test_the_panel_is_there_at_once_and_says_when_it_is_old(demo: Demo) -> None:
    agent = AgentClient(demo.url, "supervisor@nuancang.example", demo.keys.password)
    try:
        await agent.login()
        async with await demo.visitor("C1001") as customer:
            await customer.send("你好")
            await customer.wait_for_reply()
            conversation = customer.conversation
        assert conversation
        shown, seconds = await panel(agent, conversation)
        assert seconds < AT_ONCE_SECONDS
        assert [one["number"] for one in shown["orders"]] == ["NC20418347", "NC20418833", "NC20397120"]
        assert shown["orders"][1]["status_text"] == "派送中"
        assert shown["orders"][1]["shipments"][0]["trace"]
        assert (shown["stale"], shown["error"]) == (False, None)
        demo.misbehave("timeout")
        await anyio.sleep(5.1)  # until the answer is too old to be shown as fresh
        shown, seconds = await panel(agent, conversation)
        assert seconds < AT_ONCE_SECONDS
        assert (len(shown["orders"]), shown["stale"], shown["error"]) == (3, True, "timeout")
    finally:
        demo.misbehave(None)
        await agent.close()


async def test_the_panel_of_a_stranger_says_why_it_is_empty(demo: Demo) -> None:
    agent = AgentClient(demo.url, "supervisor@nuancang.example", demo.keys.password)
    try:
        await agent.login()
        async with await demo.visitor(None) as customer:
            await customer.send("你好")
            await customer.wait_for_reply()
            conversation = customer.conversation
        assert conversation
        shown, _ = await panel(agent, conversation)
        assert shown == {
            "orders": [],
            "system": "暖仓订单系统",
            "checked_at": None,
            "stale": False,
            "error": "unverified",
        }
    finally:
        await agent.close()


async def test_who_may_not_read_conversations_sees_no_orders(demo: Demo) -> None:
    async with await demo.visitor("C1001") as customer:
        await customer.send("你好")
        conversation = customer.conversation
    for email in ("editor@nuancang.example", "admin@nuancang.example"):
        client = AgentClient(demo.url, email, demo.keys.password)
        try:
            await client.login()
            with pytest.raises(Exception, match="forbidden"):
                await panel(client, str(conversation))
        finally:
            await client.close()
