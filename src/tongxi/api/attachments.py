"""Upload and read files: customers by token or signed address, agents by their sign-in."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Final, Protocol
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse

from tongxi.accounts import Permission
from tongxi.api.auth import SignedIn, requires
from tongxi.api.contacts import ReadingDep
from tongxi.api.deps import HouseDep
from tongxi.api.uploads import receive_file
from tongxi.api.visitors import ADDRESS_UPLOADS, UPLOADS, NoSession, WritingVisitorDep, address, limit, visitor
from tongxi.attachments import service
from tongxi.attachments.links import Links, for_agent
from tongxi.attachments.names import disposition
from tongxi.attachments.service import Attachment, Quota, Uploader
from tongxi.attachments.storage import Storage
from tongxi.desk.visibility import may_read
from tongxi.house import House
from tongxi.kit.errors import NotFound
from tongxi.settings import Settings

router = APIRouter(prefix="/api/v1", tags=["attachments"])

AnsweringDep = Annotated[SignedIn, requires(Permission.ANSWER)]

CUSTOMER_QUOTA: Final = Quota(files=100, bytes=200 * 1024 * 1024)
"""Of one contact in 24 hours."""
AGENT_QUOTA: Final = Quota(files=2000, bytes=5 * 1024 * 1024 * 1024)

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cache-Control": "private, max-age=3600, immutable",
    "Referrer-Policy": "no-referrer",
}


@lru_cache(maxsize=4)
def _links(settings: Settings) -> Links:
    return Links(settings.secret_key())


def links(house: House) -> Links:
    """What signs attachment addresses for customers."""
    return _links(house.settings)


def storage(house: House) -> Storage:
    """Where files lie."""
    return Storage(house.settings.data)


@router.post("/widget/attachments", status_code=201)
async def upload(request: Request, visitor: WritingVisitorDep, house: HouseDep) -> dict[str, Any]:
    """Take a customer's file in; a message carries it by its id."""
    await limit(house, UPLOADS, str(visitor.session_id))
    await limit(house, ADDRESS_UPLOADS, address(request))
    uploader = Uploader(contact_id=visitor.contact_id, inbox_id=visitor.inbox_id)
    stored = await _take(request, house, uploader, CUSTOMER_QUOTA)
    url = links(house).for_contact(stored.id, visitor.contact_id, house.clock.now())
    return _answer(stored, url)


@router.get("/widget/attachments/{attachment_id}")
async def read(attachment_id: UUID, request: Request, house: HouseDep, s: str | None = None) -> FileResponse:
    """A file of the customer's own conversation, by token or by signed address."""
    if s is None:
        contact_id = (await visitor(request, house)).contact_id
    else:
        signed_for = links(house).reader(attachment_id, s, house.clock.now())
        if signed_for is None:
            raise NoSession
        contact_id = signed_for
    async with house.db.transaction() as tx:
        found = await service.read_attachment(tx, attachment_id, contact_id=contact_id)
    # The widget lives in pages of other sites, which may demand this header of what they embed.
    return file_answer(house, found, {"Cross-Origin-Resource-Policy": "cross-origin"})


@router.post("/attachments", status_code=201)
async def upload_as_agent(request: Request, user: AnsweringDep, house: HouseDep) -> dict[str, Any]:
    """Take a colleague's file in; a reply carries it by its id."""
    stored = await _take(request, house, Uploader(user_id=user.id), AGENT_QUOTA)
    return _answer(stored, for_agent(stored.id))


@router.get("/attachments/{attachment_id}")
async def read_as_agent(attachment_id: UUID, user: ReadingDep, house: HouseDep) -> FileResponse:
    """A file of a conversation the colleague may read, or one of his own uploads."""
    async with house.db.transaction() as tx:
        found = await service.find(tx, attachment_id)
        own = found.user_id == user.id
        if not own and not (found.conversation_id and await may_read(tx, user.id, user.role, found.conversation_id)):
            raise NotFound
    return file_answer(house, found, {})


async def _take(request: Request, house: House, uploader: Uploader, quota: Quota) -> Attachment:
    factor = house.settings.rate_limit_factor
    quota = Quota(max(1, round(quota.files * factor)), max(1, round(quota.bytes * factor)))
    async with house.db.transaction() as tx:
        await service.within_quota(tx, uploader, quota)
    received = await receive_file(request)
    return await service.upload(house.db, storage(house), received.data, received.name, uploader=uploader, quota=quota)


def _answer(stored: Attachment, url: str) -> dict[str, Any]:
    return {"width": None, "height": None} | stored.described() | {"url": url}


class Kept(Protocol):
    """A file as it is sent out."""

    @property
    def name(self) -> str: ...
    @property
    def mime(self) -> str: ...
    @property
    def path(self) -> str: ...


def file_answer(house: House, found: Kept, headers: dict[str, str]) -> FileResponse:
    """The file, never as a page: pictures and videos are shown, the rest is downloaded. Parts of it, if asked for.

    Raises: `NotFound`.
    """
    path = storage(house).file(found.path)
    if not path.is_file():
        raise NotFound
    media_type = f"{found.mime}; charset=utf-8" if found.mime.startswith("text/") else found.mime
    named = {"Content-Disposition": disposition(found.name, inline=found.mime.startswith(("image/", "video/")))}
    return FileResponse(path, media_type=media_type, headers=_HEADERS | named | headers)
