"""What is configured: providers, and for each purpose the engines in their order. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from tongxi.llm.configuration import ModelSettings, PricedModel, Provider
from tongxi.llm.protocol import Purpose


@dataclass(frozen=True, slots=True)
class Engine:
    """A provider and one of its models, at its place in an order."""

    provider: Provider
    model: PricedModel
    rung: int = 0

    @property
    def name(self) -> str:
        """As people and `tongxi bakeoff` call it."""
        return f"{self.provider.name}:{self.model.name}"


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that is set; `keys` are open and stay in memory."""

    providers: tuple[Provider, ...] = ()
    settings: ModelSettings = field(default_factory=ModelSettings)
    version: int = 0
    """Of the settings; 0 while nothing was saved."""
    keys: dict[UUID, str] = field(default_factory=dict, repr=False)
    unreadable: frozenset[UUID] = frozenset()
    """Providers whose key was sealed with another secret."""

    def engines(self, purpose: Purpose) -> list[Engine]:
        """The engines of a purpose, first choice first, without those that are switched off."""
        known = {one.id: one for one in self.providers if one.is_active}
        ladder = self.settings.ladders.get(purpose, ())
        return [
            Engine(known[rung.provider], known[rung.provider].priced(rung.model), place)
            for place, rung in enumerate(ladder)
            if rung.provider in known
        ]

    def named(self, name: str) -> Engine | None:
        """The engine people call `<provider>:<model>`; None when no such provider is switched on."""
        provider, _, model = name.partition(":")
        found = next((one for one in self.providers if one.name == provider and one.is_active), None)
        return Engine(found, found.priced(model)) if found and model else None
