"""A change a customer asks the shop for, and what may come of it. Plain values; the rules stand beside them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tongxi.demo.shop import data


class Refused(Exception):
    """A rule of the business says no; nothing was changed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Missing(Exception):
    """No such thing of this customer."""


@dataclass(slots=True)
class Done:
    """What a change gives back."""

    reference: str = ""
    amount: float | None = None
    expected_at: datetime | None = None
    undo: dict[str, Any] | None = None
    """How to take it back."""
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A change that is asked for."""

    database: sqlite3.Connection
    customer: str
    """Empty for a visitor the shop does not know."""
    arguments: dict[str, str]
    now: datetime

    def get(self, name: str) -> str:
        return str(self.arguments.get(name) or "").strip()

    def order(self) -> dict[str, Any]:
        """The customer's own order. Raises: `Missing`."""
        row = self.database.execute(
            "select * from purchase where number = ? and customer_id = ?", (self.get("number"), self.customer)
        ).fetchone()
        if row is None:
            raise Missing
        return data.order_view(self.database, row, self.now)

    def next(self, table: str, prefix: str) -> str:
        """A fresh reference."""
        count: int = self.database.execute(f"select count(*) from {table}").fetchone()[0]
        return f"{prefix}{81001 + count}"


def both(words: tuple[str, str]) -> dict[str, str]:
    """A text in both languages as the API gives it."""
    return {"zh": words[0], "en": words[1]}
