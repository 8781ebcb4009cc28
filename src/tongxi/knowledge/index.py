"""The search of published articles, one for bot and agents: words and meaning, in memory, within and across zh and en.

`library` holds what is searched, `confidence` weighs it into the chance that a hit is the right one (fitted, see
docs/reference/search.md). This keeps the index of a process current and remembers what was asked.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tongxi.encoder import Encoder, shipped
from tongxi.encoder.english import Sentences
from tongxi.kit.clock import Clock, SystemClock
from tongxi.kit.db import Database
from tongxi.kit.i18n import base
from tongxi.kit.text import normalise
from tongxi.knowledge.arrays import Floats
from tongxi.knowledge.articles import Article
from tongxi.knowledge.library import Found, Library
from tongxi.knowledge.queries import fingerprint, published
from tongxi.knowledge.query import MEANT_CHARS, Query
from tongxi.knowledge.text import MAX_CHARS

CACHE_SIZE = 4096
AT_ONCE = 64
"""New English texts whose sentence vectors a load waits for; more are made in the background."""


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
    audience: str = "everyone"
    media: tuple[Mapping[str, Any], ...] = ()
    """The files that stand in the passage: `id`, `name`, `mime`, `size`, `width`, `height`, `alt`, `caption`."""


class Knowledge:
    """The index of this process. `search` is synchronous and needs no database."""

    def __init__(
        self, clock: Clock | None = None, encoder: Encoder | None = None, sentences: Sentences | None = None
    ) -> None:
        """`encoder`: the shipped one where none is given · `sentences`: the extra `english`, where it is on."""
        self._clock = clock or SystemClock()
        self._encoder = encoder or shipped()
        self.sentences = sentences
        self._library: Library | None = None
        self._names: dict[str, tuple[str, ...]] = {}
        self._cache: OrderedDict[tuple[str, str, bool, int], tuple[Hit, ...]] = OrderedDict()
        self._today = date.min
        self._loading = asyncio.Lock()
        self._asked = self._done = 0
        self._fingerprint = ""
        self.version = 0
        """Rises with every load."""

    def __len__(self) -> int:
        """Number of published articles."""
        return 0 if self._library is None else len(self._library.articles)

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
            self._swap(await asyncio.to_thread(self._built, articles))
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
        self._swap(self._built(articles))

    def _built(self, articles: Sequence[Article]) -> Library:
        """A new library, with its sentence vectors if few are missing."""
        library = Library(articles, self._encoder)
        if self.sentences is not None:
            texts = library.english_texts()
            held = self._library.sentence_vectors if self._library else {}
            missing = [digest for digest in texts if digest not in held]
            if texts and (self.sentences.waits or len(missing) <= AT_ONCE):
                made = self.sentences.made([texts[digest] for digest in missing])[:, -1]
                library.see({d: held[d] for d in texts if d in held} | dict(zip(missing, made, strict=True)))
        return library

    @property
    def lacks_vectors(self) -> dict[bytes, str]:
        """The English texts of the index, by digest, while their sentence vectors are missing."""
        library = self._library
        return library.english_texts() if self.sentences and library and library.meanings is None else {}

    def english_texts(self) -> tuple[int, bool]:
        """How many texts of the index the extra `english` reads, and whether their vectors are all there."""
        library = self._library
        texts = len(library.english_texts()) if library else 0
        return texts, not texts or bool(library and library.meanings)

    @property
    def vectors(self) -> Mapping[bytes, Floats]:
        """The sentence vectors of the index, by digest of the text."""
        return self._library.sentence_vectors if self._library else {}

    def see(self, version: int, vectors: Mapping[bytes, Floats]) -> None:
        """Take in sentence vectors of all English texts, if the index is still of this `version`."""
        if self._library is not None and version == self.version:
            self._library.see(vectors)
            self._cache = OrderedDict()

    def _swap(self, library: Library) -> None:
        self._library = library
        self._names = {str(article.id): (article.title, *article.questions) for article in library.articles}
        self._cache = OrderedDict()
        self.version += 1

    def title(self, article_id: str) -> str:
        """Title of a published article; empty when there is none with this id."""
        articles = () if self._library is None else self._library.articles
        return next((article.title for article in articles if str(article.id) == article_id), "")

    def named(self, name: str, language: str) -> Hit | None:
        """The entry of an id or slug by its first passage, in `language` where it has that version.

        None when nothing of the kind is published for everyone.
        """
        library = self._library
        found = library.named(name, base(language), self._clock.now().date()) if library else None
        return _hit(found) if found else None

    def names(self, article_id: str) -> tuple[str, ...]:
        """Title and example questions of a published article; none when there is none with this id."""
        return self._names.get(article_id, ())

    def all_names(self) -> Iterable[tuple[str, ...]]:
        """The `names` of every published article."""
        return self._names.values()

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
            asked = self._query(query)
            held = tuple(self._search(asked, base(language), agents, k, today))
            if self.sentences and asked.sentence is None and self._has_meanings(query) and self.sentences.awaits(query):
                return list(held)  # the same question finds more in a moment
            cache[key] = held
            if len(cache) > CACHE_SIZE:
                cache.popitem(last=False)
        return list(held)

    def _query(self, text: str) -> Query:
        """`text`: normalised."""
        seen = self.sentences.held(text) if self.sentences and self._has_meanings(text) else None
        return Query.of(text, self._encoder, None if seen is None else seen[-1])

    def _has_meanings(self, text: str) -> bool:
        """Whether there are sentence vectors to compare with this text; a letter is read by its words."""
        return len(text) <= MEANT_CHARS and self._library is not None and self._library.meanings is not None

    def _search(self, query: Query, language: str, agents: bool, k: int, today: date) -> list[Hit]:
        library = self._library
        if library is None:
            return []
        return [_hit(one) for one in library.search(query, language, today, agents=agents, k=k)]

    def search_near(
        self, text: str, language: str, near: Sequence[tuple[bytes, float]], *, agents: bool, k: int, ceiling: float
    ) -> list[Hit]:
        """As `search`, with the entries whose texts are `near` lifted up to `ceiling` at most.

        `near`: digest of a text and how far it stands out, best first.
        """
        library = self._library
        if library is None:
            return []
        query, today = self._query(normalise(text[:MAX_CHARS])), self._clock.now().date()
        found = library.search_near(query, base(language), today, near, agents=agents, k=k, ceiling=ceiling)
        return [_hit(one) for one in found]

    def texts(self) -> dict[bytes, str]:
        """Every title, example question and passage by its digest."""
        return {} if self._library is None else {digest: text for digest, (text, _) in self._library.texts.items()}


def _hit(one: Found) -> Hit:
    return Hit(
        article_id=one.article.id,
        title=one.article.title,
        section=one.passage.section,
        text=one.passage.text,
        language=one.article.language,
        score=one.score,
        updated_at=one.article.updated_at,
        source=one.article.source,
        slug=one.article.slug or "",
        audience=one.article.audience,
        media=tuple(_media(one)),
    )


def _media(found: Found) -> Iterator[Mapping[str, Any]]:
    files = {UUID(str(one["id"])): one for one in found.article.media}
    for mark in found.passage.media:
        if mark.id in files:
            yield {**files[mark.id], "id": str(mark.id), "alt": mark.alt, "caption": mark.caption}
