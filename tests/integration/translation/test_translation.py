"""A customer and an agent who read different languages, on the whole house with a real translator beside it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.deepl_server import KEY, DeepLServer, deepl_server
from tests.support.seam import Customer, Seam
from tongxi.configuration import InboxSettings
from tongxi.translation import deepl, settings


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DeepLServer]:
    monkeypatch.setattr(deepl, "PAUSE_SECONDS", 0)
    async with deepl_server() as running:
        yield running


@pytest.fixture
async def office(seam: Seam, server: DeepLServer) -> Seam:
    """The house with translation on in its inbox; the staff reads Chinese."""
    house = seam.house
    value = house.inboxes.get(seam.inbox_id).settings.model_copy(update={"translation": True})
    await seam.execute("update inbox set settings = %s::jsonb where id = %s", value.model_dump_json(), seam.inbox_id)
    await house.inboxes.load(house.db)
    await change(seam, {"engines": ["deepl"], "deepl_url": server.url, "deepl_is_inside": True, "key": KEY})
    house.translation.start()
    return seam


async def change(seam: Seam, values: dict[str, Any]) -> None:
    boss = await seam.agent("老板", role="owner", online=False)
    async with seam.house.db.transaction() as tx:
        version = (await settings.read(tx)).version
        await settings.change(tx, seam.house.vault, values, after=version, actor_id=boss.id, ip="")
    await seam.house.translation.load()


async def translation(seam: Seam, customer: Customer, seq: int) -> dict[str, Any]:
    """What stands beside a message, once it stands there."""
    for _ in range(200):
        entry = (await seam.entries(customer))[seq - 1]
        if isinstance(entry.content, dict) and "translation" in entry.content:
            value: dict[str, Any] = entry.content["translation"]
            return value
        await asyncio.sleep(0.02)
    raise AssertionError("no translation came")


async def english(office: Seam) -> tuple[Any, Customer]:
    """A customer who writes English, held by an agent who reads Chinese."""
    customer = await office.customer(language="en")
    agent = await office.agent()
    await office.store(customer, "Where is my order SF1380057746213?")
    await office.claim(agent, customer)
    return agent, customer


async def test_both_sides_get_their_language_and_the_original_stays(office: Seam, server: DeepLServer) -> None:
    agent, customer = await english(office)
    seq = next(one.seq for one in await office.entries(customer) if one.text.startswith("Where"))
    assert (await translation(office, customer, seq)) == {
        "language": "zh", "source": "en", "text": "[ZH-HANS] Where is my order SF1380057746213?", "engine": "deepl",
    }  # fmt: skip
    said = await office.reply(agent, customer, "已经发货了")
    assert (await translation(office, customer, said.seq))["text"] == "[EN-US] 已经发货了"
    entry = (await office.entries(customer))[said.seq - 1]
    assert entry.text == "已经发货了"
    assert "SF1380057746213" not in "".join(server.texts)


async def test_who_watches_gets_the_translation_as_a_frame(office: Seam) -> None:
    agent, customer = await english(office)
    seen: list[tuple[str, Any]] = []
    subscription = office.house.live.subscribe(
        customer.conversation_id, lambda *_: None, lambda _, kind, payload: seen.append((kind, payload))
    )
    subscription.start(0)
    said = await office.reply(agent, customer, "已经发货了")
    await translation(office, customer, said.seq)
    await asyncio.sleep(0)
    (frame,) = [payload for kind, payload in seen if kind == "translation" and payload["seq"] == said.seq]
    assert frame["by"] == "agent"
    assert frame["translation"]["text"] == "[EN-US] 已经发货了"


@pytest.mark.parametrize(
    ("faults", "code"),
    [([403], "key"), ([429, 429], "busy"), ([456], "quota"), ([500, 500], "unavailable"), (["lose"], "bad_answer")],
)
async def test_a_failure_delivers_the_original_with_a_mark(
    office: Seam, server: DeepLServer, faults: list[int | str], code: str
) -> None:
    customer = await office.customer(language="en")
    server.faults = list(faults)
    said = await office.store(customer, "Where is my order SF1380057746213?")
    assert (await translation(office, customer, said.seq))["failed"] == code
    assert (await office.entries(customer))[said.seq - 1].text == "Where is my order SF1380057746213?"


async def test_the_message_does_not_wait_for_a_silent_translator(office: Seam, server: DeepLServer) -> None:
    customer = await office.customer(language="en")
    server.faults = ["hang"]
    said = await office.store(customer, "Where is my order?")
    entry = (await office.entries(customer))[said.seq - 1]
    assert entry.text == "Where is my order?"
    assert not entry.content


async def test_after_a_failure_one_click_tries_again(office: Seam, server: DeepLServer) -> None:
    customer = await office.customer(language="en")
    server.faults = [456]
    said = await office.store(customer, "Where is my order?")
    assert (await translation(office, customer, said.seq))["failed"] == "quota"
    again = await office.house.translation.again(customer.conversation_id, said.seq)
    assert again["text"] == "[ZH-HANS] Where is my order?"
    assert (await translation(office, customer, said.seq))["text"] == "[ZH-HANS] Where is my order?"


async def test_the_glossary_is_kept(office: Seam) -> None:
    boss = await office.agent("编辑", role="supervisor", online=False)
    async with office.house.db.transaction() as tx:
        await settings.add_term(
            tx, {"source_language": "en", "target_language": "zh", "source": "Tong Speaker", "target": "小同音箱"},
            actor_id=boss.id, ip="",
        )  # fmt: skip
    await office.house.translation.load()
    customer = await office.customer(language="en")
    said = await office.store(customer, "My Tong Speaker is broken")
    assert (await translation(office, customer, said.seq))["text"] == "[ZH-HANS] My 小同音箱 is broken"


async def test_personal_data_does_not_leave_the_house(office: Seam, server: DeepLServer) -> None:
    customer = await office.customer(language="en")
    said = await office.store(customer, "please call me on 07700 900461, mail j.okonkwo@example.com")
    made = await translation(office, customer, said.seq)
    assert "07700 900461" in made["text"]
    assert "j.okonkwo@example.com" in made["text"]
    assert not any("07700" in text or "okonkwo" in text for text in server.texts)


async def test_an_inbox_without_the_switch_translates_nothing(office: Seam, server: DeepLServer) -> None:
    house = office.house
    await office.execute(
        "update inbox set settings = %s::jsonb where id = %s", InboxSettings().model_dump_json(), office.inbox_id
    )
    await house.inboxes.load(house.db)
    customer = await office.customer(language="en")
    await office.store(customer, "Where is my order?")
    await asyncio.sleep(0.2)
    assert server.http.asked == []


async def test_the_same_language_is_left_alone(office: Seam, server: DeepLServer) -> None:
    customer = await office.customer()
    said = await office.store(customer, "我的订单到哪里了")
    await asyncio.sleep(0.2)
    assert not (await office.entries(customer))[said.seq - 1].content
    assert server.http.asked == []


async def test_the_key_is_sealed_and_does_not_move_to_another_address(office: Seam) -> None:
    async with office.house.db.transaction() as tx:
        sealed, last4 = await settings.sealed_key(tx)
    assert sealed is not None
    assert KEY not in sealed
    assert last4 == "5555"
    await change(office, {"deepl_url": "https://elsewhere.example"})
    async with office.house.db.transaction() as tx:
        assert await settings.sealed_key(tx) == (None, "")
    assert not office.house.translation.is_on
