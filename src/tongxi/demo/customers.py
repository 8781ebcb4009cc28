"""A simulated customer: reads, thinks, types, asks; waits for a person if need be; rates; leaves."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tongxi.client import Entry, WidgetClient
from tongxi.demo.shop.data import catalogue_customers
from tongxi.demo.shop.pages import sign_identity
from tongxi.demo.start import PEOPLE_INBOX_KEY

Wording = list[str] | str


class Persona(BaseModel):
    """Who comes, what they ask, and how they leave."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["zh", "en"]
    who: str
    page: str
    ask: list[Wording]
    person: list[str] = Field(default_factory=list)
    tell: list[Wording] = Field(default_factory=list)
    csat: list[int] = Field(default_factory=list)
    patience: float = 6
    """Minutes in the queue."""


async def visit(url: str, shop_url: str, secret: str, persona: Persona, rng: random.Random) -> None:
    """One visit from the first question to the rating. Raises: what the client raises."""
    page = {"url": f"{shop_url}/p/{persona.page}", "title": persona.page, "referrer": shop_url}
    client = WidgetClient(
        url,
        PEOPLE_INBOX_KEY,
        identity=_identity(persona, secret),
        locale=persona.language,
        page=page,
        page_origin=shop_url,
    )
    async with client:
        customer = _Customer(client, rng)
        for wording in persona.ask:
            await customer.says(wording)
            answer = await customer.reads(timeout=15)
            if client.state in ("queued", "active"):
                break
            if answer and rng.random() < 0.6:
                await customer.taps(answer)
        if persona.person and client.state not in ("queued", "active"):
            await customer.says(persona.person)
            await customer.reads(timeout=15)
            if client.state == "bot":  # not understood: there is a button for it
                await client.person()
        if client.state in ("queued", "active"):
            await _with_person(customer, persona)
        await asyncio.sleep(rng.uniform(3, 8))
        if client.state in ("bot", "queued"):
            await client.end()
        if persona.csat and rng.random() < 0.8:
            csat = rng.choice(persona.csat)
            await client.rate(csat, resolved=csat >= 4)


async def _with_person(customer: _Customer, persona: Persona) -> None:
    """Wait for an agent, tell, and stay until the agent ends it."""
    client = customer.client
    try:
        await client.wait_for_state("active", "closed", timeout=persona.patience * 60)
    except TimeoutError:
        return
    await customer.reads(timeout=40)
    for wording in persona.tell:
        if client.state != "active":
            return
        await customer.says(wording)
        await customer.reads(timeout=90)
    try:
        await client.wait_for_state("closed", "wrap_up", timeout=90)
    except TimeoutError:
        await client.end()


class _Customer:
    """Types and reads at human speed."""

    def __init__(self, client: WidgetClient, rng: random.Random) -> None:
        self.client = client
        self.rng = rng

    async def says(self, wording: Wording) -> None:
        text = wording if isinstance(wording, str) else self.rng.choice(wording)
        await asyncio.sleep(self.rng.uniform(0.8, 2.5))
        await self.client.typing()
        per_character = 0.16 if not text.isascii() else 0.06
        await asyncio.sleep(min(len(text) * per_character * self.rng.uniform(0.7, 1.4), 8))
        await self.client.send(text)

    async def reads(self, timeout: float) -> Entry | None:
        """The reply, read for as long as it takes; None when there was none."""
        try:
            entry = await self.client.wait_for_reply(timeout=timeout)
        except TimeoutError:
            return None
        await asyncio.sleep(min(1 + len(entry.text) * 0.04, 6) * self.rng.uniform(0.6, 1.2))
        await self.client.read()
        return entry

    async def taps(self, answer: Entry) -> None:
        """Choose one of the quick replies, if there are some."""
        replies = answer.content.get("quick_replies") or []
        if replies:
            chosen = self.rng.choice(replies)
            await asyncio.sleep(self.rng.uniform(1, 3))
            await self.client.send(chosen["label"], quick_reply=chosen["id"])
            await self.reads(timeout=15)


def _identity(persona: Persona, secret: str) -> str | None:
    """Signed by the shop for its customers; a guest has none."""
    if persona.who == "guest":
        return None
    customer = catalogue_customers()[persona.who]
    return sign_identity(customer, inbox=PEOPLE_INBOX_KEY, secret=secret, language=persona.language, now=time.time())
