"""The bot's settings in this process: read once, refreshed by the sweeper and on every change made here."""

from __future__ import annotations

from tongxi.configuration import store
from tongxi.configuration.bot import NAME, BotSettings
from tongxi.kit.db import Database, Transaction


class CurrentBot:
    """The published settings and their version; 0 while nothing was published."""

    def __init__(self, settings: BotSettings | None = None, version: int = 0) -> None:
        self.settings = settings or BotSettings()
        self.version = version

    async def load(self, source: Database | Transaction) -> None:
        """Read the newest version."""
        if isinstance(source, Database):
            async with source.reading() as tx:
                await self.load(tx)
            return
        found = await store.read(source, NAME, BotSettings)
        self.settings, self.version = found.value, found.version

    async def refresh(self, db: Database) -> None:
        """Read again if another process has published since."""
        async with db.reading() as tx:
            newest = await tx.value("select coalesce(max(version), 0) from configuration where name = %s", (NAME,))
            if newest != self.version:
                await self.load(tx)
