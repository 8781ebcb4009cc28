"""What one running process shares: settings, database, message writer, live hub, knowledge, shop systems."""

from __future__ import annotations

from dataclasses import dataclass

from tongxi.connectors.protocol import Connectors
from tongxi.conversations.append import Writer
from tongxi.kit.clock import Clock
from tongxi.kit.db import Database
from tongxi.kit.live import Live
from tongxi.knowledge.index import Knowledge
from tongxi.settings import Settings


@dataclass(slots=True)
class House:
    """Built once by `app.lifespan`; handed to whoever acts. Holds no business state of its own."""

    settings: Settings
    clock: Clock
    db: Database
    live: Live
    """In-process bus of committed entries and wake-ups."""
    writer: Writer
    """The message path: one statement a batch, across conversations."""
    knowledge: Knowledge
    """The search index of published articles, the same for bot and agents."""
    connectors: Connectors
    """The shop's own systems."""
