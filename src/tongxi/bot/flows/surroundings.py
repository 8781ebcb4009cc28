"""What a flow is run with: for whom, against which systems, where its writes are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from tongxi.bot.flows.journal import Journal
from tongxi.bot.flows.step import FlowContact
from tongxi.connectors.protocol import Answer, Failure
from tongxi.conversations.events import NIL
from tongxi.decisions import Reason


class Tools(Protocol):
    """The shop's systems as a flow may reach them (`connectors.protocol.Connectors`)."""

    def system_of(self, tool: str) -> str | None: ...

    async def call(
        self, tool: str, arguments: Any, expect: type[Any], *, contact_external_id: str,
        idempotency_key: str | None = None,
    ) -> Answer[Any] | Failure: ...  # fmt: skip

    def forget(self, contact_external_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """For whom, where and when a flow is run."""

    contact: FlowContact
    tools: Tools
    journal: Journal
    language: str
    """`zh` or `en`."""
    now: datetime
    zone: str = "Asia/Shanghai"
    conversation_id: UUID = NIL
    facts: Mapping[str, str] = field(default_factory=dict)
    """Known facts of the conversation, by code."""
    withheld: Reason | None = None
    """Why people make this flow's changes; None: the bot may, once the customer has said yes."""
