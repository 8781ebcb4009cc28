"""A second reading of a message by a model, where the local one is unsure.

It chooses among what is configured and copies words of the message; anything else it says is dropped here. It may
propose a flow. It starts none: whoever uses a proposal checks it and asks the customer before anything is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict, Field

from tongxi.kit.text import normalise
from tongxi.llm.models import Models
from tongxi.llm.protocol import ModelFailed
from tongxi.llm.text import visible

log = structlog.get_logger(__name__)

MAX_CHARS = 2_000
MAX_CHOICES = 60
MAX_EXAMPLES = 4
SECONDS = 3.0

_OWN = frozenset({"intents", "flows"})


@dataclass(frozen=True, slots=True)
class IntentChoice:
    """An intent that may be chosen."""

    code: str
    about: str = ""
    examples: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FlowChoice:
    """A flow that may be proposed, with its slots: name → what it is."""

    name: str
    about: str
    slots: dict[str, str]


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What the model read, as far as it can be taken."""

    intent: str | None
    confidence: float
    """As the model says; 0…1, not calibrated."""
    flow: str | None
    slots: dict[str, str]
    """Slot → words that stand in the message."""
    model: str
    seconds: float


class _Output(BaseModel):
    model_config = ConfigDict(extra="ignore")

    intent: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    flow: str | None = None
    slots: dict[str, str] = Field(default_factory=dict)


async def read(
    models: Models,
    message: str,
    intents: Sequence[IntentChoice],
    flows: Sequence[FlowChoice] = (),
    *,
    conversation_id: UUID | None = None,
    seconds: float = SECONDS,
) -> SecondReading | None:
    """Ask the engines of purpose `understand`; None when none is set or none answered. At most 60 intents are given."""
    if not models.has("understand"):
        return None
    data = {
        "message": visible(message[:MAX_CHARS]),
        "intents": [
            {"code": one.code, "about": one.about, "examples": list(one.examples[:MAX_EXAMPLES])}
            for one in intents[:MAX_CHOICES]
        ],
        "flows": [
            {"name": one.name, "about": one.about, "slots": [{"name": k, "about": v} for k, v in one.slots.items()]}
            for one in flows[:MAX_CHOICES]
        ],
    }
    try:
        answer = await models.compose(
            "understand", data, own=_OWN, output=_Output, conversation_id=conversation_id, seconds=seconds
        )
    except ModelFailed:
        return None
    assert isinstance(answer.value, _Output)
    return _taken(answer.value, message, intents, flows, answer.model, answer.seconds)


def _taken(
    output: _Output,
    message: str,
    intents: Sequence[IntentChoice],
    flows: Sequence[FlowChoice],
    model: str,
    seconds: float,
) -> SecondReading:
    """Only what is on the lists, and only words the customer wrote."""
    flow = next((one for one in flows if one.name == output.flow), None)
    said = normalise(message)
    slots = {
        name: value
        for name, value in output.slots.items()
        if flow is not None and name in flow.slots and value.strip() and normalise(value) in said
    }
    known = any(one.code == output.intent for one in intents)
    if (output.intent and not known) or (output.flow and flow is None):
        log.info("model.read_what_is_not_offered", model=model)
    return SecondReading(
        intent=output.intent if known else None,
        confidence=output.confidence if known else 0.0,
        flow=flow.name if flow else None,
        slots=slots,
        model=model,
        seconds=seconds,
    )
