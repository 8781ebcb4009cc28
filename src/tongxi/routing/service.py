"""Into the queue, out of it, back to its front: the moves between bot and people that nobody's hand makes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from tongxi.conversations import log, service
from tongxi.conversations.events import SYSTEM, Actor, Assigned, Fact, FollowUpPromised, GivenBack, HandedOff
from tongxi.conversations.inboxes import Inbox
from tongxi.conversations.log import Conversation, Say, record
from tongxi.conversations.state import QUEUE_REFRESH, State
from tongxi.decisions import Decision, Reason
from tongxi.house import House
from tongxi.kit.db import Transaction
from tongxi.kit.i18n import t
from tongxi.routing import policy, queries

_ASSIGNMENT_LOCK = 0x746F6E67
"""Advisory lock: one assignment round at a time over all processes, so capacity is never passed."""

FRONT = 2
"""Priority of a customer whose agent went away: before everybody, also those who go first for other reasons (1)."""

AWAY_GRACE = timedelta(seconds=25)
"""An agent whose connection is gone this long loses his conversations."""


async def enqueue(
    tx: Transaction,
    house: House,
    conversation: Conversation,
    inbox: Inbox,
    *,
    decision: Decision,
    actor: Actor,
    cause: Literal["bot", "transfer", "agent_left", "customer"],
    at: datetime,
    queue_id: UUID | None = None,
    from_agent: UUID | None = None,
    noticed: dict[str, Any] | None = None,
) -> bool:
    """Hand a **held** conversation to people; False when nobody is on duty.

    Then the customer is told the truth at once: a follow-up with a promised time, and the bot carries on. Exactly
    one message goes to the customer either way. An agent who went away sends it to the front with its original wait.
    `noticed`: columns of the row the caller learnt (language, subject, mood).
    """
    desk = await queries.desk(tx, queue_id or conversation.queue_id or inbox.queue_id, or_default=True)
    queue_id = desk.queue_id
    language = conversation.language
    queued_at = conversation.queued_at if cause == "agent_left" and conversation.queued_at else at
    priority = FRONT if cause == "agent_left" else conversation.priority
    before = conversation.queue_id
    conversation.queue_id = queue_id
    fact = HandedOff(decision=decision.data(), queue_id=queue_id, cause=cause, from_agent=from_agent)
    changes = {"queue_id": queue_id, "queued_at": queued_at, "priority": priority} | (noticed or {})
    if not desk.on_duty:
        told = await _promise(tx, conversation, inbox, desk.promise, at)
        await record(
            tx, house.live, conversation, fact, GivenBack(), *told,
            actor=actor, at=at, idle=inbox.idle,
            changes=(noticed or {}) | {
                "queue_id": before, "queued_at": None, "priority": 0, "answered_seq": conversation.customer_seq,
                "bot": {},
            },
        )  # fmt: skip
        return False
    place = await _place(tx, conversation, queue_id, priority, queued_at)
    band = await queries.band(tx, queue_id, place)
    fact = fact.model_copy(update={"place": place, "band_seconds": band})
    code = {"agent_left": "agent_left", "transfer": "transferred"}.get(cause, "handed_off")
    key = f"notice.{code}.band" if band else f"notice.{code}"
    params: dict[str, Any] = {"place": place}
    if band:
        params |= {"low": max(1, round(band[0] / 60)), "high": max(1, -(-band[1] // 60))}
    await record(
        tx, house.live, conversation, fact, Say(t(language, key, **params), {"notice": code, "params": params}),
        actor=actor, at=at, idle=inbox.idle, changes=changes,
    )  # fmt: skip
    tx.after_commit(house.queue_changed)
    return True


async def _promise(
    tx: Transaction, conversation: Conversation, inbox: Inbox, promise: timedelta | None, at: datetime
) -> tuple[Fact | Say, ...]:
    """Nobody is here: a follow-up with a time and the one message that says so; later only a line that it was noted."""
    promised_at = _promised(inbox, promise, at)
    fact, is_new = await service.promise(
        tx, conversation, kind="message", reason="off_hours", promised_at=promised_at, at=at
    )
    if is_new:
        return fact, promise_notice(conversation, inbox, fact, "off_hours")
    return (promise_notice(conversation, inbox, fact, "noted" if fact.promised_at > at else "noted_late"),)


def promise_notice(conversation: Conversation, inbox: Inbox, fact: FollowUpPromised, code: str) -> Say:
    """What the customer reads about a promise; the time is the shop's local time."""
    local = fact.promised_at.astimezone(ZoneInfo(inbox.settings.hours.timezone))
    text = t(conversation.language, f"notice.{code}", time=f"{local:%m-%d %H:%M}", number=fact.number)
    params = {"promised_at": fact.promised_at.isoformat(), "number": fact.number}
    return Say(text, {"notice": code, "params": params})


async def _place(
    tx: Transaction, conversation: Conversation, queue_id: UUID | None, priority: int, queued_at: datetime
) -> int:
    ahead = await tx.value(
        "select count(*) from conversation where state = 'queued' and queue_id is not distinct from %s and id <> %s"
        " and (priority > %s or (priority = %s and queued_at <= %s))",
        (queue_id, conversation.id, priority, priority, queued_at),
    )
    return int(ahead) + 1


async def promised_time(tx: Transaction, inbox: Inbox, queue_id: UUID | None, at: datetime) -> datetime:
    """When a person will come back: the queue's promise, counted from the next opening."""
    return _promised(inbox, await tx.value("select promise from queue where id = %s", (queue_id,)), at)


def _promised(inbox: Inbox, promise: timedelta | None, at: datetime) -> datetime:
    return (inbox.settings.hours.opens_at(at) or at) + (promise or timedelta(minutes=30))


async def assign_waiting(house: House) -> int:
    """Give waiting conversations to free agents; how many were assigned. Called after whatever may free or
    fill a seat."""
    async with house.db.reading() as tx:
        if not await tx.value("select exists (select 1 from conversation where state = 'queued')"):
            return 0
    async with house.db.transaction() as tx:
        await tx.execute("select pg_advisory_xact_lock(%s)", (_ASSIGNMENT_LOCK,))
        at = house.clock.now()
        chosen = policy.choose(
            await queries.waiting(tx),
            await queries.seats(tx),
            restricted=await queries.restricted_queues(tx),
            at=at,
        )
        done = 0
        # Locks in one order everywhere: agents, then conversations, each by id. No deadlock with claims or the writer.
        for agent_id in sorted({one.agent_id for one in chosen}):
            await tx.execute("select 1 from app_user where id = %s for update", (agent_id,))
        for one in sorted(chosen, key=lambda one: one.conversation_id):
            conversation = await log.hold(tx, one.conversation_id)
            if conversation.state is State.QUEUED and await seat_free(tx, one.agent_id):
                await seat(tx, house, conversation, one.agent_id, decision=one.decision, at=at)
                done += 1
    if done:
        house.queue_changed()
    return done


async def seat_free(tx: Transaction, agent_id: UUID) -> bool:
    """Lock the agent's seat count for this transaction; True when one is free.

    Every route that fills a seat asks here first, so the capacity holds at every moment.
    """
    row = await tx.dict("select capacity from app_user where id = %s and is_active for update", (agent_id,))
    if row is None:
        return False
    load = await tx.value(
        "select count(*) from conversation where holder_id = %s and state in ('active', 'wrap_up')", (agent_id,)
    )
    return bool(load < row["capacity"])


async def seat(
    tx: Transaction, house: House, conversation: Conversation, agent_id: UUID, *, decision: Decision, at: datetime
) -> None:
    """Assign a **held**, queued conversation to an agent and tell the customer who it is."""
    inbox = house.inboxes.get(conversation.inbox_id)
    waited = (at - conversation.queued_at).total_seconds() if conversation.queued_at else 0.0
    await record(
        tx, house.live, conversation,
        Assigned(agent_id=agent_id, decision=decision.data(), waited_seconds=round(max(0.0, waited), 1)),
        await joined(tx, conversation, agent_id),
        actor=SYSTEM, at=at, idle=inbox.idle, holder_id=agent_id, changes={"priority": 0},
    )  # fmt: skip
    tx.after_commit(lambda: house.assigned(agent_id, conversation.id))


async def joined(tx: Transaction, conversation: Conversation, agent_id: UUID) -> Say:
    """The notice that an agent is here, or that another one carries on."""
    after_agent = conversation.state is State.ACTIVE
    row = await tx.dict("select name, title from app_user where id = %s", (agent_id,))
    assert row is not None
    return Say(
        t(conversation.language, f"notice.{'agent_changed' if after_agent else 'agent_joined'}", name=row["name"]),
        {"notice": "agent_joined", "params": {"name": row["name"], "title": row["title"]}},
    )


_IS_GONE = "(p.leased_until < now() or not u.is_active or u.role not in ('agent', 'supervisor', 'owner'))"
"""Of presence `p` of a user `u`: he is away, was switched off, or has another job now."""


async def release_absent(house: House) -> int:
    """Requeue, at the front, what agents hold who have been gone for the grace time or may not answer now; how many."""
    async with house.db.transaction() as tx:
        rows = await tx.dicts(
            """
            select c.id, c.holder_id, greatest(0, extract(epoch from now() - p.leased_until))::float8 as gone
            from conversation c join app_user u on u.id = c.holder_id join presence p on p.user_id = u.id
            where c.state = 'active' and """
            f"{_IS_GONE} limit 200"
        )
    released = 0
    for row in rows:
        async with house.db.transaction() as tx:
            conversation = await log.hold(tx, row["id"])
            is_gone = await tx.value(
                f"select {_IS_GONE} from presence p join app_user u on u.id = p.user_id where u.id = %s",
                (row["holder_id"],),
            )
            if conversation.holder_id != row["holder_id"] or not is_gone or conversation.state is not State.ACTIVE:
                continue
            inbox = house.inboxes.get(conversation.inbox_id)
            decision = Decision(
                choice="requeue", by="sweeper", policy="presence",
                reasons=(Reason(code="agent_away", value=round(row["gone"] + AWAY_GRACE.total_seconds()),
                                threshold=AWAY_GRACE.total_seconds()),),
            )  # fmt: skip
            await enqueue(
                tx, house, conversation, inbox, decision=decision, actor=SYSTEM, cause="agent_left",
                at=house.clock.now(), from_agent=row["holder_id"],
            )  # fmt: skip
            released += 1
    if released:
        await assign_waiting(house)
    return released


async def refresh_waiting(house: House, conversation_id: UUID) -> None:
    """A minute of waiting is over: promise a follow-up when everybody has left, else renew the deadline."""
    async with house.db.transaction() as tx:
        conversation = await log.hold(tx, conversation_id)
        at = house.clock.now()
        if conversation.state is not State.QUEUED or (conversation.next_action_at and conversation.next_action_at > at):
            return
        inbox = house.inboxes.get(conversation.inbox_id)
        desk = await queries.desk(tx, conversation.queue_id)
        if desk.on_duty:
            await tx.execute(
                "update conversation set next_action_at = %s where id = %s", (at + QUEUE_REFRESH, conversation.id)
            )
            tx.after_commit(house.queue_changed)
            return
        told = await _promise(tx, conversation, inbox, desk.promise, at)
        await record(
            tx, house.live, conversation, GivenBack(), *told, actor=SYSTEM, at=at, idle=inbox.idle,
            changes={"queued_at": None, "priority": 0, "answered_seq": conversation.customer_seq, "bot": {}},
        )  # fmt: skip
    house.queue_changed()
