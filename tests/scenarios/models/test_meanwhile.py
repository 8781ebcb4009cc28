"""What customers and colleagues do while a model thinks, and a second reading where the bot is unsure."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.invariants import broken
from tests.support.model_server import ModelServer, Plan
from tests.support.model_talk import PHRASED, TITLE, answers, asked, reason, shop
from tests.support.seam import Seam

# ── what happens while the model thinks ──

FOR_EVER, AT_ONCE = 8.0, 6.0
"""Seconds: how long the shop waits for a model that hangs, and what even a busy machine needs without waiting."""


@pytest.fixture
async def seam(model: ModelServer, database_url: str, tmp_path: Path) -> AsyncIterator[Seam]:
    """A shop with all the time in the world for its model: whatever is done soon did not wait."""
    async with shop(model, database_url, tmp_path, timeout=FOR_EVER) as opened_shop:
        yield opened_shop
        assert await broken(opened_shop.house.db) == []


async def test_who_asks_for_a_person_meanwhile_is_handed_off_at_once(seam: Seam, model: ModelServer) -> None:
    model.plan = Plan(hang=True)
    customer, agent = await seam.customer(), await seam.agent()
    await asked(seam, customer, model)
    started = time.monotonic()
    await seam.said(customer, "转人工")
    assert time.monotonic() - started < AT_ONCE
    assert (await seam.row(customer)).holder_id == agent.id
    assert await answers(seam, customer) == []
    types = await seam.types(customer)
    assert types.index("turn_superseded") < types.index("handed_off")
    (withheld,) = [one for one in await seam.entries(customer) if one.type == "turn_superseded"]
    assert reason(withheld)["code"] == "model_stopped"
    await asyncio.sleep(0.05)
    assert (len(model.asked), model.given_up) == (1, 1)


async def test_with_nobody_at_work_the_promise_does_not_wait_either(seam: Seam, model: ModelServer) -> None:
    model.plan = Plan(hang=True)
    customer = await seam.customer()
    await asked(seam, customer, model)
    await seam.said(customer, "转人工")
    assert await answers(seam, customer) == []
    assert "follow_up_promised" in await seam.types(customer)


async def test_the_button_does_not_wait(seam: Seam, model: ModelServer) -> None:
    model.plan = Plan(hang=True)
    customer, agent = await seam.customer(), await seam.agent()
    await asked(seam, customer, model)
    started = time.monotonic()
    await seam.ask_person(customer)
    assert (await seam.row(customer)).holder_id == agent.id
    await seam.settle()
    assert time.monotonic() - started < AT_ONCE
    assert await answers(seam, customer) == []


async def test_an_agent_who_takes_over_meanwhile_is_not_talked_over(seam: Seam, model: ModelServer) -> None:
    model.plan = Plan(hang=True)
    customer, agent = await seam.customer(), await seam.agent()
    await asked(seam, customer, model)
    await seam.claim(agent, customer, take_over=True)
    await seam.reply(agent, customer, "我来帮您")
    await seam.settle()
    assert await answers(seam, customer) == []
    assert "turn_superseded" in await seam.types(customer)


async def test_who_writes_more_meanwhile_gets_one_answer_to_both(seam: Seam, model: ModelServer) -> None:
    model.plan = Plan(hang=True)
    customer = await seam.customer()
    await asked(seam, customer, model)
    model.plan = Plan(f"{PHRASED} [1]。")
    await seam.said(customer, "运费谁承担")
    assert len(await answers(seam, customer)) == 1
    assert "运费" in model.data["question"]
    assert TITLE in model.data["question"]


async def test_a_server_that_stops_does_not_wait_for_the_model(
    model: ModelServer, database_url: str, tmp_path: Path
) -> None:
    model.plan = Plan(hang=True)
    async with shop(model, database_url, tmp_path, timeout=FOR_EVER) as seam:
        customer = await seam.customer()
        await asked(seam, customer, model)
        started = time.monotonic()
    assert time.monotonic() - started < AT_ONCE


# ── a second reading where the bot is unsure ──


@pytest.fixture
async def reading(seam: Seam) -> Seam:
    """The model may also read messages again."""
    setup = seam.house.models.setup
    ladders = dict.fromkeys(("answer", "understand"), setup.settings.ladders["answer"])
    await seam.house.models.configure(replace(setup, settings=setup.settings.model_copy(update={"ladders": ladders})))
    return seam


UNKNOWN = "那个绿色的东西又自己转起来了"


async def test_what_a_model_reads_becomes_a_question_back_and_starts_nothing(reading: Seam, model: ModelServer) -> None:
    model.plan = Plan('{"intent": null, "confidence": 0.9, "flow": "repair_intake", "slots": {}}')
    customer = await reading.customer()
    await reading.said(customer, UNKNOWN)
    (said,) = await answers(reading, customer)
    assert said.data["decision"]["choice"] == "ask"
    assert reason(said)["code"] == "model_read"
    assert [reply["id"] for reply in said.content["quick_replies"]] == ["flow:repair_intake"]
    assert (await reading.row(customer)).bot.get("flow") is None
    await reading.said(customer, "是的")
    assert (await answers(reading, customer))[-1].data["decision"]["choice"] == "flow:repair_intake"


@pytest.mark.parametrize(
    "plan",
    [
        Plan('{"flow": "drop_database", "confidence": 1}'), Plan('{"intent": "nonsense", "confidence": 1}'),
        Plan("I would refund him."), Plan(status=500), Plan(hang=True), Plan('{"flow": null, "confidence": 0.1}'),
    ],
    ids=str,
)  # fmt: skip
async def test_a_reading_that_is_of_no_use_changes_nothing(reading: Seam, model: ModelServer, plan: Plan) -> None:
    model.plan = plan
    customer = await reading.customer()
    await reading.said(customer, UNKNOWN)
    (said,) = await answers(reading, customer)
    assert said.data["decision"]["choice"] == "unknown"


async def test_who_writes_on_does_not_wait_for_the_reading(reading: Seam, model: ModelServer) -> None:
    model.plan = Plan(hang=True)
    customer, agent = await reading.customer(), await reading.agent()
    await asked(reading, customer, model, UNKNOWN)
    started = time.monotonic()
    await reading.said(customer, "转人工")
    assert time.monotonic() - started < AT_ONCE
    assert (await reading.row(customer)).holder_id == agent.id
