"""A customer in a flow against the demo shop's own code over HTTP, without the rest of the house."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx2

from tongxi.bot.flows import FlowContact, Flows, FlowStep, Said, continues, match, run_flow, weigh
from tongxi.bot.flows.journal import MemoryJournal
from tongxi.bot.memory import Memory
from tongxi.connectors.http_mapping import HttpMapping
from tongxi.connectors.http_shop import HttpShop
from tongxi.connectors.mapping import parse
from tongxi.connectors.protocol import Connectors
from tongxi.demo.shop import data
from tongxi.demo.shop.app import ShopConfig, create_shop
from tongxi.kit.clock import SystemClock
from tongxi.kit.ids import new_id


class ShopTalk:
    """Says something, gets the flow's step; keeps the position as the bot's memory does."""

    def __init__(self, connectors: Connectors, database: Path, who: str | None, language: str) -> None:
        self.connectors, self.database, self.language = connectors, database, language
        self.contact = FlowContact(who, who is not None, new_id())
        self.flows = Flows()
        self.journal = MemoryJournal()
        self.memory = Memory()
        self.conversation_id = new_id()
        self.facts: dict[str, str] = {}
        self.seq = 0
        self.last: FlowStep | None = None

    async def says(self, *texts: str, tap: str | None = None, flow: str | None = None) -> FlowStep:
        """Send messages (together, before the bot answers); the wish decides the flow unless `flow` is given."""
        self.seq += len(texts)
        said = Said(texts, self.seq, tap)
        name = flow or self.wish(said)
        assert name is not None, f"{texts!r} starts no flow and belongs to none"
        step = await run_flow(
            name, memory=self.memory, said=said, contact=self.contact, connectors=self.connectors,
            language=self.language, now=datetime.now(UTC), flows=self.flows, journal=self.journal,
            conversation_id=self.conversation_id, facts=self.facts,
        )  # fmt: skip
        self.memory = self.memory.model_copy(update={"flow": step.flow})
        self.facts |= {code: str(fact["value"]) for code, fact in step.slots.items()}
        self.last = step
        return step

    def wish_for(self, text: str) -> str | None:
        """The flow a fresh message asks for."""
        found = match(text, (), self.flows.enabled(), self.language)
        return found.name if found else None

    def wish(self, said: Said) -> str | None:
        """The flow the message belongs to or asks for, as `bot.understanding` finds it."""
        position = self.memory.flow
        live = self.flows.get(position.name) if position else None
        flow = live.flow if live else None
        going = continues(flow, position, said) if flow and position else None
        found = match(said.text, (), self.flows.enabled(), self.language)
        found, going = weigh(found, going, flow, position, said)
        if found is not None:
            return found.name or None
        return flow.name if going is not None and flow is not None else None

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        """Rows of the shop's own database."""
        database = sqlite3.connect(self.database)
        database.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in database.execute(sql, params).fetchall()]
        finally:
            database.close()


@asynccontextmanager
async def shop_talk(folder: Path, who: str | None, language: str = "zh") -> AsyncIterator[ShopTalk]:
    """The shop's application in this process, a connector to it, and a customer."""
    file = folder / "shop.sqlite"
    data.make(file, datetime.now(UTC))
    config = ShopConfig(database=file, key="k", inbox="nuancang", secret="s" * 32, desk_port=1)
    transport = httpx2.ASGITransport(app=create_shop(config))
    client = httpx2.AsyncClient(transport=transport, base_url="http://shop.test", headers={"Authorization": "Bearer k"})
    goods = httpx2.AsyncClient(transport=transport, base_url="http://shop.test")
    mapping = parse(
        (files("tongxi.demo") / "catalogue.mapping.yaml").read_text("utf-8").replace("SHOP_URL", "http://shop.test")
    )
    connectors = Connectors(
        [
            HttpShop("http://shop.test", "k", system="订单系统", has_actions=True, client=client),
            HttpMapping(mapping, "k", system="商品目录", prefix="catalogue", client=goods, clock=SystemClock()),
        ]
    )
    try:
        yield ShopTalk(connectors, file, who, language)
    finally:
        await connectors.close()
