"""Pictures, videos and files of articles: editors put them in, staff and customers see them where they stand."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from tongxi.accounts import Permission
from tongxi.api.attachments import AGENT_QUOTA, file_answer, links
from tongxi.api.auth import SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.uploads import receive_file
from tongxi.api.visitors import NoSession, visitor
from tongxi.attachments import media
from tongxi.attachments.links import for_agent
from tongxi.attachments.media import Media
from tongxi.house import House

router = APIRouter(prefix="/api/v1", tags=["media"])

Reader = Annotated[SignedIn, requires(Permission.READ_KNOWLEDGE)]
Writer = Annotated[SignedIn, requires(Permission.PROPOSE_KNOWLEDGE)]

_SHORT: Final = {"Cache-Control": "private, max-age=600"}
"""For customers: what was withdrawn is gone within ten minutes, also where it was seen before."""
_LONG: Final = {"Cache-Control": "private, max-age=86400, immutable"}


@router.post("/media", status_code=201)
async def upload(request: Request, user: Writer, house: HouseDep) -> dict[str, Any]:
    """Take a picture, video or file for an article in; a text that names it within two days keeps it."""
    async with house.db.reading() as tx:
        await media.within_quota(tx, user.id, AGENT_QUOTA)
    received = await receive_file(request)
    stored = await house.shelf.keep(received.data, received.name, author=user.id)
    return {"width": None, "height": None} | stored.described() | {"url": for_agent(stored.id, "media")}


@router.get("/media/{media_id}")
async def read(media_id: UUID, request: Request, _: Reader, house: HouseDep) -> Response:
    """A file of an article, for staff."""
    async with house.db.reading() as tx:
        found = await media.find(tx, media_id)
    return _sent(request, house, found, _LONG)


@router.get("/widget/media/{media_id}")
async def read_as_customer(media_id: UUID, request: Request, house: HouseDep, s: str | None = None) -> Response:
    """A file, while a published article that customers may see refers to it; by token or by signed address."""
    if s is None:
        await visitor(request, house)
    elif links(house).reader(media_id, s, house.clock.now(), "media") is None:
        raise NoSession
    async with house.db.reading() as tx:
        found = await media.find_public(tx, media_id)
    # The widget lives in pages of other sites, which may demand this header of what they embed.
    return _sent(request, house, found, _SHORT | {"Cross-Origin-Resource-Policy": "cross-origin"})


def _sent(request: Request, house: House, found: Media, headers: dict[str, str]) -> Response:
    headers = headers | {"ETag": found.etag}
    if request.headers.get("if-none-match") == found.etag:
        return Response(status_code=304, headers=headers)
    return file_answer(house, found, headers)
