"""One text through the engines in their order: hide, ask, put back, remember."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence

import structlog

from tongxi.translation.languages import reads
from tongxi.translation.placeholders import Term, hide
from tongxi.translation.protocol import Engine, FailureCode, Translated, TranslationFailed

log = structlog.get_logger(__name__)

CACHED = 5_000
"""Translations kept in this process; the oldest go first."""
MAX_CHARS = 10_000


class Engines:
    """The engines of the house in their order, and what they said before."""

    def __init__(self, engines: Sequence[Engine] = ()) -> None:
        self.engines = tuple(engines)
        self._cache: OrderedDict[bytes, Translated] = OrderedDict()

    async def translate(
        self, text: str, *, source: str, target: str, terms: Sequence[Term] = (), context: str = ""
    ) -> Translated | None:
        """The text in `target`; None when there is nothing to translate (a number, a link, already that language).

        Raises: `TranslationFailed` of the last engine, when none gave a whole translation.
        """
        if len(text) > MAX_CHARS:
            raise TranslationFailed(FailureCode.TOO_LONG, f"{len(text)} characters")
        hidden = hide(text, terms)
        if not hidden.has_words:
            return None
        failed = TranslationFailed(FailureCode.NO_ENGINE)
        for engine in self.engines:
            key = _key(engine.name, text, source, target, terms)
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
            try:
                answer = await engine.translate(hidden.text, source=source, target=target, context=context)
                if not answer.text.strip():
                    raise TranslationFailed(FailureCode.BAD_ANSWER, "empty")
                if answer.source and reads(target, answer.source) and not reads(target, source):
                    return None  # our guess of the language was wrong
                made = Translated(hidden.restore(answer.text), answer.source or source, answer.engine)
            except TranslationFailed as error:
                log.warning("translation.failed", engine=engine.name, code=error.code, reason=error.message)
                failed = error
                continue
            self._cache[key] = made
            if len(self._cache) > CACHED:
                self._cache.popitem(last=False)
            return made
        raise failed

    async def close(self) -> None:
        """Let go of connections."""
        for engine in self.engines:
            await engine.close()


def _key(engine: str, text: str, source: str, target: str, terms: Sequence[Term]) -> bytes:
    parts = [engine, source, target, text, *(f"{term.source}\x01{term.target}" for term in terms)]
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()
