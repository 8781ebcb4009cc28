"""Reads of articles."""

from __future__ import annotations

from tongxi.kit.db import Transaction
from tongxi.knowledge.articles import Article


async def published(tx: Transaction) -> list[Article]:
    """All published articles that are still valid, as the index takes them."""
    return await tx.all(
        Article,
        "select id, slug, language, title, body, questions, audience, source, updated_at, valid_until from article"
        " where status = 'published' and (valid_until is null or valid_until >= current_date)"
        " order by language, slug nulls last, id",
    )
