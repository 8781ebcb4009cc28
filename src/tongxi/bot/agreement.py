"""The search weighed with what the intents say: does an article answer what the message is read to want? Pure.

The search looks at words and meaning, the intents at how customers say things; where both point to an article it is
likelier, where the intents point elsewhere it is less. An article is described by how its own title and example
questions read, so that nothing has to be linked by hand. Method and figures: docs/reference/search.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from tongxi.intents.model import Reading
from tongxi.knowledge.index import Hit

WEIGHT = 1.3
"""How much the agreement counts beside the search, where the message is surely in scope."""
NONE = 1.3
"""Natural logarithm by which "none of them" counts less, there: an article gains on it from an agreement of .32 on."""
OUTSIDE = 0.5
"""Share of that weight left where the message is surely out of scope: what is in scope is often doubted."""
ANYWAY = 0.05
"""Agreement every article has: nothing is ruled out by a reading that may be wrong."""
LEAST_INTENTS = 20
"""With fewer, most articles agree by chance; the search stands as it is."""
WEIGHED = 5
"""Best entries that are weighed against each other, however many are asked for."""


class Reads(Protocol):
    """The intents (`tongxi.intents.Intents`)."""

    def read(self, text: str, language: str = "") -> Reading: ...
    def codes(self) -> Sequence[str]: ...
    def wanted_by(self, texts: Sequence[str]) -> Mapping[str, float]: ...


class Names(Protocol):
    """The knowledge (`tongxi.knowledge.index.Knowledge`)."""

    def search(self, text: str, language: str, *, agents: bool = False, k: int = 5) -> list[Hit]: ...
    def title(self, article_id: str) -> str: ...
    def named(self, name: str, language: str) -> Hit | None: ...
    def names(self, article_id: str) -> tuple[str, ...]: ...


class Agreeing:
    """A search whose scores the intents have had their say in. For one turn: what was read is remembered."""

    def __init__(self, knowledge: Names, intents: Reads) -> None:
        self._knowledge, self._intents = knowledge, intents
        self._has_say = len(intents.codes()) >= LEAST_INTENTS
        self._readings: dict[str, Reading] = {}

    def title(self, article_id: str) -> str:
        """As the knowledge has it."""
        return self._knowledge.title(article_id)

    def named(self, name: str, language: str) -> Hit | None:
        """As the knowledge has it."""
        return self._knowledge.named(name, language)

    def read(self, text: str, language: str = "") -> Reading:
        """The intents of a text, read once."""
        if text not in self._readings:
            self._readings[text] = self._intents.read(text, language)
        return self._readings[text]

    def search(self, text: str, language: str, *, agents: bool = False, k: int = 5) -> list[Hit]:
        """As the knowledge's, with the scores of the best entries weighed anew."""
        hits = self._knowledge.search(text, language, agents=agents, k=max(k, WEIGHED))
        if not hits or not self._has_say:
            return hits[:k]
        reading = self.read(text, language)
        wanted = {guess.intent: guess.probability for guess in reading.guesses}
        agreements = [
            agreement(wanted, self._intents.wanted_by(self._knowledge.names(str(hit.article_id)))) for hit in hits
        ]
        scores = weighed([hit.score for hit in hits], agreements, reading.out_of_scope)
        made = [replace(hit, score=score) for hit, score in zip(hits, scores, strict=True)]
        return sorted(made, key=lambda hit: -hit.score)[:k]


def agreement(wanted: Mapping[str, float], answered: Mapping[str, float]) -> float:
    """How likely a message and a name of the article mean the same intent, 0…1. Both: probability by intent."""
    return sum(share * answered.get(intent, 0.0) for intent, share in wanted.items())


def weighed(scores: Sequence[float], agreements: Sequence[float], out_of_scope: float) -> list[float]:
    """Chances of the entries of being the right one, after the intents had their say.

    `scores`: chances by the search, 0…1, together at most 1; the rest is for none of them · `out_of_scope`: 0…1.
    """
    trust = 1 - (1 - OUTSIDE) * out_of_scope
    raised = [score * (ANYWAY + agreed) ** (WEIGHT * trust) for score, agreed in zip(scores, agreements, strict=True)]
    none = max(0.0, 1 - sum(scores)) * math.exp(-NONE * trust)
    total = sum(raised) + none
    return [share / total for share in raised] if total > 0 else list(scores)
