"""Language models for tests: engines at a local server, without a database."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tests.support.model_server import ModelServer
from tongxi.kit.clock import Clock, SystemClock
from tongxi.llm.configuration import ModelSettings, PricedModel, Provider, Quirks, Rung
from tongxi.llm.engines import Setup
from tongxi.llm.loading import client
from tongxi.llm.masking import Find
from tongxi.llm.models import Models
from tongxi.llm.protocol import PURPOSES, Call

MODEL = "test-model"


class Book:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    @property
    def outcomes(self) -> list[str]:
        """What became of each call, in order."""
        return [call.outcome for call in self.calls]

    def record(self, call: Call, at: datetime) -> None:
        self.calls.append(call)

    async def spent_today(self, at: datetime) -> Decimal:
        return sum((call.spent for call in self.calls), Decimal(0))

    async def spent_on(self, conversation_id: UUID) -> Decimal:
        return sum((one.spent for one in self.calls if one.conversation_id == conversation_id), Decimal(0))

    async def close(self) -> None:
        """Nothing is on its way."""


def provider(server: ModelServer, name: str = "first", *, kind: str = "openai_compatible", **values: Any) -> Provider:
    """A provider at the local server, quick to give up."""
    url = server.root if kind == "anthropic" else server.url
    patient: dict[str, Any] = {"timeout_seconds": 1.5, "first_seconds": 1.2, "idle_seconds": 1.0, "retries": 0}
    return Provider.model_validate(
        {"id": uuid4(), "name": name, "kind": kind, "url": url, "is_inside": True, "models": (PricedModel(name=MODEL),)}
        | patient
        | values
    )


async def models(
    *providers: Provider,
    clock: Clock | None = None,
    book: Book | None = None,
    key: str | None = "sk-test",
    find: Find | None = None,
    **settings: Any,
) -> Models:
    """All purposes at these providers, in this order."""
    made = Models(clock or SystemClock(), lambda one: client(one, key), ledger=book or Book(), find_personal_data=find)
    ladder = tuple(Rung(provider=one.id, model=MODEL) for one in providers)
    ladders = dict.fromkeys(PURPOSES, ladder)
    await made.configure(Setup(providers, ModelSettings.model_validate({"ladders": ladders, **settings})))
    return made


def quirky(**values: Any) -> Quirks:
    """Quirks of a provider that is a little different."""
    return Quirks.model_validate(values)
