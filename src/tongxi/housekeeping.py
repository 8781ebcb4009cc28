"""What is thrown away by itself, a little at a time. Safe to run anywhere, any time."""

from __future__ import annotations

from tongxi.attachments.service import discard_unused
from tongxi.attachments.storage import Storage
from tongxi.contacts import visitors
from tongxi.house import House


async def tidy(house: House) -> None:
    """Remove dead visitor sessions and uploads that no message carries."""
    async with house.db.transaction() as tx:
        await visitors.discard_dead(tx)
        await discard_unused(tx, Storage(house.settings.data))
