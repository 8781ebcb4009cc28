"""The search of published articles, the same for bot and agents: BM25 in memory, one shelf a language.

A row is a passage; its article's title and its heading count above the body, and the first passage of an article
carries the example questions. The best row of an article is its score; `confidence` turns scores into the share of
hits that are right (fitted, see docs/reference/search.md).
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import bm25s
import numpy as np
import numpy.typing as npt

from tongxi.kit.clock import Clock, SystemClock
from tongxi.kit.db import Database
from tongxi.kit.i18n import base
from tongxi.kit.text import normalise
from tongxi.knowledge import confidence
from tongxi.knowledge.articles import Article
from tongxi.knowledge.chunks import Passage, passages
from tongxi.knowledge.confidence import Evidence
from tongxi.knowledge.queries import fingerprint, published
from tongxi.knowledge.text import MAX_CHARS, tokens

K1, B = 1.2, 0.6
NAME_WEIGHT = 2
"""Times a title or heading counts in its passage's row."""
ENOUGH = 0.35
"""Below this the other language is searched too."""
CACHE_SIZE = 4096
MAX_TERMS = 160
"""Different terms of a query that count; a pasted letter is read by its first ones."""

_LATIN = re.compile(r"[a-z]{2}")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found, by its best passage."""

    article_id: UUID
    title: str
    section: str
    text: str
    """The passage, Markdown subset."""
    language: str
    score: float
    """How likely this is the right article, 0…1."""
    updated_at: datetime
    source: str
    slug: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """A passage, and the titles and example questions its article goes by."""

    article: Article
    passage: Passage
    names: tuple[frozenset[str], ...]


class Shelf:
    """The rows of one language. Immutable once built."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self.rows: list[_Row] = []
        bags: list[list[str]] = []
        of_row: list[int] = []
        for number, article in enumerate(articles):
            title, questions = _terms(article.title), [_terms(q) for q in article.questions]
            names = tuple(frozenset(bag) for bag in (title, *questions) if bag)
            for place, passage in enumerate(passages(article.body) or [Passage("", article.title)]):
                bag = (title + _terms(passage.section)) * NAME_WEIGHT + _terms(passage.text)
                # Example questions belong to the article: they lead to it once, by its first passage.
                bags.append(bag + [term for q in questions for term in q] if place == 0 else bag)
                self.rows.append(_Row(article, passage, names))
                of_row.append(number)
        self.article_of: npt.NDArray[np.int32] = np.array(of_row, dtype=np.int32)
        self.is_public = np.array([row.article.audience == "everyone" for row in self.rows], dtype=bool)
        self.all_public = bool(self.is_public.all())
        self.vocabulary: dict[str, int] = {}
        if any(bags):
            self._bm25 = bm25s.BM25(k1=K1, b=B)
            self._bm25.index(bags, show_progress=False)
            self.vocabulary = self._bm25.vocab_dict
            data, start = self._bm25.scores["data"], self._bm25.scores["indptr"]
            self.ceiling = np.maximum.reduceat(data, np.minimum(start[:-1], len(data) - 1))
            self.ceiling[start[:-1] == start[1:]] = 0
            self.rarest = float(self.ceiling.max())

    def search(self, terms: list[str], *, agents: bool, k: int) -> list[tuple[Evidence, _Row]]:
        """Rows of the best `k` articles, best first, each with what speaks for it."""
        known = [term for term in terms if term in self.vocabulary]
        if not known:
            return []
        scores: npt.NDArray[np.float32] = self._bm25.get_scores(known)
        if not agents and not self.all_public:
            scores = np.where(self.is_public, scores, 0)
        ceiling = float(self.ceiling[[self.vocabulary[term] for term in known]].sum())
        ceiling += (len(terms) - len(known)) * self.rarest
        found = self._articles(scores, k + 1)
        if not found:
            return []
        asked = frozenset(terms)
        rivals = [found[1][0] if len(found) > 1 else 0.0] + [found[0][0]] * k
        # A bare "退款" stands in the names of several articles: which one is meant cannot be told from it.
        partly = [any(asked < name for name in self.rows[row].names) for _, row in found[:k]]
        is_exact = any(asked == name for _, row in found[:k] for name in self.rows[row].names)
        hits = []
        for (score, row), rival, is_part in zip(found[:k], rivals, partly, strict=False):
            names = self.rows[row].names
            overlap = max((2 * len(name & asked) / (len(name) + len(asked)) for name in names), default=0)
            is_ambiguous = is_part and sum(partly) > 1 and not is_exact
            evidence = Evidence(score, ceiling, rival, overlap, len(terms), is_ambiguous)
            hits.append((evidence, self._passage(row, asked)))
        return hits

    def _articles(self, scores: npt.NDArray[np.float32], n: int) -> list[tuple[float, int]]:
        """Score and best row of the `n` best articles, best first."""
        found: list[tuple[float, int]] = []
        seen: set[int] = set()
        for row in _best(scores, min(len(scores), 12 * n)):
            article = int(self.article_of[row])
            if article not in seen and scores[row] > 0:
                seen.add(article)
                found.append((float(scores[row]), int(row)))
                if len(found) == n:
                    break
        return found

    def _passage(self, row: int, asked: frozenset[str]) -> _Row:
        """The row to show: one found by its article's example questions gives way to a passage that says more."""
        found = self.rows[row]
        if len(found.names) < 2:
            return found
        mates = [self.rows[r] for r in np.flatnonzero(self.article_of == self.article_of[row])]
        if len(mates) == 1:
            return found
        return max(mates, key=lambda r: len(asked & frozenset(_terms(f"{r.passage.section} {r.passage.text}"))))


def _terms(text: str) -> list[str]:
    return tokens(normalise(text))


def _best(scores: npt.NDArray[np.float32], n: int) -> npt.NDArray[np.intp]:
    """Indices of the `n` highest scores, best first; equal scores in row order."""
    if n < len(scores):
        top = np.argpartition(-scores, n - 1)[:n]
        top.sort()
    else:
        top = np.arange(len(scores))
    return top[np.argsort(-scores[top], kind="stable")]


@dataclass(frozen=True, slots=True)
class _Library:
    """Everything that is swapped at once."""

    shelves: dict[str, Shelf]
    twins: dict[tuple[str, str], Article]
    size: int


class Knowledge:
    """The index of this process. `search` is synchronous and needs no database."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._library = _Library({}, {}, 0)
        self._cache: OrderedDict[tuple[str, str, bool, int], tuple[Hit, ...]] = OrderedDict()
        self._today = date.min
        self._loading = asyncio.Lock()
        self._asked = self._done = 0
        self._fingerprint = ""
        self.version = 0
        """Rises with every load."""

    def __len__(self) -> int:
        """Number of published articles."""
        return self._library.size

    async def load(self, db: Database) -> None:
        """Read the published articles and swap the new index in; searches go on meanwhile on the old one.

        Calls that come while one is running share the next one.
        """
        self._asked += 1
        asked = self._asked
        async with self._loading:
            if self._done >= asked:
                return
            covered = self._asked
            async with db.transaction() as tx:
                self._fingerprint = await fingerprint(tx)
                articles = await published(tx)
            self._swap(await asyncio.to_thread(_build, articles))
            self._done = covered

    async def refresh(self, db: Database) -> bool:
        """Load if another process changed what is published; tell whether it did. Cheap: one aggregate."""
        async with db.transaction() as tx:
            is_stale = await fingerprint(tx) != self._fingerprint
        if is_stale:
            await self.load(db)
        return is_stale

    def replace(self, articles: Sequence[Article]) -> None:
        """Build the index from these articles, here and now."""
        self._swap(_build(articles))

    def _swap(self, library: _Library) -> None:
        self._library = library
        self._cache = OrderedDict()
        self.version += 1

    def search(self, text: str, language: str, *, agents: bool = False, k: int = 5) -> list[Hit]:
        """Find the `k` articles that fit `text` best, best first, those in `language` before their twins.

        `agents` adds articles that only agents may read. Any text is allowed; what is longer than `text.MAX_CHARS`
        is read up to there.
        """
        today = self._clock.now().date()
        if today != self._today:
            self._cache, self._today = OrderedDict(), today
        query = normalise(text[:MAX_CHARS])
        key = (query, language, agents, k)
        cache = self._cache
        held = cache.get(key)
        if held is None:
            held = tuple(self._search(query, base(language), agents, k, today))
            cache[key] = held
            if len(cache) > CACHE_SIZE:
                cache.popitem(last=False)
        return list(held)

    def _search(self, query: str, language: str, agents: bool, k: int, today: date) -> list[Hit]:
        library = self._library
        terms = list(dict.fromkeys(tokens(query)))[:MAX_TERMS]
        hits = self._on_shelf(library, language, terms, agents, k, today)
        if not hits or hits[0].score < ENOUGH:
            for other in library.shelves:
                if other != language and _could_match(query, other):
                    hits += self._on_shelf(library, other, terms, agents, k, today)
        best: dict[str, Hit] = {}
        for hit in sorted(hits, key=lambda h: -h.score):
            twin = library.twins.get((hit.slug.removesuffix(f".{hit.language}"), language))
            if twin is not None and hit.language != language and (agents or twin.audience == "everyone"):
                hit = _as_twin(hit, twin)
            best.setdefault(hit.slug or str(hit.article_id), hit)
        return list(best.values())[:k]

    def _on_shelf(
        self, library: _Library, language: str, terms: list[str], agents: bool, k: int, today: date
    ) -> list[Hit]:
        shelf = library.shelves.get(language)
        if shelf is None or not terms:
            return []
        return [
            Hit(
                article_id=row.article.id,
                title=row.article.title,
                section=row.passage.section,
                text=row.passage.text,
                language=row.article.language,
                score=confidence.of(evidence),
                updated_at=row.article.updated_at,
                source=row.article.source,
                slug=row.article.slug or "",
            )
            for evidence, row in shelf.search(terms, agents=agents, k=k)
            if row.article.valid_until is None or row.article.valid_until >= today
        ]


def _could_match(query: str, language: str) -> bool:
    return bool((_HAN if language == "zh" else _LATIN).search(query))


def _as_twin(hit: Hit, twin: Article) -> Hit:
    """The same entry in the reader's language: the passage at the same place."""
    cut = passages(twin.body) or [Passage("", twin.title)]
    return replace(
        hit,
        article_id=twin.id,
        title=twin.title,
        section=cut[0].section,
        text=cut[0].text,
        language=twin.language,
        updated_at=twin.updated_at,
        source=twin.source,
        slug=twin.slug or "",
    )


def _build(articles: Sequence[Article]) -> _Library:
    by_language: dict[str, list[Article]] = {}
    for article in articles:
        by_language.setdefault(base(article.language), []).append(article)
    return _Library(
        {language: Shelf(members) for language, members in sorted(by_language.items())},
        {(article.twin, base(article.language)): article for article in articles if article.slug},
        len(articles),
    )
