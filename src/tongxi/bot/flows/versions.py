"""The operator's own versions of flows: one draft, what was published, the shipped one behind it.

A draft may hold mistakes; what is published may not. Version 0 is the flow as shipped. Every published version stays,
so going back is publishing an old one again.
"""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from tongxi import audit
from tongxi.bot.flows.checking import Known
from tongxi.bot.flows.loading import FlowInvalid, Problem, check, describe, load
from tongxi.bot.flows.registry import shipped
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, NotFound


class StaleDraft(Conflict):
    """Somebody else saved this draft since you read it; compare before saving again."""

    code: ClassVar[str] = "stale_version"


class WrongName(Conflict):
    """The name in the flow is not the name it is saved under; make a new flow for a new name."""

    code: ClassVar[str] = "flow_name"


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of a flow."""

    version: int
    status: str
    source: str
    note: str
    created_at: datetime | None
    author: str | None
    published_at: datetime | None

    @property
    def revision(self) -> str:
        """Of its text: proof of what was read."""
        return revision(self.source)


def revision(source: str) -> str:
    """Short digest of a source."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


_COLUMNS = (
    "v.version, v.status, v.source, v.note, v.created_at, u.name as author, v.published_at"
    " from flow_version v left join app_user u on u.id = v.created_by"
)


async def draft(tx: Transaction, name: str) -> Stored | None:
    """The draft under way."""
    return await tx.one(Stored, f"select {_COLUMNS} where v.name = %s and v.status = 'draft'", (name,))


async def versions(tx: Transaction, name: str) -> list[Stored]:
    """What was published, newest first; the shipped one last."""
    rows = await tx.dicts(
        f"select {_COLUMNS} where v.name = %s and v.status <> 'draft' order by v.version desc", (name,)
    )
    found = [Stored(**row) for row in rows]
    if name in shipped():
        found.append(Stored(0, "shipped", shipped()[name][1], "", None, None, None))
    return found


async def source_of(tx: Transaction, name: str, version: int) -> str:
    """The YAML of a version; 0: as shipped. Raises: `NotFound`."""
    if version == 0 and name in shipped():
        return shipped()[name][1]
    source: str | None = await tx.value(
        "select source from flow_version where name = %s and version = %s", (name, version)
    )
    if source is None:
        raise NotFound
    return source


async def save_draft(
    tx: Transaction, name: str, source: str, *, seen: str, author: UUID, at: datetime, ip: str
) -> list[Problem]:
    """Keep a draft, with its mistakes; gives them. `seen`: revision of the draft that was read, "" without one.

    Raises: `StaleDraft`, `WrongName`.
    """
    flow, problems = check(source)
    if flow is not None and flow.name != name:
        raise WrongName
    await _row(tx, name, author, at)
    known = await draft(tx, name)
    if (known.revision if known else "") != seen:
        raise StaleDraft
    if known is not None:
        await tx.execute(
            "update flow_version set source = %s, created_at = %s, created_by = %s"
            " where name = %s and status = 'draft'",
            (source, at, author, name),
        )
    else:
        version = await _next(tx, name)
        await tx.execute(
            "insert into flow_version (name, version, status, source, created_at, created_by)"
            " values (%s, %s, 'draft', %s, %s, %s)",
            (name, version, source, at, author),
        )
    await audit.append(tx, actor_id=author, action="flow.drafted", subject=f"flow:{name}", ip=ip)
    return problems


async def drop_draft(tx: Transaction, name: str, *, author: UUID, ip: str) -> None:
    """Throw the draft away. Raises: `NotFound`."""
    if not await tx.execute("delete from flow_version where name = %s and status = 'draft'", (name,)):
        raise NotFound
    await audit.append(tx, actor_id=author, action="flow.draft_dropped", subject=f"flow:{name}", ip=ip)


async def publish(
    tx: Transaction, name: str, *, seen: str, note: str, known: Known, author: UUID, at: datetime, ip: str
) -> int:
    """Publish the draft; gives its version. Raises: `NotFound`, `StaleDraft`, `FlowInvalid`, `WrongName`."""
    found = await draft(tx, name)
    if found is None:
        raise NotFound
    if found.revision != seen:
        raise StaleDraft
    if load(found.source, known).name != name:
        raise WrongName
    await _archive(tx, name)
    await tx.execute(
        "update flow_version set status = 'published', note = %s, published_at = %s where name = %s and version = %s",
        (note, at, name, found.version),
    )
    await _live(tx, name, found.version, author, at)
    data = {"version": found.version}
    await audit.append(tx, actor_id=author, action="flow.published", subject=f"flow:{name}", data=data, ip=ip)
    return found.version


async def roll_back(
    tx: Transaction, name: str, version: int, *, known: Known, author: UUID, at: datetime, ip: str
) -> int:
    """Make an earlier version live again, as a new one; 0 goes back to the flow as shipped. Gives what is live.

    Raises: `NotFound`, `FlowInvalid` when its tools are gone.
    """
    source = await source_of(tx, name, version)
    load(source, known)
    await _row(tx, name, author, at)
    await _archive(tx, name)
    live = 0
    if version:
        live = await _next(tx, name)
        await tx.execute(
            "insert into flow_version (name, version, status, source, note, created_at, created_by, published_at)"
            " values (%s, %s, 'published', %s, %s, %s, %s, %s)",
            (name, live, source, f"= {version}", at, author, at),
        )
    await _live(tx, name, live or None, author, at)
    data = {"version": live, "restored": version}
    await audit.append(tx, actor_id=author, action="flow.restored", subject=f"flow:{name}", data=data, ip=ip)
    return live


async def switch(tx: Transaction, name: str, is_enabled: bool, *, author: UUID, at: datetime, ip: str) -> None:
    """Switch a flow on or off."""
    await _row(tx, name, author, at)
    await tx.execute(
        "update flow set is_enabled = %s, updated_at = %s, updated_by = %s where name = %s",
        (is_enabled, at, author, name),
    )
    action = "flow.enabled" if is_enabled else "flow.disabled"
    await audit.append(tx, actor_id=author, action=action, subject=f"flow:{name}", ip=ip)


def diff(before: str, after: str) -> list[dict[str, str]]:
    """Lines of both, in order: `same`, `added`, `removed`."""
    kinds = {" ": "same", "+": "added", "-": "removed"}
    return [
        {"kind": kinds[line[0]], "text": line[2:].rstrip("\n")}
        for line in difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
        if line[0] in kinds
    ]


async def _row(tx: Transaction, name: str, author: UUID, at: datetime) -> None:
    await tx.execute(
        "insert into flow (name, updated_at, updated_by) values (%s, %s, %s) on conflict do nothing", (name, at, author)
    )
    await tx.execute("select 1 from flow where name = %s for update", (name,))


async def _next(tx: Transaction, name: str) -> int:
    found: int = await tx.value("select coalesce(max(version), 0) + 1 from flow_version where name = %s", (name,))
    return found


async def _archive(tx: Transaction, name: str) -> None:
    await tx.execute("update flow_version set status = 'archived' where name = %s and status = 'published'", (name,))


async def _live(tx: Transaction, name: str, version: int | None, author: UUID, at: datetime) -> None:
    await tx.execute(
        "update flow set live_version = %s, updated_at = %s, updated_by = %s where name = %s",
        (version, at, author, name),
    )


__all__ = [
    "FlowInvalid", "StaleDraft", "Stored", "WrongName", "describe", "diff", "draft", "drop_draft", "publish",
    "revision", "roll_back", "save_draft", "source_of", "switch", "versions",
]  # fmt: skip
