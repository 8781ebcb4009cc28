"""A customer wrote: store it, then whoever holds the conversation goes next.

The commit is the ack. There is no job in between: the bot's turn starts in this process right after the commit; a
crash leaves `customer_seq > answered_seq` on the row, and the sweeper finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import orjson

from tongxi.bot import turn
from tongxi.bot.messages import CustomerMessage
from tongxi.conversations import log, service
from tongxi.conversations.append import Append, Appended, DuplicateClientId, Outcome
from tongxi.conversations.events import Actor
from tongxi.conversations.state import State
from tongxi.house import House
from tongxi.kit.errors import AppError, NotFound


@dataclass(slots=True)
class Incoming:
    """A customer's message, checked by the edge."""

    conversation_id: UUID
    contact_id: UUID
    client_id: str
    text: str
    content: str = "{}"
    """JSON: attachments, the quick reply that was used."""
    quick_reply: str | None = None
    """Id of the offered reply that was used; also in `content`."""
    contact_name: str = ""


Stored = Callable[[Appended | Exception], None]


def receive(house: House, message: Incoming, stored: Stored) -> None:
    """Store the message; `stored` is called once, after the commit or with the error.

    A repeat with the same text is told the first `seq`; with another text it is a `DuplicateClientId`. An ended
    conversation reopens.
    """

    def done(result: Appended | Exception) -> None:
        if isinstance(result, Exception):
            stored(result)
            return
        match result.outcome:
            case Outcome.FRESH:
                stored(result)
                if result.state is State.BOT:
                    turn.start(house, message.conversation_id, _known(message, result))
            case Outcome.DUPLICATE if result.same_body:
                stored(result)
            case Outcome.DUPLICATE:
                stored(DuplicateClientId(seq=result.seq, message_id=str(result.message_id)))
            case Outcome.CLOSED:
                house.live.spawn(_reopen(house, message, stored))
            case _:
                stored(NotFound())

    house.writer.submit(
        Append(
            conversation_id=message.conversation_id,
            sender="customer",
            author_id=message.contact_id,
            client_id=message.client_id,
            text=message.text,
            content=message.content,
            author_name=message.contact_name,
        ),
        done,
    )


def _known(message: Incoming, result: Appended) -> turn.Waiting | None:
    """The turn's reading, when this message is all there is to answer."""
    begin = result.turn
    if begin is None or result.customer_seq > result.answered_seq:
        return None
    return turn.Waiting(
        conversation_id=message.conversation_id,
        inbox_id=begin.inbox_id,
        contact_id=begin.contact_id,
        epoch=result.epoch,
        customer_seq=result.seq,
        language=begin.language,
        memory=begin.memory,
        messages=(CustomerMessage(result.seq, message.text, result.at, message.quick_reply),),
    )


async def _reopen(house: House, message: Incoming, stored: Stored) -> None:
    try:
        async with house.db.transaction() as tx:
            conversation = await log.hold(tx, message.conversation_id)
            inbox = house.inboxes.get(conversation.inbox_id)
            await service.reopen(
                tx, house.live, conversation, inbox,
                actor=Actor(kind="customer", id=message.contact_id), at=house.clock.now(),
            )  # fmt: skip
    except AppError as error:
        stored(error)
        return
    receive(house, message, stored)


def content(attachments: list[dict[str, object]], quick_reply: str | None) -> str:
    """What travels with a customer's text, as JSON."""
    value: dict[str, object] = {}
    if attachments:
        value["attachments"] = attachments
    if quick_reply:
        value["quick_reply"] = quick_reply
    return orjson.dumps(value).decode() if value else "{}"
