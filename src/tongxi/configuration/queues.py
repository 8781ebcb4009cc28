"""Queues and skills as the business sets them up. Who waits in them is `routing`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from tongxi import audit
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, Invalid, NotFound
from tongxi.kit.ids import new_id

_QUEUE = """
select q.id, q.name, q.skill, q.promise, q.assignment, q.is_default, q.position, q.created_at,
       coalesce((select json_agg(m.user_id order by m.user_id) from queue_member m where m.queue_id = q.id), '[]')
           as members
from queue q
"""
_COLUMNS = ("name", "skill", "promise", "assignment", "is_default", "position")


class CodeTaken(Conflict):
    """There is a skill with this code already."""

    code = "code_taken"


class NeedsDefault(Conflict):
    """One queue has to be the default; make another one the default instead."""

    code = "needs_default"


async def queues(tx: Transaction, *, limit: int, after: UUID | None = None) -> list[dict[str, Any]]:
    """Queues in the order they were made."""
    return await tx.dicts(
        _QUEUE + "where %(after)s::uuid is null or q.id > %(after)s order by q.id limit %(limit)s",
        {"after": after, "limit": limit},
    )


async def queue(tx: Transaction, queue_id: UUID) -> dict[str, Any]:
    """One queue. Raises: `NotFound`."""
    found = await tx.dict(_QUEUE + "where q.id = %s", (queue_id,))
    if found is None:
        raise NotFound
    return found


async def make_queue(tx: Transaction, values: Mapping[str, Any], *, actor_id: UUID, ip: str) -> UUID:
    """Make a queue out of `name` and what else is given; the first one is the default. Raises: `Invalid`."""
    queue_id = new_id()
    await tx.execute("lock table queue in share row exclusive mode")
    await tx.execute(
        "insert into queue (id, name, is_default) values (%s, %s, not exists (select 1 from queue where is_default))",
        (queue_id, values["name"]),
    )
    await _write(tx, queue_id, values)
    await audit.append(tx, actor_id=actor_id, action="queue.made", subject=f"queue:{queue_id}", ip=ip)
    return queue_id


async def change_queue(tx: Transaction, queue_id: UUID, changes: Mapping[str, Any], *, actor_id: UUID, ip: str) -> None:
    """Change a queue; `members` serve it, none: all do. Raises: `NotFound`, `Invalid`, `NeedsDefault`."""
    await tx.execute("lock table queue in share row exclusive mode")
    before = await queue(tx, queue_id)
    if before["is_default"] and changes.get("is_default") is False:
        raise NeedsDefault
    await _write(tx, queue_id, changes)
    await audit.append(
        tx, actor_id=actor_id, action="queue.changed", subject=f"queue:{queue_id}", data={"fields": sorted(changes)},
        ip=ip,
    )  # fmt: skip


async def skills(tx: Transaction) -> list[dict[str, Any]]:
    """All skills: `code`, `name`, and how many people have each."""
    return await tx.dicts(
        "select s.code, s.name, (select count(*) from user_skill u where u.skill = s.code) as people"
        " from skill s order by s.code"
    )


async def make_skill(tx: Transaction, code: str, name: str, *, actor_id: UUID, ip: str) -> None:
    """Make a skill. Raises: `CodeTaken`."""
    if not await tx.execute("insert into skill (code, name) values (%s, %s) on conflict do nothing", (code, name)):
        raise CodeTaken
    await audit.append(tx, actor_id=actor_id, action="skill.made", subject=f"skill:{code}", ip=ip)


async def _write(tx: Transaction, queue_id: UUID, values: Mapping[str, Any]) -> None:
    columns = {name: values[name] for name in _COLUMNS if name in values}
    if isinstance(columns.get("promise"), int):
        columns["promise"] = timedelta(minutes=columns["promise"])
    if columns.get("is_default"):
        await tx.execute("update queue set is_default = false where is_default and id <> %s", (queue_id,))
    if columns.get("is_default") is False:
        del columns["is_default"]  # it is not the default, or the caller has refused
    if columns:
        assignments = ", ".join(f"{name} = %({name})s" for name in columns)
        try:
            async with tx.connection.transaction():
                await tx.execute(f"update queue set {assignments} where id = %(id)s", {**columns, "id": queue_id})
        except psycopg.errors.ForeignKeyViolation:
            raise Invalid(errors=[{"loc": ["body", "skill"], "msg": "there is no such skill"}]) from None
    if "members" in values:
        wanted = list(dict.fromkeys(values["members"]))
        await tx.execute("delete from queue_member where queue_id = %s", (queue_id,))
        kept = await tx.execute(
            "insert into queue_member (queue_id, user_id) select %s, id from app_user where id = any(%s)",
            (queue_id, wanted),
        )
        if kept < len(wanted):
            raise Invalid(errors=[{"loc": ["body", "members"], "msg": "there is no such user"}])
