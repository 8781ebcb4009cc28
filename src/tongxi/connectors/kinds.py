"""Kinds of connectors that are set up on screen: their settings, where they lead, how one is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from tongxi.configuration.store import as_errors
from tongxi.connectors.decisions import Allowed
from tongxi.connectors.http_mapping import HttpMapping
from tongxi.connectors.mapping import MAX_BYTES, MappingFile, parse
from tongxi.connectors.mcp import McpServer
from tongxi.connectors.mcp_session import HttpTransport, Session, StdioTransport
from tongxi.connectors.notes import ADD_NOTE
from tongxi.connectors.oauth import ClientCredentials
from tongxi.connectors.protocol import Connector
from tongxi.connectors.shopify import Shopify
from tongxi.connectors.woocommerce import WooCommerce
from tongxi.kit.clock import Clock
from tongxi.kit.egress import Egress
from tongxi.kit.errors import Forbidden, Invalid

Kind = Literal["http", "mcp", "shopify", "woocommerce"]
Url = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^https?://[^\s?#]+$", max_length=500)]
ContactIs = Literal["customer_id", "email"]
"""What the shop signs as the customer's id (docs/how-to/verify-customers.md)."""


class CommandsOff(Forbidden):
    """Programs may not be started from here; set TONGXI_MCP_COMMANDS=true on the server first."""

    code = "commands_off"


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpSettings(_Settings):
    """Any HTTP interface."""

    mapping: str = Field(min_length=1, max_length=MAX_BYTES)
    """The mapping file, YAML."""

    def file(self) -> MappingFile:
        """Raises: `mapping.BadMapping`."""
        return parse(self.mapping)


class McpSettings(_Settings):
    """A server of the Model Context Protocol."""

    transport: Literal["http", "stdio"] = "http"
    url: Url | None = None
    auth: Literal["none", "bearer", "header"] = "none"
    header: str = Field(default="", max_length=60, pattern=r"^[A-Za-z0-9-]*$")
    command: tuple[Annotated[str, StringConstraints(min_length=1, max_length=500)], ...] = Field(
        default=(), max_length=30
    )
    """Program and its arguments; a secret is given to it as MCP_SECRET."""
    timeout_seconds: float = Field(default=8, gt=0, le=30)

    @model_validator(mode="after")
    def _complete(self) -> McpSettings:
        if (self.transport == "http") != (self.url is not None) or (self.transport == "stdio") != bool(self.command):
            raise ValueError("http needs a 'url', stdio a 'command'")
        if (self.auth == "header") != bool(self.header):
            raise ValueError("auth 'header' needs the name of the 'header'")
        return self


class ShopifySettings(_Settings):
    """A Shopify shop."""

    shop: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*\.myshopify\.com$", max_length=100)
    version: str = Field(default="2026-10", pattern=r"^20\d\d-(01|04|07|10)$")
    auth: Literal["token", "client_credentials"] = "token"
    contact: ContactIs = "customer_id"
    timeout_seconds: float = Field(default=5, gt=0, le=30)


class WooCommerceSettings(_Settings):
    """A WooCommerce shop."""

    url: Url
    contact: ContactIs = "customer_id"
    timeout_seconds: float = Field(default=5, gt=0, le=30)


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
    """Where the secret goes: scheme, host and port, or a program. A secret never follows to another place."""
    urls: list[str]
    match read_settings(kind, settings):
        case HttpSettings() as http:
            file = http.file()
            urls = [file.base_url, file.auth.token_url]
        case McpSettings() as mcp:
            if mcp.command:
                return frozenset({" ".join(mcp.command)})
            urls = [mcp.url or ""]
        case ShopifySettings() as shopify:
            urls = [f"https://{shopify.shop}"]
        case WooCommerceSettings() as woo:
            urls = [woo.url]
        case _:
            raise AssertionError(kind)
    return frozenset(f"{one.scheme}://{one.netloc}" for one in map(urlsplit, urls) if one.netloc)


def build(
    kind: Kind, settings: Mapping[str, Any], secret: str, *, title: str, name: str, tools: Mapping[str, Allowed],
    discovered: Sequence[Mapping[str, Any]], ground: Ground,
) -> Checked:  # fmt: skip
    """Make a connector that offers the allowed tools. Raises: `Invalid`, `CommandsOff`."""
    match read_settings(kind, settings):
        case HttpSettings() as http:
            file = http.file()
            client = ground.egress.client(timeout=timedelta(seconds=file.timeout_seconds))
            off = {tool for tool, told in tools.items() if not told.allowed}
            return HttpMapping(
                file, secret, system=title, prefix=name, client=client, clock=ground.clock, without=frozenset(off)
            )
        case McpSettings() as mcp:
            return McpServer(
                _session(mcp, secret, ground), system=title, prefix=name, tools=tools, discovered=discovered,
                timeout=timedelta(seconds=mcp.timeout_seconds),
            )  # fmt: skip
        case ShopifySettings() as shopify:
            patience = timedelta(seconds=shopify.timeout_seconds)
            base, client = f"https://{shopify.shop}", ground.egress.client(timeout=patience)
            token_url = f"{base}/admin/oauth/access_token"
            tokens = (
                ClientCredentials(client, token_url, secret, ground.clock)
                if shopify.auth == "client_credentials"
                else None
            )
            return Shopify(
                base, secret, version=shopify.version, system=title, prefix=name, client=client,
                contact=shopify.contact, tokens=tokens, with_notes=_is_on(tools, ADD_NOTE), timeout=patience,
            )  # fmt: skip
        case WooCommerceSettings() as woo:
            patience = timedelta(seconds=woo.timeout_seconds)
            return WooCommerce(
                woo.url, secret, system=title, prefix=name, client=ground.egress.client(timeout=patience),
                contact=woo.contact, with_notes=_is_on(tools, ADD_NOTE), timeout=patience,
            )  # fmt: skip
    raise AssertionError(kind)


def _session(mcp: McpSettings, secret: str, ground: Ground) -> Session:
    if mcp.command:
        if not ground.may_run_commands:
            raise CommandsOff
        return Session(StdioTransport(mcp.command, {"MCP_SECRET": secret} if secret else {}))
    assert mcp.url is not None
    proof = {"bearer": {"Authorization": f"Bearer {secret}"}, "header": {mcp.header: secret}}.get(mcp.auth, {})
    client = ground.egress.client(timeout=timedelta(seconds=mcp.timeout_seconds))
    return Session(HttpTransport(client, mcp.url, proof))


def _is_on(tools: Mapping[str, Allowed], name: str) -> bool:
    return name in tools and tools[name].allowed


_SETTINGS: dict[Kind, type[_Settings]] = {
    "http": HttpSettings,
    "mcp": McpSettings,
    "shopify": ShopifySettings,
    "woocommerce": WooCommerceSettings,
}
