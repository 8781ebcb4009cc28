"""The record of calls: what was asked of whom, how long it took, what it cost. Numbers and codes, no text."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

import psycopg
import structlog

from tongxi.kit.db import Database, Transaction
from tongxi.kit.errors import AppError
from tongxi.kit.ids import new_id
from tongxi.llm.protocol import Call

log = structlog.get_logger(__name__)

KEEP = timedelta(days=90)
WINDOW = timedelta(minutes=60)
"""What the screen's figures are of."""


class Ledger(Protocol):
    """Where calls are written down."""

    def record(self, call: Call, at: datetime) -> None:
        """Keep a call; does not wait."""
        ...

    async def spent_today(self, at: datetime) -> Decimal:
        """What the installation has spent since midnight UTC, in the currency of the budget."""
        ...

    async def spent_on(self, conversation_id: UUID) -> Decimal:
        """What one conversation has cost."""
        ...

    async def close(self) -> None:
        """Write what is on its way."""
        ...


class DatabaseLedger:
    """The table `model_call`. Nobody waits for its rows; a row that cannot be written is logged, not raised."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._writing: set[asyncio.Task[None]] = set()

    def record(self, call: Call, at: datetime) -> None:
        task = asyncio.get_running_loop().create_task(self._write(call, at))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def spent_today(self, at: datetime) -> Decimal:
        async with self._db.reading() as tx:
            return await spent_since(tx, midnight(at))

    async def spent_on(self, conversation_id: UUID) -> Decimal:
        await self.settle()
        async with self._db.reading() as tx:
            spent = await tx.value("select sum(spent) from model_call where conversation_id = %s", (conversation_id,))
        return spent or Decimal(0)

    async def settle(self) -> None:
        """Wait for the rows on their way."""
        while self._writing:
            await asyncio.wait(self._writing)

    async def close(self) -> None:
        await self.settle()

    async def _write(self, call: Call, at: datetime) -> None:
        row = {
            "id": new_id(), "at": at, "purpose": call.purpose, "provider_id": call.provider_id,
            "provider": call.provider, "model": call.model, "conversation_id": call.conversation_id, "rung": call.rung,
            "tries": call.tries, "outcome": call.outcome, "ms": call.milliseconds, "first_ms": call.first_milliseconds,
            "input_tokens": call.usage.input, "output_tokens": call.usage.output,
            "cost": call.cost.amount if call.cost else None, "currency": call.cost.currency if call.cost else "",
            "spent": call.spent, "is_masked": call.is_masked, "prompt_version": call.prompt_version,
        }  # fmt: skip
        names = ", ".join(row)
        # A trial in the playground has no conversation, and costs as much.
        held = {"conversation_id": "(select id from conversation where id = %(conversation_id)s::uuid)"}
        places = ", ".join(held.get(name, f"%({name})s") for name in row)
        try:
            async with self._db.reading() as tx:  # one statement: no transaction needed
                await tx.execute(f"insert into model_call ({names}) values ({places})", row)
        except (AppError, psycopg.Error) as error:
            log.warning("model.call_not_recorded", purpose=call.purpose, error=type(error).__name__)


def midnight(at: datetime) -> datetime:
    """The beginning of the day, UTC."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def spent_since(tx: Transaction, since: datetime) -> Decimal:
    """What was spent since a moment, in the currency of the budget."""
    return await tx.value("select sum(spent) from model_call where at >= %s", (since,)) or Decimal(0)


async def figures(tx: Transaction, since: datetime) -> Sequence[dict[str, Any]]:
    """Calls per purpose and engine since a moment: how many, failed, p50 and p95 in ms, tokens, spent, last outcome.

    Calls that were not made (budget, resting) and those nobody waited for any more do not count as failed.
    """
    return await tx.dicts(
        "select purpose, provider_id, provider, model,"
        " count(*) filter (where outcome not in ('budget','resting','stopped')) as calls,"
        " count(*) filter (where outcome not in ('ok','budget','resting','stopped')) as failed,"
        " count(*) filter (where outcome in ('budget','resting')) as skipped,"
        " percentile_cont(0.5) within group (order by ms) filter (where outcome = 'ok') as p50_ms,"
        " percentile_cont(0.95) within group (order by ms) filter (where outcome = 'ok') as p95_ms,"
        " sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens, sum(spent) as spent,"
        " (array_agg(outcome order by at desc))[1] as last_outcome, max(at) as last_at"
        " from model_call where at >= %s group by 1, 2, 3, 4 order by 1, 3, 4",
        (since,),
    )


async def discard_old(tx: Transaction, at: datetime) -> int:
    """Remove records older than `KEEP`, at most 10,000 at a time; how many."""
    return await tx.execute(
        "delete from model_call where id in (select id from model_call where at < %s order by at limit 10000)",
        (at - KEEP,),
    )
