"""Tools of an MCP server: those the operator allowed, as they were described when he did.

What the server says about its own tools is a hint. Effect, customer and "the same for everybody" are the operator's
decision; arguments are checked here against the description that was approved; results are data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final

from tongxi.connectors.decisions import Allowed
from tongxi.connectors.mcp_session import Session
from tongxi.connectors.protocol import Call, Document, FailureCode, Tool, ToolFailed
from tongxi.connectors.schema import UnsupportedSchema, check_schema

MAX_TEXT: Final = 20_000
"""Characters of a result that are kept."""
MAX_ABOUT: Final = 500
_NAME: Final = re.compile(r"[^A-Za-z0-9_-]+")


class McpServer:
    """`tools`: the operator's decisions; `discovered`: what the server said when they were made."""

    def __init__(
        self, session: Session, *, system: str, prefix: str, tools: Mapping[str, Allowed],
        discovered: Sequence[Mapping[str, Any]], timeout: timedelta,
    ) -> None:  # fmt: skip
        self.system = system
        self._session, self._prefix, self._timeout = session, prefix, timeout
        self._tools = [
            self._tool(one, tools[one["name"]])
            for one in discovered
            if one["name"] in tools and is_usable(one, tools[one["name"]])
        ]

    def tools(self) -> Sequence[Tool]:
        return self._tools

    async def check(self) -> None:
        """See whether the server answers and takes our key. Raises: `ToolFailed`."""
        await self._session.list_tools()

    async def discover(self) -> list[dict[str, Any]]:
        """What the server offers now. Raises: `ToolFailed`."""
        return [described(one) for one in await self._session.list_tools()]

    async def close(self) -> None:
        await self._session.close()

    def _tool(self, one: Mapping[str, Any], told: Allowed) -> Tool:
        schema = without(one["schema"], told.contact) if told.contact else dict(one["schema"])
        return Tool(
            tool_name(self._prefix, one["name"]),
            one["about"] or one["name"],
            schema,
            told.effect,
            partial(self._run, one["name"], told.contact),
            needs_contact=not told.public or told.effect == "write",
            timeout=self._timeout,
        )

    async def _run(self, name: str, contact: str, call: Call, arguments: dict[str, Any]) -> Document:
        given = {**arguments, contact: call.contact_external_id} if contact else arguments
        said = await self._session.call(name, given)
        if said.get("isError"):
            raise ToolFailed(FailureCode.REFUSED, "isError")
        return Document(data=_result(said))


def described(one: Mapping[str, Any]) -> dict[str, Any]:
    """A tool as it is shown and kept. `problem`: why it cannot be used."""
    raw = one.get("annotations")
    hints = raw if isinstance(raw, dict) else {}
    problem = ""
    schema: dict[str, Any] = {}
    try:
        schema = check_schema(one.get("inputSchema") or {"type": "object"})
    except UnsupportedSchema:
        problem = "schema"
    about = str(one.get("description") or one.get("title") or "")
    return {
        "name": str(one["name"])[:100],
        "about": " ".join(about.split())[:MAX_ABOUT],
        "schema": schema,
        "read_only": hints.get("readOnlyHint") is True,
        "problem": problem,
    }


def is_usable(one: Mapping[str, Any], told: Allowed) -> bool:
    """Whether an allowed tool may be offered: it is the same for everybody, or names the customer in an argument."""
    names_customer = told.contact in one["schema"].get("properties", {}) if told.contact else False
    return told.allowed and not one["problem"] and (told.public != names_customer)


def without(schema: Mapping[str, Any], argument: str) -> dict[str, Any]:
    """The schema as callers see it, without the argument that code fills."""
    properties = {name: part for name, part in schema.get("properties", {}).items() if name != argument}
    required = [name for name in schema.get("required", ()) if name != argument]
    return {**schema, "properties": properties, "required": required, "additionalProperties": False}


def tool_name(prefix: str, name: str) -> str:
    """`server__tool`, in letters that every model takes, at most 64."""
    return f"{prefix}__{_NAME.sub('_', name)}"[:64]


def _result(said: Mapping[str, Any]) -> dict[str, Any]:
    texts: list[str] = []
    others = 0
    content = said.get("content")
    for part in content if isinstance(content, list) else []:
        if isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str):
            texts.append(part["text"])
        else:
            others += 1
    text = "\n".join(texts)
    made: dict[str, Any] = {"text": text[:MAX_TEXT]}
    structured = said.get("structuredContent")
    if isinstance(structured, dict) and len(str(structured)) <= MAX_TEXT:
        made["structured"] = structured
    if len(text) > MAX_TEXT:
        made["is_cut"] = True
    if others:
        made["left_out"] = others
    return made
