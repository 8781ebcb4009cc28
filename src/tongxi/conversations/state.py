"""The states of a conversation, who holds it in each, and the moves between them. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tongxi.kit.errors import AppError


class State(StrEnum):
    """Where a conversation is."""

    BOT = "bot"
    QUEUED = "queued"
    ACTIVE = "active"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


class Holder(StrEnum):
    """Who may speak to the customer."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    NOBODY = "nobody"


class Responsible(StrEnum):
    """Who has to act next, before `next_action_at`."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    CUSTOMER = "customer"


HOLDER: Final[dict[State, Holder]] = {
    State.BOT: Holder.BOT,
    State.QUEUED: Holder.QUEUE,
    State.ACTIVE: Holder.AGENT,
    State.WRAP_UP: Holder.NOBODY,
    State.CLOSED: Holder.NOBODY,
}

TRANSITIONS: Final[dict[str, dict[State, State]]] = {
    "handed_off": {State.BOT: State.QUEUED, State.ACTIVE: State.QUEUED},
    "assigned": {State.QUEUED: State.ACTIVE, State.ACTIVE: State.ACTIVE},
    "claimed": {State.BOT: State.ACTIVE, State.QUEUED: State.ACTIVE, State.ACTIVE: State.ACTIVE},
    "given_back": {State.ACTIVE: State.BOT, State.QUEUED: State.BOT},
    "ended": {State.BOT: State.CLOSED, State.QUEUED: State.CLOSED, State.ACTIVE: State.WRAP_UP},
    "wrapped_up": {State.WRAP_UP: State.CLOSED},
    "reopened": {State.CLOSED: State.BOT, State.WRAP_UP: State.ACTIVE},
}
"""Fact type → state before → state after. A fact that is not here leaves the state alone."""

BOT_DEADLINE: Final = timedelta(seconds=5)
"""A customer waits at most this long for the bot before the sweeper takes the turn over."""
QUEUE_REFRESH: Final = timedelta(seconds=60)
"""A waiting customer hears something at least this often."""
REPLY_DEADLINE: Final = timedelta(minutes=3)
"""An agent's time to answer a customer message before he and the supervisor are warned."""
WRAP_UP_DEADLINE: Final = timedelta(minutes=30)
"""Wrap-up nobody finishes is closed with what is known, so that capacity comes back."""


class IllegalMove(AppError):
    """The conversation cannot make this move from where it is."""

    code = "illegal_move"
    status = 409


def next_state(state: State, fact: str) -> State:
    """State after `fact`; the same state when the fact moves nothing.

    Raises: `IllegalMove` if the fact moves conversations, but not from `state`.
    """
    moves = TRANSITIONS.get(fact)
    if moves is None:
        return state
    if state not in moves:
        raise IllegalMove(f"{fact!r} is not possible while {state.value!r}", state=state.value)
    return moves[state]


def duty(
    state: State, at: datetime, *, customer_waits: bool, idle: timedelta
) -> tuple[Responsible | None, datetime | None]:
    """Who must act next and until when, for a conversation that has just entered or stayed in `state`.

    `customer_waits`: the newest customer message is unanswered. `idle`: the inbox's idle time before closing.
    """
    match state:
        case State.BOT:
            return (Responsible.BOT, at + BOT_DEADLINE) if customer_waits else (Responsible.CUSTOMER, at + idle)
        case State.QUEUED:
            return Responsible.QUEUE, at + QUEUE_REFRESH
        case State.ACTIVE:
            return (Responsible.AGENT, at + REPLY_DEADLINE) if customer_waits else (Responsible.CUSTOMER, at + idle)
        case State.WRAP_UP:
            return Responsible.AGENT, at + WRAP_UP_DEADLINE
        case State.CLOSED:
            return None, None
