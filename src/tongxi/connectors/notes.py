"""A note on an order, added once: for shops whose interface knows no idempotency key. Pure."""

from __future__ import annotations

import hashlib
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

ADD_NOTE: Final = "add_note"


class AddNote(BaseModel):
    """Arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str = Field(min_length=1, max_length=64)
    note: str = Field(min_length=1, max_length=1000)


def note_with_key(before: str, note: str, key: str) -> tuple[str, bool]:
    """The note with a mark of its key, and whether `before` has it already."""
    mark = f"[{hashlib.sha256(key.encode()).hexdigest()[:12]}]"
    return f"{note} {mark}", mark in before
