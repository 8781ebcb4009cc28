"""Published articles as the search compares them: passages by words, titles, questions and sentences by meaning.

The language versions of an entry (`refund.zh`, `refund.en`) are one candidate: what speaks for one speaks for all.
Immutable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from uuid import UUID

import numpy as np

from tongxi.encoder import Encoder
from tongxi.encoder.features import segments
from tongxi.kit.i18n import base
from tongxi.kit.text import normalise
from tongxi.knowledge.arrays import NOTHING, Flags, Floats, Places, best_of, likeness
from tongxi.knowledge.articles import Article
from tongxi.knowledge.chunks import Passage, passages
from tongxi.knowledge.query import Query, terms_of, wording
from tongxi.knowledge.words import Words

NAME_WEIGHT = 2
"""Times a title or heading counts in its passage's bag of terms."""
SENTENCE_CHARS = 200
MAX_SENTENCES = 5
"""Pieces of a passage of about that length that are compared by meaning."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A question beside everything there is; by entry where nothing else is said, only of what is open."""

    words: Floats
    """(passages,) share of the word-search score a perfect passage would have, 0…1."""
    meanings: Floats
    """(passages,) highest cosine of a passage's sentences."""
    shares: Floats
    names: Floats
    """Highest cosine of a title or example question."""
    bodies: Floats


@dataclass(frozen=True, slots=True)
class _Names:
    """The titles and example questions of an article as sets of terms."""

    bags: tuple[frozenset[str], ...]

    def overlap(self, asked: frozenset[str]) -> float:
        """Dice overlap with the nearest, 0…1."""
        return max((2 * len(bag & asked) / (len(bag) + len(asked)) for bag in self.bags), default=0.0)


class Contents:
    """What is searched, as arrays."""

    def __init__(self, articles: Sequence[Article], encoder: Encoder) -> None:
        by_language: dict[str, list[Article]] = {}
        for article in articles:
            by_language.setdefault(base(article.language), []).append(article)
        self.articles = [article for _, members in sorted(by_language.items()) for article in members]
        self._languages = np.array([base(article.language) for article in self.articles], dtype=object)
        self._is_public = np.array([article.audience == "everyone" for article in self.articles], dtype=bool)
        self._until = np.array([(a.valid_until or date.max).toordinal() for a in self.articles], dtype=np.int64)
        twins: dict[str, int] = {}
        self.entry: Places = np.array(
            [
                twins.setdefault(article.twin if article.slug else str(article.id), len(twins))
                for article in self.articles
            ],
            dtype=np.intp,
        )
        self.entries = len(twins)
        self._versions: list[list[int]] = [[] for _ in range(self.entries)]
        for number, entry in enumerate(self.entry):
            self._versions[entry].append(number)
        self._read(encoder)
        # Articles stand language by language, so do their passages: one shelf after the other covers them all.
        self._shelves = [
            Words(
                [
                    bag
                    for bag, number in zip(self._bags, self._of_passage, strict=True)
                    if self._languages[number] == one
                ]
            )
            for one in sorted(by_language)
        ]
        del self._bags

    def _read(self, encoder: Encoder) -> None:
        self._passages: list[Passage] = []
        self._names: list[_Names] = []
        self._bags: list[list[str]] = []
        of_passage: list[int] = []
        names: list[str] = []
        self._worded: dict[str, set[int]] = {}
        of_name: list[int] = []
        sentences: list[str] = []
        of_sentence: list[int] = []
        for number, article in enumerate(self.articles):
            title, questions = terms_of(article.title), [terms_of(question) for question in article.questions]
            self._names.append(_Names(tuple(frozenset(bag) for bag in (title, *questions) if bag)))
            names += [article.title, *article.questions]
            for name in (article.title, *article.questions):
                self._worded.setdefault(wording(normalise(name)), set()).add(number)
            of_name += [number] * (1 + len(article.questions))
            for place, passage in enumerate(_cut(article)):
                bag = (title + terms_of(passage.section)) * NAME_WEIGHT + terms_of(passage.words)
                # Example questions belong to the article: they lead to it once, by its first passage.
                self._bags.append(bag + [term for q in questions for term in q] if place == 0 else bag)
                cut = ([passage.section] if passage.section else []) + segments(passage.words, limit=SENTENCE_CHARS)[
                    :MAX_SENTENCES
                ]
                sentences += cut
                of_sentence += [len(self._passages)] * len(cut)
                self._passages.append(passage)
                of_passage.append(number)
        self._of_passage: Places = np.array(of_passage, dtype=np.intp)
        self._of_name: Places = np.array(of_name, dtype=np.intp)
        self._of_sentence: Places = np.array(of_sentence, dtype=np.intp)
        self._name_vectors = encoder.encode(names)
        self._sentence_vectors = encoder.encode(sentences)

    def compared(self, query: Query, is_open: Flags) -> Compared:
        """What speaks for each passage and each entry."""
        words = np.concatenate([shelf.shares(query.terms) for shelf in self._shelves])
        meanings = best_of(self._of_sentence, likeness(self._sentence_vectors, query.vector), len(self._passages))
        by_name = best_of(self._of_name, likeness(self._name_vectors, query.vector), len(self.articles))
        return Compared(
            words, meanings,
            self.by_entry(best_of(self._of_passage, words, len(self.articles)), is_open, 0),
            self.by_entry(by_name, is_open),
            self.by_entry(best_of(self._of_passage, meanings, len(self.articles)), is_open),
        )  # fmt: skip

    def open(self, today: date, *, agents: bool) -> Flags:
        """Which articles may be shown."""
        is_open: Flags = self._until >= today.toordinal()
        return is_open if agents else is_open & self._is_public

    def by_entry(self, values: Floats, is_open: Flags, closed: float = NOTHING) -> Floats:
        """Of values by article the highest of each entry; `closed` where none of its versions is open."""
        return best_of(self.entry, np.where(is_open, values, np.float32(closed)), self.entries, closed)

    def overlap(self, entry: int, asked: frozenset[str], is_open: Flags) -> float:
        """Dice overlap of the terms asked with the nearest name of an entry, 0…1."""
        return max((self._names[n].overlap(asked) for n in self._versions[entry] if is_open[n]), default=0.0)

    def worded(self, query: Query, is_open: Flags) -> set[int]:
        """The entries that have the question, word for word, as a title or example question."""
        return {int(self.entry[number]) for number in self._worded.get(query.wording, ()) if is_open[number]}

    def find(self, name: str, is_open: Flags) -> int | None:
        """The entry that has this id or slug, with or without its language."""
        for number, article in enumerate(self.articles):
            entry = int(self.entry[number])
            if name in (str(article.id), article.slug, article.twin) and is_open[self._versions[entry]].any():
                return entry
        return None

    def version(self, entry: int, language: str, is_open: Flags) -> int:
        """The article of an entry in this language, else its first."""
        versions = [number for number in self._versions[entry] if is_open[number]]
        return next((number for number in versions if self._languages[number] == language), versions[0])

    def passage(self, article: int, asked: frozenset[str], seen: Compared) -> Passage:
        """The passage to show: the one that says most of what was asked, the first where none stands out."""
        rows = np.flatnonzero(self._of_passage == article)
        if len(rows) == 1:
            return self._passages[int(rows[0])]
        if len(self._names[article].bags) > 1:
            # The first passage carries the example questions; words found there need not stand in its text.
            said = [
                len(asked & frozenset(terms_of(f"{p.section} {p.words}")))
                for p in map(self._passages.__getitem__, rows)
            ]
            share = (np.array(said) / max(1, len(asked))).astype(np.float32)
        else:
            share = seen.words[rows]
        best = int(np.argmax(share + seen.meanings[rows]))
        return self._passages[int(rows[best])]

    def passage_of(self, article: int, passage: int | None) -> Passage:
        """This passage if it is the article's, else its first one."""
        if passage is None or self._of_passage[passage] != article:
            passage = int(np.flatnonzero(self._of_passage == article)[0])
        return self._passages[passage]

    @cached_property
    def texts(self) -> dict[bytes, tuple[str, list[tuple[int, int | None]]]]:
        """Every text that has a sentence vector of its own, by its digest: the text, and article and passage it is of.

        No passage: it is a title or an example question.
        """
        made: dict[bytes, tuple[str, list[tuple[int, int | None]]]] = {}

        def add(text: str, article: int, passage: int | None) -> None:
            made.setdefault(sha256(text.encode()).digest(), (text, []))[1].append((article, passage))

        for number, article in enumerate(self.articles):
            for name in (article.title, *article.questions):
                add(name, number, None)
        for place, passage in enumerate(self._passages):
            number = int(self._of_passage[place])
            add("\n".join(filter(None, (self.articles[number].title, passage.section, passage.words))), number, place)
        return made

    @cached_property
    def entry_of(self) -> dict[UUID, int]:
        """Entry by the id of an article."""
        return {article.id: int(entry) for article, entry in zip(self.articles, self.entry, strict=True)}


def _cut(article: Article) -> list[Passage]:
    """Its passages; the title where it says nothing else."""
    return [
        one if one.text else replace(one, text=article.title)
        for one in passages(article.body) or [Passage("", article.title)]
    ]
