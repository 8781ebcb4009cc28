"""Promises to customers that are still open."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.api.pages import Limit
from tongxi.conversations.views import at as stamp
from tongxi.desk import visibility
from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound

router = APIRouter(prefix="/api/v1", tags=["follow-ups"])

AnsweringDep = Annotated[SignedIn, requires(Permission.ANSWER)]

_SELECT = """
select f.id, f.number, f.kind, f.reason, f.phone, f.email, f.promised_at, f.state, f.assignee_id, f.created_at,
  f.done_at,
       c.id as conversation_id, c.number as conversation_number, c.state as conversation_state, c.holder_id, c.queue_id,
       p.name as contact_name, u.name as assignee_name
from follow_up f
join conversation c on c.id = f.conversation_id
join contact p on p.id = f.contact_id
left join app_user u on u.id = f.assignee_id
"""


class FollowUpIn(Body):
    """Take it on or tick it off."""

    state: Literal["open", "done"] | None = None
    assignee_id: UUID | None = None


@router.get("/follow-ups")
async def follow_ups(
    user: AnsweringDep,
    house: HouseDep,
    state: Literal["open", "done"] = "open",
    cursor: Annotated[int, Query(ge=0)] = 0,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Due first; those done newest first. `cursor` counts from the start of the list."""
    order = "f.promised_at, f.id" if state == "open" else "f.done_at desc, f.id desc"
    async with house.db.transaction() as tx:
        scope = await visibility.scope(tx, user.id, user.role)
        rows = await tx.dicts(
            f"{_SELECT} where f.state = %s order by {order} limit %s offset %s", (state, limit + 1, cursor)
        )
    items = [
        _shown(row)
        for row in rows[:limit]
        if scope.may_address(state=row["conversation_state"], holder_id=row["holder_id"], queue_id=row["queue_id"])
    ]
    return {"items": items, "next": cursor + limit if len(rows) > limit else None}


@router.patch("/follow-ups/{follow_up_id}")
async def change(follow_up_id: UUID, body: FollowUpIn, user: AnsweringDep, house: HouseDep) -> dict[str, Any]:
    """Take it on, or say that it is done."""
    async with house.db.transaction() as tx:
        await _find(tx, user, follow_up_id)
        if "assignee_id" in body.model_fields_set:
            if body.assignee_id and not await tx.value(
                "select 1 from app_user where id = %s and is_active", (body.assignee_id,)
            ):
                raise NotFound(f"no colleague {str(body.assignee_id)!r}")
            await tx.execute("update follow_up set assignee_id = %s where id = %s", (body.assignee_id, follow_up_id))
        if body.state is not None:
            await tx.execute(
                "update follow_up set state = %(state)s,"
                " done_at = case when %(state)s = 'done' then %(at)s::timestamptz end"
                " where id = %(id)s",
                {"state": body.state, "at": house.clock.now(), "id": follow_up_id},
            )
        return _shown(await _find(tx, user, follow_up_id))


async def _find(tx: Transaction, user: SignedIn, follow_up_id: UUID) -> dict[str, Any]:
    row = await tx.dict(_SELECT + " where f.id = %s", (follow_up_id,))
    scope = await visibility.scope(tx, user.id, user.role)
    if row is None or not scope.may_address(
        state=row["conversation_state"], holder_id=row["holder_id"], queue_id=row["queue_id"]
    ):
        raise NotFound
    return row


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "number": row["number"],
        "kind": row["kind"],
        "reason": row["reason"],
        "phone": row["phone"],
        "email": row["email"],
        "promised_at": stamp(row["promised_at"]),
        "state": row["state"],
        "assignee": {"id": row["assignee_id"], "name": row["assignee_name"]} if row["assignee_id"] else None,
        "created_at": stamp(row["created_at"]),
        "done_at": stamp(row["done_at"]),
        "conversation": {
            "id": row["conversation_id"],
            "number": row["conversation_number"],
            "state": row["conversation_state"],
        },
        "contact": {"name": row["contact_name"]},
    }
