"""Recorded answers: with a folder of them a bake-off runs again without network, key or cost, to the same table.

One file for each request, named by its hash: the model, the messages, tools and form asked for, and the how-manieth
time. Neither address nor key is in it; questions and answers are.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from tongxi.kit.clock import Clock
from tongxi.kit.errors import AppError
from tongxi.llm.protocol import Client, Embedded, FailureCode, ModelFailed, Reply, Request, ToolCall, Usage

TRIES, PAUSE_SECONDS, MAX_PAUSE_SECONDS = 3, 0.5, 10.0
LIMIT_SECONDS = 25.0
"""For one request with its further tries; less than whoever asks waits, so that giving up is recorded as well."""


class CassetteMissing(AppError):
    """A request is not among the recorded ones; run once with the network on, with the same folder."""

    code = "cassette_missing"
    status = 404


class Cassettes:
    """A folder of recorded answers; `folder` None: nothing is kept. `is_offline`: nothing else is asked."""

    def __init__(self, folder: Path | None, *, is_offline: bool = False) -> None:
        self._folder = folder
        self.is_offline = is_offline
        if folder is not None and not is_offline:
            folder.mkdir(parents=True, exist_ok=True)

    def read(self, key: str) -> dict[str, Any] | None:
        """What was recorded. Raises: `CassetteMissing` when offline and there is nothing."""
        file = self._file(key)
        if file is not None and file.is_file():
            document: dict[str, Any] = orjson.loads(file.read_bytes())
            return document
        if self.is_offline:
            raise CassetteMissing(f"{key[:12]} is not in {self._folder}")
        return None

    def write(self, key: str, document: dict[str, Any]) -> None:
        """Keep an answer."""
        file = self._file(key)
        if file is not None:
            aside = file.with_suffix(".new")
            aside.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
            aside.rename(file)

    def _file(self, key: str) -> Path | None:
        return self._folder / f"{key}.json" if self._folder is not None else None


class Recorded:
    """A client that asks only what is not recorded yet. `seconds` is how long the last answer took when it was asked.

    One request at a time: each question of a bake-off has a client of its own.
    """

    def __init__(self, client: Client, cassettes: Cassettes, clock: Clock, *, engine: str, repetition: int) -> None:
        """`engine`: as people call it; the same model of two providers is recorded apart."""
        self._client = client
        self._cassettes = cassettes
        self._clock = clock
        self._engine = engine
        self._repetition = repetition
        self.seconds = 0.0
        self.usage = Usage()

    async def complete(self, request: Request) -> Reply:
        """Raises: `ModelFailed`, also a recorded one; `CassetteMissing`."""
        key = self._key(request)
        known = self._cassettes.read(key)
        if known is None:
            try:
                async with asyncio.timeout(LIMIT_SECONDS):
                    known = await self._ask(request)
            except TimeoutError:
                known = {"failure": {"code": FailureCode.TIMEOUT.value, "detail": ""}, "seconds": LIMIT_SECONDS}
            self._cassettes.write(key, known)
        self.seconds += known["seconds"]
        if "failure" in known:
            failure = known["failure"]
            raise ModelFailed(FailureCode(failure["code"]), failure["detail"], is_ill=False)
        usage = Usage(**known["usage"])
        self.usage = Usage(self.usage.input + usage.input, self.usage.output + usage.output)
        calls = tuple(ToolCall(**call) for call in known["calls"])
        return Reply(known["text"], calls, usage)

    async def stream(self, request: Request) -> AsyncGenerator[str | Reply, None]:
        """The recorded answer in one piece. Raises: as `complete`."""
        reply = await self.complete(request)
        yield reply.text
        yield reply

    async def embed(self, model: str, texts: Sequence[str]) -> Embedded:
        """Raises: `ModelFailed`, always: nothing in a bake-off asks for vectors."""
        raise ModelFailed(FailureCode.NOT_FOUND, f"no vectors of {model} for {len(texts)} texts")

    async def models(self) -> list[str]:
        """Nothing is offered."""
        return []

    async def close(self) -> None:
        """The client is its owner's."""

    async def _ask(self, request: Request) -> dict[str, Any]:
        """Ask, again after a passing fault; the time is that of the last try."""
        for left in range(TRIES - 1, -1, -1):
            started = self._clock.monotonic()
            try:
                reply = await self._client.complete(request)
                break
            except ModelFailed as error:
                if not left or not error.is_worth_retrying:
                    failure = {"code": error.code.value, "detail": error.detail}
                    return {"failure": failure, "seconds": round(self._clock.monotonic() - started, 4)}
                await asyncio.sleep(min(MAX_PAUSE_SECONDS, error.retry_after or PAUSE_SECONDS))
        return {
            "text": reply.text,
            "calls": [asdict(call) for call in reply.calls],
            "usage": asdict(reply.usage),
            "seconds": round(self._clock.monotonic() - started, 4),
        }

    def _key(self, request: Request) -> str:
        document = {"engine": self._engine, "repetition": self._repetition, "request": asdict(request)}
        return hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest()
