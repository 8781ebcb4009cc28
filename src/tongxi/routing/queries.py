"""Reads about waiting: places in the queues, what is told about the wait, the customer's view of a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tongxi.configuration import InboxSettings
from tongxi.conversations.inboxes import Inbox
from tongxi.conversations.log import Conversation
from tongxi.conversations.slots import told
from tongxi.conversations.state import HOLDER, State
from tongxi.kit.db import Transaction
from tongxi.routing.policy import Seat, Waiting
from tongxi.routing.waits import band_seconds

_VIEW = """
select c.id, c.number, c.state, c.epoch, c.seq, c.public_seq, c.episode, c.language, c.agent_read_seq,
  c.customer_read_seq,
       c.queue_id, c.queued_at, c.priority, c.slots, c.inbox_id, c.contact_id, c.promised_at, i.settings,
       u.id as agent_id, u.name as agent_name, u.title as agent_title,
       exists (select 1 from rating r where r.conversation_id = c.id and r.episode = c.episode) as rated,
       exists (select 1 from message m where m.conversation_id = c.id
               and (m.sender = 'customer' or m.sender = 'agent' and not m.is_note)
               and m.seq > coalesce((select max(l.seq) from log_entry l where l.conversation_id = c.id
                                     and l.type = 'reopened'), 0)) as spoke
from conversation c
join inbox i on i.id = c.inbox_id
left join app_user u on u.id = c.holder_id
"""


async def customer_view(
    tx: Transaction, contact_id: UUID, inbox_id: UUID, conversation_id: UUID | None = None
) -> dict[str, Any] | None:
    """The ConversationView of the protocol: the one asked for, or the contact's newest in the inbox; None if
    not his."""
    if conversation_id is None:
        row = await tx.dict(
            _VIEW + " where c.contact_id = %s and c.inbox_id = %s order by c.created_at desc limit 1",
            (contact_id, inbox_id),
        )
    else:
        row = await tx.dict(
            _VIEW + " where c.id = %s and c.contact_id = %s and c.inbox_id = %s",
            (conversation_id, contact_id, inbox_id),
        )
    if row is None:
        return None
    state = State(row["state"])
    settings = InboxSettings.model_validate(row["settings"])
    holder: dict[str, Any] = {"kind": HOLDER[state].value, "name": None, "role": None, "avatar": None}
    if state is State.BOT:
        holder["name"] = settings.persona_name(row["language"])
    elif state is State.ACTIVE:
        holder |= {"name": row["agent_name"], "role": row["agent_title"] or None}
    return {
        "id": row["id"],
        "number": row["number"],
        "state": state.value,
        "epoch": row["epoch"],
        "seq": row["public_seq"],
        "log_seq": row["seq"],
        "holder": holder,
        "queue": await queue_view(tx, row) if state is State.QUEUED else None,
        "episode": row["episode"],
        "rating": {
            "invited": state in (State.CLOSED, State.WRAP_UP)
            and row["spoke"]
            and settings.rating_enabled
            and not row["rated"],
            "given": row["rated"],
        },
        "agent_read_seq": row["agent_read_seq"],
        "customer_read_seq": row["customer_read_seq"],
        "language": row["language"],
    }


def new_view(conversation: Conversation, inbox: Inbox) -> dict[str, Any]:
    """`customer_view` of a conversation made a moment ago, without asking."""
    name = inbox.settings.persona_name(conversation.language)
    return {
        "id": conversation.id,
        "number": conversation.number,
        "state": conversation.state.value,
        "epoch": conversation.epoch,
        "seq": conversation.public_seq,
        "log_seq": conversation.seq,
        "holder": {"kind": conversation.holder.value, "name": name, "role": None, "avatar": None},
        "queue": None,
        "episode": conversation.episode,
        "rating": {"invited": False, "given": False},
        "agent_read_seq": 0,
        "customer_read_seq": 0,
        "language": conversation.language,
    }


async def queue_view(tx: Transaction, row: dict[str, Any]) -> dict[str, Any]:
    """Place in the queue and what is told about the wait."""
    counts = await tx.dict(
        """
        select count(*) filter (where state = 'queued' and (priority, queued_at, id) <> (%(priority)s,
          %(queued_at)s, %(id)s)
                 and (priority > %(priority)s or (priority = %(priority)s and (queued_at, id) < (%(queued_at)s,
                   %(id)s)))) as ahead,
               count(*) filter (where state = 'active') as serving
        from conversation where state in ('queued', 'active') and queue_id is not distinct from %(queue)s
        """,
        {"priority": row["priority"], "queued_at": row["queued_at"], "id": row["id"], "queue": row["queue_id"]},
    )
    assert counts is not None
    place = counts["ahead"] + 1
    return {
        "place": place,
        "ahead": counts["ahead"],
        "serving": counts["serving"],
        "band_seconds": await band(tx, row["queue_id"], place),
        "known": told(row["slots"], row["language"]),
    }


async def band(tx: Transaction, queue_id: UUID | None, place: int) -> tuple[int, int] | None:
    """P50 and P90 of the wait in seconds for someone at `place`; None when the last four hours say too little."""
    # Whoever left had waited through the whole gap: otherwise the queue was empty in between and nobody was slow.
    rows = await tx.dicts(
        """
        select gap from (
          select extract(epoch from l.at - lag(l.at) over (order by l.at))::float8 as gap, l.at,
                 (l.data ->> 'waited_seconds')::float8 as waited
          from log_entry l join conversation c on c.id = l.conversation_id
          where l.type in ('assigned', 'claimed') and l.at > now() - interval '4 hours'
            and (l.data ->> 'waited_seconds') is not null and c.queue_id is not distinct from %s
          order by l.at desc limit 200
        ) departure where gap is not null and waited >= gap
        """,
        (queue_id,),
    )
    return band_seconds([row["gap"] for row in rows], place)


async def waiting(tx: Transaction, *, pull: bool = False) -> list[Waiting]:
    """Everybody in a queue, in the order they will be served; `pull`: also those agents take themselves."""
    rows = await tx.dicts(
        """
        select c.id, c.queue_id, c.priority, c.queued_at, c.language, q.skill
        from conversation c left join queue q on q.id = c.queue_id
        where c.state = 'queued' and (%s or coalesce(q.assignment, 'auto') = 'auto')
        order by c.priority desc, c.queued_at, c.id limit 500
        """,
        (pull,),
    )
    return [Waiting(**row) for row in rows]


async def seats(tx: Transaction, *, user_id: UUID | None = None) -> list[Seat]:
    """Agents who can take conversations now: on duty, connected, and how full they are."""
    rows = await tx.dicts(
        """
        select u.id, u.capacity, u.name,
               (select count(*) from conversation c where c.holder_id = u.id and c.state in ('active',
                 'wrap_up')) as load,
               coalesce((select array_agg(s.skill) from user_skill s where s.user_id = u.id), '{}') as skills,
               coalesce((select array_agg(m.queue_id) from queue_member m where m.user_id = u.id), '{}') as queues,
               (select max(l.at) from log_entry l join conversation c on c.id = l.conversation_id
                 where c.holder_id = u.id and l.type in ('assigned', 'claimed')) as last_assigned_at
        from app_user u join presence p on p.user_id = u.id
        where u.is_active and u.role in ('agent', 'supervisor', 'owner') and p.state = 'online'
          and p.leased_until > now()
          and (%(user)s::uuid is null or u.id = %(user)s)
        """,
        {"user": user_id},
    )
    return [
        Seat(row["id"], row["name"], row["capacity"], row["load"], frozenset(row["skills"]), frozenset(row["queues"]),
             row["last_assigned_at"])
        for row in rows
    ]  # fmt: skip


async def places(tx: Transaction) -> list[dict[str, Any]]:
    """`conversation_id`, `queue_id`, `place`, `ahead`, `serving` of everybody who waits."""
    return await tx.dicts(
        """
        select c.id as conversation_id, c.queue_id,
               row_number() over w as place, row_number() over w - 1 as ahead, coalesce(s.n, 0) as serving
        from conversation c
        left join (select queue_id, count(*) as n from conversation where state = 'active' group by 1) s
          on s.queue_id is not distinct from c.queue_id
        where c.state = 'queued'
        window w as (partition by c.queue_id order by c.priority desc, c.queued_at, c.id)
        """
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """The people behind a queue."""

    queue_id: UUID | None
    """None: there is no queue, and everybody takes."""
    on_duty: bool
    """An agent who may take from it is at his desk, busy or not (the rule of `policy.may_take`)."""
    promise: timedelta | None
    """How soon a person comes back, counted from the next opening."""


async def desk(tx: Transaction, queue_id: UUID | None, *, or_default: bool = False) -> Desk:
    """Who is behind a queue; `or_default`: behind the usual one where none is named."""
    row = await tx.dict(
        """
        with q as (
          select id, skill, promise from queue
          where id = %(queue)s or (%(queue)s::uuid is null and %(or_default)s)
          order by is_default desc, position, created_at limit 1
        )
        select coalesce(%(queue)s, (select id from q)) as queue_id, (select promise from q) as promise, exists (
          select 1 from app_user u join presence p on p.user_id = u.id left join q on true
          where u.is_active and u.role in ('agent', 'supervisor', 'owner')
            and p.state = 'online' and p.leased_until > now()
            and (q.skill is null or exists (
                  select 1 from user_skill s where s.user_id = u.id and s.skill = q.skill))
            and (not exists (select 1 from queue_member m where m.queue_id = q.id)
                 or exists (select 1 from queue_member m where m.queue_id = q.id and m.user_id = u.id))
        ) as on_duty
        """,
        {"queue": queue_id, "or_default": or_default},
    )
    assert row is not None
    return Desk(**row)


async def restricted_queues(tx: Transaction) -> frozenset[UUID]:
    """Queues that have members of their own."""
    return frozenset(row["queue_id"] for row in await tx.dicts("select distinct queue_id from queue_member"))
