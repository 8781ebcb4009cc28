"""Facts survive the log, and carry no text of customers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import orjson
import pytest
from pydantic import ValidationError

from tongxi.conversations.events import Actor, Claimed, Ended, Fact, FollowUpPromised, HandedOff, TurnSuperseded

ONE, TWO = uuid4(), uuid4()
EXAMPLES: list[Fact] = [
    HandedOff(decision={"choice": "hand_off"}, queue_id=ONE, place=3, band_seconds=(30, 90)),
    Claimed(agent_id=ONE, from_holder="agent", from_agent=TWO, waited_seconds=1.5),
    Ended(cause="idle"),
    FollowUpPromised(follow_up_id=ONE, number=7, kind="message", promised_at=datetime(2026, 1, 5, tzinfo=UTC)),
    TurnSuperseded(answers_seq=4, decision={"choice": "answer"}),
]


@pytest.mark.parametrize("fact", EXAMPLES, ids=lambda fact: fact.type)
def test_a_fact_is_the_same_after_the_log(fact: Fact) -> None:
    stored: dict[str, Any] = orjson.loads(orjson.dumps(fact.data()))
    assert "type" not in stored
    assert type(fact).model_validate(stored) == fact


def test_what_is_not_set_is_not_stored() -> None:
    assert Claimed(agent_id=ONE, from_holder="bot").data() == {"agent_id": str(ONE), "from_holder": "bot"}


def test_facts_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Ended(cause="idle").cause = "agent"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Actor(kind="bot").kind = "agent"  # type: ignore[misc]
