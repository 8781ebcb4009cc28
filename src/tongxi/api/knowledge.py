"""The bot's own search, for agents; and the pages and sites that knowledge is read from."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query

from tongxi.accounts.roles import Permission
from tongxi.api.auth import SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.attachments.links import for_agent
from tongxi.conversations.views import at as moment
from tongxi.knowledge import sources
from tongxi.knowledge.sources import NewSource, Source

router = APIRouter(prefix="/api/v1/knowledge", tags=["knowledge"])

Reader = Annotated[SignedIn, requires(Permission.READ_KNOWLEDGE)]
Publisher = Annotated[SignedIn, requires(Permission.PUBLISH_KNOWLEDGE)]
SourceId = Annotated[UUID, Path(alias="id")]


@router.get("/search")
async def search(
    _: Reader,
    house: HouseDep,
    q: Annotated[str, Query(max_length=8000)],
    language: Literal["zh", "en"] = "zh",
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
) -> dict[str, Any]:
    """What the bot would find, and what only agents may read, best first, with the confidence of each."""
    hits = await house.in_full(lambda: house.knowledge.search(q, language, agents=True, k=limit))
    if not hits or hits[0].score < house.bot.settings.limits.answer_at:
        hits = await house.vectors.search(house.db, q, language, agents=True, k=limit) or hits
    return {
        "items": [
            {
                "article_id": str(hit.article_id),
                "title": hit.title,
                "section": hit.section,
                "text": hit.text,
                "language": hit.language,
                "score": round(hit.score, 4),
                "source": hit.source,
                "audience": hit.audience,
                "media": [{**one, "url": for_agent(one["id"], "media")} for one in hit.media],
                "updated_at": moment(hit.updated_at),
            }
            for hit in hits
        ],
        "next": None,
        "version": house.knowledge.version,
    }


@router.get("/sources")
async def list_sources(_: Reader, house: HouseDep) -> dict[str, Any]:
    """Pages and sites that knowledge is read from, newest first, with what became of the last reading."""
    async with house.db.reading() as tx:
        return {"items": [_shown(one) for one in await sources.sources(tx)], "next": None}


@router.post("/sources", status_code=201)
async def add_source(body: NewSource, user: Publisher, house: HouseDep) -> dict[str, Any]:
    """Add a page, a site or a sitemap; it is read in the background, at once. Internal addresses are refused."""
    house.egress.check(body.url)
    async with house.db.transaction() as tx:
        return _shown(await sources.create(tx, body, author=user.id, ip=user.ip))


@router.post("/sources/{id}/fetch")
async def fetch_source(source: SourceId, _: Publisher, house: HouseDep) -> dict[str, Any]:
    """Read a source again, at once."""
    async with house.db.transaction() as tx:
        return _shown(await sources.fetch_again(tx, source))


@router.delete("/sources/{id}", status_code=204)
async def delete_source(source: SourceId, user: Publisher, house: HouseDep) -> None:
    """Forget a source; its articles stay."""
    async with house.db.transaction() as tx:
        await sources.delete(tx, source, author=user.id, ip=user.ip)


def _shown(one: Source) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "url": one.url,
        "scope": one.scope,
        "language": one.language,
        "collection": one.collection,
        "audience": one.audience,
        "publish": one.publish,
        "max_pages": one.max_pages,
        "every_hours": one.every_hours,
        "state": one.state,
        "due_at": moment(one.due_at) if one.state != "running" else None,
        "started_at": moment(one.started_at),
        "finished_at": moment(one.finished_at),
        "report": one.report,
        "articles": one.articles,
    }
