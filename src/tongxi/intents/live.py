"""The model of one process: the same in every process, learnt by one of them, swapped in without a restart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import structlog
from psycopg.types.json import Jsonb

from tongxi.encoder import english
from tongxi.encoder.english import Sentences
from tongxi.intents import queries, worker
from tongxi.intents.model import IntentModel, Reading, Unfit
from tongxi.intents.queries import StoredIntent
from tongxi.kit.db import Database, Transaction

log = structlog.get_logger(__name__)

State = Literal["empty", "learning", "ready", "failed"]
CLAIM_SECONDS = 360
"""A process that has been learning for longer is taken to be gone."""
REST_SECONDS = 5.0
"""Least time between two trainings of this process: corrections come one by one."""
KEPT_MODELS = 2
MAX_INTENTS = 2_000
MAX_WANTED = 4_096
"""Groups of such texts that are remembered."""
AHEAD = 25
"""Groups that are read ahead at a time."""


@dataclass(frozen=True, slots=True)
class _Learnt:
    """Everything that is swapped at once."""

    model: IntentModel | None
    about: dict[str, StoredIntent]
    fingerprint: str
    wanted: dict[tuple[str, ...], Mapping[str, float]] = field(default_factory=dict)
    """What `wanted_by` has read with this model."""


class Intents:
    """`read` is synchronous and needs no database."""

    def __init__(self, *, rest_seconds: float = REST_SECONDS, sentences: Sentences | None = None) -> None:
        """`sentences`: the extra `english`, where it is on."""
        self._sentences = sentences
        self._rest_seconds = rest_seconds
        self._learnt = _Learnt(None, {}, "")
        self._about: dict[str, StoredIntent] = {}
        """The enabled intents as they are stored: known before anything is learnt."""
        self._task: asyncio.Task[None] | None = None
        self._loading = asyncio.Lock()
        self._ended = 0.0
        self.state: State = "empty"
        self.error = ""

    @property
    def figures(self) -> dict[str, float]:
        """What the last training says of itself: `accuracy` (held-out rows), `examples`, `intents`."""
        return self._learnt.model.figures if self._learnt.model else {}

    def read(self, text: str, language: str = "") -> Reading:
        """What a message wants. One model reads all languages; `language` is for callers that know it.

        Empty, and out of scope, while nothing was learnt.
        """
        del language
        model = self._learnt.model
        return model.read(text) if model is not None else Reading()

    def wanted_by(self, texts: Sequence[str]) -> Mapping[str, float]:
        """`IntentModel.wanted_by`, remembered; empty while nothing was learnt."""
        learnt, key = self._learnt, tuple(texts)
        if learnt.model is None:
            return {}
        held = learnt.wanted.get(key)
        if held is None:
            held = learnt.model.wanted_by(key)
            if len(learnt.wanted) >= MAX_WANTED:
                learnt.wanted.clear()
            learnt.wanted[key] = held
        return held

    async def read_ahead(self, groups: Iterable[tuple[str, ...]]) -> None:
        """Read some of these for `wanted_by`, apart from the loop, so that no message waits for it."""
        if self._learnt.model is None:
            return
        missing = [group for group in islice(groups, MAX_WANTED // 2) if group not in self._learnt.wanted]
        for group in missing[:AHEAD]:
            await asyncio.to_thread(self.wanted_by, group)

    def about(self, code: str) -> StoredIntent | None:
        """The enabled intent of a guess: its names, the article that answers it, the flow that carries it out."""
        return self._about.get(code)

    def codes(self) -> tuple[str, ...]:
        """Codes of the enabled intents."""
        return tuple(self._learnt.about)

    async def load(self, db: Database) -> None:
        """Take over what was learnt from the present state; learn it when no process has. Returns when it is in."""
        async with self._loading:
            await self._load(db)

    async def _load(self, db: Database) -> None:
        async with db.reading() as tx:
            print_ = await self._fingerprint(tx)
            stored = await queries.model(tx, print_)
            about = {i.code: i for i in await queries.intents(tx, limit=MAX_INTENTS) if i.enabled}
        self._about = about
        model: IntentModel | None = None
        if stored is None or (stored["data"] is None and stored["trained_at"] is None):
            stored = await self._learn(db, print_)
            if stored is None:
                return  # another process is at it; `refresh` finds its result
        if stored["data"] is not None:
            try:
                model = await asyncio.to_thread(IntentModel.load, stored["data"], worker.encoders(self._sentences))
            except Unfit as error:
                await self._forget(db, print_)
                log.warning("intents.unfit", reason=str(error))
                return
        self.error = stored["error"]
        self._learnt = _Learnt(model, about, print_)
        self.state = "failed" if self.error else ("ready" if model else "empty")

    async def refresh(self, db: Database) -> bool:
        """Begin to load in the background if something changed; tell whether it did. Cheap: one aggregate."""
        if self._task is not None and not self._task.done():
            return False
        if time.monotonic() - self._ended < self._rest_seconds:
            return False
        async with db.reading() as tx:
            is_stale = await self._fingerprint(tx) != self._learnt.fingerprint
        if is_stale:
            self._task = asyncio.create_task(self._load_apart(db), name="intents")
        return is_stale

    async def close(self) -> None:
        """Give up a training that runs."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _fingerprint(self, tx: Transaction) -> str:
        """Of what is to be learnt, and with what: servers with and without the extra do not share a model."""
        return await queries.fingerprint(tx) + (f":{english.NAME}" if self._sentences is not None else "")

    async def _load_apart(self, db: Database) -> None:
        try:
            await self.load(db)
        except Exception:  # the edge of a task: the old model goes on, the next round tries again
            log.exception("intents.load_failed")
        finally:
            self._ended = time.monotonic()

    async def _learn(self, db: Database, print_: str) -> dict[str, Any] | None:
        """Learn unless another process does; what is stored then, None if another is at it."""
        async with db.transaction() as tx:
            claimed = await tx.execute(
                "insert into intent_model (fingerprint, started_at) values (%s, now()) on conflict (fingerprint)"
                " do update set started_at = now() where intent_model.trained_at is null"
                " and intent_model.started_at < now() - make_interval(secs => %s)",
                (print_, CLAIM_SECONDS),
            )
            if not claimed:
                return None
            examples = await queries.labelled(tx)
            names = await queries.names(tx) if self._sentences is not None else None
        self.state = "learning"
        data: bytes | None = None
        error = ""
        began = time.monotonic()
        try:
            if len({code for _, code in examples}) > 1:
                data = await worker.learn(examples, names)
        except (worker.Failed, TimeoutError, OSError) as failure:
            error = str(failure) or type(failure).__name__
            log.warning("intents.training_failed", error=type(failure).__name__)
        except BaseException:
            await asyncio.shield(self._forget(db, print_))
            raise
        figures = {"seconds": round(time.monotonic() - began, 2), "examples": len(examples)}
        log.info("intents.trained", **figures)
        async with db.transaction() as tx:
            await tx.execute(
                "update intent_model set trained_at = now(), data = %s, figures = %s, error = %s"
                " where fingerprint = %s",
                (data, Jsonb(figures), error, print_),
            )
            await tx.execute(
                "delete from intent_model where trained_at is not null and fingerprint not in (select fingerprint"
                " from intent_model where trained_at is not null order by trained_at desc limit %s)",
                (KEPT_MODELS,),
            )
            return await queries.model(tx, print_)

    async def _forget(self, db: Database, print_: str) -> None:
        async with db.transaction() as tx:
            await tx.execute("delete from intent_model where fingerprint = %s", (print_,))
