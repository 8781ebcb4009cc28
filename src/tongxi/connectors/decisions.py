"""What the operator decides about a tool."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from tongxi.connectors.protocol import Effect


class Allowed(BaseModel):
    """One tool of one connector."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    allowed: bool = False
    effect: Effect = "read"
    contact: str = Field(default="", max_length=100)
    """Argument that is the customer's id: filled by code, hidden from whoever calls."""
    public: bool = False
    """The same for everybody: needs no customer."""
