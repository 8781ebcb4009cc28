"""Conversations as rows of a list (the protocol's `Row`), the same for HTTP and for the socket."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tongxi.conversations.state import HOLDER, State
from tongxi.conversations.views import at as stamp
from tongxi.desk.visibility import Scope
from tongxi.kit.db import Transaction

Key = tuple[int, datetime, UUID]
"""Priority, time and id of a row: where the next page begins."""
Group = Literal["mine", "queue", "bot", "wrap_up", "open", "all", "closed"]

_GROUPS: dict[str, str] = {
    "mine": "c.holder_id = %(user)s and c.state = 'active'",
    "wrap_up": "c.holder_id = %(user)s and c.state = 'wrap_up'",
    "queue": "c.state = 'queued'",
    "bot": "c.state = 'bot'",
    "open": "c.state <> 'closed'",
    "closed": "c.state = 'closed'",
    "all": "true",
}
_BY = {"open": "c.changed_at", "all": "c.changed_at", "closed": "c.changed_at", "queue": "c.queued_at"}
"""What long lists are ordered by: it has an index. Short ones are in order of the last entry."""
_MOVES = "('started','handed_off','assigned','claimed','given_back','ended','wrapped_up','reopened')"

_ROW = """
select c.id, c.number, c.state, c.epoch, c.seq, c.inbox_id, i.name as inbox_name, i.channel, c.contact_id,
       p.name as contact_name, p.is_verified, p.tier, c.holder_id, u.name as holder_name, c.queue_id,
         q.name as queue_name,
       c.subject, c.last_by, c.last_text, c.last_at, c.unread, c.mood, c.waiting_since, c.next_action_at, c.responsible,
       c.queued_at, c.priority, c.customer_read_seq, c.episode, c.tags, c.language, c.bot -> 'plain' as is_plain,
       c.created_at, c.updated_at, c.changed_at,
       case when c.state = 'queued' then (
         select count(*) + 1 from conversation o where o.state = 'queued' and o.queue_id is not distinct from c.queue_id
           and (o.priority > c.priority or (o.priority = c.priority and (o.queued_at, o.id) < (c.queued_at,
             c.id)))) end as place
from conversation c
join inbox i on i.id = c.inbox_id
join contact p on p.id = c.contact_id
left join app_user u on u.id = c.holder_id
left join queue q on q.id = c.queue_id
"""


async def rows_of(tx: Transaction, ids: Collection[UUID]) -> list[dict[str, Any]]:
    """These conversations as rows, in no order."""
    if not ids:
        return []
    return await _complete(tx, await tx.dicts(_ROW + " where c.id = any(%s)", (list(ids),)))


async def list_rows(
    tx: Transaction,
    group: Group,
    *,
    user_id: UUID,
    scope: Scope,
    inbox_id: UUID | None = None,
    match: Sequence[UUID] | None = None,
    held_by: UUID | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> tuple[list[dict[str, Any]], Key | None]:
    """A page of a group, newest change first; the queue in the order of service.

    `match`: only these. `after`: key of the last row of the page before. `held_by`: only what this agent holds.
    """
    sql = _ROW + " where " + _GROUPS[group]
    by = _BY.get(group, "c.updated_at")
    params: dict[str, Any] = {"user": user_id}
    for name, value, condition in (
        ("inbox", inbox_id, "c.inbox_id = %(inbox)s"),
        ("held_by", held_by, "c.holder_id = %(held_by)s"),
        ("match", None if match is None else list(match), "c.id = any(%(match)s)"),
    ):
        if value is not None:
            sql += f" and {condition}"
            params[name] = value
    if not scope.reads_all and scope.reads:
        sql += (
            " and (c.holder_id = %(user)s or c.state = 'bot' or (c.state in ('queued', 'closed')"
            " and (%(queues)s::uuid[] is null or c.queue_id is null or c.queue_id = any(%(queues)s))))"
        )
        params["queues"] = None if scope.queues is None else list(scope.queues)
    if after is not None:
        params |= {"priority": after[0], "at": after[1], "id": after[2]}
        sql += (
            " and (-c.priority, c.queued_at, c.id) > (-%(priority)s, %(at)s, %(id)s)"
            if group == "queue"
            else f" and ({by}, c.id) < (%(at)s, %(id)s)"
        )
    sql += (
        " order by c.priority desc, c.queued_at, c.id limit %(limit)s"
        if group == "queue"
        else f" order by {by} desc, c.id desc limit %(limit)s"
    )
    raw = await tx.dicts(sql, params | {"limit": limit + 1})
    last = raw[limit - 1] if len(raw) > limit else None
    key = None if last is None else (last["priority"], last[by.removeprefix("c.")], last["id"])
    found = await _complete(tx, raw[:limit])
    return (found if scope.reads else [without_content(row) for row in found]), key


def without_content(row: dict[str, Any]) -> dict[str, Any]:
    """What an auditor sees: that there was a conversation, its states and times; no text, no names of customers."""
    last = row["last"]
    return row | {
        "contact": row["contact"] | {"name": "", "tier": ""},
        "subject": "",
        "tags": [],
        "last": last and last | {"text": ""},
    }


async def counts(tx: Transaction, user_id: UUID) -> dict[str, int]:
    """How many are in each group of this agent."""
    row = await tx.dict(
        "select count(*) filter (where holder_id = %(user)s and state = 'active') as mine,"
        " count(*) filter (where state = 'queued') as queue, count(*) filter (where state = 'bot') as bot,"
        " count(*) filter (where holder_id = %(user)s and state = 'wrap_up') as wrap_up"
        " from conversation where state <> 'closed'",
        {"user": user_id},
    )
    assert row is not None
    return row


async def _complete(tx: Transaction, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [row["id"] for row in found]
    moves: dict[UUID, list[dict[str, Any]]] = {one: [] for one in ids}
    if ids:
        for move in await tx.dicts(
            "select conversation_id, type, at, data -> 'decision' -> 'reasons' as reasons from log_entry"
            f" where conversation_id = any(%s) and type in {_MOVES} order by conversation_id, seq",
            (ids,),
        ):
            moves[move["conversation_id"]].append(move)
    return [_row(row, moves[row["id"]]) for row in found]


def _row(row: dict[str, Any], moves: list[dict[str, Any]]) -> dict[str, Any]:
    handed_off = next((move for move in reversed(moves) if move["type"] == "handed_off"), None)
    return {
        "id": row["id"],
        "number": row["number"],
        "state": row["state"],
        "epoch": row["epoch"],
        "seq": row["seq"],
        "inbox": {"id": row["inbox_id"], "name": row["inbox_name"], "channel": row["channel"]},
        "contact": {
            "id": row["contact_id"],
            "name": row["contact_name"],
            "verified": row["is_verified"],
            "tier": row["tier"],
        },
        "holder": {
            "kind": HOLDER[State(row["state"])].value,
            "id": row["holder_id"],
            "name": row["holder_name"],
        },
        "queue": {"id": row["queue_id"], "name": row["queue_name"]} if row["queue_id"] else None,
        "subject": row["subject"],
        "last": {"by": row["last_by"], "text": row["last_text"], "at": stamp(row["last_at"])}
        if row["last_by"]
        else None,
        "unread": row["unread"],
        "mood": row["mood"],
        "reasons": [reason["code"] for reason in (handed_off["reasons"] or []) if reason.get("met", True)]
        if handed_off
        else [],
        "waiting_since": stamp(row["waiting_since"]),
        "next_action_at": stamp(row["next_action_at"]),
        "responsible": row["responsible"] or "nobody",
        "queued_at": stamp(row["queued_at"]),
        "place": row["place"],
        "seats": seats([(move["type"], move["at"]) for move in moves], row["updated_at"]),
        "episode": row["episode"],
        "tags": row["tags"],
        "customer_read_seq": row["customer_read_seq"],
        "language": row["language"],
        "plain": bool(row["is_plain"]),
        "created_at": stamp(row["created_at"]),
        "updated_at": stamp(row["updated_at"]),
        "changed_at": stamp(row["changed_at"]),
    }


_SEAT_AFTER = {
    "started": "bot",
    "handed_off": "queue",
    "assigned": "agent",
    "claimed": "agent",
    "given_back": "bot",
    "ended": "nobody",
    "wrapped_up": "nobody",
    "reopened": "bot",
}


def seats(moves: Sequence[tuple[str, datetime]], until: datetime) -> list[tuple[str, float]]:
    """Who held it for which share of the time, in order: `[(holder, 0…1)]`; the time nobody held it does not count.

    Each stay has at least 4 % so that a short one is still seen.
    """
    stays: list[tuple[str, float]] = []
    for index, (kind, start) in enumerate(moves):
        end = moves[index + 1][1] if index + 1 < len(moves) else max(until, start)
        holder = _SEAT_AFTER[kind]
        if kind == "reopened" and moves[index - 1][0] == "ended" and stays and stays[-1][0] == "agent":
            holder = "agent"  # out of wrap-up it goes back to whom it came from
        if holder == "nobody":
            continue
        seconds = max((end - start).total_seconds(), 0.001)
        if stays and stays[-1][0] == holder:
            stays[-1] = (holder, stays[-1][1] + seconds)
        else:
            stays.append((holder, seconds))
    total = sum(seconds for _, seconds in stays)
    shares = [(holder, max(seconds / total, 0.04)) for holder, seconds in stays]
    total = sum(share for _, share in shares)
    return [(holder, round(share / total, 3)) for holder, share in shares]
