"""Write, publish, withdraw and archive articles. Every change keeps the version before it and an audit entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tongxi import audit
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict
from tongxi.kit.ids import new_id
from tongxi.knowledge import media
from tongxi.knowledge.queries import StoredArticle, article
from tongxi.knowledge.reading import MAX_BODY, MAX_QUESTION, MAX_QUESTIONS, MAX_TITLE

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE)]
Body = Annotated[str, StringConstraints(min_length=1, max_length=MAX_BODY)]
Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION)]
Slug = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[\w][\w/.-]*$")]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


class StaleVersion(Conflict):
    """Somebody changed this article since you opened it; load it again."""

    code = "stale_version"


class SlugTaken(Conflict):
    """Another article has this slug."""

    code = "slug_taken"


class NewArticle(BaseModel):
    """What it takes to write an article."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    body: Body
    language: Literal["zh", "en"]
    questions: list[Question] = Field(default_factory=list, max_length=MAX_QUESTIONS)
    audience: Literal["everyone", "agents"] = "everyone"
    slug: Slug | None = None
    """Language versions of an entry share the slug up to its end `.zh`, `.en`."""
    collection: Short = ""
    valid_from: date | None = None
    """Used from this day on."""
    valid_until: date | None = None
    """Used up to and including this day."""


class ArticleChange(BaseModel):
    """What is given is changed; `version` is the one that was edited."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = None
    title: Title | None = None
    body: Body | None = None
    language: Literal["zh", "en"] | None = None
    questions: list[Question] | None = Field(default=None, max_length=MAX_QUESTIONS)
    audience: Literal["everyone", "agents"] | None = None
    slug: Slug | None = None
    collection: Short | None = None
    valid_from: date | None = None
    valid_until: date | None = None


async def create(tx: Transaction, new: NewArticle, *, author: UUID, ip: str = "") -> StoredArticle:
    """Write a draft. Raises: `SlugTaken`, or as `media.refer`."""
    await _free(tx, new.slug)
    article_id = new_id()
    await tx.execute(
        "insert into article (id, slug, language, title, body, questions, audience, collection, valid_from,"
        " valid_until, created_by, updated_by) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            article_id, new.slug, new.language, new.title, new.body, new.questions, new.audience, new.collection,
            new.valid_from, new.valid_until, author, author,
        ),
    )  # fmt: skip
    await keep_version(tx, article_id, 1, new.title, new.body, new.questions, author, published=False)
    await audit.append(tx, actor_id=author, action="article.created", subject=f"article:{article_id}", ip=ip)
    return await article(tx, article_id)


async def change(
    tx: Transaction, article_id: UUID, changes: ArticleChange, *, author: UUID, ip: str = ""
) -> StoredArticle:
    """Change an article; a published one changes for customers too.

    Raises: `NotFound`, `StaleVersion`, `SlugTaken`, or as `media.refer`.
    """
    old = await article(tx, article_id, for_update=True)
    if changes.version is not None and changes.version != old.version:
        raise StaleVersion(version=old.version)
    values = {name: getattr(changes, name) for name in changes.model_fields_set if name != "version"}
    # Only these may be emptied with null.
    values = {name: value for name, value in values.items() if value is not None or name in _MAY_BE_EMPTY}
    values = {name: value for name, value in values.items() if value != getattr(old, name)}
    if not values:
        return old
    if "slug" in values:
        await _free(tx, values["slug"])
    new: dict[str, Any] = {name: getattr(old, name) for name in _COLUMNS} | values
    await tx.execute(
        "update article set language = %(language)s, title = %(title)s, body = %(body)s, questions = %(questions)s,"
        " audience = %(audience)s, slug = %(slug)s, collection = %(collection)s, valid_from = %(valid_from)s,"
        " valid_until = %(valid_until)s, version = version + 1, updated_by = %(author)s, updated_at = now()"
        " where id = %(id)s",
        {**new, "author": author, "id": article_id},
    )
    await keep_version(
        tx, article_id, old.version + 1, new["title"], new["body"], new["questions"], author,
        published=old.status == "published",
    )  # fmt: skip
    data = {"fields": sorted(values), "version": old.version + 1}
    await audit.append(tx, actor_id=author, action="article.changed", subject=f"article:{article_id}", data=data, ip=ip)
    return await article(tx, article_id)


_MAY_BE_EMPTY = frozenset({"slug", "valid_from", "valid_until"})
_COLUMNS = (
    "language", "title", "body", "questions", "audience", "slug", "collection", "valid_from", "valid_until",
)  # fmt: skip
Status = Literal["draft", "published", "archived"]
_ACTIONS: dict[Status, str] = {
    "published": "article.published",
    "draft": "article.unpublished",
    "archived": "article.archived",
}


async def set_status(tx: Transaction, article_id: UUID, status: Status, *, author: UUID, ip: str = "") -> StoredArticle:
    """Publish, withdraw to draft, or archive. Twice is once. Raises: `NotFound`."""
    old = await article(tx, article_id, for_update=True)
    if old.status == status:
        return old
    await tx.execute(
        "update article set status = %s, updated_by = %s, updated_at = now(),"
        " published_at = case when %s = 'published' then now() else published_at end where id = %s",
        (status, author, status, article_id),
    )
    if status == "published":
        await tx.execute(
            "update article_version set published = true where article_id = %s and version = %s",
            (article_id, old.version),
        )
    data = {"version": old.version}
    await audit.append(tx, actor_id=author, action=_ACTIONS[status], subject=f"article:{article_id}", data=data, ip=ip)
    return await article(tx, article_id)


async def _free(tx: Transaction, slug: str | None) -> None:
    if slug and await tx.value("select 1 from article where slug = %s", (slug,)):
        raise SlugTaken(slug=slug)


async def keep_version(
    tx: Transaction, article_id: UUID, version: int, title: str, body: str, questions: Sequence[str],
    author: UUID | None, *, published: bool,
) -> None:  # fmt: skip
    """Keep what a version says, and the files it refers to. Raises: as `media.refer`."""
    await tx.execute(
        "insert into article_version (article_id, version, title, body, questions, author_id, published)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (article_id, version, title, body, list(questions), author, published),
    )
    await media.refer(tx, article_id, version, body)
