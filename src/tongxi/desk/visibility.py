"""Which conversations a colleague may see. One rule, for lists, threads and live rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tongxi.accounts.roles import Permission, Role, may
from tongxi.kit.db import Transaction


@dataclass(frozen=True, slots=True)
class Scope:
    """What one colleague may read: everything, or what the bot holds, his queues and his own."""

    user_id: UUID
    reads: bool
    reads_all: bool
    queues: frozenset[UUID] | None
    """Queues he may take from; None: all."""

    def may_read(self, *, state: str, holder_id: UUID | None, queue_id: UUID | None) -> bool:
        """Whether a conversation in this state is his to read."""
        if not self.reads:
            return False
        if self.reads_all or holder_id == self.user_id or state == "bot":
            return True
        return state in ("queued", "closed") and self._in_my_queues(queue_id)

    def may_address(self, *, state: str, holder_id: UUID | None, queue_id: UUID | None) -> bool:
        """Whether he may try to act on it: then he is told who holds it instead of "not found"."""
        return self.may_read(state=state, holder_id=holder_id, queue_id=queue_id) or (
            self.reads and self._in_my_queues(queue_id)
        )

    def _in_my_queues(self, queue_id: UUID | None) -> bool:
        return self.queues is None or queue_id is None or queue_id in self.queues

    def may_see_row(self, row: dict[str, Any]) -> bool:
        """The same for a list row; rows of colleagues' conversations are hidden from agents."""
        queue = row["queue"]
        return self.may_read(state=row["state"], holder_id=row["holder"]["id"], queue_id=queue["id"] if queue else None)


async def scope(tx: Transaction, user_id: UUID, role: Role) -> Scope:
    """The scope of a colleague now."""
    reads, reads_all = may(role, Permission.READ_CONVERSATIONS), may(role, Permission.READ_ALL_CONVERSATIONS)
    if not reads or reads_all:
        return Scope(user_id, reads, reads_all, None)
    rows = await tx.dicts(
        """
        select q.id from queue q
        where (q.skill is null or exists (select 1 from user_skill s where s.user_id = %(user)s and s.skill = q.skill))
          and (not exists (select 1 from queue_member m where m.queue_id = q.id)
               or exists (select 1 from queue_member m where m.queue_id = q.id and m.user_id = %(user)s))
        """,
        {"user": user_id},
    )
    return Scope(user_id, reads, reads_all, frozenset(row["id"] for row in rows))


async def may_read(tx: Transaction, user_id: UUID, role: Role, conversation_id: UUID) -> bool:
    """Whether this conversation exists and is his to read."""
    row = await _where(tx, conversation_id)
    return row is not None and (await scope(tx, user_id, role)).may_read(**row)


async def may_address(tx: Transaction, user_id: UUID, role: Role, conversation_id: UUID) -> bool:
    """Whether this conversation exists and he may be told who holds it."""
    row = await _where(tx, conversation_id)
    return row is not None and (await scope(tx, user_id, role)).may_address(**row)


async def _where(tx: Transaction, conversation_id: UUID) -> dict[str, Any] | None:
    return await tx.dict("select state, holder_id, queue_id from conversation where id = %s", (conversation_id,))
