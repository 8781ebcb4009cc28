"""The demo shop's articles as an index in memory, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml

from tongxi.knowledge.articles import Article
from tongxi.knowledge.index import Knowledge

AT = datetime(2026, 1, 5, tzinfo=UTC)


def article_id(slug: str) -> UUID:
    """Of an entry in one language, as `return-policy.zh`."""
    return uuid5(NAMESPACE_URL, slug)


@cache
def demo_knowledge() -> Knowledge:
    """Every entry in both languages."""
    made = Knowledge()
    folder = files("tongxi.demo").joinpath("knowledge")
    texts = [
        one.read_text("utf-8") for one in sorted(folder.iterdir(), key=lambda one: one.name) if ".yaml" in one.name
    ]
    made.replace(
        [_article(entry, language) for text in texts for entry in yaml.safe_load(text) for language in ("zh", "en")]
    )
    return made


def _article(entry: dict[str, dict[str, str]], language: str) -> Article:
    slug, said = f"{entry['slug']}.{language}", entry[language]
    return Article(
        article_id(slug), slug, language, said["title"], said["body"], tuple(said["questions"]), "everyone", "", AT
    )
