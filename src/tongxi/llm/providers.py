"""Providers in the database. A key goes in and never comes out: it is sealed for its row and opened for calls only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from tongxi import audit
from tongxi.configuration import store
from tongxi.configuration.store import Versioned, as_errors
from tongxi.kit.crypto import Vault
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Conflict, Invalid, NotFound
from tongxi.kit.ids import new_id
from tongxi.llm.configuration import ENVIRONMENT, ModelSettings, Provider

CONFIGURATION = "models"
MAX_PROVIDERS = 50

_COLUMNS = (
    "name", "preset", "kind", "url", "is_inside", "models", "quirks", "timeout_seconds", "first_seconds",
    "idle_seconds", "retries", "is_active",
)  # fmt: skip
_SELECT = f"select id, {', '.join(_COLUMNS)}, key_last4, updated_at from model_provider "


class ProviderInUse(Conflict):
    """An order of engines names this provider; take it out there first."""

    code = "provider_in_use"


class NameTaken(Conflict):
    """There is a provider with this name already."""

    code = "name_taken"


async def providers(tx: Transaction) -> list[Provider]:
    """All providers, in the order they were made."""
    return [Provider.model_validate(row) for row in await tx.dicts(_SELECT + "order by id")]


async def provider(tx: Transaction, provider_id: UUID) -> Provider:
    """One provider. Raises: `NotFound`."""
    row = await tx.dict(_SELECT + "where id = %s", (provider_id,))
    if row is None:
        raise NotFound
    return Provider.model_validate(row)


async def sealed_keys(tx: Transaction) -> dict[UUID, str]:
    """Sealed keys of the providers that have one."""
    rows = await tx.dicts("select id, key_sealed from model_provider where key_sealed is not null")
    return {row["id"]: row["key_sealed"] for row in rows}


def scope(provider_id: UUID) -> str:
    """What a key is sealed for."""
    return f"model_provider:{provider_id}:key"


async def make(
    tx: Transaction, vault: Vault, values: Mapping[str, Any], *, actor_id: UUID, ip: str, at: datetime
) -> Provider:
    """Add a provider out of its fields and `key`. Raises: `Invalid`, `NameTaken`."""
    if await tx.value("select count(*) from model_provider") >= MAX_PROVIDERS:
        raise Conflict(f"at most {MAX_PROVIDERS} providers")
    provider_id = new_id()
    made = _checked({"id": provider_id} | {name: values[name] for name in _COLUMNS if name in values})
    await _write(tx, "insert", made, at)
    await _seal(tx, vault, provider_id, values.get("key"))
    await audit.append(
        tx, actor_id=actor_id, action="model_provider.made", subject=f"model_provider:{provider_id}",
        data={"preset": made.preset, "is_inside": made.is_inside, "has_key": bool(values.get("key"))}, ip=ip,
    )  # fmt: skip
    return await provider(tx, provider_id)


async def change(
    tx: Transaction,
    vault: Vault,
    provider_id: UUID,
    changes: Mapping[str, Any],
    *,
    actor_id: UUID,
    ip: str,
    at: datetime,
) -> Provider:
    """Change the given fields. A new address without a new key loses the old key: it was given for another place.

    Raises: `NotFound`, `Invalid`, `NameTaken`.
    """
    before = await provider(tx, provider_id)
    given = {name: changes[name] for name in _COLUMNS if name in changes}
    after = _checked(before.model_dump(exclude={"updated_at"}) | given)
    await _write(tx, "update", after, at)
    if "key" in changes:
        await _seal(tx, vault, provider_id, changes["key"])
    elif after.url != before.url:
        await _seal(tx, vault, provider_id, None)
    fields = sorted(set(given) | ({"key"} if "key" in changes or after.url != before.url else set()))
    await audit.append(
        tx, actor_id=actor_id, action="model_provider.changed", subject=f"model_provider:{provider_id}",
        data={"fields": fields, "is_inside": after.is_inside}, ip=ip,
    )  # fmt: skip
    return await provider(tx, provider_id)


async def remove(tx: Transaction, provider_id: UUID, *, actor_id: UUID, ip: str) -> None:
    """Remove a provider and its key. Raises: `NotFound`, `ProviderInUse`."""
    await provider(tx, provider_id)
    current = await settings(tx)
    if any(rung.provider == provider_id for ladder in current.value.ladders.values() for rung in ladder):
        raise ProviderInUse
    await tx.execute("delete from model_provider where id = %s", (provider_id,))
    await audit.append(
        tx, actor_id=actor_id, action="model_provider.removed", subject=f"model_provider:{provider_id}", ip=ip
    )


async def settings(tx: Transaction) -> Versioned[ModelSettings]:
    """Orders of engines, budgets, masking."""
    return await store.read(tx, CONFIGURATION, ModelSettings)


async def change_settings(
    tx: Transaction, changes: Mapping[str, Any], *, after: int, actor_id: UUID, ip: str
) -> Versioned[ModelSettings]:
    """Save a new version on top of version `after`. Raises: `Invalid`, `StaleVersion`."""
    before = await settings(tx)
    value = store.changed(before.value, dict(changes), loc=("body",))
    known = {ENVIRONMENT, *(one.id for one in await providers(tx))}
    for purpose, ladder in value.ladders.items():
        if any(rung.provider not in known for rung in ladder):
            raise Invalid(errors=[{"loc": ["body", "ladders", purpose], "msg": "there is no such provider"}])
        if len(set(ladder)) != len(ladder):
            raise Invalid(errors=[{"loc": ["body", "ladders", purpose], "msg": "an engine is listed twice"}])
    version = await store.save(tx, CONFIGURATION, value, author_id=actor_id, after=after)
    fields = sorted(name for name in changes if getattr(value, name) != getattr(before.value, name))
    await audit.append(
        tx, actor_id=actor_id, action="models.changed", subject=f"configuration:{CONFIGURATION}",
        data={"version": version, "fields": fields}, ip=ip,
    )  # fmt: skip
    return Versioned(version, value)


async def _write(tx: Transaction, kind: str, value: Provider, at: datetime) -> None:
    row = value.model_dump(mode="json", include=set(_COLUMNS)) | {"id": value.id, "at": at}
    row |= {"models": Jsonb(row["models"]), "quirks": Jsonb(row["quirks"])}
    if kind == "insert":
        names = ", ".join(_COLUMNS)
        places = ", ".join(f"%({name})s" for name in _COLUMNS)
        sql = f"insert into model_provider (id, {names}, updated_at) values (%(id)s, {places}, %(at)s)"
    else:
        sql = (
            f"update model_provider set {', '.join(f'{name} = %({name})s' for name in _COLUMNS)}, updated_at = %(at)s"
            " where id = %(id)s"
        )
    try:
        async with tx.connection.transaction():
            await tx.execute(sql, row)
    except psycopg.errors.UniqueViolation:
        raise NameTaken from None


async def _seal(tx: Transaction, vault: Vault, provider_id: UUID, key: str | None) -> None:
    sealed = vault.seal(key, scope=scope(provider_id)) if key else None
    # Of a short key four characters are too many to show.
    last4 = key[-4:] if key and len(key) >= 16 else "…" if key else ""
    await tx.execute(
        "update model_provider set key_sealed = %s, key_last4 = %s where id = %s", (sealed, last4, provider_id)
    )


def _checked(values: dict[str, Any]) -> Provider:
    try:
        return Provider.model_validate(values)
    except ValidationError as error:
        raise Invalid(errors=as_errors(error, ("body",))) from error
