"""Kinds of connectors that are set up on screen: their settings, where they lead, how one is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongxi.configuration.store import as_errors
from tongxi.connectors.http_mapping import HttpMapping
from tongxi.connectors.mapping import MAX_BYTES, MappingFile, parse
from tongxi.connectors.protocol import Connector, Effect
from tongxi.kit.clock import Clock
from tongxi.kit.egress import Egress
from tongxi.kit.errors import Invalid

Kind = Literal["http", "mcp", "shopify", "woocommerce"]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpSettings(_Settings):
    """Any HTTP interface."""

    mapping: str = Field(min_length=1, max_length=MAX_BYTES)
    """The mapping file, YAML."""

    def file(self) -> MappingFile:
        """Raises: `mapping.BadMapping`."""
        return parse(self.mapping)


class Allowed(_Settings):
    """What the operator decided about one tool."""

    allowed: bool = False
    effect: Effect = "read"
    contact: str = Field(default="", max_length=100)
    """Argument that is the customer's id: filled by code, hidden from whoever calls."""
    public: bool = False
    """The same for everybody: needs no customer."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What connectors are built with."""

    egress: Egress
    clock: Clock
    may_run_commands: bool = False


class Checked(Connector, Protocol):
    """A connector whose connection can be tested."""

    async def check(self) -> None:
        """See whether the system answers and takes our key. Raises: `ToolFailed`."""
        ...


def read_settings(kind: Kind, settings: Mapping[str, Any]) -> BaseModel:
    """Settings of a kind, checked. Raises: `Invalid`."""
    try:
        made = _SETTINGS[kind].model_validate(settings)
    except ValidationError as error:
        raise Invalid(errors=as_errors(error, ("settings",))) from error
    if isinstance(made, HttpSettings):
        made.file()
    return made


def destinations(kind: Kind, settings: Mapping[str, Any]) -> frozenset[str]:
    """Where the secret goes: scheme, host and port. A secret never follows to another place."""
    match read_settings(kind, settings):
        case HttpSettings() as made:
            file = made.file()
            urls = [file.base_url, file.auth.token_url]
    return frozenset(f"{one.scheme}://{one.netloc}" for one in map(urlsplit, urls) if one.netloc)


def build(
    kind: Kind, settings: Mapping[str, Any], secret: str, *, title: str, name: str, tools: Mapping[str, Allowed],
    discovered: list[dict[str, Any]], ground: Ground,
) -> Checked:  # fmt: skip
    """Make a connector that offers the allowed tools. Raises: `Invalid`."""
    match read_settings(kind, settings):
        case HttpSettings() as made:
            file = made.file()
            client = ground.egress.client(timeout=timedelta(seconds=file.timeout_seconds))
            off = {tool for tool, told in tools.items() if not told.allowed}
            return HttpMapping(
                file, secret, system=title, prefix=name, client=client, clock=ground.clock, without=frozenset(off)
            )
    raise AssertionError(kind)


_SETTINGS: dict[Kind, type[_Settings]] = {"http": HttpSettings}
