"""The record of calls in the database: sums per day and conversation, figures per engine, nothing kept for ever."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from tests.support.seam import Seam
from tongxi.kit.ids import new_id
from tongxi.llm import ledger
from tongxi.llm.ledger import DatabaseLedger
from tongxi.llm.protocol import Call, Usage

ENGINE = uuid4()


def call(outcome: str = "ok", *, milliseconds: int = 100, spent: str = "0", **more: object) -> Call:
    return Call(
        "answer", ENGINE, "千问", "m", outcome, milliseconds, usage=Usage(10, 5), spent=Decimal(spent), **more  # type: ignore[arg-type]
    )  # fmt: skip


async def test_sums_are_of_today_and_of_one_conversation(seam: Seam) -> None:
    book, now = DatabaseLedger(seam.house.db), seam.house.clock.now()
    customer = await seam.customer()
    book.record(call(spent="0.5", conversation_id=customer.conversation_id), now)
    book.record(call(spent="0.25"), now)
    book.record(call(spent="7", conversation_id=customer.conversation_id), now - timedelta(days=2))
    await book.settle()
    assert await book.spent_today(now) == Decimal("0.75")
    assert await book.spent_on(customer.conversation_id) == Decimal("7.5")
    assert await book.spent_on(new_id()) == 0


async def test_a_trial_without_a_conversation_counts_for_the_day(seam: Seam) -> None:
    book, now = DatabaseLedger(seam.house.db), seam.house.clock.now()
    book.record(call(spent="0.5", conversation_id=new_id()), now)
    await book.settle()
    assert await book.spent_today(now) == Decimal("0.5")


async def test_figures_leave_out_calls_that_were_not_made_or_not_waited_for(seam: Seam) -> None:
    book, now = DatabaseLedger(seam.house.db), seam.house.clock.now()
    for n in range(1, 21):
        book.record(call(milliseconds=n * 100), now)
    for outcome in ("timeout", "cut", "budget", "resting", "stopped"):
        book.record(call(outcome, milliseconds=60_000), now)
    book.record(call("cut"), now - timedelta(hours=2))
    await book.settle()
    async with seam.house.db.reading() as tx:
        (row,) = await ledger.figures(tx, now - ledger.WINDOW)
    assert (row["calls"], row["failed"], row["skipped"]) == (22, 2, 2)
    assert row["p50_ms"] == 1050
    assert 1900 <= row["p95_ms"] <= 2000


async def test_old_records_go(seam: Seam) -> None:
    book, now = DatabaseLedger(seam.house.db), seam.house.clock.now()
    book.record(call(), now - ledger.KEEP - timedelta(minutes=1))
    book.record(call(), now)
    await book.settle()
    async with seam.house.db.transaction() as tx:
        assert await ledger.discard_old(tx, now) == 1
    assert await seam.value("select count(*) from model_call") == 1


async def test_a_record_that_cannot_be_written_stops_nobody(seam: Seam) -> None:
    book = DatabaseLedger(seam.house.db)
    book.record(call(milliseconds=2**40), seam.house.clock.now())  # more than the column holds
    await book.settle()
    assert await seam.value("select count(*) from model_call") == 0
