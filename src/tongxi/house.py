"""What one running process shares: settings, database, message writer, live hub, inboxes, knowledge, shop systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID

from tongxi.attachments.media import Shelf
from tongxi.attachments.storage import Storage
from tongxi.configuration.current_bot import CurrentBot
from tongxi.connectors.kinds import Ground
from tongxi.connectors.protocol import Connectors
from tongxi.connectors.registry import Registry
from tongxi.conversations.append import Writer
from tongxi.conversations.inboxes import Inboxes
from tongxi.decisions import Standing
from tongxi.encoder.english import Sentences
from tongxi.intents import Intents
from tongxi.kit.clock import Clock
from tongxi.kit.crypto import Vault
from tongxi.kit.db import Database
from tongxi.kit.egress import Egress
from tongxi.kit.live import Live
from tongxi.kit.rate_limit import Limiter
from tongxi.knowledge.english import EnglishVectors
from tongxi.knowledge.index import Knowledge
from tongxi.knowledge.sources import Sources
from tongxi.knowledge.vectors import Vectors
from tongxi.llm.loading import HouseModels
from tongxi.settings import Settings
from tongxi.signals import personal_data

Found = TypeVar("Found")


class Standings(Protocol):
    """Which groups of questions are under a certificate (`calibration.standing.Calibration`)."""

    def group_of(self, article_id: UUID, language: str) -> str:
        """The group of an answer from this article to a customer who writes this language."""
        ...

    def standing(self, group: str) -> Standing:
        """Where a group stands now; needs no database."""
        ...

    def groups(self) -> list[str]:
        """Every group that has articles or had a certificate."""
        ...

    async def load(self, db: Database) -> None:
        """Read everything again."""
        ...

    async def refresh(self, db: Database) -> bool:
        """Read again if anything changed since; tell whether it did."""
        ...

    async def tend(self, db: Database) -> None:
        """Drop stale plans and draw audits."""
        ...


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
    inboxes: Inboxes
    knowledge: Knowledge
    """The search index of published articles, the same for bot and agents."""
    connectors: Connectors
    """The shop's own systems."""
    calibration: Standings
    """Whose answers are under a certificate, and from which confidence."""
    history_id: UUID
    """Changes when the database is restored from a backup."""
    bot: CurrentBot = field(default_factory=CurrentBot)
    """The bot's published settings."""
    intents: Intents = field(default_factory=Intents)
    """What customers want, learnt from examples."""
    flows: Any = None
    """The procedures the bot can carry out (`bot.flows.Flows`)."""
    translation: Any = None
    """Translates messages after they are delivered (`translation.service.Translation`)."""
    sentences: Sentences | None = None
    """The extra `english`, where it is on; the same as in `knowledge` and `intents`."""
    sockets: set[Any] = field(default_factory=set)
    """Open customer and agent sockets of this process."""
    turns: dict[UUID, Any] = field(default_factory=dict)
    """Bot turns running in this process, by conversation (`bot.turn`)."""
    on_queue_changed: list[Callable[[], None]] = field(default_factory=list)
    on_assigned: list[Callable[[UUID, UUID], None]] = field(default_factory=list)
    egress: Egress = field(default_factory=Egress)
    """The way out to addresses that people and pages name."""
    registry: Registry = field(init=False)
    """Brings connectors set up on screen into `connectors`."""
    models: HouseModels = field(init=False)
    """Language models, asked by purpose."""
    shelf: Shelf = field(init=False)
    """Pictures, videos and files of articles."""
    sources: Sources = field(init=False)
    """Reads pages and sites that knowledge comes from."""
    vectors: Vectors = field(init=False)
    """Sentence vectors of a configured endpoint, in the same search."""
    english: EnglishVectors = field(init=False)
    """Sentence vectors of the extra `english` for the search, where it is on."""
    vault: Vault = field(init=False)
    """Seals secrets at rest."""
    limiter: Limiter = field(init=False)
    """How often whom."""

    def __post_init__(self) -> None:
        self.vault = Vault(self.settings.secret_key())
        self.limiter = Limiter(self.settings.redis_url)
        self.models = HouseModels(self.settings, self.db, self.vault, self.clock, personal_data.find)
        ground = Ground(self.egress, self.clock, may_run_commands=self.settings.mcp_commands)
        self.shelf = Shelf(self.db, Storage(self.settings.data))
        self.sources = Sources(self.egress, partial(self.shelf.keep, author=None))
        self.vectors = Vectors(self.knowledge, self.models)
        self.english = EnglishVectors(self.knowledge)
        self.registry = Registry(self.connectors, self.vault, ground)

    async def in_full(self, look: Callable[[], Found]) -> Found:
        """What `look` finds, with the English sentence vectors that it asks for: it may be called twice."""
        found = look()
        if self.sentences is not None and await self.sentences.supply():
            found = look()
        return found

    def queue_changed(self) -> None:
        """Somebody joined or left a queue: waiting customers and screens are told their new place."""
        for call in self.on_queue_changed:
            call()

    def assigned(self, agent_id: UUID, conversation_id: UUID) -> None:
        """An agent got a conversation."""
        for call in self.on_assigned:
            call(agent_id, conversation_id)
