"""What a customer can do, over HTTP: for apps without a socket, and for forms (docs/reference/protocol.md,
section 1)."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from tongxi.api.deps import HouseDep
from tongxi.api.frames import client_id_of, text_of
from tongxi.api.visitors import WritingVisitorDep
from tongxi.attachments.service import Uploader, attach
from tongxi.contacts.visitors import Visitor
from tongxi.conversations import service as conversations
from tongxi.conversations.append import Appended, Outcome
from tongxi.conversations.views import at as stamp
from tongxi.desk import service as desk
from tongxi.house import House
from tongxi.intake import Incoming, content, receive
from tongxi.kit.errors import Invalid, NotFound
from tongxi.routing.queries import customer_view

router = APIRouter(prefix="/api/v1/widget", tags=["widget"])

_PHONE = re.compile(r"^\+?[\d\s().-]{5,24}$")
_EMAIL = re.compile(r"^[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,190}$")
REASONS = frozenset({"not_understood", "waited", "repeated", "result", "attitude", "other"})


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MessageIn(_Body):
    """A message; the client id makes a repeat harmless."""

    id: Any
    text: Any = ""
    attachments: Annotated[list[UUID], Field(max_length=10)] = []
    quick_reply: Annotated[str | None, Field(max_length=100)] = None
    conversation: UUID | None = None


class WhichIn(_Body):
    """The conversation meant; the newest when left out."""

    conversation: UUID | None = None


class FollowUpIn(_Body):
    """Leave a message or ask to be called."""

    conversation: UUID
    kind: Literal["message", "callback"]
    text: Annotated[str, Field(max_length=8000)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    email: Annotated[str, Field(max_length=254)] = ""


class RatingIn(_Body):
    """How it went; once per episode."""

    conversation: UUID
    episode: Annotated[int, Field(ge=1, le=1_000_000)]
    resolved: bool | None = None
    csat: Annotated[int | None, Field(ge=1, le=5)] = None
    reasons: Annotated[list[str], Field(max_length=10)] = []
    comment: Annotated[str, Field(max_length=2000)] = ""
    skipped: bool = False


@router.post("/messages", status_code=201)
async def send(body: MessageIn, visitor: WritingVisitorDep, house: HouseDep, response: Response) -> dict[str, Any]:
    """Write; 201 once it is stored, 200 when this client id was stored before."""
    client_id = client_id_of(body.id)
    text = text_of(body.text, may_be_empty=bool(body.attachments))
    if body.conversation is not None:
        conversation_id = await _own(house, visitor, body.conversation)
    else:
        conversation_id = await _start(house, visitor)
    files: list[dict[str, Any]] = []
    if body.attachments:
        async with house.db.transaction() as tx:
            files = await attach(tx, body.attachments, conversation_id, Uploader(contact_id=visitor.contact_id))
    result = await _store(
        house, visitor, conversation_id, client_id, text, content(files, body.quick_reply), body.quick_reply
    )
    if result.outcome is Outcome.DUPLICATE:
        response.status_code = 200
    return {
        "id": client_id,
        "seq": result.seq,
        "message_id": result.message_id,
        "at": stamp(result.at),
        "conversation": conversation_id,
    }


@router.post("/person")
async def person(body: WhichIn, visitor: WritingVisitorDep, house: HouseDep) -> dict[str, Any]:
    """Ask for a person; works in every state, costs no model call."""
    conversation_id = await (_own(house, visitor, body.conversation) if body.conversation else _start(house, visitor))
    await desk.ask_for_person(house, conversation_id, contact_id=visitor.contact_id)
    return await _view(house, visitor, conversation_id)


@router.post("/bot")
async def back_to_bot(body: WhichIn, visitor: WritingVisitorDep, house: HouseDep) -> dict[str, Any]:
    """Back to the bot while waiting."""
    conversation_id = await _own(house, visitor, body.conversation)
    await desk.leave_queue(house, conversation_id, contact_id=visitor.contact_id)
    return await _view(house, visitor, conversation_id)


@router.post("/end")
async def end(body: WhichIn, visitor: WritingVisitorDep, house: HouseDep) -> dict[str, Any]:
    """End the conversation."""
    conversation_id = await _own(house, visitor, body.conversation)
    await desk.end_by_customer(house, conversation_id, contact_id=visitor.contact_id)
    return await _view(house, visitor, conversation_id)


@router.post("/follow-up")
async def follow_up(body: FollowUpIn, visitor: WritingVisitorDep, house: HouseDep) -> dict[str, Any]:
    """Stop waiting: leave a message or ask for a call; gives the number and the promised time."""
    conversation_id = await _own(house, visitor, body.conversation)
    phone, email = body.phone.strip(), body.email.strip()
    if phone and not _PHONE.match(phone):
        raise Invalid(errors=[{"loc": ["body", "phone"], "msg": "is not a phone number"}])
    if email and not _EMAIL.match(email):
        raise Invalid(errors=[{"loc": ["body", "email"], "msg": "is not an e-mail address"}])
    if body.kind == "callback" and not phone:
        raise Invalid(errors=[{"loc": ["body", "phone"], "msg": "is needed for a call back"}])
    text = text_of(body.text, may_be_empty=True)
    made = await desk.follow_up(
        house, conversation_id, contact_id=visitor.contact_id, kind=body.kind, phone=phone, email=email, text=text,
    )  # fmt: skip
    return {"number": made["number"], "promised_at": stamp(made["promised_at"])}


@router.post("/rating", status_code=204)
async def rate(body: RatingIn, visitor: WritingVisitorDep, house: HouseDep) -> Response:
    """Rate an episode that has ended."""
    conversation_id = await _own(house, visitor, body.conversation)
    if unknown := [one for one in body.reasons if one not in REASONS]:
        raise Invalid(errors=[{"loc": ["body", "reasons"], "msg": f"unknown reason {unknown[0][:40]!r}"}])
    await desk.rate(
        house, conversation_id, contact_id=visitor.contact_id, episode=body.episode, resolved=body.resolved,
        csat=body.csat, reasons=body.reasons, comment=body.comment, skipped=body.skipped,
    )  # fmt: skip
    return Response(status_code=204)


async def _own(house: House, visitor: Visitor, conversation_id: UUID | None) -> UUID:
    """Raises: `NotFound` for a foreign one as for a missing one."""
    async with house.db.transaction() as tx:
        found: UUID | None = await tx.value(
            "select id from conversation where contact_id = %(contact)s and inbox_id = %(inbox)s"
            " and (%(id)s::uuid is null or id = %(id)s) order by created_at desc limit 1",
            {"contact": visitor.contact_id, "inbox": visitor.inbox_id, "id": conversation_id},
        )
    if found is None:
        raise NotFound
    return found


async def _start(house: House, visitor: Visitor) -> UUID:
    inbox = house.inboxes.get(visitor.inbox_id)
    async with house.db.transaction() as tx:
        conversation_id, _ = await conversations.start(
            tx, house.live, inbox, contact_id=visitor.contact_id, session_id=visitor.session_id,
            language=inbox.settings.locale_for(visitor.locale), at=house.clock.now(),
        )  # fmt: skip
    return conversation_id


async def _store(
    house: House,
    visitor: Visitor,
    conversation_id: UUID,
    client_id: str,
    text: str,
    body: str,
    quick_reply: str | None,
) -> Appended:
    future: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()

    def stored(result: Appended | Exception) -> None:
        if future.done():
            return
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)

    receive(
        house, Incoming(conversation_id, visitor.contact_id, client_id, text, body, quick_reply, visitor.name), stored
    )
    return await future


async def _view(house: House, visitor: Visitor, conversation_id: UUID) -> dict[str, Any]:
    async with house.db.transaction() as tx:
        view = await customer_view(tx, visitor.contact_id, visitor.inbox_id, conversation_id)
    if view is None:
        raise NotFound
    return {name: value for name, value in view.items() if name != "log_seq"}
