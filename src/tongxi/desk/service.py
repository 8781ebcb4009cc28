"""What people can do with a conversation: claim, transfer, give back, end, wrap up. One transaction each.

All of it moves the holder, so all of it compares the epoch the caller saw: of several who act at the same moment one
wins, the others are told who holds.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from tongxi import audit
from tongxi.conversations import log, service
from tongxi.conversations.append import Append, Appended, DuplicateClientId, Outcome
from tongxi.conversations.events import Actor, Assigned, Claimed, GivenBack, SlotSet, WrappedUp
from tongxi.conversations.inboxes import Inbox
from tongxi.conversations.log import Conversation, Say, record
from tongxi.conversations.state import HOLDER, IllegalMove, State, next_state
from tongxi.decisions import Decision, Reason
from tongxi.house import House
from tongxi.kit.crypto import digest
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, NotFound
from tongxi.kit.i18n import t
from tongxi.routing import policy, queries
from tongxi.routing import service as routing
from tongxi.routing.policy import Waiting


class NotHolder(Conflict):
    """You do not hold this conversation."""

    code = "not_holder"


class StaleEpoch(Conflict):
    """The holder changed since you looked."""

    code = "stale_epoch"


class AtCapacity(Conflict):
    """All your seats are taken; finish one first."""

    code = "at_capacity"


class QueueEmpty(NotFound):
    """Nobody is waiting whom you may take."""

    code = "queue_empty"


class WrapUp(BaseModel):
    """What an agent leaves behind."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    disposition: str = Field(default="", max_length=80)
    outcome: Literal["", "resolved", "follow_up", "unresolved", "spam"] = ""
    summary: str = Field(default="", max_length=4000)
    tags: list[str] = Field(default_factory=list, max_length=20)
    hard_case: bool = False
    worth_writing: bool = False


def _agent(user_id: UUID, name: str = "") -> Actor:
    return Actor(kind="agent", id=user_id, name=name)


async def who_holds(tx: Transaction, conversation: Conversation) -> dict[str, Any]:
    """Who holds it now, for the answer to whoever lost."""
    name = (
        await tx.value("select name from app_user where id = %s", (conversation.holder_id,))
        if conversation.holder_id
        else None
    )
    return {
        "holder": {"kind": HOLDER[conversation.state].value, "id": conversation.holder_id, "name": name},
        "state": conversation.state.value,
        "epoch": conversation.epoch,
    }


async def holder_now(house: House, conversation_id: UUID) -> dict[str, Any]:
    """`who_holds` without a lock. Raises: `NotFound`."""
    async with house.db.reading() as tx:
        row = await tx.one(Conversation, f"select {log.COLUMNS} from conversation where id = %s", (conversation_id,))
        if row is None:
            raise NotFound
        return await who_holds(tx, row)


async def _hold_mine(tx: Transaction, conversation_id: UUID, epoch: int, user_id: UUID, fact: str) -> Conversation:
    """The conversation if this agent holds it and may make this move."""
    conversation = await log.hold(tx, conversation_id)
    if conversation.holder_id != user_id:
        raise NotHolder(**await who_holds(tx, conversation))
    if conversation.epoch != epoch:
        raise StaleEpoch(**await who_holds(tx, conversation))
    await _allow(tx, conversation, fact)
    return conversation


async def _allow(tx: Transaction, conversation: Conversation, fact: str) -> None:
    """Raises: `IllegalMove`, naming the holder, when `fact` cannot happen now."""
    try:
        next_state(conversation.state, fact)
    except IllegalMove as error:
        raise IllegalMove(error.detail, **await who_holds(tx, conversation)) from None


async def claim(
    house: House, conversation_id: UUID, *, user_id: UUID, name: str, epoch: int | None, may_take_over: bool
) -> None:
    """Take a conversation from the bot, the queue or (`may_take_over`) another agent.

    `epoch` None: whatever it is now. Raises: `StaleEpoch`, `IllegalMove`, `AtCapacity`, `NotHolder`.
    """
    async with house.db.transaction() as tx:
        has_seat = await routing.seat_free(tx, user_id)
        conversation = await log.hold(tx, conversation_id)
        await _take(tx, house, conversation, user_id=user_id, name=name, epoch=epoch,
                    may_take_over=may_take_over, has_seat=has_seat)  # fmt: skip
    house.queue_changed()


async def _take(
    tx: Transaction,
    house: House,
    conversation: Conversation,
    *,
    user_id: UUID,
    name: str,
    epoch: int | None,
    may_take_over: bool,
    has_seat: bool,
) -> None:
    held_by = conversation.holder_id if conversation.state is State.ACTIVE else None
    if held_by == user_id:
        return  # a retry: he has it already
    if epoch is not None and conversation.epoch != epoch:
        raise StaleEpoch(**await who_holds(tx, conversation))
    if held_by is not None and not may_take_over:
        raise NotHolder(**await who_holds(tx, conversation))
    if conversation.state in (State.WRAP_UP, State.CLOSED):
        raise IllegalMove(f"'claimed' is not possible while {conversation.state.value!r}",
                          **await who_holds(tx, conversation))  # fmt: skip
    if not has_seat:
        raise AtCapacity(**await who_holds(tx, conversation))
    inbox = house.inboxes.get(conversation.inbox_id)
    at = house.clock.now()
    waited = (at - conversation.queued_at).total_seconds() if conversation.queued_at else None
    fact = Claimed(
        agent_id=user_id,
        from_holder=conversation.holder.value,
        from_agent=held_by,
        waited_seconds=None if waited is None else round(max(0.0, waited), 1),
    )
    await record(
        tx, house.live, conversation, fact, await routing.joined(tx, conversation, user_id),
        actor=_agent(user_id, name), at=at, idle=inbox.idle, holder_id=user_id, changes={"priority": 0},
    )  # fmt: skip
    if held_by is not None:
        await audit.append(
            tx,
            actor_id=user_id,
            action="conversation.taken_over",
            subject=f"conversation:{conversation.id}",
            data={"from_agent": str(held_by), "number": conversation.number},
        )
    tx.after_commit(lambda: house.assigned(user_id, conversation.id))


async def take_next(house: House, *, user_id: UUID, name: str) -> UUID:
    """Claim the longest waiting conversation this agent may take. Raises: `QueueEmpty`, `AtCapacity`."""
    async with house.db.transaction() as tx:
        has_seat = await routing.seat_free(tx, user_id)
        row = await tx.dict(
            "select coalesce((select array_agg(skill) from user_skill where user_id = %(id)s), '{}') as skills,"
            " coalesce((select array_agg(queue_id) from queue_member where user_id = %(id)s), '{}') as queues",
            {"id": user_id},
        )
        assert row is not None
        me = policy.Seat(user_id, name, 1, 0, frozenset(row["skills"]), frozenset(row["queues"]))
        restricted = await queries.restricted_queues(tx)
        mine: list[Waiting] = [
            one for one in await queries.waiting(tx, pull=True) if policy.may_take(me, one, restricted)
        ]
        if mine and not has_seat:
            raise AtCapacity
        # Two agents asking at the same moment: the second gets the next one instead of an error. Whom something else
        # holds for a moment (a message being written) still waits; if nobody else does, that is worth the moment.
        for lock in ("for update skip locked", "for update"):
            for one in mine:
                waits = f"select id from conversation where id = %s and state = 'queued' {lock}"
                if await tx.value(waits, (one.id,)) is None:
                    continue
                conversation = await log.hold(tx, one.id)
                await _take(tx, house, conversation, user_id=user_id, name=name, epoch=None,
                            may_take_over=False, has_seat=True)  # fmt: skip
                tx.after_commit(house.queue_changed)
                return conversation.id
    raise QueueEmpty


async def reply(
    house: House,
    conversation_id: UUID,
    *,
    user_id: UUID,
    name: str,
    client_id: str,
    text: str,
    content: str,
    epoch: int,
    inbox: Inbox,
    data: str = "{}",
) -> Appended:
    """Say something to the customer. Raises: `NotHolder`, `StaleEpoch`, `DuplicateClientId`, `NotFound`."""
    result = await house.writer.append(
        Append(
            conversation_id=conversation_id,
            sender="agent",
            author_id=user_id,
            client_id=client_id,
            text=text,
            content=content,
            epoch=epoch,
            data=data,
            idle_seconds=inbox.idle.total_seconds(),
            author_name=name,
        )
    )
    return await _checked(house, conversation_id, result)


async def note(house: House, conversation_id: UUID, *, user_id: UUID, name: str, client_id: str, text: str) -> Appended:
    """Write an internal note, whoever holds. Raises: `DuplicateClientId`, `NotFound`."""
    result = await house.writer.append(
        Append(
            conversation_id=conversation_id,
            sender="agent",
            author_id=user_id,
            client_id=client_id,
            text=text,
            is_note=True,
            author_name=name,
        )
    )
    return await _checked(house, conversation_id, result)


async def _checked(house: House, conversation_id: UUID, result: Appended) -> Appended:
    match result.outcome:
        case Outcome.FRESH:
            return result
        case Outcome.DUPLICATE if result.same_body:
            return result
        case Outcome.DUPLICATE:
            raise DuplicateClientId(seq=result.seq, message_id=str(result.message_id))
        case Outcome.NOT_HOLDER | Outcome.STALE_EPOCH:
            fields = await holder_now(house, conversation_id)
            raise (NotHolder if result.outcome is Outcome.NOT_HOLDER else StaleEpoch)(**fields)
        case _:
            raise NotFound


async def transfer(
    house: House,
    conversation_id: UUID,
    *,
    user_id: UUID,
    name: str,
    epoch: int,
    to_agent: UUID | None,
    to_queue: UUID | None,
    note: str = "",
) -> None:
    """Pass a held conversation to an agent on duty with a free seat, or to a queue, with a note for colleagues.

    Raises: `NotHolder`, `StaleEpoch`, `AtCapacity` (of the other agent), `NotFound`.
    """
    async with house.db.transaction() as tx:
        target_has_seat = to_agent is not None and await routing.seat_free(tx, to_agent)
        conversation = await _hold_mine(tx, conversation_id, epoch, user_id, "handed_off")
        inbox = house.inboxes.get(conversation.inbox_id)
        at = house.clock.now()
        await _leave_note(tx, house, conversation, note, actor=_agent(user_id, name))
        decision = Decision(
            choice="transfer", by=str(user_id), policy="agent", reasons=(Reason(code="transferred_by_agent"),)
        )
        if to_agent is not None:
            if to_agent == user_id or not await queries.seats(tx, user_id=to_agent):
                raise NotFound(f"agent {to_agent!r} is not on duty")
            if not target_has_seat:
                raise AtCapacity(**await who_holds(tx, conversation))
            await record(
                tx, house.live, conversation, Assigned(agent_id=to_agent, decision=decision.data()),
                await routing.joined(tx, conversation, to_agent),
                actor=_agent(user_id, name), at=at, idle=inbox.idle, holder_id=to_agent,
            )  # fmt: skip
            tx.after_commit(lambda: house.assigned(to_agent, conversation_id))
        else:
            if to_queue is not None and not await tx.value("select 1 from queue where id = %s", (to_queue,)):
                raise NotFound(f"no queue {to_queue!r}")
            await routing.enqueue(
                tx, house, conversation, inbox, decision=decision, actor=_agent(user_id, name), cause="transfer",
                at=at, queue_id=to_queue, from_agent=user_id,
            )  # fmt: skip
    await routing.assign_waiting(house)


async def give_back(
    house: House, conversation_id: UUID, *, user_id: UUID, name: str, epoch: int, note: str = ""
) -> None:
    """Return a held conversation to the bot, which answers from the next customer message on."""
    async with house.db.transaction() as tx:
        conversation = await _hold_mine(tx, conversation_id, epoch, user_id, "given_back")
        await _leave_note(tx, house, conversation, note, actor=_agent(user_id, name))
        await back_to_bot(tx, house, conversation, actor=_agent(user_id, name), from_agent=user_id)
    await routing.assign_waiting(house)


async def _leave_note(tx: Transaction, house: House, conversation: Conversation, text: str, *, actor: Actor) -> None:
    """The note that goes with a move of a **held** conversation: it stays only if the move happens."""
    if text.strip():
        await record(
            tx, house.live, conversation, Say(text, is_note=True),
            actor=actor, at=house.clock.now(), idle=house.inboxes.get(conversation.inbox_id).idle,
        )  # fmt: skip


async def back_to_bot(
    tx: Transaction, house: House, conversation: Conversation, *, actor: Actor, from_agent: UUID | None = None
) -> None:
    """Give a **held** conversation to the bot with one notice. Raises: `IllegalMove`."""
    inbox = house.inboxes.get(conversation.inbox_id)
    await record(
        tx, house.live, conversation, GivenBack(from_agent=from_agent),
        Say(t(conversation.language, "notice.given_back"), {"notice": "given_back"}),
        actor=actor, at=house.clock.now(), idle=inbox.idle,
        # What was said to people is theirs; the bot starts with the next message.
        changes={"answered_seq": conversation.customer_seq, "queued_at": None, "priority": 0, "bot": {},
                 "waiting_since": None},
    )  # fmt: skip
    tx.after_commit(house.queue_changed)


async def end(house: House, conversation_id: UUID, *, user_id: UUID, name: str, epoch: int) -> None:
    """End a held conversation for the customer; wrap-up begins. Raises: `NotHolder`, `StaleEpoch`, `IllegalMove`."""
    async with house.db.transaction() as tx:
        conversation = await _hold_mine(tx, conversation_id, epoch, user_id, "ended")
        await service.end(
            tx, house.live, conversation, house.inboxes.get(conversation.inbox_id),
            actor=_agent(user_id, name), cause="agent", at=house.clock.now(),
        )  # fmt: skip


async def wrap_up(house: House, conversation_id: UUID, *, user_id: UUID, name: str, form: WrapUp) -> None:
    """Keep disposition, summary and tags; the seat is free. Raises: `NotHolder`, `IllegalMove`."""
    async with house.db.transaction() as tx:
        conversation = await log.hold(tx, conversation_id)
        if conversation.holder_id != user_id:
            raise NotHolder(**await who_holds(tx, conversation))
        await _allow(tx, conversation, "wrapped_up")
        at = house.clock.now()
        tags = list(dict.fromkeys(tag.strip()[:40] for tag in form.tags if tag.strip()))
        await tx.execute(
            "update episode set disposition = %s, outcome = %s, summary = %s, tags = %s, hard_case = %s,"
            " worth_writing = %s, wrapped_up_by = %s, wrapped_up_at = %s where conversation_id = %s and episode = %s",
            (form.disposition, form.outcome, form.summary, tags, form.hard_case, form.worth_writing, user_id, at,
             conversation_id, conversation.episode),
        )  # fmt: skip
        await tx.execute("update conversation set tags = %s where id = %s", (tags, conversation_id))
        await service.close(
            tx, house.live, conversation, house.inboxes.get(conversation.inbox_id),
            fact=WrappedUp(disposition=form.disposition, outcome=form.outcome), actor=_agent(user_id, name), at=at,
        )  # fmt: skip
    await routing.assign_waiting(house)


async def set_slot(
    house: House, conversation_id: UUID, *, user_id: UUID, name: str, code: str, value: str
) -> dict[str, Any]:
    """Write or correct a known fact; an empty value removes it. Everybody on the conversation sees it at once.

    Any colleague who may see the conversation may do it, whoever holds.
    """
    async with house.db.transaction() as tx:
        conversation = await log.hold(tx, conversation_id)
        slots = dict(conversation.slots)
        if value:
            kind = {"kind": slots[code]["kind"]} if slots.get(code, {}).get("kind") else {}
            slots[code] = {"value": value, "seq": conversation.seq + 1, "verified": False, "by": "agent", **kind}
        else:
            slots.pop(code, None)
        await record(
            tx, house.live, conversation, SlotSet(code=code, is_removed=not value),
            actor=_agent(user_id, name), at=house.clock.now(), idle=house.inboxes.get(conversation.inbox_id).idle,
            changes={"slots": slots},
        )  # fmt: skip
        return slots


async def mark_read(house: House, conversation_id: UUID, *, user_id: UUID, seq: int) -> None:
    """Move the read cursor of the holding agent forward, never past what is there; others' looks do not count."""
    async with house.db.transaction() as tx:
        kept = await tx.value(
            "update conversation set agent_read_seq = greatest(agent_read_seq, least(%s, public_seq)),"
            " unread = case when %s >= customer_seq then 0 else unread end"
            " where id = %s and holder_id = %s returning agent_read_seq",
            (seq, seq, conversation_id, user_id),
        )
    if kept is not None:
        house.live.signal(conversation_id, "read", {"by": "agent", "seq": kept})
        house.live.publish(conversation_id, ())


# ── the customer's own moves ──────────────────────────────────────────────────────────────────────────


async def ask_for_person(house: House, conversation_id: UUID, *, contact_id: UUID) -> None:
    """The customer pressed the button: no question, no model, no detour. Again while waiting: nothing happens."""
    async with house.db.transaction() as tx:
        conversation = await log.hold(tx, conversation_id)
        _own(conversation, contact_id)
        inbox = house.inboxes.get(conversation.inbox_id)
        at = house.clock.now()
        actor = Actor(kind="customer", id=contact_id)
        if conversation.state is State.CLOSED:
            await service.reopen(tx, house.live, conversation, inbox, actor=actor, at=at)
        if conversation.state is not State.BOT:
            return
        decision = Decision(
            choice="hand_off", by="customer", policy="button",
            reasons=(Reason(code="asks_for_human", value=1.0, threshold=0.5),),
        )  # fmt: skip
        await routing.enqueue(tx, house, conversation, inbox, decision=decision, actor=actor, cause="customer", at=at)
    await routing.assign_waiting(house)


async def leave_queue(house: House, conversation_id: UUID, *, contact_id: UUID) -> None:
    """The customer goes back to the bot while waiting. Raises: `IllegalMove`."""
    async with house.db.transaction() as tx:
        conversation = await log.hold(tx, conversation_id)
        _own(conversation, contact_id)
        if conversation.state is State.BOT:
            return
        if conversation.state is not State.QUEUED:
            raise IllegalMove(f"'given_back' is not possible while {conversation.state.value!r}",
                              **await who_holds(tx, conversation))  # fmt: skip
        await back_to_bot(tx, house, conversation, actor=Actor(kind="customer", id=contact_id))


async def end_by_customer(house: House, conversation_id: UUID, *, contact_id: UUID) -> None:
    """The customer ends it. Again: nothing happens."""
    async with house.db.transaction() as tx:
        conversation = await log.hold(tx, conversation_id)
        _own(conversation, contact_id)
        if conversation.state in (State.WRAP_UP, State.CLOSED):
            return
        await service.end(
            tx, house.live, conversation, house.inboxes.get(conversation.inbox_id),
            actor=Actor(kind="customer", id=contact_id), cause="customer", at=house.clock.now(),
        )  # fmt: skip
        tx.after_commit(house.queue_changed)


async def follow_up(
    house: House,
    conversation_id: UUID,
    *,
    contact_id: UUID,
    kind: Literal["message", "callback"],
    phone: str,
    email: str,
    text: str = "",
) -> dict[str, Any]:
    """The customer leaves a message or asks to be called instead of waiting; back to the bot, with a promise.

    `text` becomes a message of his; the agent finds it in the conversation.
    """
    async with house.db.transaction() as tx:
        conversation = await log.hold(tx, conversation_id)
        _own(conversation, contact_id)
        if conversation.state not in (State.BOT, State.QUEUED):
            raise IllegalMove(f"no follow-up while {conversation.state.value!r}", **await who_holds(tx, conversation))
        inbox = house.inboxes.get(conversation.inbox_id)
        at = house.clock.now()
        promised_at = await routing.promised_time(tx, inbox, conversation.queue_id or inbox.queue_id, at)
        fact, _ = await service.promise(
            tx, conversation, kind=kind, reason="asked", promised_at=promised_at, at=at, phone=phone, email=email
        )
        notice = routing.promise_notice(conversation, inbox, fact, "follow_up_created")
        said = await _left_text(tx, conversation, contact_id, text)
        facts = (GivenBack(), fact) if conversation.state is State.QUEUED else (fact,)
        answered = conversation.seq + 1 if said else conversation.customer_seq
        await record(
            tx, house.live, conversation, *said, *facts, notice,
            actor=Actor(kind="customer", id=contact_id), at=at, idle=inbox.idle,
            changes={"answered_seq": answered, "queued_at": None, "priority": 0},
        )  # fmt: skip
        tx.after_commit(house.queue_changed)
        return {"number": fact.number, "promised_at": fact.promised_at}


async def _left_text(tx: Transaction, conversation: Conversation, contact_id: UUID, text: str) -> tuple[Say, ...]:
    """What the customer leaves, as a message of his; nothing when this episode has it already."""
    client_id = f"follow-up-{conversation.episode}-{digest(text).hex()[:24]}"
    if not text or await tx.value(
        "select 1 from message where conversation_id = %s and sender = 'customer' and author_id = %s"
        " and client_id = %s",
        (conversation.id, contact_id, client_id),
    ):
        return ()
    return (Say(text, client_id=client_id, by_actor=True),)


async def rate(
    house: House,
    conversation_id: UUID,
    *,
    contact_id: UUID,
    episode: int,
    resolved: bool | None,
    csat: int | None,
    reasons: list[str],
    comment: str,
    skipped: bool,
) -> None:
    """Keep the rating of an episode; "not yet resolved" reopens with the bot. Raises: `AlreadyRated`, `Invalid`."""
    async with house.db.transaction() as tx:
        conversation = await log.hold(tx, conversation_id)
        _own(conversation, contact_id)
        inbox = house.inboxes.get(conversation.inbox_id)
        actor = Actor(kind="customer", id=contact_id)
        at = house.clock.now()
        await service.rate(
            tx, house.live, conversation, inbox, episode=episode, resolved=resolved, csat=csat, reasons=reasons,
            comment=comment, skipped=skipped, actor=actor, at=at,
        )  # fmt: skip
        if resolved is False and not skipped and episode == conversation.episode:
            await service.reopen(tx, house.live, conversation, inbox, actor=actor, at=at)
        tx.after_commit(lambda: house.live.signal(conversation_id, "changed", None))


def _own(conversation: Conversation, contact_id: UUID) -> None:
    if conversation.contact_id != contact_id:
        raise NotFound
