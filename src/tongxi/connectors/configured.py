"""Connectors set up on screen, as rows: create, change, delete. Secrets go in and never come out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tongxi import audit
from tongxi.connectors.decisions import Allowed
from tongxi.connectors.kinds import Kind, destinations, read_settings
from tongxi.kit.crypto import Vault
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, Invalid, NotFound
from tongxi.kit.ids import new_id

MAX_CONNECTORS: Final = 50
Name = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z][a-z0-9-]{0,19}$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Secret = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class NameTaken(Conflict):
    """Another connector has this name."""

    code = "name_taken"


class ToolTaken(Conflict):
    """Another connector offers a tool of the same name; switch one of them off."""

    code = "tool_taken"


class TitleTaken(Conflict):
    """Another connector is called the same; people could not tell them apart."""

    code = "title_taken"


class StaleVersion(Conflict):
    """Somebody changed this connector since you opened it; load it again."""

    code = "stale_version"


class SecretNeeded(Invalid):
    """The address changed: enter the secret again, it does not go to another place by itself."""

    code = "secret_needed"


class NewConnector(BaseModel):
    """What it takes to connect a system."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    name: Name
    title: Title
    settings: dict[str, Any]
    secret: Secret = ""
    tools: dict[str, Allowed] = Field(default_factory=dict, max_length=200)
    enabled: bool = True


class ConnectorChange(BaseModel):
    """What is given is changed; `version` is the one that was edited."""

    model_config = ConfigDict(extra="forbid")

    version: int
    title: Title | None = None
    settings: dict[str, Any] | None = None
    secret: Secret | None = None
    tools: dict[str, Allowed] | None = Field(default=None, max_length=200)
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A row."""

    id: UUID
    kind: Kind
    name: str
    title: str
    settings: dict[str, Any]
    secret: str
    """Sealed."""
    secret_hint: str
    tools: dict[str, Any]
    discovered: list[dict[str, Any]]
    enabled: bool
    version: int
    created_at: datetime
    updated_at: datetime

    def allowed(self) -> dict[str, Allowed]:
        """The operator's decisions by tool."""
        return {name: Allowed.model_validate(told) for name, told in self.tools.items()}

    def open_secret(self, vault: Vault) -> str:
        """Raises: `crypto.Unreadable`."""
        return vault.unseal(self.secret, scope=scope(self.id)) if self.secret else ""


_SELECT = (
    "select id, kind, name, title, settings, secret, secret_hint, tools, discovered, enabled, version, created_at,"
    " updated_at from connector"
)


def scope(connector_id: UUID) -> str:
    """Place of a sealed secret."""
    return f"connector:{connector_id}"


async def connectors(tx: Transaction) -> list[Stored]:
    """All of them, oldest first."""
    return await tx.all(Stored, f"{_SELECT} order by id")


async def connector(tx: Transaction, connector_id: UUID, *, for_update: bool = False) -> Stored:
    """One. Raises: `NotFound`."""
    found = await tx.one(Stored, f"{_SELECT} where id = %s{' for update' if for_update else ''}", (connector_id,))
    if found is None:
        raise NotFound
    return found


async def fingerprint(tx: Transaction) -> str:
    """Changes whenever a connector does; for processes that did not make the change themselves."""
    value = await tx.value(
        "select count(*) || ':' || coalesce(max(updated_at)::text, '') || ':' || coalesce(sum(version), 0)"
        " || ':' || (select coalesce(max(version), 0) from configuration where name = 'egress') from connector"
    )
    return str(value)


async def create(tx: Transaction, new: NewConnector, vault: Vault, *, author: UUID, ip: str = "") -> Stored:
    """Raises: `Invalid`, `NameTaken`."""
    read_settings(new.kind, new.settings)
    if await tx.value("select 1 from connector where name = %s", (new.name,)):
        raise NameTaken(name=new.name)
    if await tx.value("select count(*) from connector") >= MAX_CONNECTORS:
        raise Conflict(f"There are {MAX_CONNECTORS} connectors already.")
    connector_id = new_id()
    await tx.execute(
        "insert into connector (id, kind, name, title, settings, secret, secret_hint, tools, enabled, updated_by)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            connector_id, new.kind, new.name, new.title, Jsonb(new.settings),
            *_sealed(vault, connector_id, new.secret), Jsonb(_dumped(new.tools)), new.enabled, author,
        ),
    )  # fmt: skip
    data = {"kind": new.kind, "name": new.name, "to": sorted(destinations(new.kind, new.settings))}
    await audit.append(
        tx, actor_id=author, action="connector.created", subject=f"connector:{connector_id}", data=data, ip=ip
    )
    return await connector(tx, connector_id)


async def change(
    tx: Transaction, connector_id: UUID, changes: ConnectorChange, vault: Vault, *, author: UUID, ip: str = ""
) -> Stored:
    """Raises: `NotFound`, `StaleVersion`, `Invalid`, `SecretNeeded`."""
    old = await connector(tx, connector_id, for_update=True)
    if changes.version != old.version:
        raise StaleVersion(version=old.version)
    given = {name: getattr(changes, name) for name in changes.model_fields_set if name != "version"}
    given = {name: value for name, value in given.items() if value is not None}
    settings = given.get("settings", old.settings)
    to = destinations(old.kind, settings)
    if old.secret and "secret" not in given and to - destinations(old.kind, old.settings):
        raise SecretNeeded
    sealed = (old.secret, old.secret_hint)
    if "secret" in given:
        sealed = _sealed(vault, connector_id, given["secret"])
    await tx.execute(
        "update connector set title = %s, settings = %s, secret = %s, secret_hint = %s, tools = %s, enabled = %s,"
        " version = version + 1, updated_at = now(), updated_by = %s where id = %s",
        (
            given.get("title", old.title), Jsonb(settings), *sealed,
            Jsonb(_dumped(given["tools"]) if "tools" in given else old.tools), given.get("enabled", old.enabled),
            author, connector_id,
        ),
    )  # fmt: skip
    data = {"fields": sorted(given), "version": old.version + 1, "to": sorted(to)}
    await audit.append(
        tx, actor_id=author, action="connector.changed", subject=f"connector:{connector_id}", data=data, ip=ip
    )
    return await connector(tx, connector_id)


async def delete(tx: Transaction, connector_id: UUID, *, author: UUID, ip: str = "") -> None:
    """Raises: `NotFound`."""
    old = await connector(tx, connector_id, for_update=True)
    await tx.execute("delete from connector where id = %s", (connector_id,))
    data = {"kind": old.kind, "name": old.name}
    await audit.append(
        tx, actor_id=author, action="connector.deleted", subject=f"connector:{connector_id}", data=data, ip=ip
    )


async def keep_discovered(tx: Transaction, connector_id: UUID, found: list[dict[str, Any]], *, author: UUID) -> Stored:
    """Store what a system says it offers. Tools the operator allowed and that are described otherwise now are shut."""
    old = await connector(tx, connector_id, for_update=True)
    before = {one["name"]: one for one in old.discovered}
    tools = dict(old.tools)
    for one in found:
        if one["name"] in tools and before.get(one["name"]) not in (None, one):
            tools[one["name"]] = {**tools[one["name"]], "allowed": False}
    await tx.execute(
        "update connector set discovered = %s, tools = %s, version = version + 1, updated_at = now(), updated_by = %s"
        " where id = %s",
        (Jsonb(found), Jsonb(tools), author, connector_id),
    )
    return await connector(tx, connector_id)


def _dumped(tools: dict[str, Allowed]) -> dict[str, Any]:
    return {name: told.model_dump(mode="json") for name, told in tools.items()}


def _sealed(vault: Vault, connector_id: UUID, secret: str) -> tuple[str, str]:
    if not secret:
        return "", ""
    return vault.seal(secret, scope=scope(connector_id)), secret[-4:] if len(secret) >= 12 else ""
