"""Use cases on a conversation itself: start, reopen, end, follow up, rate."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import orjson

from tongxi.conversations.events import Actor, Ended, FollowUpPromised, Rated, Reopened, Started, WrappedUp
from tongxi.conversations.inboxes import Inbox
from tongxi.conversations.log import COLUMNS, Conversation, Say, record
from tongxi.conversations.state import State
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, Invalid
from tongxi.kit.i18n import t
from tongxi.kit.ids import new_id
from tongxi.kit.live import Live


class AlreadyRated(Conflict):
    """This part of the conversation has a rating already."""

    code = "already_rated"


async def start(
    tx: Transaction,
    live: Live,
    inbox: Inbox,
    *,
    contact_id: UUID,
    session_id: UUID | None,
    language: str,
    at: datetime,
) -> tuple[UUID, Conversation | None]:
    """The contact's newest conversation in the inbox; made, and then given too, if there is none. Safe to race."""
    started = Started(inbox_id=inbox.id, channel=inbox.channel)
    holds = "select coalesce(merged_into, id) from contact where id = %s for update"
    while (now := await tx.value(holds, (contact_id,))) not in (None, contact_id):
        contact_id = now  # signed in at this very moment, on another socket
    found = await tx.value(
        "select id from conversation where contact_id = %s and inbox_id = %s order by created_at desc limit 1",
        (contact_id, inbox.id),
    )
    if found is not None:
        return found, None
    made = await tx.one(
        Conversation,
        f"""
        with made as (
          insert into conversation (id, inbox_id, contact_id, session_id, queue_id, language, seq, responsible,
                                    next_action_at, created_at, updated_at, changed_at)
          values (%(id)s, %(inbox)s, %(contact)s, %(session)s, %(queue)s, %(language)s, 1, 'customer',
                  %(idle)s, %(at)s, %(at)s, %(at)s)
          returning {COLUMNS}
        ), opened as (
          insert into episode (conversation_id, episode, opened_at) select id, 1, %(at)s from made
        ), logged as (
          insert into log_entry (conversation_id, seq, type, at, actor, actor_id, data)
          select id, 1, %(fact)s, %(at)s, 'customer', %(contact)s, %(data)s::jsonb from made
        )
        select * from made
        """,
        {
            "id": new_id(),
            "inbox": inbox.id,
            "contact": contact_id,
            "session": session_id,
            "queue": inbox.queue_id,
            "language": language,
            "idle": at + inbox.idle,
            "at": at,
            "fact": started.type,
            "data": orjson.dumps(started.data()).decode(),
        },
    )
    assert made is not None
    tx.after_commit(lambda: live.publish(made.id, (), changed=True))
    return made.id, made


async def reopen(
    tx: Transaction, live: Live, conversation: Conversation, inbox: Inbox, *, actor: Actor, at: datetime
) -> None:
    """Open a **held**, ended conversation for a new episode: with the agent still in wrap-up, else with the bot."""
    if conversation.state not in (State.CLOSED, State.WRAP_UP):
        return
    same_agent = conversation.holder_id if conversation.state is State.WRAP_UP else None
    episode = conversation.episode + 1
    await tx.execute(
        "insert into episode (conversation_id, episode, opened_at) values (%s, %s, %s)", (conversation.id, episode, at)
    )
    await record(
        tx, live, conversation, Reopened(episode=episode),
        actor=actor, at=at, idle=inbox.idle, holder_id=same_agent,
        # A new episode starts with a fresh memory; what is known about the case stays in `slots`.
        changes={"episode": episode, "bot": {}, "answered_seq": conversation.customer_seq, "queued_at": None},
    )  # fmt: skip


async def end(
    tx: Transaction,
    live: Live,
    conversation: Conversation,
    inbox: Inbox,
    *,
    actor: Actor,
    cause: Literal["agent", "customer", "bot", "idle", "agent_left", "merged"],
    at: datetime,
) -> None:
    """End the episode of a **held** conversation and tell the customer once.

    Raises: `IllegalMove` if it is over already.
    """
    notice = "idle_ended" if cause == "idle" else "ended"
    await record(
        tx, live, conversation, Ended(cause=cause),
        Say(t(conversation.language, f"notice.{notice}"), {"notice": notice}),
        actor=actor, at=at, idle=inbox.idle,
        changes={"answered_seq": conversation.customer_seq, "waiting_since": None, "queued_at": None, "unread": 0},
    )  # fmt: skip
    await tx.execute(
        "update episode set ended_at = %s, ended_by = %s where conversation_id = %s and episode = %s",
        (at, cause, conversation.id, conversation.episode),
    )


async def close(
    tx: Transaction,
    live: Live,
    conversation: Conversation,
    inbox: Inbox,
    *,
    fact: WrappedUp,
    actor: Actor,
    at: datetime,
) -> None:
    """Finish wrap-up of a **held** conversation; the agent's capacity is free.

    Raises: `IllegalMove` unless in wrap-up.
    """
    await record(tx, live, conversation, fact, actor=actor, at=at, idle=inbox.idle)


async def promise(
    tx: Transaction,
    conversation: Conversation,
    *,
    kind: Literal["message", "callback"],
    reason: Literal["off_hours", "asked"],
    promised_at: datetime,
    at: datetime,
    phone: str = "",
    email: str = "",
) -> tuple[FollowUpPromised, bool]:
    """Make (or find the open) follow-up of a **held** conversation; give the fact to record, and whether it is new.

    An open one keeps its time, also when that has passed, unless the customer asks for another arrangement.
    """
    row = await tx.dict(
        """
        with open as (
          update follow_up set
            kind = case when %(kind)s = 'callback' then 'callback' else kind end,
            promised_at = case when %(reason)s = 'asked' and promised_at < %(at)s then %(promised_at)s
                          else promised_at end,
            phone = coalesce(nullif(%(phone)s, ''), phone), email = coalesce(nullif(%(email)s, ''), email)
          where id = (select id from follow_up where conversation_id = %(conversation)s and state = 'open' limit 1)
          returning id, number, kind, promised_at
        ), made as (
          insert into follow_up (id, conversation_id, contact_id, kind, reason, phone, email, promised_at)
          select %(id)s, %(conversation)s, %(contact)s, %(kind)s, %(reason)s, %(phone)s, %(email)s, %(promised_at)s
          where not exists (select from open)
          returning id, number, kind, promised_at
        )
        select *, false as is_new from open union all select *, true from made
        """,
        {
            "id": new_id(),
            "conversation": conversation.id,
            "contact": conversation.contact_id,
            "kind": kind,
            "reason": reason,
            "phone": phone,
            "email": email,
            "promised_at": promised_at,
            "at": at,
        },
    )
    assert row is not None
    is_new = row.pop("is_new")
    return FollowUpPromised(follow_up_id=row.pop("id"), **row), is_new


async def rate(
    tx: Transaction,
    live: Live,
    conversation: Conversation,
    inbox: Inbox,
    *,
    episode: int,
    resolved: bool | None,
    csat: int | None,
    reasons: list[str],
    comment: str,
    skipped: bool,
    actor: Actor,
    at: datetime,
) -> None:
    """Keep the customer's rating of an episode of a **held** conversation. Once per episode.

    Raises: `AlreadyRated`; `Invalid` for an episode that is not there or not over.
    """
    ended = await tx.value(
        "select ended_at is not null from episode where conversation_id = %s and episode = %s",
        (conversation.id, episode),
    )
    if not ended:
        raise Invalid(f"episode {episode!r} has not ended")
    stored = await tx.execute(
        "insert into rating (conversation_id, episode, resolved, csat, reasons, comment, skipped, at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (conversation.id, episode, resolved, csat, reasons, comment, skipped, at),
    )
    if not stored:
        raise AlreadyRated
    await record(
        tx, live, conversation, Rated(episode=episode, resolved=resolved, csat=csat, skipped=skipped),
        actor=actor, at=at, idle=inbox.idle,
    )  # fmt: skip
