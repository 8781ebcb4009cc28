"""A shop that knows one article and has a model, and what its customers are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.support.model_server import ModelServer
from tests.support.seam import Customer, Seam, furnish, opened
from tongxi.conversations.log import Entry

TIMEOUT = 0.5


TITLE = "七天无理由从哪天算起"


PASSAGE = "自签收次日起七天内，商品完好且不影响二次销售的，可以申请无理由退货。退货运费由您承担，质量问题由我们承担。"


PHRASED = "您自签收次日起 7 天内可以申请无理由退货，商品须完好且不影响二次销售"


@asynccontextmanager
async def shop(model: ModelServer, database_url: str, data: Path, *, timeout: float = TIMEOUT) -> AsyncIterator[Seam]:
    """A shop that knows one article and has the model; waits `timeout` seconds for it."""
    settings: dict[str, Any] = {"model_url": model.url, "model_name": "test-model", "model_timeout_seconds": timeout}
    async with opened(database_url, data, **settings) as house:
        seam = await furnish(house)
        await seam.article(TITLE, PASSAGE)
        yield seam


async def answers(seam: Seam, customer: Customer) -> list[Entry]:
    """What the bot said, without the welcome."""
    entries = await seam.entries(customer)
    return [one for one in entries if one.type == "message_sent" and one.actor.kind == "bot" and one.data]


def reason(entry: Entry, prefix: str = "model_") -> dict[str, Any]:
    """The reason about the model."""
    (found,) = [one for one in entry.data["decision"]["reasons"] if one["code"].startswith(prefix)]
    return dict(found)


async def asked(seam: Seam, customer: Customer, model: ModelServer, text: str = TITLE) -> None:
    """The customer writes; returns when the model has the question and hangs."""
    arrived = asyncio.Event()
    model.on_asked = arrived.set
    await seam.write(customer, text)
    await asyncio.wait_for(arrived.wait(), 10)


LONG = "您自签收次日起 7 天内可以申请无理由退货 [1]。退货运费由您承担 [1]。质量问题由我们承担 [1]。"


FIRST = "您自签收次日起 7 天内可以申请无理由退货。"


def watch(seam: Seam, customer: Customer) -> list[str]:
    """What the customer's screen shows of answers being written."""
    drafts: list[str] = []

    def signal(_: UUID, kind: str, payload: Any) -> None:
        if kind == "draft":
            assert payload["by"]["ai"] is True
            drafts.append(payload["text"])

    seam.house.live.subscribe(customer.conversation_id, lambda *_: None, signal)
    return drafts
