"""Bake-offs of the screen: one at a time in the background, with progress, result and an honest end in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from tongxi import audit
from tongxi.bakeoff import judging
from tongxi.bakeoff.cassettes import Cassettes
from tongxi.bakeoff.figures import Outcome, table
from tongxi.bakeoff.local import asker, reader
from tongxi.bakeoff.questions import Question
from tongxi.bakeoff.run import NONE, Plan, ask
from tongxi.bot.thinking import standing_of
from tongxi.house import House
from tongxi.kit.db import Transaction
from tongxi.kit.errors import AppError, Conflict, Invalid, NotFound
from tongxi.kit.ids import new_id
from tongxi.signals import personal_data

log = structlog.get_logger(__name__)

BEAT_SECONDS = 2.0
DEAD_AFTER = timedelta(seconds=30)
"""A run whose process has not been heard of for this long was cut off."""
_COLUMNS = "id, state, engines, source, k, done, total, result, error, created_at, ended_at"


class AlreadyRunning(Conflict):
    """A bake-off is running; wait for it or stop it."""

    code = "bakeoff_running"


async def start(
    house: House,
    asked: Sequence[Question],
    engines: Sequence[str],
    *,
    k: int,
    source: dict[str, Any],
    actor_id: UUID,
    ip: str,
) -> UUID:
    """Begin in the background; give the id of the run. Raises: `Invalid`, `AlreadyRunning`."""
    engines = list(dict.fromkeys(engines))
    unknown = [name for name in engines if name != NONE and house.models.setup.named(name) is None]
    if unknown:
        raise Invalid(errors=[{"loc": ["body", "engines"], "msg": f"there is no {name!r}"} for name in unknown])
    run_id = new_id()
    async with house.db.transaction() as tx:
        await tx.execute("lock table bakeoff_run in share row exclusive mode")
        await bury(tx)
        if await tx.value("select 1 from bakeoff_run where state = 'running'"):
            raise AlreadyRunning
        await tx.execute(
            "insert into bakeoff_run (id, engines, source, k, total, started_by) values (%s, %s, %s, %s, %s, %s)",
            (run_id, Jsonb(engines), Jsonb(source), k, len(asked) * len(engines) * k, actor_id),
        )
        data = {"engines": engines, "n": len(asked), "k": k}
        await audit.append(
            tx, actor_id=actor_id, action="bakeoff.started", subject=f"bakeoff:{run_id}", data=data, ip=ip
        )
    house.live.spawn(_run(house, run_id, asked, engines, k, str(source["labels"])))
    return run_id


async def runs(tx: Transaction, *, limit: int, after: UUID | None) -> list[dict[str, Any]]:
    """Runs, newest first."""
    return await tx.dicts(
        f"select {_COLUMNS} from bakeoff_run where %(after)s::uuid is null or id < %(after)s"
        " order by id desc limit %(limit)s",
        {"after": after, "limit": limit},
    )


async def get(tx: Transaction, run_id: UUID) -> dict[str, Any]:
    """One run. Raises: `NotFound`."""
    row = await tx.dict(f"select {_COLUMNS} from bakeoff_run where id = %s", (run_id,))
    if row is None:
        raise NotFound
    return row


async def cancel(tx: Transaction, run_id: UUID, *, actor_id: UUID, ip: str) -> None:
    """Stop a run; its process notices within seconds. Raises: `NotFound`."""
    await get(tx, run_id)
    stopped = await tx.execute(
        "update bakeoff_run set state = 'cancelled', ended_at = now() where id = %s and state = 'running'", (run_id,)
    )
    if stopped:
        await audit.append(tx, actor_id=actor_id, action="bakeoff.cancelled", subject=f"bakeoff:{run_id}", ip=ip)


async def bury(tx: Transaction) -> int:
    """Say of runs whose process died that they were interrupted; how many."""
    return await tx.execute(
        "update bakeoff_run set state = 'failed', error = 'interrupted', ended_at = now()"
        " where state = 'running' and beat_at < now() - %s",
        (DEAD_AFTER,),
    )


async def _run(
    house: House, run_id: UUID, asked: Sequence[Question], engines: Sequence[str], k: int, labels: str
) -> None:
    """Ask everything; whatever happens, the row says how it ended."""
    progress = [0]
    asking = asyncio.ensure_future(_compare(house, asked, engines, k, labels, _noted(progress)))
    error, runs = "", None
    try:
        while not asking.done():
            await asyncio.wait([asking], timeout=BEAT_SECONDS)
            if not asking.done() and not await _beat(house, run_id, progress[0]):
                asking.cancel()  # somebody stopped it
                return
        runs = asking.result()
    except AppError as failure:
        error = failure.code
    except Exception as failure:  # the edge of the job: the screen must not wait for a bug
        log.exception("bakeoff.failed", run_id=str(run_id))
        error = type(failure).__name__
    finally:
        if not asking.done():
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
    if runs is None:
        async with house.db.transaction() as tx:
            await _end(tx, run_id, "failed", None, error, progress[0])
        return
    currency = house.models.setup.settings.currency
    ids = [question.id for question in asked]
    made = await asyncio.to_thread(table, ids, runs, k=k, currency=currency, labels=labels)
    async with house.db.transaction() as tx:
        if await judging.keep(tx, run_id, asked, runs):  # some of it people may have judged in an earlier run
            made = await judging.settled(tx, run_id, made)
        await _end(tx, run_id, "done", made.model_dump(mode="json"), "", progress[0])


async def _end(tx: Transaction, run_id: UUID, state: str, result: dict[str, Any] | None, error: str, done: int) -> None:
    await tx.execute(
        "update bakeoff_run set state = %s, result = %s, error = %s, done = %s, ended_at = now()"
        " where id = %s and state = 'running'",
        (state, Jsonb(result) if result else None, error, done, run_id),
    )


async def _compare(
    house: House,
    asked: Sequence[Question],
    engines: Sequence[str],
    k: int,
    labels: str,
    note: Callable[[int], None],
) -> dict[str, list[list[Outcome]]]:
    """As the house is now: its knowledge, settings, promises and engines."""
    read, intents = await asyncio.to_thread(reader, asked, ())
    if house.sentences is not None:
        await house.sentences.prepare([question.text for question in asked])
    plan = Plan(
        questions=asked, engines=engines, k=k,
        local=asker(
            house.knowledge, house.bot.settings, read, lambda seen: standing_of(house, seen), house.flows,
            house.intents,
        ),
        intents=intents, setup=house.models.setup, cassettes=Cassettes(None), clock=house.clock, labels=labels,
        find_personal_data=personal_data.find, persona=house.bot.settings.persona,
    )  # fmt: skip
    return await ask(plan, progress=note)


def _noted(progress: list[int]) -> Callable[[int], None]:
    def note(done: int) -> None:
        progress[0] = done

    return note


async def _beat(house: House, run_id: UUID, done: int) -> bool:
    """Say that it goes on; False when it was stopped."""
    async with house.db.reading() as tx:
        return bool(
            await tx.execute(
                "update bakeoff_run set done = %s, beat_at = now() where id = %s and state = 'running'", (done, run_id)
            )
        )
