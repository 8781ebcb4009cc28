"""English sentence vectors of one process: made aside, remembered, never waited for by whoever asks in passing.

What has no vector yet is noted, and `supply` makes it in a thread, with short patience: a message is understood, the
vectors that were asked for are made, and it is understood again. Nothing has to know beforehand what will be asked.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Protocol

import numpy as np
import numpy.typing as npt
import structlog

from tongxi.encoder import minilm
from tongxi.kit.text import normalise

log = structlog.get_logger(__name__)
Floats = npt.NDArray[np.float32]

NAME = minilm.NAME
DIMENSIONS, DEPTHS = minilm.DIMENSIONS, minilm.DEPTHS
PATIENCE_SECONDS = 0.4
"""What a message waits for its vectors."""
MAX_CHARS = 2_000
"""Read of a text."""
MAX_NOTED = 32
"""Texts one message asks for; it is a handful."""
CACHE_SIZE = 4_096

_LATIN = re.compile(r"[a-z]{2}")
_OTHER_SCRIPT = re.compile(r"[^\x00-\u024f\u2000-\u206f\u20a0-\u20cf\u2100-\u214f]")


class Model(Protocol):
    """What makes the vectors (`minilm.MiniLM`)."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of the last layers, (n, `DEPTHS`, `DIMENSIONS`)."""
        ...


def concerns(text: str) -> bool:
    """Whether the model can say something about a text: it has words in Latin letters, and no other script."""
    folded = normalise(text[:MAX_CHARS])
    return _LATIN.search(folded) is not None and _OTHER_SCRIPT.search(folded) is None


class Sentences:
    """The vectors of a process. `held` is for the event loop; `made` is for threads and commands."""

    def __init__(
        self, load: Callable[[], Model], *, waits: bool = False, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        """`load` is called once, when the first vector is made. `waits`: `held` makes what is missing on the spot."""
        self.patience_seconds = patience_seconds
        self._load = load
        self._model: Model | None = None
        self.waits = waits
        self._held: OrderedDict[str, Floats] = OrderedDict()
        self._noted: dict[str, None] = {}
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="english") if not waits else None

    def held(self, text: str) -> Floats | None:
        """The vector of a text, (`DEPTHS`, `DIMENSIONS`); None: no opinion, or none yet, which is noted."""
        if not concerns(text):
            return None
        key = _key(text)
        found = self._held.get(key)
        if found is None:
            if self.waits:
                made: Floats = self.made([key])[0]
                return made
            if len(self._noted) < MAX_NOTED:
                self._noted[key] = None
        return found

    def awaits(self, text: str) -> bool:
        """Whether a vector of this text is still to be made."""
        return concerns(text) and _key(text) not in self._held

    def made(self, texts: Sequence[str]) -> Floats:
        """The vectors of texts, here and now: (n, `DEPTHS`, `DIMENSIONS`); zero rows where the model has no opinion."""
        rows = np.zeros((len(texts), DEPTHS, DIMENSIONS), np.float32)
        keys = [_key(text) if concerns(text) else "" for text in texts]
        made = {key: self._held.get(key) for key in keys if key}
        missing = [key for key, vector in made.items() if vector is None]
        if missing:
            if self._model is None:
                self._model = self._load()
            new = dict(zip(missing, self._model.encode(missing), strict=True))
            made |= new
            if self.waits:  # who learns asks for the same texts again
                self._keep(new)
        for row, key in zip(rows, keys, strict=True):
            if key:
                row[:] = made[key]
        return rows

    async def supply(self) -> bool:
        """Make what was noted since the last call; whether there is something new. Raises nothing.

        What takes longer than the patience is there for the next time.
        """
        noted, self._noted = list(self._noted), {}
        if not noted or self._aside is None:
            return False
        making = asyncio.get_running_loop().run_in_executor(self._aside, self.made, noted)
        making.add_done_callback(lambda done: self._keep_made(noted, done))
        done, _ = await asyncio.wait([making], timeout=self.patience_seconds)
        return bool(done) and making.exception() is None

    async def prepare(self, texts: Sequence[str]) -> None:
        """Make the vectors of many texts that will be asked for; the last `CACHE_SIZE` are remembered."""
        making = asyncio.get_running_loop().run_in_executor(self._aside, self.made, texts)
        self._keep({_key(text): row for text, row in zip(texts, await making, strict=True) if concerns(text)})

    def close(self) -> None:
        """Let the thread end; what it works on is not waited for."""
        if self._aside is not None:
            self._aside.shutdown(wait=False, cancel_futures=True)

    def _keep_made(self, texts: Sequence[str], done: asyncio.Future[Floats]) -> None:
        if done.cancelled():
            return
        if (error := done.exception()) is not None:
            log.warning("english.failed", error=type(error).__name__)
        else:
            self._keep(dict(zip(texts, done.result(), strict=True)))

    def _keep(self, vectors: dict[str, Floats]) -> None:
        self._held |= vectors
        while len(self._held) > CACHE_SIZE and not self.waits:
            self._held.popitem(last=False)


class Part:
    """Sentence vectors as a block of features of a model of intents: the last layers side by side."""

    def __init__(self, sentences: Sentences, *, waits: bool = False) -> None:
        """`waits`: vectors are made on the spot; else a missing one is a zero row."""
        self._sentences, self._waits = sentences, waits

    def encode(self, texts: Sequence[str]) -> Floats:
        """(n, `DEPTHS` * `DIMENSIONS`), rows of length one or zero."""
        rows = np.zeros((len(texts), DEPTHS, DIMENSIONS), np.float32)
        if self._waits:
            rows = self._sentences.made(texts)
        else:
            for row, text in zip(rows, texts, strict=True):
                found = self._sentences.held(text)
                if found is not None:
                    row[:] = found
        made: Floats = rows.reshape(len(texts), -1) / np.float32(DEPTHS**0.5)
        return made


def for_server() -> Sentences:
    """For an event loop. Raises: `minilm.NotTheModel`."""
    minilm.load()
    # The products are small: several threads would mostly wait for one another, and take the loop's core.
    import_module("threadpoolctl").threadpool_limits(1, user_api="blas")
    return Sentences(minilm.load)


def at_once() -> Sentences:
    """For commands: a vector is made when it is asked for. Raises: `minilm.NotTheModel`."""
    minilm.load()
    return Sentences(minilm.load, waits=True)


def _key(text: str) -> str:
    return normalise(text[:MAX_CHARS])
