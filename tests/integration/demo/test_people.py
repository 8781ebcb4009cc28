"""Simulated people use the demo by the public protocol and leave real visitors alone."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tongxi.client import AgentClient, WidgetClient
from tongxi.demo import agents, customers, seed
from tongxi.demo.agents import DemoAgent
from tongxi.demo.customers import Persona
from tongxi.demo.people import AGENTS, load
from tongxi.demo.start import INBOX_KEY, PEOPLE_INBOX_KEY, DemoKeys
from tongxi.settings import Settings

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def demo(database_url: str, folder: Path) -> AsyncIterator[tuple[str, str, DemoKeys]]:
    """`tongxi demo --quiet`: its address, the shop's, the keys."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "TONGXI_DATA": str(folder),
        "TONGXI_DATABASE_URL": database_url,
        "TONGXI_PORT": str(port),
        "TONGXI_LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-m", "tongxi.cli", "demo", "--quiet"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        shop = None
        while shop is None:
            line = await asyncio.to_thread(process.stdout.readline)
            assert line, "the demo ended"
            shop = re.search(r"Shop.*(http://\S+)/", line)
        yield f"http://127.0.0.1:{port}", shop[1], DemoKeys.load(Settings(data=folder))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


async def is_on_duty(boss: AgentClient, email: str) -> bool:
    """The simulated agent is connected and online."""
    names = {one["email"]: one["name"] for one in seed._load("house.yaml")["users"]}
    team = await boss.call("GET", "/presence")
    return any(
        one["user"]["name"] == names[email] and one["state"] == "online" and one["connected"]
        for one in (team if isinstance(team, list) else team["items"])
    )


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """People who think and type thirty times as fast."""
    sleep = asyncio.sleep

    class Hurry:
        def __getattr__(self, name: str) -> object:
            return getattr(asyncio, name)

        @staticmethod
        async def sleep(seconds: float) -> None:
            await sleep(seconds / 30)

    monkeypatch.setattr(customers, "asyncio", Hurry())
    monkeypatch.setattr(agents, "asyncio", Hurry())
    monkeypatch.setattr(agents, "SILENCE_SECONDS", 3.0)


async def test_a_simulated_customer_is_served_and_a_real_one_left_alone(
    database_url: str, tmp_path: Path, hurried: None
) -> None:
    personas, words = load()
    persona: Persona = next(one for one in personas if one.who == "S2005")
    async with demo(database_url, tmp_path) as (url, shop_url, keys):
        agent = DemoAgent(url, AGENTS[0], keys.password, words, random.Random(1))
        work = asyncio.create_task(agent.work())
        real = WidgetClient(url, INBOX_KEY, locale="zh", page_origin=shop_url)
        boss = AgentClient(url, "supervisor@nuancang.example", keys.password)
        try:
            async with boss, real:
                await boss.presence("break")
                async with asyncio.timeout(20):
                    while not await is_on_duty(boss, AGENTS[0]):  # noqa: ASYNC110
                        await asyncio.sleep(0.05)
                await real.send("转人工")
                await customers.visit(url, shop_url, keys.inbox_secret, persona, random.Random(2))
                assert real.state != "active"
                rows = await boss.conversations("all") + await boss.conversations("closed")
                served = {row["id"]: row for row in rows if row["inbox"]["name"] == agents.PEOPLE_INBOX}
                (row,) = served.values()
                entries = await boss.history(row["id"])
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
    assert "演示" in row["contact"]["name"]
    said = [(one.type, one.by.kind, one.text) for one in entries]
    assert any(kind == "agent" and text for _, kind, text in said), said
    assert {"handed_off", "claimed", "ended", "rated"} <= {one.type for one in entries}
    assert PEOPLE_INBOX_KEY != INBOX_KEY
