"""The flows of this installation: shipped ones, and the operator's own published versions in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import structlog

from tongxi.bot.flows.loading import FlowInvalid, load_again
from tongxi.bot.flows.models import Flow
from tongxi.kit.db import Database

log = structlog.get_logger(__name__)


@cache
def shipped() -> Mapping[str, tuple[Flow, str]]:
    """The flows that come with the product with their sources, by name, in the order they are offered."""
    folder = files(__package__) / "shipped"
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(".yaml"))
    sources = [(folder / name).read_text("utf-8") for name in names]
    return {flow.name: (flow, source) for source in sources for flow in (load_again(source),)}


@dataclass(frozen=True, slots=True)
class Live:
    """A flow as it runs now."""

    flow: Flow
    version: int
    """0: as shipped."""
    is_enabled: bool = True


class Flows:
    """Per process; `refresh` makes another process's changes known here."""

    def __init__(self) -> None:
        self._live: dict[str, Live] = {name: Live(flow, 0) for name, (flow, _) in shipped().items()}
        self._stamp: Any = None

    def get(self, name: str) -> Live | None:
        """A flow that may run, or None: unknown or switched off."""
        found = self._live.get(name)
        return found if found and found.is_enabled else None

    def enabled(self) -> tuple[Flow, ...]:
        """Flows that may run."""
        return tuple(one.flow for one in self._live.values() if one.is_enabled)

    def all(self) -> Mapping[str, Live]:
        """All flows, also those switched off."""
        return self._live

    async def load(self, db: Database) -> None:
        """Read what is published. A stored version that no longer fits is left out, never half used."""
        async with db.reading() as tx:
            self._stamp = await tx.value(_STAMP)
            rows = await tx.dicts(
                "select f.name, f.is_enabled, f.live_version, v.source from flow f"
                " left join flow_version v on v.name = f.name and v.version = f.live_version order by f.name"
            )
        live = {name: Live(flow, 0) for name, (flow, _) in shipped().items()}
        for row in rows:
            name, version = row["name"], row["live_version"]
            found = live.get(name)
            if version is not None:
                try:
                    found = Live(load_again(row["source"]), version)
                except FlowInvalid:
                    log.error("flow.unusable", flow=name, version=version)
            if found is not None:
                live[name] = Live(found.flow, found.version, row["is_enabled"])
        self._live = live

    async def refresh(self, db: Database) -> None:
        """Load again when something was published since."""
        async with db.reading() as tx:
            stamp = await tx.value(_STAMP)
        if stamp != self._stamp:
            await self.load(db)


_STAMP = "select max(updated_at) from flow"
