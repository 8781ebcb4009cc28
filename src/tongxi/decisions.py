"""An automated choice and why it was made: kept in the log, shown to people, replayable.

Pure values. A reason is a code with numbers, never a sentence and never customer text; each code has a text in
`locales/` (`reason.<code>`). Evidence points at a log entry (`seq`) and a character span of its message.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Reason(BaseModel):
    """One thing that was weighed."""

    model_config = ConfigDict(frozen=True)

    code: str
    """Stable code, e.g. `asked_for_person`."""
    value: float | None = None
    """What was measured, usually 0…1."""
    threshold: float | None = None
    """What it was compared with."""
    met: bool = True
    """True when it spoke for the choice."""
    seq: int | None = None
    """Log entry it was seen in."""
    span: tuple[int, int] | None = None
    """Characters of that entry's message."""
    name: str | None = None
    """What it was about, where the code does not say: the name of a model."""


class Flip(BaseModel):
    """The smallest change of one reason that would have changed the choice."""

    model_config = ConfigDict(frozen=True)

    code: str
    needs: float
    """The value (of `Reason.value`) at which the choice turns."""
    choice: str
    """What would have been chosen then."""


StandingState = Literal["certified", "conservative", "expired", "alarm", "person_only"]


class Standing(NamedTuple):
    """Whether the answers of a group are under a certificate now, and from which confidence the bot may answer."""

    group: str
    """`<topic>.<language>`."""
    state: StandingState
    """`conservative`: never audited, a default that promises nothing; `expired`: out of time, or something it rested on
    changed; `alarm`: audits found more wrong answers than promised; `person_only`: no threshold passed its test."""
    threshold: float | None
    """Confidence from which the bot answers, 0…1; None: it does not answer in this group."""
    certificate_id: UUID | None = None
    """The certificate the threshold rests on; only with `certified`, or tightened after an `alarm`."""
    alpha: float = 0.05
    """Promised share of wrong answers; without a certificate what would be promised."""
    delta: float = 0.05
    """Chance that the promise is wrong."""
    n: int = 0
    """Audited answers at the threshold, and how many of them were wrong."""
    wrong: int = 0
    bound: float | None = None
    """Exact upper bound of the share of wrong answers."""
    coverage: float | None = None
    """Share of the drawn answers that would be given."""
    labels_missing: int = 0
    expires_at: datetime | None = None
    changed: tuple[str, ...] = ()
    """What differs from what the certificate was made for: knowledge, score, policy, model."""
    versions: str = ""
    """Hash of what runs now."""


class Promise(BaseModel):
    """What stands behind an answer, or would at the loosest threshold: kept with the decision; audits draw from it."""

    model_config = ConfigDict(frozen=True)

    group: str
    state: StandingState
    score: float
    """Confidence, 0…1."""
    threshold: float | None = None
    certificate_id: UUID | None = None
    article_id: UUID | None = None
    """The article that is or would be quoted."""
    versions: str = ""


class FlowTurn(BaseModel):
    """Where a flow stands after a turn; the last turn of a run says how it ended."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: int
    """0: the flow as shipped."""
    run: int
    """`seq` of the customer's message that began this run."""
    outcome: str
    """`asked`: it waits for the customer. Else how it ended: `bot.flows.step.Outcome`."""


class Decision(BaseModel):
    """A choice, its reasons in order of weight, who decided under which policy version."""

    model_config = ConfigDict(frozen=True)

    choice: str
    reasons: tuple[Reason, ...] = ()
    by: str = "bot"
    """`bot`, `routing`, `sweeper` or a user id."""
    policy: str = ""
    rule: str = ""
    """Name of the rule that spoke first, where a policy has named rules."""
    version: int = 1
    """Of the policy's configuration; 0 is the product's own."""
    counterfactual: tuple[Flip, ...] = ()
    promise: Promise | None = None
    """Set when the bot answers from knowledge, or would at the loosest threshold that is tested."""
    flow: FlowTurn | None = None
    """Set when a flow took the turn."""
    features: dict[str, Any] | None = None
    """What the rules looked at, without defaults: enough to decide again under other settings. No customer text."""

    def data(self) -> dict[str, Any]:
        """As stored in a log entry."""
        return self.model_dump(mode="json", exclude_none=True, exclude=None if self.rule else {"rule"})
