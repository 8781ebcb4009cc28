"""What a model may look up while it words an answer: read tools only, for the verified contact, a few times.

Whose data is read is decided here, never by the model. A name or arguments that do not fit, a question asked twice, a
system that fails: each is told to the model as a text, and counts. Writing tools are not offered and not run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from pydantic import BaseModel

from tongxi.connectors.protocol import Connectors, Failure, Tool
from tongxi.llm.protocol import Message, ToolCall, ToolSpec

MAX_ROUNDS = 3
"""Times a model may ask for something before it has to answer."""
MAX_CALLS = 6
"""Over all rounds."""
MAX_RESULT_CHARS = 4_000


@dataclass(frozen=True, slots=True)
class Found:
    """What a tool gave, as a passage that can be cited."""

    tool: str
    system: str
    checked_at: datetime
    text: str


class Lookup:
    """The tools of one answer. `contact_external_id`: the verified contact's id at the shop, or "" for none."""

    def __init__(self, connectors: Connectors, contact_external_id: str, *, first_number: int) -> None:
        """`first_number`: under which the first result can be cited."""
        self._connectors = connectors
        self._contact = contact_external_id
        self._first = first_number
        self._asked: set[tuple[str, bytes]] = set()
        self._calls = 0
        self.found: list[Found] = []

    def tools(self) -> list[ToolSpec]:
        """What is offered now: nothing once too much was asked."""
        if self._calls >= MAX_CALLS:
            return []
        return [ToolSpec(_spelled(tool.name), tool.about, tool.schema()) for tool in self._offered().values()]

    async def answer(self, call: ToolCall) -> Message:
        """The result of a call for the model, or what was wrong with it."""
        self._calls += 1
        tool = self._offered().get(call.name)
        if tool is None:
            return _refusal(call, f"there is no tool {call.name[:60]!r}")
        if self._calls > MAX_CALLS:
            return _refusal(call, "no more calls; answer with what you have")
        try:
            arguments = orjson.loads(call.arguments or "{}")
        except orjson.JSONDecodeError:
            return _refusal(call, "the arguments are not JSON")
        if not isinstance(arguments, dict):
            return _refusal(call, "the arguments are not an object")
        spelled = orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS)
        if (call.name, spelled) in self._asked:
            return _refusal(call, "this was asked already; answer with what you have")
        self._asked.add((call.name, spelled))
        result = await self._connectors.call(
            tool.name, arguments, BaseModel, contact_external_id=self._contact if tool.needs_contact else ""
        )
        if isinstance(result, Failure):
            return _refusal(call, result.code.value)
        data = result.value.model_dump(mode="json")
        text = _flat(data)[:MAX_RESULT_CHARS]
        self.found.append(Found(tool.name, result.system, result.checked_at, text))
        number = self._first + len(self.found) - 1
        told = orjson.dumps({"n": number, "result": text}).decode()
        return Message("tool", told, call_id=call.id)

    def _offered(self) -> dict[str, Tool]:
        return {
            _spelled(tool.name): tool
            for tool in self._connectors.tools()
            if tool.effect == "read" and (self._contact or not tool.needs_contact)
        }


def _spelled(name: str) -> str:
    """Tool names have dots; models know letters, digits, `_` and `-` only."""
    return name.replace(".", "_")


def _refusal(call: ToolCall, reason: str) -> Message:
    return Message("tool", orjson.dumps({"error": reason}).decode(), call_id=call.id, is_error=True)


def _flat(value: Any, name: str = "") -> str:
    """A JSON document as lines `name: value`, for reading and for comparing word by word."""
    match value:
        case dict():
            return "\n".join(line for key, part in value.items() if (line := _flat(part, str(key))))
        case list():
            return "\n".join(line for part in value if (line := _flat(part, name)))
        case None | "":
            return ""
    return f"{name}: {value}" if name else str(value)
