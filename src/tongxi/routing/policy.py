"""Which waiting conversation goes to which agent. Pure: values in, decisions out.

Longest waiting first within a priority; an agent takes what his skills and queues allow and never more than his
capacity; among those who can, the one with the most free seats, then the one who has waited longest for work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from tongxi.decisions import Decision, Reason

VERSION = 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation in a queue."""

    id: UUID
    queue_id: UUID | None
    priority: int
    queued_at: datetime
    language: str
    skill: str | None = None
    """What its queue asks of an agent."""


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent on duty."""

    id: UUID
    name: str
    capacity: int
    load: int
    skills: frozenset[str] = frozenset()
    queues: frozenset[UUID] = frozenset()
    """Queues he is a named member of."""
    last_assigned_at: datetime | None = None

    @property
    def free(self) -> int:
        return self.capacity - self.load


@dataclass(frozen=True, slots=True)
class Assignment:
    """One conversation to one agent, and why."""

    conversation_id: UUID
    agent_id: UUID
    decision: Decision


def may_take(seat: Seat, waiting: Waiting, restricted: frozenset[UUID]) -> bool:
    """Skill and membership, not capacity. `restricted`: queues that have named members."""
    if waiting.skill is not None and waiting.skill not in seat.skills:
        return False
    return waiting.queue_id not in restricted or waiting.queue_id in seat.queues


def order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """The order of service: higher priority first, then who waits longest."""
    return sorted(waiting, key=lambda one: (-one.priority, one.queued_at, one.id))


def choose(
    waiting: Sequence[Waiting], seats: Sequence[Seat], *, restricted: frozenset[UUID] = frozenset(), at: datetime
) -> list[Assignment]:
    """Assign as many as can be; nobody is passed over for someone behind him that the same agent could take."""
    free = {seat.id: seat for seat in seats if seat.free > 0}
    chosen: list[Assignment] = []
    for one in order(waiting):
        able = [seat for seat in free.values() if may_take(seat, one, restricted)]
        if not able:
            continue
        # Ties by id keep the choice a function of its arguments.
        best = min(
            able, key=lambda seat: (-seat.free, seat.last_assigned_at or datetime.min.replace(tzinfo=UTC), seat.id)
        )
        waited = max(0.0, (at - one.queued_at).total_seconds())
        chosen.append(
            Assignment(
                one.id,
                best.id,
                Decision(
                    choice="assign",
                    by="routing",
                    policy="routing",
                    version=VERSION,
                    reasons=(
                        Reason(code="waited_longest", value=round(waited, 1)),
                        Reason(code="least_loaded", value=best.free, threshold=1),
                        *((Reason(code="skill"),) if one.skill else ()),
                    ),
                ),
            )
        )
        taken = replace(best, load=best.load + 1, last_assigned_at=at)
        if taken.free > 0:
            free[best.id] = taken
        else:
            del free[best.id]
    return chosen
