"""What the customer thinks of single answers of the bot."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tongxi.conversations.events import Actor, AnswerRated
from tongxi.conversations.log import hold, record
from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound
from tongxi.kit.live import Live


async def rate_answer(
    tx: Transaction,
    live: Live,
    conversation_id: UUID,
    *,
    seq: int,
    helpful: bool,
    contact_id: UUID,
    at: datetime,
    idle: timedelta,
) -> None:
    """Keep whether the bot's message `seq` helped; the last word counts, saying it again changes nothing.

    Raises: `NotFound` if `seq` is no message of the bot.
    """
    conversation = await hold(tx, conversation_id)
    is_answer = await tx.value(
        "select true from message where conversation_id = %s and seq = %s and sender = 'bot'", (conversation_id, seq)
    )
    if not is_answer:
        raise NotFound
    changed = await tx.execute(
        "insert into answer_feedback as f (conversation_id, seq, helpful, at) values (%s, %s, %s, %s)"
        " on conflict (conversation_id, seq) do update set helpful = excluded.helpful, at = excluded.at"
        " where f.helpful <> excluded.helpful",
        (conversation_id, seq, helpful, at),
    )
    if changed:
        await record(
            tx,
            live,
            conversation,
            AnswerRated(message_seq=seq, helpful=helpful),
            actor=Actor(kind="customer", id=contact_id),
            at=at,
            idle=idle,
        )
