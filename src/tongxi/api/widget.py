"""The customer's side over HTTP: session, history, page views, feedback (docs/reference/protocol.md)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from tongxi.api.attachments import links
from tongxi.api.deps import HouseDep
from tongxi.api.visitors import NEW_SESSIONS, VisitorDep, WritingVisitorDep, address, check_embedding, limit
from tongxi.contacts import service, visitors
from tongxi.contacts.identity import Identity, IdentityInvalid, verify
from tongxi.contacts.keys import active_keys
from tongxi.contacts.pages import MAX_URL, page
from tongxi.contacts.service import Opened
from tongxi.contacts.visitors import Visitor
from tongxi.conversations import feedback, merging
from tongxi.conversations.inboxes import Inbox
from tongxi.conversations.queries import PAGE, customer_entries
from tongxi.conversations.views import at as stamp
from tongxi.house import House
from tongxi.kit.db import Transaction, retry_on_conflict
from tongxi.kit.errors import Invalid, NotFound
from tongxi.routing.queries import customer_view
from tongxi.routing.service import promised_time

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/v1/widget", tags=["widget"])

MAX_CONVERSATIONS = 50
LAST_SEQ = 2**62


class PageIn(BaseModel):
    """The page the customer looks at."""

    url: Annotated[str, Field(max_length=MAX_URL)]
    title: Annotated[str, Field(max_length=1000)] = ""
    """Kept up to 300 characters."""
    referrer: Annotated[str, Field(max_length=MAX_URL)] = ""


class SessionIn(BaseModel):
    """Start or renew a session. Who the customer is, only `identity` can say."""

    inbox: Annotated[str, Field(max_length=100)]
    token: Annotated[str | None, Field(max_length=200)] = None
    identity: Annotated[str | None, Field(max_length=65_536)] = None
    locale: Annotated[str | None, Field(max_length=100)] = None
    page: dict[str, Any] | None = None
    browsing_consent: bool | None = None


class BrowsingIn(BaseModel):
    """Whether page views may be kept."""

    opt_out: bool


class FeedbackIn(BaseModel):
    """Whether a bot answer helped."""

    conversation: UUID
    seq: Annotated[int, Field(ge=1, le=LAST_SEQ)]
    helpful: bool


@router.post("/session")
async def open_session(body: SessionIn, request: Request, house: HouseDep) -> dict[str, Any]:
    """Start a visitor's session, renew it, or sign the customer in with an identity token."""
    inbox = house.inboxes.by_key(body.inbox)
    if not inbox.is_active:
        raise NotFound
    check_embedding(request, house, inbox.settings)
    await limit(house, NEW_SESSIONS, address(request))

    async def attempt() -> dict[str, Any]:
        async with house.db.transaction() as tx:
            identity = await _identity(tx, house, inbox, body.identity) if body.identity else None
            opened = await service.open_session(
                tx, inbox.id, token=body.token, identity=identity, locale=body.locale or ""
            )
            await _merge(tx, house, inbox, opened)
            visitor = await _keep_page(tx, inbox, opened.visitor, body, request)
            view = None if opened.is_new else await customer_view(tx, visitor.contact_id, inbox.id)
            return await _session(tx, house, inbox, opened.token, visitor, view)

    return await retry_on_conflict(attempt)


@router.delete("/session", status_code=204)
async def sign_out(visitor: VisitorDep, house: HouseDep) -> Response:
    """Sign out: the token never works again."""
    async with house.db.transaction() as tx:
        await visitors.revoke(tx, visitor.session_id)
    return Response(status_code=204)


@router.get("/conversations")
async def conversations(visitor: VisitorDep, house: HouseDep) -> dict[str, Any]:
    """The customer's own conversations in this inbox, newest first."""
    async with house.db.transaction() as tx:
        rows = await tx.dicts(
            "select id from conversation where contact_id = %s and inbox_id = %s order by created_at desc limit %s",
            (visitor.contact_id, visitor.inbox_id, MAX_CONVERSATIONS),
        )
        return {"items": [await _own_view(tx, visitor, row["id"]) for row in rows]}


@router.get("/conversations/{conversation_id}/entries")
async def entries(
    conversation_id: UUID,
    visitor: VisitorDep,
    house: HouseDep,
    after: Annotated[int, Query(ge=0, le=LAST_SEQ)] = 0,
    before: Annotated[int | None, Query(ge=1, le=LAST_SEQ)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> dict[str, Any]:
    """What the customer sees of a conversation, in order; `before` pages backwards."""
    async with house.db.transaction() as tx:
        view = await _own_view(tx, visitor, conversation_id)
        sign = links(house).signer(visitor.contact_id, house.clock.now())
        found, more = await customer_entries(tx, conversation_id, sign=sign, after=after, before=before, limit=limit)
    return {"entries": found, "more": more, "conversation": view}


@router.post("/pages", status_code=204)
async def page_view(body: PageIn, request: Request, visitor: WritingVisitorDep, house: HouseDep) -> Response:
    """Keep a page view, unless the visitor or his browser asked not to."""
    seen = page(body.url, body.title, body.referrer)
    if seen is None:
        raise Invalid(errors=[{"loc": ["body", "url"], "msg": "must be an http or https address"}])
    if not _do_not_track(request):
        async with house.db.transaction() as tx:
            await service.record_page(tx, visitor, seen)
    return Response(status_code=204)


@router.put("/browsing")
async def browsing(body: BrowsingIn, visitor: WritingVisitorDep, house: HouseDep) -> dict[str, Any]:
    """Opt out of page views, which deletes those kept, or in again."""
    async with house.db.transaction() as tx:
        await service.opt_out(tx, visitor.contact_id, body.opt_out)
    return {"opt_out": body.opt_out}


@router.post("/feedback", status_code=204)
async def answer_feedback(body: FeedbackIn, visitor: WritingVisitorDep, house: HouseDep) -> Response:
    """Say whether a bot answer helped; the last word counts."""
    async with house.db.transaction() as tx:
        await _own_view(tx, visitor, body.conversation)
        await feedback.rate_answer(
            tx,
            house.live,
            body.conversation,
            seq=body.seq,
            helpful=body.helpful,
            contact_id=visitor.contact_id,
            at=house.clock.now(),
            idle=house.inboxes.get(visitor.inbox_id).idle,
        )
    return Response(status_code=204)


async def _identity(tx: Transaction, house: House, inbox: Inbox, token: str) -> Identity:
    keys = await active_keys(tx, house.vault, inbox.id)
    try:
        return verify(token, keys=keys, audience=inbox.key, at=house.clock.now())
    except IdentityInvalid as error:
        log.warning("identity.refused", inbox=inbox.key, reason=error.fields["reason"])
        raise


async def _merge(tx: Transaction, house: House, inbox: Inbox, opened: Opened) -> None:
    if opened.merged is not None:
        await merging.move(
            tx,
            house.live,
            session_id=opened.merged.session_id,
            from_contact=opened.merged.contact_id,
            to_contact=opened.visitor.contact_id,
            at=house.clock.now(),
            idle=inbox.idle,
        )


async def _keep_page(tx: Transaction, inbox: Inbox, visitor: Visitor, body: SessionIn, request: Request) -> Visitor:
    """Apply the host page's consent, then keep the page if all agree. A page that cannot be kept is no error here."""
    if body.browsing_consent is not None:
        visitor = await service.consent(tx, visitor, body.browsing_consent)
    shown = body.page or {}
    url, title, referrer = (shown.get(name) for name in ("url", "title", "referrer"))
    seen = page(url, _text(title), _text(referrer)) if isinstance(url, str) else None
    may_write = visitor.is_verified or not inbox.settings.enforce_identity
    if seen is not None and may_write and not _do_not_track(request):
        await service.record_page(tx, visitor, seen)
    return visitor


async def _session(
    tx: Transaction, house: House, inbox: Inbox, token: str, visitor: Visitor, view: dict[str, Any] | None
) -> dict[str, Any]:
    now = house.clock.now()
    shown = inbox.settings.shown(inbox.settings.locale_for(visitor.locale), now)
    hours = shown["hours"]
    hours["promise"] = None if hours["open"] else stamp(await promised_time(tx, inbox, inbox.queue_id, now))
    hours["opens_at"] = stamp(hours["opens_at"])
    return {
        "token": token,
        "expires_at": stamp(visitor.expires_at),
        "history": house.history_id,
        "contact": {"id": visitor.contact_id, "name": visitor.name, "verified": visitor.is_verified},
        "inbox": {"key": inbox.key, "name": inbox.title(visitor.locale)} | shown,
        "conversation": _shown(view) if view else None,
        "browsing_opt_out": visitor.browsing_opt_out,
    }


async def _own_view(tx: Transaction, visitor: Visitor, conversation_id: UUID) -> dict[str, Any]:
    """Raises: `NotFound`, the same for what is missing and what is somebody else's."""
    view = await customer_view(tx, visitor.contact_id, visitor.inbox_id, conversation_id)
    if view is None:
        raise NotFound
    return _shown(view)


def _shown(view: dict[str, Any]) -> dict[str, Any]:
    """Without what only the socket needs: notes raise `log_seq`, and customers do not count notes."""
    return {name: value for name, value in view.items() if name != "log_seq"}


def _do_not_track(request: Request) -> bool:
    return request.headers.get("dnt") == "1" or request.headers.get("sec-gpc") == "1"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
