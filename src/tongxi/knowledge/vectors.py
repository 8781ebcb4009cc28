"""Sentence vectors of a configured endpoint in the one search: made in the background, asked for with short patience.

Optional twice over: without an engine for `embed` nothing happens, and when it is slow, ill or broke the local search
stands as it is. Only the first engine is used: vectors of two models cannot be compared.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import structlog

from tongxi.kit.db import Database, Unavailable
from tongxi.knowledge.index import Hit, Knowledge
from tongxi.knowledge.nearness import CEILING
from tongxi.knowledge.vector_store import VectorStore
from tongxi.llm.engines import Engine
from tongxi.llm.models import Models
from tongxi.llm.protocol import FailureCode, ModelFailed

log = structlog.get_logger(__name__)
Floats = npt.NDArray[np.float32]

PATIENCE_SECONDS = 0.4
"""What a question waits for its vector and the comparison, together."""
BATCH = 20
BATCH_SECONDS = 30.0
LOOK_EVERY_SECONDS = 60.0
"""Between two looks for texts without a vector while nothing was published; also the rest after a failure."""
MAX_CHARS = 2000
"""Read of a text or question; models take little more, some less."""
MAX_DIMENSIONS = 16_000
"""What pgvector can hold."""
CACHE_SIZE = 1024


class Vectors:
    """The sentence vectors of one process."""

    def __init__(self, knowledge: Knowledge, models: Models) -> None:
        self._knowledge = knowledge
        self._models = models
        self._store = VectorStore()
        self._asked: OrderedDict[tuple[str, str], Floats] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._next_look = 0.0
        self._looked_at: tuple[str, int] | None = None

    @property
    def engine(self) -> Engine | None:
        """The engine that makes the vectors; None: there are none."""
        return next(iter(self._models.engines("embed")), None)

    @property
    def is_on(self) -> bool:
        """Whether an engine is set."""
        return self.engine is not None

    # ── what is published ───────────────────────────────────────────────────────────────────────────

    def tick(self, db: Database) -> None:
        """Begin to embed what has no vector yet, if there may be something and nothing is under way."""
        engine = self.engine
        if engine is None or (self._task is not None and not self._task.done()):
            return
        now, stand = asyncio.get_running_loop().time(), (_name(engine), self._knowledge.version)
        if stand == self._looked_at and now < self._next_look:
            return
        self._looked_at, self._next_look = stand, now + LOOK_EVERY_SECONDS
        self._task = asyncio.create_task(self._guarded(db, engine), name="knowledge vectors")

    async def fill(self, db: Database, engine: Engine) -> int:
        """Embed what has no vector yet; how many texts. Raises: `ModelFailed`, `Unavailable`; what was done stays."""
        texts = self._knowledge.texts()
        name, done = _name(engine), 0
        await self._store.want(db, name, texts.keys())
        while digests := await self._store.take(db, name, BATCH):
            try:
                given = [texts[digest][:MAX_CHARS] for digest in digests]
                vectors = _units(await self._models.embed(given, seconds=BATCH_SECONDS, engine=engine))
            except ModelFailed as error:
                is_refused = error.code is FailureCode.REFUSED
                await self._store.put_off(db, name, digests, is_refused=is_refused)
                if not is_refused:
                    raise
                continue
            await self._store.keep(db, name, dict(zip(digests, vectors, strict=True)))
            done += len(digests)
        return done

    async def close(self) -> None:
        """Stop; what is missing is embedded by the next process."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _guarded(self, db: Database, engine: Engine) -> None:
        try:
            if done := await self.fill(db, engine):
                log.info("knowledge.embedded", texts=done, model=engine.name)
        except ModelFailed as error:
            log.warning("knowledge.not_embedded", model=engine.name, code=error.code)
        except Unavailable:
            pass  # the next look finds the same texts
        except Exception:  # the edge of a background task
            log.exception("knowledge.embedding_failed")

    # ── what is asked ───────────────────────────────────────────────────────────────────────────────

    async def search(
        self, db: Database, text: str, language: str, *, agents: bool = False, k: int = 5, ceiling: float = CEILING
    ) -> list[Hit] | None:
        """As `Knowledge.search`, with what is near by vector lifted up to `ceiling` at most.

        None when there is nothing to add: no engine, no answer within `PATIENCE_SECONDS`, nothing near. Raises nothing.
        """
        engine = self.engine
        if engine is None or not text.strip():
            return None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                vector = await self._vector(engine, text[:MAX_CHARS])
                nearest = await self._store.nearest(db, _name(engine), vector)
        except (ModelFailed, TimeoutError, Unavailable):
            return None
        near = nearest.standing_out() if nearest else []
        return self._knowledge.search_near(text, language, near, agents=agents, k=k, ceiling=ceiling) if near else None

    async def _vector(self, engine: Engine, text: str) -> Floats:
        """Raises: `ModelFailed`."""
        key = _name(engine), text
        held = self._asked.get(key)
        if held is None:
            held = _units(await self._models.embed([text], seconds=PATIENCE_SECONDS, engine=engine))[0]
            self._asked[key] = held
            if len(self._asked) > CACHE_SIZE:
                self._asked.popitem(last=False)
        return held


def _name(engine: Engine) -> str:
    """The same model at another address may be another model."""
    return f"{engine.provider.url} {engine.model.name}"


def _units(vectors: Sequence[Sequence[float]]) -> list[Floats]:
    """Scaled to length 1. Raises: `ModelFailed` for what is no direction."""
    made = []
    for vector in vectors:
        row = np.asarray(vector, np.float64)
        length = float(np.linalg.norm(row))
        if not 0 < len(row) <= MAX_DIMENSIONS or not np.isfinite(length) or length == 0:
            raise ModelFailed(FailureCode.BAD_ANSWER, "not a vector")
        made.append((row / length).astype(np.float32))
    return made
