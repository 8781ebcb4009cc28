"""Conversations for colleagues: lists, threads, and everything the holder can do (docs/reference/protocol.md,
section 2)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, SignedIn, requires
from tongxi.api.carried import carried
from tongxi.api.deps import HouseDep
from tongxi.api.frames import client_id_of, text_of
from tongxi.api.presence import AnsweringDep
from tongxi.attachments.links import for_agent
from tongxi.contacts import queries as contacts
from tongxi.conversations import queries, search
from tongxi.conversations.append import Appended
from tongxi.conversations.views import at as stamp
from tongxi.conversations.views import entry_view
from tongxi.desk import rows, service, visibility
from tongxi.desk.rows import Group
from tongxi.desk.service import WrapUp
from tongxi.house import House
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Invalid, NotFound

router = APIRouter(prefix="/api/v1", tags=["conversations"])

ListingDep = Annotated[SignedIn, requires(Permission.LIST_CONVERSATIONS)]
ReadingDep = Annotated[SignedIn, requires(Permission.READ_CONVERSATIONS)]

MAX_FACT = 500
PAGE = 100
"""Entries in a thread's first page."""


class MessageIn(Body):
    """A reply; `epoch` is the one the sender saw."""

    id: Any
    text: Any = ""
    epoch: int = Field(ge=0, le=2**31 - 1)
    attachments: Annotated[list[UUID], Field(max_length=10, default_factory=list)]
    media: Annotated[list[UUID], Field(max_length=10, default_factory=list)]
    """Pictures, videos and files of published articles that customers may see."""


class NoteIn(Body):
    """An internal note."""

    id: Any
    text: Any


class EpochIn(Body):
    """A move of the holder."""

    epoch: int = Field(ge=0, le=2**31 - 1)


class GiveBackIn(EpochIn):
    """Back to the bot, with a note for colleagues."""

    note: str = ""


class TransferIn(EpochIn):
    """To a colleague or to a queue."""

    to_agent: UUID | None = None
    to_queue: UUID | None = None
    note: str = ""


class FactIn(Body):
    """What is known of the case."""

    value: str


class ReadIn(Body):
    """Read up to here."""

    seq: int = Field(ge=0, le=2**53)


class TypingIn(Body):
    """The agent is writing."""

    on: bool


@router.get("/conversations")
async def list_conversations(
    user: ListingDep,
    house: HouseDep,
    group: Group = "mine",
    q: Annotated[str, Query(max_length=200)] = "",
    inbox: UUID | None = None,
    cursor: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """A page of a group; `q` searches names, numbers and recent text. Without the right to read, no text is given."""
    after = _key(cursor)
    async with house.db.reading() as tx:
        scope = await visibility.scope(tx, user.id, user.role)
        match = await search.find(tx, q, with_text=scope.reads) if q.strip() else None
        items, key = await rows.list_rows(
            tx, group, user_id=user.id, scope=scope, inbox_id=inbox, match=match, after=after, limit=limit
        )
    return {"items": items, "next": key and f"{key[0]}~{key[1].isoformat()}~{key[2]}"}


@router.get("/conversations/counts")
async def conversation_counts(user: ListingDep, house: HouseDep) -> dict[str, int]:
    """How many are in each group."""
    async with house.db.reading() as tx:
        return await rows.counts(tx, user.id)


@router.get("/conversations/{key}")
async def conversation(key: str, user: ReadingDep, house: HouseDep) -> dict[str, Any]:
    """One conversation by id or number, with its contact, what you may do, and its newest entries."""
    async with house.db.reading() as tx:
        conversation_id = await _find(tx, user, key)
        row = (await rows.rows_of(tx, [conversation_id]))[0]
        contact = await contacts.profile(tx, row["contact"]["id"])
        found = await queries.entries(tx, conversation_id, before=2**53, limit=PAGE + 1)
    more, found = len(found) > PAGE, found[-PAGE:]
    return row | {
        "contact": row["contact"] | contact,
        "capabilities": capabilities(row, user),
        "entries": [entry_view(one, for_customer=False, sign=for_agent) for one in found],
        "more": more,
    }


def capabilities(row: dict[str, Any], user: SignedIn) -> list[str]:
    """What this colleague may do with the conversation now."""
    if not user.may(Permission.ANSWER):
        return []
    mine = row["holder"]["id"] == user.id
    can = ["note"]
    match row["state"]:
        case "active" if mine:
            can += ["reply", "transfer", "give_back", "end"]
        case "active" if user.may(Permission.TAKE_OVER):
            can.append("take_over")
        case "bot" | "queued":
            can.append("claim")
        case "wrap_up" if mine:
            can.append("wrap_up")
    return can


@router.get("/conversations/{conversation_id}/entries")
async def conversation_entries(
    conversation_id: UUID,
    user: ReadingDep,
    house: HouseDep,
    after: Annotated[int, Query(ge=0)] = 0,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE,
) -> dict[str, Any]:
    """Entries in order; `before` pages backwards."""
    async with house.db.reading() as tx:
        await _find(tx, user, str(conversation_id))
        found = await queries.entries(tx, conversation_id, after=after, before=before, limit=limit + 1)
    more = len(found) > limit
    found = found[-limit:] if before is not None else found[:limit]
    return {"entries": [entry_view(one, for_customer=False, sign=for_agent) for one in found], "more": more}


@router.post("/conversations/{conversation_id}/messages", status_code=201)
async def reply(
    conversation_id: UUID, body: MessageIn, user: AnsweringDep, house: HouseDep, response: Response
) -> dict[str, Any]:
    """Say something to the customer as the holder; 200 when this client id was stored before."""
    client_id = client_id_of(body.id)
    text = text_of(body.text, may_be_empty=bool(body.attachments or body.media))
    await _check(house, user, conversation_id)
    async with house.db.transaction() as tx:
        inbox_id = await tx.value("select inbox_id from conversation where id = %s", (conversation_id,))
        content = await carried(tx, conversation_id, user.id, body.attachments, body.media)
    result = await service.reply(
        house, conversation_id, user_id=user.id, name=user.name, client_id=client_id, text=text,
        content=content, epoch=body.epoch, inbox=house.inboxes.get(inbox_id),
    )  # fmt: skip
    return _stored(result, client_id, conversation_id, response)


@router.post("/conversations/{conversation_id}/notes", status_code=201)
async def note(
    conversation_id: UUID, body: NoteIn, user: AnsweringDep, house: HouseDep, response: Response
) -> dict[str, Any]:
    """Write an internal note, whoever holds."""
    client_id, text = client_id_of(body.id), text_of(body.text)
    await _check(house, user, conversation_id)
    result = await service.note(house, conversation_id, user_id=user.id, name=user.name, client_id=client_id, text=text)
    return _stored(result, client_id, conversation_id, response)


def _stored(result: Appended, client_id: str, conversation_id: UUID, response: Response) -> dict[str, Any]:
    if result.outcome == "duplicate":
        response.status_code = 200
    return {
        "id": client_id,
        "seq": result.seq,
        "message_id": result.message_id,
        "at": stamp(result.at),
        "conversation": conversation_id,
    }


@router.post("/conversations/{conversation_id}/claim")
async def claim(conversation_id: UUID, body: EpochIn, user: AnsweringDep, house: HouseDep) -> dict[str, Any]:
    """Take it from the bot or the queue; a supervisor also from another agent."""
    may_take_over = user.may(Permission.TAKE_OVER)
    await _check(house, user, conversation_id)
    await service.claim(
        house, conversation_id, user_id=user.id, name=user.name, epoch=body.epoch, may_take_over=may_take_over
    )
    return await _row(house, conversation_id)


@router.post("/queue/next")
async def take_next(user: AnsweringDep, house: HouseDep) -> dict[str, Any]:
    """Take the one who has waited longest among those you may take."""
    return await _row(house, await service.take_next(house, user_id=user.id, name=user.name))


@router.post("/conversations/{conversation_id}/transfer")
async def transfer(conversation_id: UUID, body: TransferIn, user: AnsweringDep, house: HouseDep) -> dict[str, Any]:
    """Pass it on; exactly one target."""
    if (body.to_agent is None) == (body.to_queue is None):
        raise Invalid("name either to_agent or to_queue")
    await _check(house, user, conversation_id)
    await service.transfer(
        house, conversation_id, user_id=user.id, name=user.name, epoch=body.epoch, to_agent=body.to_agent,
        to_queue=body.to_queue, note=text_of(body.note, may_be_empty=True),
    )  # fmt: skip
    return await _row(house, conversation_id)


@router.post("/conversations/{conversation_id}/give-back")
async def give_back(conversation_id: UUID, body: GiveBackIn, user: AnsweringDep, house: HouseDep) -> dict[str, Any]:
    """Return it to the bot."""
    await _check(house, user, conversation_id)
    note = text_of(body.note, may_be_empty=True)
    await service.give_back(house, conversation_id, user_id=user.id, name=user.name, epoch=body.epoch, note=note)
    return await _row(house, conversation_id)


@router.post("/conversations/{conversation_id}/end")
async def end(conversation_id: UUID, body: EpochIn, user: AnsweringDep, house: HouseDep) -> dict[str, Any]:
    """End it for the customer; your wrap-up begins."""
    await _check(house, user, conversation_id)
    await service.end(house, conversation_id, user_id=user.id, name=user.name, epoch=body.epoch)
    return await _row(house, conversation_id)


@router.post("/conversations/{conversation_id}/wrap-up")
async def wrap_up(conversation_id: UUID, body: WrapUp, user: AnsweringDep, house: HouseDep) -> dict[str, Any]:
    """Keep the paperwork; your seat is free."""
    await _check(house, user, conversation_id)
    await service.wrap_up(house, conversation_id, user_id=user.id, name=user.name, form=body)
    return await _row(house, conversation_id)


@router.put("/conversations/{conversation_id}/facts/{code}")
async def set_fact(
    conversation_id: UUID,
    code: Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$")],
    body: FactIn,
    user: AnsweringDep,
    house: HouseDep,
) -> dict[str, Any]:
    """Write or correct a known fact of the case (order number, phone …); an empty value removes it."""
    await _check(house, user, conversation_id)
    text = text_of(body.value, may_be_empty=True).strip()
    if len(text) > MAX_FACT:
        raise Invalid(f"a fact is at most {MAX_FACT} characters")
    slots = await service.set_slot(house, conversation_id, user_id=user.id, name=user.name, code=code, value=text)
    return {"facts": slots}


@router.post("/conversations/{conversation_id}/read", status_code=204)
async def read(conversation_id: UUID, body: ReadIn, user: AnsweringDep, house: HouseDep) -> Response:
    """You have read up to `seq`; the customer sees it when you hold the conversation."""
    await _check(house, user, conversation_id)
    await service.mark_read(house, conversation_id, user_id=user.id, seq=body.seq)
    return Response(status_code=204)


@router.post("/conversations/{conversation_id}/typing", status_code=204)
async def typing(conversation_id: UUID, body: TypingIn, user: AnsweringDep, house: HouseDep) -> Response:
    """Shown, not logged; expires after 6 s."""
    await _check(house, user, conversation_id)
    who = {"kind": "agent", "id": user.id, "name": user.name, "ai": False}
    house.live.signal(conversation_id, "typing", {"by": who, "on": body.on})
    return Response(status_code=204)


async def _find(tx: Transaction, user: SignedIn, key: str) -> UUID:
    """The conversation of an id or number, if it is this colleague's to read. Raises: `NotFound`."""
    try:
        conversation_id: UUID | None = UUID(key)
    except ValueError:
        number = int(key) if key.isascii() and key.isdigit() and len(key) < 16 else -1
        conversation_id = await tx.value("select id from conversation where number = %s", (number,))
    if conversation_id is None or not await visibility.may_read(tx, user.id, user.role, conversation_id):
        raise NotFound
    return conversation_id


async def _check(house: House, user: SignedIn, conversation_id: UUID) -> None:
    """Raises: `NotFound` unless he may try to act on it; whether he holds it is for the act to say."""
    async with house.db.reading() as tx:
        if not await visibility.may_address(tx, user.id, user.role, conversation_id):
            raise NotFound


async def _row(house: House, conversation_id: UUID) -> dict[str, Any]:
    async with house.db.reading() as tx:
        return (await rows.rows_of(tx, [conversation_id]))[0]


def _key(cursor: str) -> rows.Key | None:
    if not cursor:
        return None
    try:
        priority, at, conversation_id = cursor.split("~")
        return int(priority), datetime.fromisoformat(at), UUID(conversation_id)
    except ValueError:
        raise Invalid("cursor") from None
