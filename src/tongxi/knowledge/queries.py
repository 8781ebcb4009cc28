"""Reads of articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound
from tongxi.knowledge.articles import Article


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as it is edited."""

    id: UUID
    slug: str | None
    language: str
    title: str
    body: str
    questions: list[str]
    audience: str
    status: str
    version: int
    source: str
    collection: str
    valid_from: date | None
    valid_until: date | None
    source_id: UUID | None
    updated_by: UUID | None
    updated_by_name: str | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    media: list[dict[str, Any]]
    """The files it refers to, as `Article.media`."""


def media_of(article: str, version: str) -> str:
    """SQL: the files a version of an article refers to, as `Article.media`. Takes the columns of its row."""
    return (
        "coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', m.id, 'name', m.name, 'mime', m.mime,"
        " 'size', m.size, 'width', m.width, 'height', m.height)) order by m.id) from article_media r"
        f" join media m on m.id = r.media_id where r.article_id = {article} and r.version = {version}), '[]')"
    )


_SELECT = (
    "select a.id, a.slug, a.language, a.title, a.body, a.questions, a.audience, a.status, a.version, a.source,"
    " a.collection, a.valid_from, a.valid_until, a.source_id,"
    " a.updated_by, u.name as updated_by_name, a.created_at, a.updated_at, a.published_at,"
    f" {media_of('a.id', 'a.version')} as media"
    " from article a left join app_user u on u.id = a.updated_by"
)


async def published(tx: Transaction) -> list[Article]:
    """All published articles that are still valid, as the index takes them."""
    return await tx.all(
        Article,
        "select id, slug, language, title, body, questions, audience, source, updated_at, valid_until,"
        f" {media_of('article.id', 'article.version')} as media from article"
        " where status = 'published' and (valid_until is null or valid_until >= current_date)"
        " and (valid_from is null or valid_from <= current_date)"
        " order by language, slug nulls last, id",
    )


async def fingerprint(tx: Transaction) -> str:
    """Changes whenever what is published changes, also by the date; for processes that did not make the change."""
    value = await tx.value(
        "select count(*) || ':' || coalesce(max(updated_at)::text, '') || ':'"
        " || coalesce(sum(version)::text, '') || ':' || current_date from article where status = 'published'"
    )
    return str(value)


async def article(tx: Transaction, article_id: UUID, *, for_update: bool = False) -> StoredArticle:
    """One article. Raises: `NotFound`."""
    lock = " for update of a" if for_update else ""
    found = await tx.one(StoredArticle, f"{_SELECT} where a.id = %s{lock}", (article_id,))
    if found is None:
        raise NotFound
    return found


async def articles(
    tx: Transaction,
    *,
    limit: int,
    after: UUID | None = None,
    q: str = "",
    status: str | None = None,
    language: str | None = None,
    collection: str | None = None,
) -> list[StoredArticle]:
    """Articles, last changed first; `after` is the last one of the page before; without `status` all but archived ones.

    `q` is looked for, letter by letter and ignoring case, in titles, bodies, example questions and slugs.
    """
    return await tx.all(
        StoredArticle,
        f"{_SELECT} where case when %(status)s::text is null then a.status <> 'archived' else a.status = %(status)s end"
        " and (%(language)s::text is null or a.language = %(language)s)"
        " and (%(collection)s::text is null or a.collection = %(collection)s)"
        " and (%(q)s = '' or position(%(q)s in lower(a.title || E'\\n' || a.body || E'\\n'"
        " || array_to_string(a.questions, E'\\n') || E'\\n' || coalesce(a.slug, ''))) > 0)"
        " and (%(after)s::uuid is null or (a.updated_at, a.id) <"
        " (select b.updated_at, b.id from article b where b.id = %(after)s))"
        " order by a.updated_at desc, a.id desc limit %(limit)s",
        {
            "status": status, "language": language, "collection": collection, "q": q.strip().lower(), "after": after,
            "limit": limit,
        },
    )  # fmt: skip


async def counts(tx: Transaction) -> dict[str, int]:
    """Number of articles by status."""
    rows = await tx.dicts("select status, count(*) as n from article group by status")
    return {"draft": 0, "published": 0, "archived": 0} | {row["status"]: row["n"] for row in rows}


async def versions(tx: Transaction, article_id: UUID) -> list[dict[str, Any]]:
    """Versions of an article, newest first. Raises: `NotFound`."""
    await article(tx, article_id)
    return await tx.dicts(
        "select v.version, v.title, v.body, v.questions, v.at, v.published, v.author_id, u.name as author,"
        f" {media_of('v.article_id', 'v.version')} as media"
        " from article_version v left join app_user u on u.id = v.author_id where v.article_id = %s"
        " order by v.version desc limit 200",
        (article_id,),
    )
