"""What a customer's client makes of frames; no network."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tongxi.client import WidgetClient


def entry(seq: int, kind: str = "bot", **content: Any) -> dict[str, Any]:
    by = {"kind": kind, "id": None, "name": None, "ai": kind == "bot"}
    return {
        "seq": seq,
        "type": "message",
        "at": "",
        "by": by,
        "id": f"m{seq}",
        "text": f"text {seq}",
        "content": content,
    }


def pushed(prev: int, one: dict[str, Any], conversation: str = "c") -> dict[str, Any]:
    return {"t": "entry", "conversation": conversation, "prev": prev, "entry": one}


def ready(*entries: dict[str, Any], more: bool = False) -> dict[str, Any]:
    view = {"id": "c", "state": "bot", "episode": 1}
    return {"t": "ready", "history": "h", "conversation": view, "entries": list(entries), "more": more}


@pytest.fixture
async def client() -> AsyncIterator[WidgetClient]:
    client = WidgetClient("http://127.0.0.1:9", "shop")
    yield client
    await client.close()


@pytest.fixture
def hellos(client: WidgetClient, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the client asks the link to send."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(client.link, "later", lambda frame, seconds=0: sent.append(frame))
    return sent


async def test_entries_are_kept_in_order_each_once(client: WidgetClient) -> None:
    client.receive(ready(entry(2), entry(3)))
    client.receive(pushed(2, entry(3)))  # sent again after a resume
    client.receive(pushed(3, entry(7)))  # seqs between are not the customer's to see
    assert [one.seq for one in client.entries] == [2, 3, 7]
    assert client.hello()["after"] == 7
    assert client.hello()["history"] == "h"
    assert client.hello()["conversation"] == "c"


async def test_a_gap_is_closed_before_anything_behind_it_is_shown(
    client: WidgetClient, hellos: list[dict[str, Any]]
) -> None:
    client.receive(ready(entry(2)))
    client.receive(pushed(4, entry(5)))
    client.receive(pushed(5, entry(6)))
    assert [one.seq for one in client.entries] == [2]
    assert [hello["after"] for hello in hellos] == [2], "asks once, not for every entry behind the gap"
    client.receive(ready(entry(4), entry(5), entry(6)))
    assert [one.seq for one in client.entries] == [2, 4, 5, 6]


async def test_a_long_resume_is_read_page_by_page(client: WidgetClient, hellos: list[dict[str, Any]]) -> None:
    client.receive(ready(entry(2), entry(3), more=True))
    assert [hello["after"] for hello in hellos] == [3]


async def test_another_conversation_does_not_mix_in(client: WidgetClient) -> None:
    client.receive(ready(entry(2)))
    client.receive(pushed(2, entry(3), conversation="other"))
    client.receive({"t": "state", "conversation": {"id": "other", "state": "closed"}})
    assert ([one.seq for one in client.entries], client.state) == ([2], "bot")


async def test_a_reply_is_the_first_word_of_somebody_else_after_mine(client: WidgetClient) -> None:
    client.receive(ready(entry(2), entry(3, "customer")))
    waiting = asyncio.create_task(client.wait_for_reply(after=3, timeout=5))
    await asyncio.sleep(0)
    client.receive(pushed(3, entry(4, "customer")))
    client.receive(pushed(4, entry(5, "bot", sources=[{"slug": "refund_time"}])))
    client.receive(pushed(5, entry(6, "system", notice="handed_off")))
    reply = await waiting
    assert (reply.seq, reply.by.ai, reply.sources[0]["slug"]) == (5, True, "refund_time")
    assert client.entries[-1].notice == "handed_off"
    with pytest.raises(TimeoutError):
        await client.wait_for_reply(after=6, timeout=0.01)


async def test_a_rewound_history_is_forgotten(client: WidgetClient) -> None:
    client.receive(ready(entry(2)))
    client.receive({"t": "forget"})
    assert (client.entries, client.hello()["after"], client.hello()["history"]) == ([], 0, None)


async def test_unknown_frames_and_fields_are_no_reason_to_stop(client: WidgetClient) -> None:
    client.receive({"t": "weather", "rain": True})
    client.receive(ready(entry(2) | {"new_field": 1}))
    assert client.cursor == 2
