"""What a flow is given and gives back. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from tongxi.bot.memory import FlowPosition
from tongxi.conversations.events import NIL
from tongxi.decisions import FlowTurn, Reason

Outcome = Literal["asked", "done", "hand_off", "refused", "failed", "cancelled", "unknown"]
"""`refused`: not for this contact, or not possible. `failed`: the shop's system did not answer; a person was offered.
`unknown`: a change was sent and nobody knows whether it was made; people look into it."""


@dataclass(frozen=True, slots=True)
class FlowContact:
    """For whom a flow is run."""

    external_id: str | None
    is_verified: bool
    id: UUID = NIL
    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def shop_id(self) -> str | None:
        """The shop's own id, if the shop vouches for this contact."""
        return self.external_id if self.is_verified else None


@dataclass(frozen=True, slots=True)
class FlowStep:
    """What a flow says and where it stands then."""

    text: str
    outcome: Outcome
    content: dict[str, Any] = field(default_factory=dict)
    """As in docs/reference/protocol.md: `card`, `live`, `quick_replies`, `offer_person`."""
    flow: FlowPosition | None = None
    """Where to go on; None when the flow is over."""
    slots: dict[str, Any] = field(default_factory=dict)
    """Facts learnt: `{code: {"value", "seq", "verified"}}`."""
    reasons: tuple[Reason, ...] = ()
    subject: str = ""
    """Topic for the queue, when people take over."""
    turn: FlowTurn | None = None
    """Which run this is of, and where it stands now."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the customer wrote since the last reply."""

    texts: tuple[str, ...]
    """Oldest first."""
    seq: int = 0
    """Of the newest."""
    quick_reply: str | None = None
    """Id of the button behind the newest."""
    attachments: int = 0
    """Files that came with them."""

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


YES, EDIT, STOP, UNDO, SKIP = "step:yes", "step:edit", "step:stop", "step:undo", "step:skip"
"""Ids of the buttons; their words do the same when they are typed."""


class Stop(Exception):
    """The walk through the steps is over: this is the turn's outcome."""

    def __init__(self, step: FlowStep) -> None:
        super().__init__()
        self.step = step
