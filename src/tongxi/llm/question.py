"""One question as it is put to one engine, masked where it leaves the house; and its answer put right again. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ValidationError

from tongxi.llm.engines import Engine
from tongxi.llm.masking import Masking
from tongxi.llm.protocol import Embedded, FailureCode, Message, ModelFailed, Purpose, Reply, Request, Usage


@dataclass(frozen=True, slots=True)
class Question:
    """The same messages twice: for engines in the house, and for those outside."""

    given: tuple[Message, ...]
    hidden: tuple[Message, ...]
    masking: Masking | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as one engine gets it."""

    purpose: Purpose
    engine: Engine
    request: Request
    masking: Masking | None
    """None: nothing was masked."""
    conversation_id: UUID | None
    characters: int
    prompt_version: int = 0


def document(data: Mapping[str, Any]) -> Message:
    return Message("user", orjson.dumps(data).decode())


def hidden(messages: Sequence[Message], masking: Masking) -> tuple[Message, ...]:
    return tuple(
        one
        if one.role == "system"
        else replace(
            one,
            text=masking.hide(one.text),
            calls=tuple(replace(call, arguments=masking.hide(call.arguments)) for call in one.calls),
        )
        for one in messages
    )


def restored(reply: Reply, masking: Masking | None) -> Reply:
    if masking is None:
        return reply
    calls = tuple(replace(call, arguments=masking.restore(call.arguments)) for call in reply.calls)
    return replace(reply, text=masking.restore(reply.text), calls=calls)


def usage_of(result: Reply | Embedded) -> Usage:
    return result.usage


def value_of(masking: Masking | None, output: type[BaseModel] | None, reply: Reply) -> BaseModel | None:
    """The text as the output that was asked for, also out of a code fence. Raises: `ModelFailed`."""
    if output is None or reply.calls:
        return None
    text = restored(reply, masking).text.strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].rpartition("```")[0]
    try:
        return output.model_validate_json(text)
    except ValidationError as error:
        raise ModelFailed(FailureCode.BAD_ANSWER, f"not {output.__name__}", is_ill=False) from error
