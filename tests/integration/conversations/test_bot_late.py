"""What the bot thought too long about is withheld, and the log says so."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.invariants import broken
from tests.support.seam import Seam
from tongxi.bot import turn
from tongxi.desk import service as desk


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """The bot understands only when told to go on."""
    go = asyncio.Event()
    say = turn._say

    async def waits(*args: object, **options: object) -> None:
        await go.wait()
        await say(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(turn, "_say", waits)
    return go


async def test_an_agent_took_it_meanwhile(seam: Seam, slow: asyncio.Event) -> None:
    agent = await seam.agent()
    customer = await seam.customer()
    asked = await seam.write(customer, "你好")
    await asyncio.sleep(0.05)
    await seam.claim(agent, customer)
    slow.set()
    await seam.settle()
    entries = await seam.entries(customer)
    assert not any(entry.type == "message_sent" and entry.actor.kind == "bot" for entry in entries)
    withheld = next(entry for entry in entries if entry.type == "turn_superseded")
    assert withheld.data["answers_seq"] == asked.seq
    assert withheld.data["decision"]["choice"] == "small_talk"
    assert not withheld.is_public


async def test_the_customer_wrote_more_and_gets_one_answer_to_all(seam: Seam, slow: asyncio.Event) -> None:
    customer = await seam.customer()
    await seam.write(customer, "你好")
    await asyncio.sleep(0.05)
    newest = await seam.write(customer, "在吗")
    slow.set()
    await seam.settle()
    types = await seam.types(customer)
    assert types.count("turn_superseded") == 1
    answers = [entry for entry in await seam.entries(customer) if entry.actor.kind == "bot" and entry.is_public]
    assert [entry.client_id for entry in answers] == [f"turn-{newest.seq}"]
    row = await seam.row(customer)
    assert (row.answered_seq, row.responsible) == (newest.seq, "customer")


async def test_the_conversation_ended_meanwhile(seam: Seam, slow: asyncio.Event) -> None:
    customer = await seam.customer()
    await seam.write(customer, "你好")
    await asyncio.sleep(0.05)
    await desk.end_by_customer(seam.house, customer.conversation_id, contact_id=customer.contact_id)
    slow.set()
    await seam.settle()
    types = await seam.types(customer)
    assert types == ["started", "message_received", "ended", "message_sent", "turn_superseded"]
    assert await broken(seam.house.db) == []


async def test_a_bug_in_the_turn_ends_with_a_person(seam: Seam, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = await seam.agent()
    customer = await seam.customer()

    def fails(*args: object, **options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(turn, "understood", fails)
    await seam.said(customer, "你好")
    types = await seam.types(customer)
    assert "turn_failed" in types
    row = await seam.row(customer)
    assert (row.state, row.holder_id) == ("active", agent.id)
    assert await broken(seam.house.db) == []
