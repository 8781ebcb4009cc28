"""Language models on screen: providers, the order of engines for each purpose, budget, what the last hour was like."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field, SecretStr, StringConstraints, field_validator

from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, Name, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.conversations.views import at as moment
from tongxi.encoder import minilm
from tongxi.house import House
from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound
from tongxi.llm import ledger, providers
from tongxi.llm.configuration import (
    ENVIRONMENT,
    KEY,
    Currency,
    Kind,
    ModelName,
    ModelSettings,
    PricedModel,
    Provider,
    Quirks,
    Rung,
    presets,
)
from tongxi.llm.engines import Engine
from tongxi.llm.protocol import PURPOSES, Cost, Message, ModelFailed, Purpose

router = APIRouter(prefix="/api/v1/models", tags=["models"])

Reader = Annotated[SignedIn, requires(Permission.READ_CONFIGURATION)]
Editor = Annotated[SignedIn, requires(Permission.CONFIGURE_MODELS)]

TEST_SECONDS = 20.0
TEST = (Message("user", "Reply with exactly one word: OK"),)

Key = Annotated[SecretStr, Field(max_length=4_000)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]


class _Provider(Body):
    name: Name
    preset: Code = "custom"
    kind: Kind = "openai_compatible"
    url: Annotated[str, Field(max_length=500)]
    key: Key | None = None
    """Goes in and never comes out; null or "" takes it away."""
    is_inside: bool = False
    models: Annotated[list[PricedModel], Field(max_length=100)] = Field(default_factory=list)
    quirks: Quirks = Quirks()
    timeout_seconds: Annotated[float, Field(gt=0, le=300)] = 30
    first_seconds: Annotated[float, Field(gt=0, le=120)] = 20
    idle_seconds: Annotated[float, Field(gt=0, le=120)] = 20
    retries: Annotated[int, Field(ge=0, le=3)] = 1
    is_active: bool = True

    @field_validator("key")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not KEY.fullmatch(value.get_secret_value().strip()):
            raise ValueError("a key has printable characters only, and no blanks")
        return value


class _ProviderChange(_Provider):
    name: Name = ""
    url: Annotated[str, Field(max_length=500)] = ""


class _Test(Body):
    model: ModelName


class _Settings(Body):
    version: Annotated[int, Field(ge=0)]
    """The version this change was made on."""
    ladders: dict[Purpose, Annotated[list[Rung], Field(max_length=5)]] = Field(default_factory=dict)
    mask: bool = True
    stream: bool = True
    look_up: bool = False
    currency: Currency = "CNY"
    rates: dict[Currency, Decimal] = Field(default_factory=dict)
    per_conversation: Decimal | None = None
    per_day: Decimal | None = None


@router.get("")
async def overview(_: Reader, house: HouseDep) -> dict[str, Any]:
    """Everything of the screen: providers, orders of engines with the figures of the last hour, what today has cost."""
    at = house.clock.now()
    async with house.db.reading() as tx:
        figures = await ledger.figures(tx, at - ledger.WINDOW)
        quality = await _quality_of_none(tx)
    setup = house.models.setup
    return {
        "providers": [_shown(one, house) for one in setup.providers],
        "presets": [one.model_dump(mode="json") for one in presets()],
        "settings": _settings_shown(setup.settings, setup.version),
        "purposes": [
            {
                "purpose": purpose,
                "engines": [_engine_shown(one, purpose, house, figures) for one in setup.engines(purpose)],
            }
            for purpose in PURPOSES
        ],
        "none": quality,
        "spent_today": str(await house.models.spent_today()),
        "currency": setup.settings.currency,
        "window_minutes": round(ledger.WINDOW.total_seconds() / 60),
        "english": await asyncio.to_thread(_english, house),
    }  # fmt: skip


@router.put("/settings")
async def change_settings(body: _Settings, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Change the given settings; from the next question on they hold, without a restart."""
    given = {
        name: value
        for name, value in body.model_dump(mode="json").items()
        if name in body.model_fields_set - {"version"}
    }
    async with house.db.transaction() as tx:
        saved = await providers.change_settings(tx, given, after=body.version, actor_id=user.id, ip=user.ip)
    await house.models.load(house.db)
    return _settings_shown(saved.value, saved.version)


@router.post("/providers", status_code=201)
async def make_provider(body: _Provider, user: Editor, house: HouseDep) -> dict[str, Any]:
    """Add a provider."""
    async with house.db.transaction() as tx:
        made = await providers.make(tx, house.vault, _values(body), actor_id=user.id, ip=user.ip, at=house.clock.now())
    await house.models.load(house.db)
    return _shown(made, house)


@router.patch("/providers/{id}")
async def change_provider(id: UUID, body: _ProviderChange, user: Editor, house: HouseDep) -> dict[str, Any]:  # noqa: A002
    """Change the given fields of a provider. A new address without a new key loses the old key."""
    async with house.db.transaction() as tx:
        changed = await providers.change(
            tx, house.vault, id, _values(body), actor_id=user.id, ip=user.ip, at=house.clock.now()
        )
    await house.models.load(house.db)
    return _shown(changed, house)


@router.delete("/providers/{id}", status_code=204)
async def remove_provider(id: UUID, user: Editor, house: HouseDep) -> Response:  # noqa: A002
    """Remove a provider that no order of engines names, and its key."""
    async with house.db.transaction() as tx:
        await providers.remove(tx, id, actor_id=user.id, ip=user.ip)
    await house.models.load(house.db)
    return Response(status_code=204)


@router.post("/providers/{id}/test")
async def try_provider(id: UUID, body: _Test, _: Editor, house: HouseDep) -> dict[str, Any]:  # noqa: A002
    """One real call with a fixed question: how long it takes, what it costs, or why it fails."""
    provider = _known(house, id)
    try:
        answer = await house.models.try_engine(
            Engine(provider, provider.priced(body.model)), TEST, seconds=TEST_SECONDS
        )
    except ModelFailed as error:
        return {"ok": False, "ms": round(error.seconds * 1000), **_failure(error, house, id)}
    return {
        "ok": True,
        "ms": round(answer.seconds * 1000),
        "text": _without_key(answer.text, house, id)[:300],
        "usage": {"input": answer.usage.input, "output": answer.usage.output},
        "cost": _money(answer.cost),
    }


@router.get("/providers/{id}/models")
async def offered_models(id: UUID, _: Editor, house: HouseDep) -> dict[str, Any]:  # noqa: A002
    """Names of the models the provider says it offers."""
    try:
        return {"items": (await house.models.offered(_known(house, id)))[:1000], "failure": None}
    except ModelFailed as error:
        return {"items": [], "failure": _failure(error, house, id)}


def _known(house: House, provider_id: UUID) -> Provider:
    found = next((one for one in house.models.setup.providers if one.id == provider_id), None)
    if found is None:
        raise NotFound
    return found


def _values(body: _Provider) -> dict[str, Any]:
    given = {name: value for name, value in body.model_dump(mode="json").items() if name in body.model_fields_set}
    if "key" in given:
        given["key"] = body.key.get_secret_value().strip() if body.key is not None else ""
    return given


def _failure(error: ModelFailed, house: House, provider_id: UUID) -> dict[str, Any]:
    return {"code": error.code, "status": error.status, "message": _without_key(error.message, house, provider_id)}


def _without_key(text: str, house: House, provider_id: UUID) -> str:
    """Some providers repeat the key in what they say about it."""
    key = house.models.setup.keys.get(provider_id)
    return text.replace(key, "…") if key else text


def _shown(provider: Provider, house: House) -> dict[str, Any]:
    setup = house.models.setup
    row = provider.model_dump(mode="json", exclude={"updated_at"})
    uses = [
        purpose
        for purpose, ladder in setup.settings.ladders.items()
        if any(rung.provider == provider.id for rung in ladder)
    ]
    return row | {
        "has_key": bool(provider.key_last4),
        "key_is_readable": provider.id not in setup.unreadable,
        "is_environment": provider.id == ENVIRONMENT,
        "leaves_house": not provider.is_inside,
        "host": urlsplit(provider.url).hostname,
        "purposes": uses,
    }


def _engine_shown(engine: Engine, purpose: Purpose, house: House, figures: Any) -> dict[str, Any]:
    row = next(
        (
            row
            for row in figures
            if (row["purpose"], row["provider_id"], row["model"]) == (purpose, engine.provider.id, engine.model.name)
        ),
        None,
    )
    calls = row["calls"] if row else 0
    masked = house.models.masks and not engine.provider.is_inside
    return {
        "provider": engine.provider.id,
        "name": engine.provider.name,
        "model": engine.model.name,
        "is_priced": engine.model.input is not None and engine.model.output is not None,
        "leaves_house": not engine.provider.is_inside,
        "is_masked": masked,
        "state": "resting" if house.models.is_resting(engine, purpose) else "ready",
        "calls": calls,
        "skipped": row["skipped"] if row else 0,
        "error_rate": round(row["failed"] / calls, 4) if row and calls else None,
        "p50_ms": _whole(row and row["p50_ms"]),
        "p95_ms": _whole(row and row["p95_ms"]),
        "spent": str(row["spent"] or 0) if row else "0",
        "last_outcome": row["last_outcome"] if row else None,
        "last_at": moment(row["last_at"]) if row else None,
    }


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _settings_shown(value: ModelSettings, version: int) -> dict[str, Any]:
    return value.model_dump(mode="json") | {"version": version}


def _money(cost: Cost | None) -> dict[str, str] | None:
    return None if cost is None else {"amount": f"{cost.amount:.6f}", "currency": cost.currency}


def _english(house: HouseDep) -> dict[str, Any]:
    """Whether the extra `english` is there, on, and done with the texts of the index."""
    if house.knowledge.sentences is None:
        return {"state": "off" if minilm.is_installed() else "not_installed", "model": minilm.NAME, "texts": None}
    texts, is_there = house.knowledge.english_texts()
    return {"state": "on" if is_there else "preparing", "model": minilm.NAME, "texts": texts}


async def _quality_of_none(tx: Transaction) -> dict[str, Any] | None:
    """What the newest bake-off measured without a model; null while there was none."""
    row = await tx.dict(
        "select id, result, ended_at from bakeoff_run where state = 'done' and engines ? 'none'"
        " order by created_at desc limit 1"
    )
    if row is None:
        return None
    measured = next((one for one in row["result"]["rows"] if one["engine"] == "none"), None)
    return None if measured is None else {"run": row["id"], "at": moment(row["ended_at"]), "figures": measured}
