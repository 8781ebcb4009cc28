"""What an agent's client makes of frames; no network."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tongxi.client import AgentClient


def fact(seq: int, name: str = "message") -> dict[str, Any]:
    return {"seq": seq, "type": name, "at": "", "by": {"kind": "customer"}, "text": ""}


def row(epoch: int, seq: int) -> dict[str, Any]:
    return {"id": "c", "epoch": epoch, "seq": seq}


@pytest.fixture
async def agent() -> AsyncIterator[AgentClient]:
    agent = AgentClient("http://127.0.0.1:9", "mei@example.com", "secret")
    yield agent
    await agent.close()


@pytest.fixture
def sent(agent: AgentClient, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    monkeypatch.setattr(agent.link, "later", lambda frame, seconds=0: frames.append(frame))
    return frames


async def test_a_watched_conversation_is_complete_and_in_order(agent: AgentClient, sent: list[dict[str, Any]]) -> None:
    agent.receive({"t": "watching", "conversation": row(1, 2), "entries": [fact(1, "started"), fact(2)], "more": False})
    agent.receive({"t": "entry", "conversation": "c", "prev": 2, "entry": fact(3)})
    agent.receive({"t": "entry", "conversation": "c", "prev": 4, "entry": fact(5)})
    assert [entry.seq for entry in agent.watched["c"].entries] == [1, 2, 3]
    assert sent == [{"t": "watch", "conversation": "c", "after": 3}]


async def test_after_a_cut_it_watches_again_from_where_it_stood(agent: AgentClient, sent: list[dict[str, Any]]) -> None:
    agent.receive({"t": "watching", "conversation": row(1, 2), "entries": [fact(1), fact(2)], "more": False})
    agent.receive({"t": "ready", "me": {"id": "u"}, "counts": {}, "history": "h"})
    assert sent == [{"t": "watch", "conversation": "c", "after": 2}]
    assert agent.hello()["history"] == "h"


async def test_writes_carry_the_newest_epoch_heard_of(agent: AgentClient) -> None:
    agent.receive({"t": "watching", "conversation": row(1, 2), "entries": [], "more": False})
    agent.receive({"t": "row", "row": row(3, 5)})
    agent.receive({"t": "row", "row": row(2, 4)})  # late
    assert agent.epoch("c") == 3
