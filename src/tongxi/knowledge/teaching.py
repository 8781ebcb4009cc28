"""What an installation's own knowledge teaches the encoder: which questions belong to which article."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from tongxi.encoder import shipped
from tongxi.encoder.corpus import Meaning
from tongxi.encoder.encoder import own_weights
from tongxi.encoder.features import segments
from tongxi.encoder.tuning import tune
from tongxi.kit.i18n import base
from tongxi.knowledge.articles import Article
from tongxi.knowledge.chunks import passages
from tongxi.knowledge.query import MEANT_CHARS

SENTENCES = 6
"""Sentences of an article that are learnt from: its first ones."""


def meanings(articles: Sequence[Article], questions: Sequence[tuple[UUID, str]] = ()) -> list[Meaning]:
    """One meaning an entry, its language versions together; `questions` are articles' ids with what they answered."""
    found: dict[str, Meaning] = {}
    of_article: dict[UUID, Meaning] = {}
    for article in articles:
        meaning = found.setdefault(article.twin, Meaning(article.twin))
        of_article[article.id] = meaning
        _asked(meaning, article.language).extend(article.questions)
        sentences = [part for passage in passages(article.body) for part in segments(passage.text)]
        meaning.titles += [article.title, *sentences[:SENTENCES]]
    for article_id, text in questions:
        if article_id in of_article and 0 < len(text) <= MEANT_CHARS:
            _asked(of_article[article_id], "en" if text.isascii() else "zh").append(text)
    return list(found.values())


def _asked(meaning: Meaning, language: str) -> list[str]:
    return meaning.zh if base(language) == "zh" else meaning.en


def teach(articles: Sequence[Article], questions: Sequence[tuple[UUID, str]], folder: Path) -> bool:
    """Tune the shipped weights to these articles and keep them in `folder`; false where there is too little."""
    base_weights = shipped()
    made = tune(base_weights, meanings(articles, questions))
    if made is base_weights:
        return False
    path = own_weights(folder)
    draft = path.with_suffix(".new")
    made.save(draft)
    draft.replace(path)
    return True
