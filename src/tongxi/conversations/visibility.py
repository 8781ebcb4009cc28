"""Which conversations a colleague may read: all, or those nobody else holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tongxi.kit.db import Transaction

READABLE = "(%(sees_all)s or c.holder_id is null or c.holder_id = %(reader)s)"
"""SQL over `conversation c`; parameters of `Reader.params`."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A colleague whose role may read conversations at all."""

    user_id: UUID
    sees_all: bool
    """Also those other agents hold."""

    @property
    def params(self) -> dict[str, Any]:
        return {"reader": self.user_id, "sees_all": self.sees_all}


async def may_read(tx: Transaction, reader: Reader, conversation_id: UUID) -> bool:
    """Whether the conversation exists and the colleague may read it now."""
    return bool(
        await tx.value(
            f"select true from conversation c where c.id = %(id)s and {READABLE}",
            {"id": conversation_id} | reader.params,
        )
    )
