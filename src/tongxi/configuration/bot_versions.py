"""Draft, publish and restore the bot's settings. The draft is shared; nobody overwrites what he has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tongxi import audit
from tongxi.configuration import store
from tongxi.configuration.bot import NAME, BotSettings, diff
from tongxi.configuration.inbox import Persona
from tongxi.configuration.store import StaleVersion
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, NotFound


class NothingToPublish(Conflict):
    """There is no draft, or it says what is published already."""

    code = "nothing_to_publish"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being prepared."""

    value: BotSettings
    based_on: int
    revision: int
    author: str | None
    updated_at: datetime


async def draft(tx: Transaction, *, hold: bool = False) -> Draft | None:
    """The draft, if there is one; `hold` locks it until the end of the transaction."""
    row = await tx.dict(
        "select d.value, d.based_on, d.revision, d.updated_at, (select name from app_user u where u.id = d.author_id)"
        " as author from bot_draft d" + (" for update of d" if hold else "")
    )
    if row is None:
        return None
    return Draft(
        BotSettings.model_validate(row["value"]), row["based_on"], row["revision"], row["author"], row["updated_at"]
    )


async def save_draft(
    tx: Transaction, value: BotSettings, *, revision: int, author_id: UUID, ip: str, at: datetime
) -> int:
    """Store the draft over the `revision` that was read (0: there was none); give the new one.

    Raises: `StaleVersion` when somebody saved in the meantime.
    """
    held = await draft(tx, hold=True)
    if (held.revision if held else 0) != revision:
        raise StaleVersion(name=NAME)
    based_on = held.based_on if held else (await store.read(tx, NAME, BotSettings)).version
    stored = await tx.execute(
        "insert into bot_draft (value, based_on, revision, author_id, updated_at) values (%s, %s, %s, %s, %s)"
        " on conflict (id) do update set value = excluded.value, revision = excluded.revision,"
        " author_id = excluded.author_id, updated_at = excluded.updated_at where bot_draft.revision = %s",
        (Jsonb(value.model_dump(mode="json")), based_on, revision + 1, author_id, at, revision),
    )
    if not stored:
        raise StaleVersion(name=NAME)
    if held is None:
        await audit.append(tx, actor_id=author_id, action="bot.drafted", subject="bot", data={"after": based_on}, ip=ip)
    return revision + 1


async def discard(tx: Transaction, *, author_id: UUID, ip: str) -> None:
    """Throw the draft away. Twice is once."""
    if await tx.execute("delete from bot_draft"):
        await audit.append(tx, actor_id=author_id, action="bot.draft_discarded", subject="bot", ip=ip)


async def publish(tx: Transaction, *, revision: int, note: str, author_id: UUID, ip: str, at: datetime) -> int:
    """Make the draft the next version; give its number.

    Raises: `NothingToPublish`; `StaleVersion` when the draft is another one than `revision`, or was begun from a
    version that is no longer the published one.
    """
    held = await draft(tx, hold=True)
    if held is None:
        raise NothingToPublish
    if held.revision != revision:
        raise StaleVersion(name=NAME)
    now = await store.read(tx, NAME, BotSettings)
    changes = diff(now.value, held.value)
    if not changes:
        raise NothingToPublish
    version = await store.save(tx, NAME, held.value, author_id=author_id, after=held.based_on)
    await _describe(tx, version, note, None)
    await _rename(tx, now.value, held.value, at)
    await tx.execute("delete from bot_draft")
    await audit.append(
        tx, actor_id=author_id, action="bot.published", subject=f"bot:{version}",
        data={"fields": [change.path for change in changes][:50]}, ip=ip,
    )  # fmt: skip
    return version


async def restore(tx: Transaction, version: int, *, after: int, author_id: UUID, ip: str, at: datetime) -> int:
    """Publish an old version again, as a new one on top of `after`; give its number. The draft stays.

    Raises: `NotFound`, `StaleVersion`.
    """
    old = await published(tx, version)
    now = await store.read(tx, NAME, BotSettings)
    made = await store.save(tx, NAME, old, author_id=author_id, after=after)
    await _describe(tx, made, "", version)
    await _rename(tx, now.value, old, at)
    # A draft goes on from what is published now; what it changes is shown against that.
    await tx.execute("update bot_draft set based_on = %s where based_on = %s", (made, after))
    await audit.append(
        tx, actor_id=author_id, action="bot.restored", subject=f"bot:{made}", data={"version": version}, ip=ip
    )
    return made


async def published(tx: Transaction, version: int) -> BotSettings:
    """The settings of a version; 0 is the product's own. Raises: `NotFound`."""
    if version == 0:
        return BotSettings()
    found = await store.read(tx, NAME, BotSettings, version=version)
    if found.version != version:
        raise NotFound
    return found.value


async def versions(tx: Transaction, *, limit: int, before: int | None = None) -> list[dict[str, Any]]:
    """Published versions, newest first: `version`, `author`, `at`, `note`, `restored_from`, `value`, `previous`."""
    return await tx.dicts(
        "select c.version, c.at, c.note, c.restored_from, c.value, p.value as previous, u.name as author"
        " from configuration c left join app_user u on u.id = c.author_id"
        " left join configuration p on p.name = c.name and p.version = c.version - 1"
        " where c.name = %(name)s and (%(before)s::int is null or c.version < %(before)s)"
        " order by c.version desc limit %(limit)s",
        {"name": NAME, "before": before, "limit": limit},
    )


async def _describe(tx: Transaction, version: int, note: str, restored_from: int | None) -> None:
    await tx.execute(
        "update configuration set note = %s, restored_from = %s where name = %s and version = %s",
        (note, restored_from, NAME, version),
    )


async def _rename(tx: Transaction, before: BotSettings, after: BotSettings, at: datetime) -> None:
    """Inboxes whose bot has the bot's own name get the new one; an inbox that chose its own keeps it."""
    old, new = before.persona.name, after.persona.name
    if old == new:
        return
    default = Persona().name
    await tx.execute(
        "update inbox set updated_at = %(at)s, settings = jsonb_set(settings, '{persona}',"
        " coalesce(settings -> 'persona', '{}') || jsonb_build_object('name', %(new)s::jsonb))"
        " where coalesce(settings -> 'persona' -> 'name', %(default)s::jsonb) = %(old)s::jsonb",
        {
            "at": at,
            "new": Jsonb(new.model_dump(mode="json")),
            "old": Jsonb(old.model_dump(mode="json")),
            "default": Jsonb(default.model_dump(mode="json")),
        },
    )
