"""An automated choice and why it was made: kept in the log, shown to people, replayable.

Pure values. A reason is a code with numbers, never a sentence and never customer text; each code has a text in
`locales/` (`reason.<code>`). Evidence points at a log entry (`seq`) and a character span of its message.
"""

from __future__ import annotations

from typing import Any

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


class Decision(BaseModel):
    """A choice, its reasons in order of weight, who decided under which policy version."""

    model_config = ConfigDict(frozen=True)

    choice: str
    reasons: tuple[Reason, ...] = ()
    by: str = "bot"
    """`bot`, `routing`, `sweeper` or a user id."""
    policy: str = ""
    version: int = 1
    counterfactual: tuple[Flip, ...] = ()

    def data(self) -> dict[str, Any]:
        """As stored in a log entry."""
        return self.model_dump(mode="json", exclude_none=True)
