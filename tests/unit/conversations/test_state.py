"""The transition table walked in full: every state × every fact there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tongxi.conversations import events
from tongxi.conversations.events import Fact
from tongxi.conversations.state import (
    BOT_DEADLINE,
    HOLDER,
    QUEUE_REFRESH,
    REPLY_DEADLINE,
    TRANSITIONS,
    WRAP_UP_DEADLINE,
    Holder,
    IllegalMove,
    Responsible,
    State,
    duty,
    next_state,
)

FACTS = sorted(
    one.model_fields["type"].default
    for one in vars(events).values()
    if isinstance(one, type) and issubclass(one, Fact) and one is not Fact
)
MESSAGES = ["message_received", "message_sent", "note_written"]
MOVES = {
    ("bot", "handed_off"): "queued",
    ("bot", "claimed"): "active",
    ("bot", "ended"): "closed",
    ("queued", "assigned"): "active",
    ("queued", "claimed"): "active",
    ("queued", "given_back"): "bot",
    ("queued", "ended"): "closed",
    ("active", "handed_off"): "queued",
    ("active", "assigned"): "active",
    ("active", "claimed"): "active",
    ("active", "given_back"): "bot",
    ("active", "ended"): "wrap_up",
    ("wrap_up", "wrapped_up"): "closed",
    ("wrap_up", "reopened"): "active",
    ("closed", "reopened"): "bot",
}
"""Written down a second time, so that a slip in the table is seen."""
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
IDLE = timedelta(minutes=30)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("fact", FACTS + MESSAGES)
def test_every_fact_in_every_state(state: State, fact: str) -> None:
    if (state, fact) in MOVES:
        assert next_state(state, fact) == MOVES[state, fact]
    elif fact in {name for _, name in MOVES}:
        with pytest.raises(IllegalMove) as caught:
            next_state(state, fact)
        assert caught.value.status == 409
        assert caught.value.fields["state"] == state.value
    else:
        assert next_state(state, fact) is state


def test_the_table_names_only_facts_that_exist() -> None:
    assert set(TRANSITIONS) <= set(FACTS)


def test_every_state_can_be_reached_and_left() -> None:
    reached, edge = {State.BOT}, [State.BOT]
    while edge:
        here = edge.pop()
        for moves in TRANSITIONS.values():
            if here in moves and moves[here] not in reached:
                reached.add(moves[here])
                edge.append(moves[here])
    assert reached == set(State)
    assert all(any(state in moves for moves in TRANSITIONS.values()) for state in State)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("waits", [True, False])
def test_every_open_conversation_has_an_owner_and_a_deadline(state: State, waits: bool) -> None:
    who, until = duty(state, AT, customer_waits=waits, idle=IDLE)
    if state is State.CLOSED:
        assert (who, until) == (None, None)
        return
    expected = {
        State.BOT: (Responsible.BOT, BOT_DEADLINE) if waits else (Responsible.CUSTOMER, IDLE),
        State.QUEUED: (Responsible.QUEUE, QUEUE_REFRESH),
        State.ACTIVE: (Responsible.AGENT, REPLY_DEADLINE) if waits else (Responsible.CUSTOMER, IDLE),
        State.WRAP_UP: (Responsible.AGENT, WRAP_UP_DEADLINE),
    }[state]
    assert (who, until) == (expected[0], AT + expected[1])


def test_nobody_is_asked_to_act_who_does_not_hold_it() -> None:
    for state in State:
        who, _ = duty(state, AT, customer_waits=True, idle=IDLE)
        if state in (State.BOT, State.QUEUED, State.ACTIVE):
            assert who == HOLDER[state].value
    assert HOLDER[State.WRAP_UP] is HOLDER[State.CLOSED] is Holder.NOBODY
