"""Published articles made searchable: passages by words, titles, questions and sentences by meaning. Immutable.

The language versions of an entry (`refund.zh`, `refund.en`) are one candidate: what speaks for one speaks for all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from uuid import UUID

import numpy as np
import numpy.typing as npt

from tongxi.encoder import Encoder, english
from tongxi.encoder.features import segments
from tongxi.kit.i18n import base
from tongxi.kit.text import normalise
from tongxi.knowledge import confidence, nearness
from tongxi.knowledge.articles import Article
from tongxi.knowledge.chunks import Passage, passages
from tongxi.knowledge.confidence import Asked, Evidence
from tongxi.knowledge.meanings import Meanings
from tongxi.knowledge.text import tokens
from tongxi.knowledge.words import Words

_MARKS = re.compile(r"[\W_]+")
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

NAME_WEIGHT = 2
"""Times a title or heading counts in its passage's bag of terms."""
MAX_TERMS = 160
"""Different terms of a query that count; a pasted letter is read by its first ones."""
SENTENCE_CHARS = 200
MAX_SENTENCES = 5
"""Pieces of a passage of about that length that are compared by meaning."""
MEANT_CHARS = 160
"""A longer question is a letter: the encoder, made for short texts, is not asked."""
TRUSTED = (0.4, 0.6)
"""Known share of a question's pieces at which its meaning begins to count, and from which it counts in full."""
NOTHING = -1.0
"""Likeness where there is nothing to compare with."""
SAME_WORDS = 0.95
"""Least chance of the only entry that has the question, word for word, as a title or example question."""
CANDIDATES = 12
"""Entries whose evidence is weighed; the rest stands too far behind."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the search takes it."""

    terms: tuple[str, ...]
    vector: Floats
    """(dimensions,); its length, 0…1, is how far the encoder can be trusted: zeros where it has no opinion."""
    known: float
    """Share of the question's pieces that the encoder knows, 0…1."""
    wording: str = ""
    """Without marks, to be compared with titles and example questions."""
    sentence: Floats | None = None
    """(dimensions,), of length 1: the vector of the extra `english`."""

    @classmethod
    def of(cls, text: str, encoder: Encoder, sentence: Floats | None = None) -> Query:
        """Read normalised text."""
        short = text if len(text) <= MEANT_CHARS else ""
        vector, known = encoder.read(short)
        low, high = TRUSTED
        trust = np.float32(min(1.0, max(0.0, (known - low) / (high - low))))
        terms = tuple(dict.fromkeys(tokens(text)))[:MAX_TERMS]
        return cls(terms, vector * trust, known, _wording(short), sentence)


@dataclass(frozen=True, slots=True)
class Found:
    """One entry found, in one of its languages."""

    article: Article
    passage: Passage
    evidence: Evidence
    asked: Asked
    score: float
    """How likely it is the right one, 0…1."""


@dataclass(frozen=True, slots=True)
class _Names:
    """The titles and example questions of an article as sets of terms."""

    bags: tuple[frozenset[str], ...]

    def overlap(self, asked: frozenset[str]) -> float:
        """Dice overlap with the nearest, 0…1."""
        return max((2 * len(bag & asked) / (len(bag) + len(asked)) for bag in self.bags), default=0.0)


class Library:
    """Everything that is swapped at once when knowledge is published."""

    def __init__(self, articles: Sequence[Article], encoder: Encoder) -> None:
        by_language: dict[str, list[Article]] = {}
        for article in articles:
            by_language.setdefault(base(article.language), []).append(article)
        self.articles = [article for _, members in sorted(by_language.items()) for article in members]
        self._languages = np.array([base(article.language) for article in self.articles], dtype=object)
        self._is_public = np.array([article.audience == "everyone" for article in self.articles], dtype=bool)
        self._until = np.array([(a.valid_until or date.max).toordinal() for a in self.articles], dtype=np.int64)
        twins: dict[str, int] = {}
        self._entry: Places = np.array(
            [
                twins.setdefault(article.twin if article.slug else str(article.id), len(twins))
                for article in self.articles
            ],
            dtype=np.intp,
        )
        self._entries = len(twins)
        self._versions: list[list[int]] = [[] for _ in range(self._entries)]
        for number, entry in enumerate(self._entry):
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
        self.meanings: Meanings | None = None
        """Of all English texts, set once when their sentence vectors are there."""
        self.sentence_vectors: Mapping[bytes, Floats] = {}

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
            title, questions = _terms(article.title), [_terms(question) for question in article.questions]
            self._names.append(_Names(tuple(frozenset(bag) for bag in (title, *questions) if bag)))
            names += [article.title, *article.questions]
            for name in (article.title, *article.questions):
                self._worded.setdefault(_wording(normalise(name)), set()).add(number)
            of_name += [number] * (1 + len(article.questions))
            for place, passage in enumerate(_cut(article)):
                bag = (title + _terms(passage.section)) * NAME_WEIGHT + _terms(passage.words)
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

    def search(self, query: Query, language: str, today: date, *, agents: bool, k: int) -> list[Found]:
        """The `k` entries that fit best, best first, each in `language` where it has that version."""
        is_open = self._open(today, agents=agents)
        meanings = self.meanings if query.sentence is not None else None
        if not is_open.any() or not (query.terms or query.vector.any() or meanings):
            return []
        shares = self._by_entry(
            _best_of(self._of_passage, words := self._shares(query), len(self.articles)), is_open, 0
        )
        by_passage = _best_of(self._of_sentence, _likeness(self._sentence_vectors, query.vector), len(self._passages))
        bodies = self._by_entry(_best_of(self._of_passage, by_passage, len(self.articles)), is_open)
        by_name = _best_of(self._of_name, _likeness(self._name_vectors, query.vector), len(self.articles))
        names = self._by_entry(by_name, is_open)
        asked = frozenset(query.terms)
        near = self._nearest(shares, names, bodies)
        sentences: dict[int, tuple[float, float]] = {}
        if meanings and query.sentence is not None:
            by_sentence = [self._by_entry(one, is_open) for one in meanings.likeness(query.sentence, NOTHING)]
            best = _top(np.maximum(*by_sentence), CANDIDATES)
            near = list(dict.fromkeys([*near, *(int(entry) for entry in best)]))
            has = self._by_entry(meanings.has.astype(np.float32), is_open, 0)
            sentences = {n: (float(by_sentence[0][n]), float(by_sentence[1][n])) for n in near if has[n]}
        evidence = [
            Evidence(
                words=float(shares[entry]),
                overlap=max((self._names[n].overlap(asked) for n in self._versions[entry] if is_open[n]), default=0.0),
                name=float(names[entry]),
                body=float(bodies[entry]),
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
            article = self._version(near[place], language, is_open)
            passage = self._passage(article, asked, words, by_passage)
            found.append(Found(self.articles[article], passage, evidence[place], circumstances, scores[place]))
        return found

    def named(self, name: str, language: str, today: date) -> Found | None:
        """The entry that has this id or slug (with or without its language), by its first passage; surely that one."""
        is_open = self._open(today, agents=False)
        for number, article in enumerate(self.articles):
            entry = int(self._entry[number])
            if name in (str(article.id), article.slug, article.twin) and is_open[self._versions[entry]].any():
                found = self._unsearched(entry, None, language, is_open, 0)
                return replace(found, score=1.0)
        return None

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
        is_open = self._open(today, agents=agents)
        local = {self._entry_of[one.article.id]: place for place, one in enumerate(ranked)}
        best: dict[int, tuple[float, int | None]] = {}
        for digest, above in near:
            for article, passage in self.texts.get(digest, ("", []))[1]:
                entry = int(self._entry[article])
                if is_open[article] and (len(best) < nearness.MAX_NEAR or entry in best):
                    held = best.setdefault(entry, (above, passage))
                    if held[1] is None and passage is not None:
                        best[entry] = held[0], passage
        found = list(ranked)
        top = max((above for above, _ in best.values()), default=0.0)
        for place, (entry, (above, passage)) in enumerate(best.items()):
            if above < nearness.BESIDE_BEST * top:
                break
            at = local.get(entry, len(found))
            if at == len(found):
                found.append(self._unsearched(entry, passage, language, is_open, len(query.terms)))
            score = nearness.lifted(found[at].score, place=place, local_place=local.get(entry), ceiling=ceiling)
            found[at] = replace(found[at], score=score)
        return sorted(found, key=lambda one: -one.score)[:k]

    def _unsearched(
        self, entry: int, passage: int | None, language: str, is_open: npt.NDArray[np.bool_], terms: int
    ) -> Found:
        """An entry that the local search did not find, by its near passage, else its first one."""
        number = self._version(entry, language, is_open)
        if passage is None or self._of_passage[passage] != number:
            passage = int(np.flatnonzero(self._of_passage == number)[0])
        nothing = Evidence(0.0, 0.0, NOTHING, NOTHING)
        return Found(self.articles[number], self._passages[passage], nothing, Asked(terms, 0.0), 0.0)

    @cached_property
    def _entry_of(self) -> dict[UUID, int]:
        return {article.id: int(entry) for article, entry in zip(self.articles, self._entry, strict=True)}

    def _open(self, today: date, *, agents: bool) -> npt.NDArray[np.bool_]:
        """Which articles may be shown."""
        is_open: npt.NDArray[np.bool_] = self._until >= today.toordinal()
        return is_open if agents else is_open & self._is_public

    def _as_worded(
        self, query: Query, near: Sequence[int], is_open: npt.NDArray[np.bool_], scores: list[float]
    ) -> list[float]:
        """A question that an editor wrote down for one entry is for that entry, however alike others are."""
        entries = {int(self._entry[number]) for number in self._worded.get(query.wording, ()) if is_open[number]}
        if not query.wording or len(entries) != 1 or not (meant := entries & set(near)):
            return scores
        place = list(near).index(meant.pop())
        had = scores[place]
        if had >= SAME_WORDS:
            return scores
        left = (1 - SAME_WORDS) / (1 - had)
        return [SAME_WORDS if n == place else score * left for n, score in enumerate(scores)]

    def _shares(self, query: Query) -> Floats:
        return np.concatenate([shelf.shares(query.terms) for shelf in self._shelves])

    def _by_entry(self, values: Floats, is_open: npt.NDArray[np.bool_], closed: float = NOTHING) -> Floats:
        return _best_of(self._entry, np.where(is_open, values, np.float32(closed)), self._entries, closed)

    def _nearest(self, shares: Floats, names: Floats, bodies: Floats) -> list[int]:
        """The entries worth weighing: the best by each kind of evidence and by their sum."""
        rough = confidence.rough(shares, names, bodies)
        return list(dict.fromkeys(int(entry) for values in (rough, shares) for entry in _top(values, CANDIDATES)))

    def _version(self, entry: int, language: str, is_open: npt.NDArray[np.bool_]) -> int:
        """The article of an entry in this language, else its first."""
        versions = [number for number in self._versions[entry] if is_open[number]]
        return next((number for number in versions if self._languages[number] == language), versions[0])

    def _passage(self, article: int, asked: frozenset[str], words: Floats, meaning: Floats) -> Passage:
        """The passage to show: the one that says most of what was asked, the first where none stands out."""
        rows = np.flatnonzero(self._of_passage == article)
        if len(rows) == 1:
            return self._passages[int(rows[0])]
        if len(self._names[article].bags) > 1:
            # The first passage carries the example questions; words found there need not stand in its text.
            said = [
                len(asked & frozenset(_terms(f"{p.section} {p.words}"))) for p in map(self._passages.__getitem__, rows)
            ]
            share = (np.array(said) / max(1, len(asked))).astype(np.float32)
        else:
            share = words[rows]
        best = int(np.argmax(share + meaning[rows]))
        return self._passages[int(rows[best])]


def _cut(article: Article) -> list[Passage]:
    """Its passages; the title where it says nothing else."""
    return [
        one if one.text else replace(one, text=article.title)
        for one in passages(article.body) or [Passage("", article.title)]
    ]


def _wording(normalised: str) -> str:
    return _MARKS.sub(" ", normalised.replace("’", "'").replace("what's", "what is")).strip()


def _terms(text: str) -> list[str]:
    return tokens(normalise(text))


def _likeness(vectors: Floats, asked: Floats) -> Floats:
    """Cosines of unit vectors (n, dimensions) with one: (n,). Row by row: a BLAS product would wait for its threads."""
    cosines: Floats = np.vecdot(vectors, asked)
    return cosines


def _best_of(groups: Places, values: Floats, n: int, least: float = NOTHING) -> Floats:
    """The highest value of each of `n` groups; `least` for a group without one."""
    best = np.full(n, least, dtype=np.float32)
    np.maximum.at(best, groups, values)
    return best


def _top(values: Floats, n: int) -> Places:
    """Indices of the `n` highest values, best first; equal ones in order."""
    if n < len(values):
        top = np.argpartition(-values, n - 1)[:n]
        top.sort()
    else:
        top = np.arange(len(values))
    return top[np.argsort(-values[top], kind="stable")]
