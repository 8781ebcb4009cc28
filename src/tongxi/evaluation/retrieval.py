"""Search as the product does it: which article answers a question, how sure that is, and whether the bot would answer.

Corpus rows `{id, text, title?, lang?, questions?}`, input rows `{id, text, lang?}`. Language versions of an article
share their id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tongxi.configuration.bot import BotLimits
from tongxi.encoder import english, minilm
from tongxi.kit.i18n import base
from tongxi.kit.language import detect_language
from tongxi.knowledge.articles import Article
from tongxi.knowledge.index import Knowledge

RANKED = 20
"""Articles named for a question."""
TITLE_CHARS = 80
"""A passage without a title goes by its beginning."""

Row = Mapping[str, Any]


def predict(
    corpus: Sequence[Row], inputs: Sequence[Row], train: Sequence[Row] = (), dev: Sequence[Row] = ()
) -> Iterator[dict[str, Any]]:
    """Rows `{id, ranked, score, abstain}`: ids best first; `score` 0…1, the chance that the first is right.

    `abstain` says that the bot would not answer. Nothing is learnt from `train` and `dev`: the search is
    used as shipped, with the extra `english` where it is installed.
    """
    del train, dev
    names: dict[UUID, str] = {}
    articles = []
    for row in corpus:
        made = article(row)
        articles.append(made)
        names[made.id] = str(row["id"])
    knowledge = Knowledge(sentences=english.at_once() if minilm.is_installed() else None)
    knowledge.replace(articles)
    threshold = BotLimits().answer_at
    for row in inputs:
        text = str(row["text"])
        hits = knowledge.search(text, base(str(row.get("lang") or detect_language(text, "zh"))), k=RANKED)
        score = hits[0].score if hits else 0.0
        ranked = list(dict.fromkeys(names[hit.article_id] for hit in hits))
        yield {"id": row["id"], "ranked": ranked, "score": round(score, 6), "abstain": score < threshold}


def article(row: Row) -> Article:
    """A corpus row as the search takes it."""
    body = str(row.get("text") or row.get("answer") or "")
    title = str(row.get("title") or row.get("question") or body[:TITLE_CHARS])
    language = base(str(row.get("lang") or row.get("language") or detect_language(f"{title}\n{body}", "en")))
    questions = tuple(str(one) for one in row.get("questions") or ())
    slug = f"{row['id']}.{language}"
    return Article(uuid4(), slug, language, title, body, questions, "everyone", "", datetime.now(UTC))
