"""The sentence vectors of the extra `english` for the index: made in the background, kept in the database.

An index whose English texts are not all there yet is searched without; a small change is made with the index itself.
"""

from __future__ import annotations

import asyncio

import structlog

from tongxi.encoder import english
from tongxi.kit.db import Database, Unavailable
from tongxi.knowledge.index import Knowledge
from tongxi.knowledge.vector_store import LocalStore

log = structlog.get_logger(__name__)

BATCH = 16
"""Texts between two moments in which a message may go first."""


class EnglishVectors:
    """The background work of one process; nothing at all where the extra is off."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._store = LocalStore(english.NAME)
        self._task: asyncio.Task[None] | None = None
        self._done = -1

    def tick(self, db: Database) -> None:
        """Begin to make, and to keep, what the present index needs, unless that was done or is under way."""
        if self._knowledge.sentences is None or self._done == self._knowledge.version:
            return
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._guarded(db), name="english vectors")

    async def fill(self, db: Database) -> int:
        """Give the index its vectors and keep them; how many were not in the database before."""
        knowledge = self._knowledge
        sentences, version = knowledge.sentences, knowledge.version
        if sentences is None:
            return 0
        texts = await asyncio.to_thread(lambda: knowledge.lacks_vectors)
        held = dict(knowledge.vectors)
        wanted = list(texts or held)
        stored = await self._store.read(db, wanted)
        if not texts:
            await self._store.keep(db, {digest: held[digest] for digest in wanted if digest not in stored})
        missing = [digest for digest in texts if digest not in stored]
        for at in range(0, len(missing), BATCH):
            some = missing[at : at + BATCH]
            made = await asyncio.to_thread(sentences.made, [texts[digest] for digest in some])
            vectors = dict(zip(some, made[:, -1], strict=True))
            await self._store.keep(db, vectors)
            stored |= vectors
            if knowledge.version != version:
                return at + len(some)  # published anew meanwhile: the next round goes on from here
        if texts:
            knowledge.see(version, stored)
        await self._store.forget(db, beside=wanted)
        self._done = version
        return len(missing)

    async def close(self) -> None:
        """Stop; what is missing is made by the next process."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._knowledge.sentences is not None:
            self._knowledge.sentences.close()

    async def _guarded(self, db: Database) -> None:
        try:
            if made := await self.fill(db):
                log.info("knowledge.english_made", texts=made)
        except Unavailable:
            pass  # the next look finds the same texts
        except Exception:  # the edge of a background task
            log.exception("knowledge.english_failed")
