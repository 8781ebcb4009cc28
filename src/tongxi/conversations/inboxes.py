"""The inboxes of this process: read once, refreshed by the sweeper and on every change made here.

The message path needs an inbox's idle time and the bot's name without asking the database each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tongxi.configuration import InboxSettings
from tongxi.kit.db import Database, Transaction
from tongxi.kit.errors import NotFound


@dataclass(frozen=True, slots=True)
class Inbox:
    """One configured account of a channel."""

    id: UUID
    key: str
    name: str
    channel: str
    queue_id: UUID | None
    is_active: bool
    settings: InboxSettings

    def title(self, locale: str | None) -> str:
        """What customers read above the conversation."""
        return self.settings.title.into(self.settings.locale_for(locale)) or self.name

    @property
    def idle(self) -> timedelta:
        """How long a customer may be silent before the conversation ends."""
        return self.settings.idle


class Inboxes:
    """All inboxes by id and by key."""

    def __init__(self) -> None:
        self._by_id: dict[UUID, Inbox] = {}
        self._by_key: dict[str, Inbox] = {}

    async def load(self, source: Database | Transaction) -> None:
        """Read all of them again."""
        if isinstance(source, Database):
            async with source.transaction() as tx:
                await self.load(tx)
            return
        rows = await source.dicts("select id, key, name, channel, queue_id, is_active, settings from inbox")
        inboxes = [_inbox(row) for row in rows]
        self._by_id = {inbox.id: inbox for inbox in inboxes}
        self._by_key = {inbox.key: inbox for inbox in inboxes}

    def get(self, inbox_id: UUID) -> Inbox:
        """Raises: `NotFound`."""
        try:
            return self._by_id[inbox_id]
        except KeyError:
            raise NotFound from None

    def by_key(self, key: str) -> Inbox:
        """Raises: `NotFound`."""
        try:
            return self._by_key[key]
        except KeyError:
            raise NotFound(f"no inbox {key!r}; create it under Settings → Inboxes") from None

    def __iter__(self) -> Any:
        return iter(self._by_id.values())


def _inbox(row: dict[str, Any]) -> Inbox:
    return Inbox(
        row["id"], row["key"], row["name"], row["channel"], row["queue_id"], row["is_active"],
        InboxSettings.model_validate(row["settings"]),
    )  # fmt: skip
