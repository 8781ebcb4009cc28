"""What is thrown away by itself, a little at a time. Safe to run anywhere, any time."""

from __future__ import annotations

from tongxi.attachments import media
from tongxi.attachments.service import discard_unused
from tongxi.attachments.storage import Storage
from tongxi.contacts import visitors
from tongxi.house import House
from tongxi.llm import ledger


async def tidy(house: House) -> None:
    """Remove dead visitor sessions, files that no message carries or no article names, and old model calls."""
    async with house.db.transaction() as tx:
        await visitors.discard_dead(tx)
        await ledger.discard_old(tx, house.clock.now())
        await discard_unused(tx, Storage(house.settings.data))
        await media.discard_unused(tx, house.shelf.storage)
