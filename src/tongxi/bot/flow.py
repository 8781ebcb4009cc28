"""What a flow is given and gives back. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tongxi.bot.memory import FlowPosition
from tongxi.decisions import Reason

Outcome = Literal["asked", "done", "hand_off", "refused", "failed"]
"""`refused`: not for this contact. `failed`: the shop's system did not answer; a person was offered."""


@dataclass(frozen=True, slots=True)
class FlowContact:
    """For whom a flow is run."""

    external_id: str | None
    is_verified: bool

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
