"""Articles: write, publish, import. What changes for customers is in the bot's search before the answer goes out."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from tongxi.accounts.roles import Permission
from tongxi.api.auth import SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.errors import Malformed, TooLarge
from tongxi.api.pages import IdCursor, Limit, page
from tongxi.attachments.links import for_agent
from tongxi.conversations.views import at as moment
from tongxi.kit.errors import Forbidden, Invalid
from tongxi.knowledge import marks, queries, service
from tongxi.knowledge.importing import MAX_FILES, import_files
from tongxi.knowledge.queries import StoredArticle
from tongxi.knowledge.reading import MAX_FILE_BYTES

router = APIRouter(prefix="/api/v1/articles", tags=["articles"])

Reader = Annotated[SignedIn, requires(Permission.READ_KNOWLEDGE)]
Writer = Annotated[SignedIn, requires(Permission.PROPOSE_KNOWLEDGE)]
ArticleId = Annotated[UUID, Path(alias="id")]
Publisher = Annotated[SignedIn, requires(Permission.PUBLISH_KNOWLEDGE)]

EXCERPT = 160


@router.get("")
async def list_articles(
    _: Reader,
    house: HouseDep,
    q: Annotated[str, Query(max_length=200)] = "",
    status: Literal["draft", "published", "archived"] | None = None,
    language: Literal["zh", "en"] | None = None,
    collection: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 50,
    cursor: IdCursor = None,
) -> dict[str, Any]:
    """Articles without their bodies, last changed first; archived ones only when asked for."""
    async with house.db.transaction() as tx:
        rows = await queries.articles(
            tx, limit=limit + 1, after=cursor, q=q, status=status, language=language, collection=collection
        )
        counts = await queries.counts(tx)
    return {**page([_row(row) for row in rows], limit), "counts": counts}


@router.post("", status_code=201)
async def create(body: service.NewArticle, user: Writer, house: HouseDep) -> dict[str, Any]:
    """Write a draft."""
    async with house.db.transaction() as tx:
        return _shown(await service.create(tx, body, author=user.id, ip=user.ip))


@router.post("/import")
async def upload(request: Request, user: Publisher, house: HouseDep, publish: bool = True) -> dict[str, Any]:
    """Import files (multipart, field `files`, repeated; a folder's files carry their path as name)."""
    files = await _files(request)
    keep = partial(house.shelf.keep, author=user.id)
    report = await import_files(house.db, files, publish=publish, author=user.id, keep=keep)
    if report.changed_anything:
        await house.knowledge.load(house.db)
    return report.data()


@router.get("/{id}")
async def read(article: ArticleId, _: Reader, house: HouseDep) -> dict[str, Any]:
    """One article."""
    async with house.db.transaction() as tx:
        return _shown(await queries.article(tx, article))


@router.patch("/{id}")
async def change(article: ArticleId, body: service.ArticleChange, user: Writer, house: HouseDep) -> dict[str, Any]:
    """Change an article; a published one only by those who may publish."""
    async with house.db.transaction() as tx:
        old = await queries.article(tx, article)
        if old.status != "draft" and not user.may(Permission.PUBLISH_KNOWLEDGE):
            raise Forbidden(permission=Permission.PUBLISH_KNOWLEDGE.value)
        changed = await service.change(tx, article, body, author=user.id, ip=user.ip)
    if changed.status == "published":
        await house.knowledge.load(house.db)
    return _shown(changed)


@router.delete("/{id}")
async def archive(article: ArticleId, user: Publisher, house: HouseDep) -> dict[str, Any]:
    """Archive an article; its versions stay."""
    return await _move(article, "archived", user, house)


@router.post("/{id}/publish")
async def publish(article: ArticleId, user: Publisher, house: HouseDep) -> dict[str, Any]:
    """Publish an article."""
    return await _move(article, "published", user, house)


@router.post("/{id}/unpublish")
async def unpublish(article: ArticleId, user: Publisher, house: HouseDep) -> dict[str, Any]:
    """Take an article back to draft."""
    return await _move(article, "draft", user, house)


@router.get("/{id}/versions")
async def versions(article: ArticleId, _: Reader, house: HouseDep) -> dict[str, Any]:
    """What the article said before, newest first."""
    async with house.db.transaction() as tx:
        rows = await queries.versions(tx, article)
    shown = [{**row, "at": moment(row["at"]), "media": _media(row["media"])} for row in rows]
    return {"items": shown, "next": None}


async def _move(article: UUID, status: service.Status, user: SignedIn, house: HouseDep) -> dict[str, Any]:
    async with house.db.transaction() as tx:
        moved = await service.set_status(tx, article, status, author=user.id, ip=user.ip)
    await house.knowledge.load(house.db)
    return _shown(moved)


async def _files(request: Request) -> list[tuple[str, bytes]]:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Malformed("Send the files as multipart/form-data, in the field `files`.")
    try:
        async with request.form(max_files=MAX_FILES, max_fields=20) as form:
            sent = [*form.getlist("files"), *form.getlist("files[]"), *form.getlist("file")]
            # One byte over the limit is read, so that the importer sees and says that it is too large.
            files = [
                (one.filename or "file", await one.read(MAX_FILE_BYTES + 1))
                for one in sent
                if isinstance(one, UploadFile)
            ]
    except HTTPException as error:
        raise TooLarge if error.status_code == TooLarge.status else Malformed from error
    if not files:
        raise Invalid(errors=[{"loc": ["body", "files"], "msg": "at least one file"}])
    return files


def _row(article: StoredArticle) -> dict[str, Any]:
    shown = _shown(article)
    text, _ = marks.parted(shown.pop("body")[: 4 * EXCERPT])
    return {**shown, "excerpt": " ".join(text.split())[:EXCERPT]}


def _shown(article: StoredArticle) -> dict[str, Any]:
    return {
        "id": str(article.id),
        "slug": article.slug,
        "language": article.language,
        "title": article.title,
        "body": article.body,
        "questions": article.questions,
        "audience": article.audience,
        "status": article.status,
        "version": article.version,
        "source": article.source,
        "source_id": str(article.source_id) if article.source_id else None,
        "collection": article.collection,
        "valid_from": article.valid_from.isoformat() if article.valid_from else None,
        "valid_until": article.valid_until.isoformat() if article.valid_until else None,
        "updated_by": {"id": str(article.updated_by), "name": article.updated_by_name} if article.updated_by else None,
        "created_at": moment(article.created_at),
        "updated_at": moment(article.updated_at),
        "published_at": moment(article.published_at),
        "media": _media(article.media),
    }


def _media(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "url": for_agent(one["id"], "media")} for one in files]
