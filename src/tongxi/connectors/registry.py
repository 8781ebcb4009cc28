"""Brings the connectors of the table into the running process, without a restart, in every process."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from tongxi.configuration import store
from tongxi.configuration.egress import NAME, EgressSettings
from tongxi.connectors import configured
from tongxi.connectors.configured import Stored
from tongxi.connectors.kinds import Checked, Ground, build
from tongxi.connectors.protocol import Connector, Connectors
from tongxi.kit.crypto import Unreadable, Vault
from tongxi.kit.db import Database
from tongxi.kit.errors import AppError

log = structlog.get_logger(__name__)

GRACE_SECONDS = 60
"""A connector that was replaced is closed only when its last calls are long over."""


@dataclass(slots=True)
class _Held:
    version: int
    connector: Checked | None
    problem: str = ""


class Registry:
    """Keeps a process's `Connectors` as the table says; what the environment configures stays beside it."""

    def __init__(self, connectors: Connectors, vault: Vault, ground: Ground) -> None:
        self._connectors, self._vault, self._ground = connectors, vault, ground
        self._fixed: Sequence[Connector] | None = None
        self._held: dict[UUID, _Held] = {}
        self._retired: list[tuple[float, Connector]] = []
        self._fingerprint = ""
        self._loading = asyncio.Lock()

    @property
    def fixed(self) -> Sequence[Connector]:
        """Connectors of the environment (`TONGXI_SHOP_URL`): those there before the table was read."""
        if self._fixed is None:
            self._fixed = self._connectors.listed()
        return self._fixed

    def problem(self, connector_id: UUID) -> str:
        """Why an enabled connector is not running: a code, "" when it is."""
        held = self._held.get(connector_id)
        return held.problem if held else ""

    def running(self, connector_id: UUID) -> Connector | None:
        """The connector of a row as it runs in this process."""
        held = self._held.get(connector_id)
        return held.connector if held else None

    def others(self, connector_id: UUID) -> list[Connector]:
        """Everything that runs but this one."""
        mine = self.running(connector_id)
        return [one for one in self._connectors.listed() if one is not mine]

    async def load(self, db: Database) -> None:
        """Take over the table as it is now."""
        async with self._loading:
            async with db.reading() as tx:
                fingerprint = await configured.fingerprint(tx)
                rows = await configured.connectors(tx)
                egress = await store.read(tx, NAME, EgressSettings)
            self._ground.egress.allowed = frozenset(egress.value.allowed_hosts)
            self._apply([row for row in rows if row.enabled])
            self._fingerprint = fingerprint

    async def refresh(self, db: Database) -> bool:
        """Load if somebody changed a connector; tell whether. Cheap: one aggregate."""
        async with db.reading() as tx:
            is_stale = await configured.fingerprint(tx) != self._fingerprint
        if is_stale:
            await self.load(db)
        await self._close_retired()
        return is_stale

    def make(self, row: Stored) -> Checked:
        """A connector of a row, for a test or a preview; close it. Raises: `AppError`, `Unreadable`."""
        return build(
            row.kind, row.settings, row.open_secret(self._vault), title=row.title, name=row.name, tools=row.allowed(),
            discovered=row.discovered, ground=self._ground,
        )  # fmt: skip

    async def close(self) -> None:
        """Close what was replaced; the connectors in use are closed with `Connectors`."""
        await self._close_retired(everything=True)

    # ── inside ──────────────────────────────────────────────────────────────────────────────────
    def _apply(self, rows: list[Stored]) -> None:
        held: dict[UUID, _Held] = {}
        taken = {tool.name for one in self.fixed for tool in one.tools()}
        titles = {one.system for one in self.fixed}
        for row in rows:
            known = self._held.get(row.id)
            one = known if known and known.version == row.version and known.connector else self._made(row)
            if one.connector is not None:
                names, title = {tool.name for tool in one.connector.tools()}, one.connector.system
                if names & taken or title in titles:
                    one = _Held(row.version, None, "tool_taken" if names & taken else "title_taken")
                else:
                    taken |= names
                    titles.add(title)
            held[row.id] = one
        running = [one.connector for one in held.values() if one.connector is not None]
        gone = self._connectors.replace([*self.fixed, *running])
        now = self._ground.clock.monotonic()
        self._retired += [(now + GRACE_SECONDS, one) for one in gone]
        self._held = held

    def _made(self, row: Stored) -> _Held:
        try:
            return _Held(row.version, self.make(row))
        except Unreadable:
            return _Held(row.version, None, "secret_unreadable")
        except AppError as error:
            log.warning("connector.not_built", connector_id=str(row.id), code=error.code)
            return _Held(row.version, None, error.code)

    async def _close_retired(self, *, everything: bool = False) -> None:
        now = self._ground.clock.monotonic()
        due = [one for at, one in self._retired if everything or at <= now]
        self._retired = [(at, one) for at, one in self._retired if not everything and at > now]
        for one in due:
            await one.close()
