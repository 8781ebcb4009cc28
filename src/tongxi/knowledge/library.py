"""The search of published articles: what speaks for each entry, weighed into the chance that it is the right one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from tongxi.encoder import Encoder, english
from tongxi.knowledge import confidence, nearness
from tongxi.knowledge.arrays import NOTHING, Flags, Floats, top
from tongxi.knowledge.articles import Article
from tongxi.knowledge.chunks import Passage
from tongxi.knowledge.confidence import Asked, Evidence
from tongxi.knowledge.contents import Compared, Contents
from tongxi.knowledge.meanings import Meanings
from tongxi.knowledge.query import Query

SAME_WORDS = 0.95
"""Least chance of the only entry that has the question, word for word, as a title or example question."""
CANDIDATES = 12
"""Entries whose evidence is weighed; the rest stands too far behind."""


@dataclass(frozen=True, slots=True)
class Found:
    """One entry found, in one of its languages."""

    article: Article
    passage: Passage
    evidence: Evidence
    asked: Asked
    score: float
    """How likely it is the right one, 0…1."""


class Library:
    """Everything that is swapped at once when knowledge is published."""

    def __init__(self, articles: Sequence[Article], encoder: Encoder) -> None:
        self._contents = Contents(articles, encoder)
        self.articles = self._contents.articles
        self.meanings: Meanings | None = None
        """Of all English texts, set once when their sentence vectors are there."""
        self.sentence_vectors: Mapping[bytes, Floats] = {}

    def search(self, query: Query, language: str, today: date, *, agents: bool, k: int) -> list[Found]:
        """The `k` entries that fit best, best first, each in `language` where it has that version."""
        contents = self._contents
        is_open = contents.open(today, agents=agents)
        meanings = self.meanings if query.sentence is not None else None
        if not is_open.any() or not (query.terms or query.vector.any() or meanings):
            return []
        seen = contents.compared(query, is_open)
        asked = frozenset(query.terms)
        near = _nearest(seen)
        sentences: dict[int, tuple[float, float]] = {}
        if meanings and query.sentence is not None:
            by_sentence = [contents.by_entry(one, is_open) for one in meanings.likeness(query.sentence, NOTHING)]
            best = top(np.maximum(*by_sentence), CANDIDATES)
            near = list(dict.fromkeys([*near, *(int(entry) for entry in best)]))
            has = contents.by_entry(meanings.has.astype(np.float32), is_open, 0)
            sentences = {n: (float(by_sentence[0][n]), float(by_sentence[1][n])) for n in near if has[n]}
        evidence = [
            Evidence(
                words=float(seen.shares[entry]),
                overlap=contents.overlap(entry, asked, is_open),
                name=float(seen.names[entry]),
                body=float(seen.bodies[entry]),
                sentence=sentences.get(entry),
            )
            for entry in near
        ]
        known = query.known if query.vector.any() else 0.0
        circumstances = Asked(len(query.terms), known, has_sentence=bool(sentences))
        scores = self._as_worded(query, near, is_open, confidence.of(evidence, circumstances))
        found = []
        for place in sorted(range(len(near)), key=lambda n: -scores[n])[:k]:
            if evidence[place].is_nothing:
                break
            article = contents.version(near[place], language, is_open)
            passage = contents.passage(article, asked, seen)
            found.append(Found(self.articles[article], passage, evidence[place], circumstances, scores[place]))
        return found

    def named(self, name: str, language: str, today: date) -> Found | None:
        """The entry that has this id or slug (with or without its language), by its first passage; surely that one."""
        is_open = self._contents.open(today, agents=False)
        entry = self._contents.find(name, is_open)
        return None if entry is None else replace(self._unsearched(entry, None, language, is_open, 0), score=1.0)

    @property
    def texts(self) -> dict[bytes, tuple[str, list[tuple[int, int | None]]]]:
        """Every text that has a sentence vector of its own, see `Contents.texts`."""
        return self._contents.texts

    def see(self, vectors: Mapping[bytes, Floats]) -> None:
        """Take in the sentence vectors of all `english_texts`, by digest."""
        self.sentence_vectors = vectors
        self.meanings = Meanings.of(self.texts, vectors, len(self.articles)) if vectors else None

    def english_texts(self) -> dict[bytes, str]:
        """Those of `texts` that the extra `english` can read, by digest."""
        return {digest: text for digest, (text, _) in self.texts.items() if english.concerns(text)}

    def search_near(
        self,
        query: Query,
        language: str,
        today: date,
        near: Sequence[tuple[bytes, float]],
        *,
        agents: bool,
        k: int,
        ceiling: float,
    ) -> list[Found]:
        """The local ranking, with the entries whose texts are `near` (digest, standing out; best first) lifted."""
        ranked = self.search(query, language, today, agents=agents, k=max(k, CANDIDATES))
        is_open = self._contents.open(today, agents=agents)
        local = {self._contents.entry_of[one.article.id]: place for place, one in enumerate(ranked)}
        best: dict[int, tuple[float, int | None]] = {}
        for digest, above in near:
            for article, passage in self.texts.get(digest, ("", []))[1]:
                entry = int(self._contents.entry[article])
                if is_open[article] and (len(best) < nearness.MAX_NEAR or entry in best):
                    held = best.setdefault(entry, (above, passage))
                    if held[1] is None and passage is not None:
                        best[entry] = held[0], passage
        found = list(ranked)
        highest = max((above for above, _ in best.values()), default=0.0)
        for place, (entry, (above, passage)) in enumerate(best.items()):
            if above < nearness.BESIDE_BEST * highest:
                break
            at = local.get(entry, len(found))
            if at == len(found):
                found.append(self._unsearched(entry, passage, language, is_open, len(query.terms)))
            score = nearness.lifted(found[at].score, place=place, local_place=local.get(entry), ceiling=ceiling)
            found[at] = replace(found[at], score=score)
        return sorted(found, key=lambda one: -one.score)[:k]

    def _unsearched(self, entry: int, passage: int | None, language: str, is_open: Flags, terms: int) -> Found:
        """An entry that the local search did not find, by its near passage, else its first one."""
        number = self._contents.version(entry, language, is_open)
        shown = self._contents.passage_of(number, passage)
        nothing = Evidence(0.0, 0.0, NOTHING, NOTHING)
        return Found(self.articles[number], shown, nothing, Asked(terms, 0.0), 0.0)

    def _as_worded(self, query: Query, near: Sequence[int], is_open: Flags, scores: list[float]) -> list[float]:
        """A question that an editor wrote down for one entry is for that entry, however alike others are."""
        entries = self._contents.worded(query, is_open)
        if not query.wording or len(entries) != 1 or not (meant := entries & set(near)):
            return scores
        place = list(near).index(meant.pop())
        had = scores[place]
        if had >= SAME_WORDS:
            return scores
        left = (1 - SAME_WORDS) / (1 - had)
        return [SAME_WORDS if n == place else score * left for n, score in enumerate(scores)]


def _nearest(seen: Compared) -> list[int]:
    """The entries worth weighing: the best by each kind of evidence and by their sum."""
    rough = confidence.rough(seen.shares, seen.names, seen.bodies)
    return list(dict.fromkeys(int(entry) for values in (rough, seen.shares) for entry in top(values, CANDIDATES)))
