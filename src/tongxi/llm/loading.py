"""Providers and settings from database and environment into `Models`; again whenever another process changed them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog

from tongxi.kit.addresses import is_public
from tongxi.kit.clock import Clock
from tongxi.kit.crypto import Unreadable, Vault
from tongxi.kit.db import Database
from tongxi.llm import providers
from tongxi.llm.configuration import ENVIRONMENT, ModelSettings, PricedModel, Provider, Rung
from tongxi.llm.engines import Setup
from tongxi.llm.ledger import DatabaseLedger
from tongxi.llm.masking import Find
from tongxi.llm.models import Models
from tongxi.llm.protocol import Client
from tongxi.settings import Settings

log = structlog.get_logger(__name__)

_FINGERPRINT = (
    "select (select max(version) from configuration where name = %s), (select count(*) from model_provider),"
    " (select max(updated_at) from model_provider)"
)


class HouseModels(Models):
    """`Models` that know where their setup is kept."""

    def __init__(
        self, settings: Settings, db: Database, vault: Vault, clock: Clock, find_personal_data: Find | None = None
    ) -> None:
        super().__init__(clock, self._client_of, ledger=DatabaseLedger(db), find_personal_data=find_personal_data)
        self._settings = settings
        self._vault = vault
        self._fingerprint: Any = None

    async def load(self, db: Database) -> None:
        """Read what is set; running questions end as they began."""
        async with db.reading() as tx:
            fingerprint = await tx.dict(_FINGERPRINT, (providers.CONFIGURATION,))
            rows = await providers.providers(tx)
            sealed = await providers.sealed_keys(tx)
            saved = await providers.settings(tx)
        keys, unreadable = self._open(sealed)
        value = saved.value
        environment = from_environment(self._settings)
        if environment is not None:
            rows.insert(0, environment)
            if self._settings.model_key is not None:
                keys[ENVIRONMENT] = self._settings.model_key.get_secret_value()
            if not saved.version:  # nothing was ever saved: as before there was a screen for it
                value = _for_answers(value, environment)
        await self.configure(Setup(tuple(rows), value, saved.version, keys, unreadable))
        self._fingerprint = fingerprint

    async def refresh(self, db: Database) -> bool:
        """Load if another process changed something; tell whether it did. Cheap."""
        async with db.reading() as tx:
            is_stale = bool(await tx.dict(_FINGERPRINT, (providers.CONFIGURATION,)) != self._fingerprint)
        if is_stale:
            await self.load(db)
        return is_stale

    def _client_of(self, provider: Provider) -> Client:
        return client(provider, self.setup.keys.get(provider.id))

    def _open(self, sealed: dict[UUID, str]) -> tuple[dict[UUID, str], frozenset[UUID]]:
        keys, unreadable = {}, set()
        for provider_id, value in sealed.items():
            try:
                keys[provider_id] = self._vault.unseal(value, scope=providers.scope(provider_id))
            except Unreadable:
                unreadable.add(provider_id)
                log.error("model.key_unreadable", provider_id=str(provider_id))
        return keys, frozenset(unreadable)


def client(provider: Provider, key: str | None) -> Client:
    """A client for a provider's dialect; what it needs is imported only now."""
    # Whoever sets the environment may name any address.
    is_inside = provider.is_inside or provider.id == ENVIRONMENT
    if provider.kind == "anthropic":
        from tongxi.llm.anthropic import Anthropic

        return Anthropic(provider.url, key, provider.quirks, is_inside=is_inside)
    from tongxi.llm.openai_compatible import OpenAICompatible

    return OpenAICompatible(provider.url, key, provider.quirks, is_inside=is_inside)


def from_environment(settings: Settings) -> Provider | None:
    """The provider of `TONGXI_MODEL_URL`; None when it is not set."""
    if not settings.model_url or not settings.model_name:
        return None
    return Provider(
        id=ENVIRONMENT,
        name="TONGXI_MODEL_URL",
        url=settings.model_url,
        is_inside=is_private(settings.model_url),
        models=(PricedModel(name=settings.model_name),),
        timeout_seconds=settings.model_timeout_seconds,
        first_seconds=settings.model_timeout_seconds,
        idle_seconds=settings.model_timeout_seconds,
        key_last4="…" if settings.model_key else "",
    )


def _for_answers(value: ModelSettings, environment: Provider) -> ModelSettings:
    rung = Rung(provider=environment.id, model=environment.models[0].name)
    return value.model_copy(update={"ladders": {"answer": (rung,)}})


def is_private(url: str) -> bool:
    """Whether an address by its spelling lies in the operator's own network."""
    host = urlsplit(url).hostname or ""
    is_address = host.replace(".", "").isdigit() or ":" in host
    return not is_public(host) if is_address else "." not in host or host.endswith((".local", ".internal", ".lan"))
