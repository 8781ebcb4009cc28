"""What customers of an inbox read first, with versions: each change is one; any of them comes back with one click."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from tongxi.configuration import store
from tongxi.configuration.bot import Change, differences
from tongxi.configuration.inbox import GuidedQuestion, InboxSettings, Localized
from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound


class Greeting(BaseModel):
    """The part of an inbox's settings that is kept with versions."""

    model_config = ConfigDict(frozen=True)

    welcome: Localized = Localized()
    guided_questions: list[GuidedQuestion] = []

    @classmethod
    def of(cls, settings: InboxSettings) -> Greeting:
        """What these settings say first."""
        return cls(welcome=settings.welcome, guided_questions=settings.guided_questions)


async def keep(tx: Transaction, inbox_id: UUID, before: Greeting, after: Greeting, *, author_id: UUID) -> None:
    """Keep a change as a new version; the first one keeps also what was there before. Needs the inbox held."""
    if before == after:
        return
    newest = (await store.read(tx, _name(inbox_id), Greeting)).version
    newest = newest or await store.save(tx, _name(inbox_id), before, author_id=None, after=0)
    await store.save(tx, _name(inbox_id), after, author_id=author_id, after=newest)


async def held(tx: Transaction, inbox_id: UUID, version: int, *, after: int) -> Greeting:
    """One version, while `after` is still the newest. Raises: `NotFound`, `StaleVersion`."""
    old = await store.read(tx, _name(inbox_id), Greeting, version=version)
    if old.version != version or version < 1:
        raise NotFound
    if (await store.read(tx, _name(inbox_id), Greeting)).version != after:
        raise store.StaleVersion(name=_name(inbox_id))
    return old.value


async def restored(tx: Transaction, inbox_id: UUID, version: int, *, after: int) -> int:
    """Note that what is newest now came from `version`; its number, `after` when nothing was changed."""
    newest = (await store.read(tx, _name(inbox_id), Greeting)).version
    if newest > after:
        sql = "update configuration set restored_from = %s where name = %s and version = %s"
        await tx.execute(sql, (version, _name(inbox_id), newest))
    return newest


async def versions(tx: Transaction, inbox_id: UUID, *, limit: int, before: int | None = None) -> list[dict[str, Any]]:
    """Versions, newest first: `version`, `author`, `at`, `restored_from`, `changes`."""
    rows = await tx.dicts(
        "select c.version, c.at, c.restored_from, c.value, p.value as previous, u.name as author"
        " from configuration c left join app_user u on u.id = c.author_id"
        " left join configuration p on p.name = c.name and p.version = c.version - 1"
        " where c.name = %(name)s and (%(before)s::int is null or c.version < %(before)s)"
        " order by c.version desc limit %(limit)s",
        {"name": _name(inbox_id), "before": before, "limit": limit},
    )
    return [
        {name: row[name] for name in ("version", "at", "restored_from", "author")}
        | {"changes": changes(row["previous"], row["value"])}
        for row in rows
    ]


def changes(before: dict[str, Any] | None, after: dict[str, Any]) -> list[Change]:
    """What a version changed, a question at a time; nothing for the first."""
    return [] if before is None else differences(_by_question(before), _by_question(after), "")


def _by_question(value: dict[str, Any]) -> dict[str, Any]:
    questions = Greeting.model_validate(value).model_dump(mode="json")["guided_questions"]
    named = {one["id"]: {name: part for name, part in one.items() if name != "id"} for one in questions}
    return {"welcome": value["welcome"], "guided_questions": named, "order": list(named)}


def _name(inbox_id: UUID) -> str:
    return f"greeting:{inbox_id}"
