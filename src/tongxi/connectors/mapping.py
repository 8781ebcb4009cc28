"""A mapping file: how the addresses of one system become tools (docs/how-to/connectors.md). Checked when it is loaded.

Who the customer is comes from our code alone: `{contact}` is filled with the verified contact's id, and where a system
cannot be asked by customer, `owner` says where its answer names him, and another one's record counts as not found.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from tongxi.connectors.business import CANONICAL
from tongxi.connectors.protocol import FailureCode
from tongxi.connectors.schema import UnsupportedSchema, check_schema
from tongxi.connectors.templates import check_result, names
from tongxi.kit.errors import Invalid

MAX_BYTES: Final = 200_000
CONTACT: Final = "contact"
IDEMPOTENCY_KEY: Final = "idempotency_key"
_RESERVED: Final = frozenset({CONTACT, IDEMPOTENCY_KEY})
_HEADER = re.compile(r"^[A-Za-z0-9-]{1,60}$")
_FORBIDDEN_HEADERS: Final = frozenset(
    "host content-length transfer-encoding connection upgrade cookie proxy-authorization te trailer".split()
)


ToolName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,47}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Auth(_Part):
    """How requests prove who we are; the secret itself is kept apart, sealed."""

    kind: Literal["none", "bearer", "basic", "header", "query", "client_credentials"] = "none"
    """`basic`: the secret is `user:password`. `client_credentials`: `id:secret`, OAuth 2.0, RFC 6749 section 4.4."""
    name: str = Field(default="", max_length=60)
    """Of the header or query parameter."""
    token_url: str = Field(default="", max_length=2048)
    scope: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _complete(self) -> Auth:
        if self.kind in {"header", "query"} and not self.name:
            raise ValueError(f"auth {self.kind!r} needs a 'name'")
        if self.kind == "header" and (not _HEADER.match(self.name) or self.name.lower() in _FORBIDDEN_HEADERS):
            raise ValueError("auth: not a header of ours")
        if self.kind == "client_credentials" and not self.token_url:
            raise ValueError("auth 'client_credentials' needs a 'token_url'")
        return self


class MappedTool(_Part):
    """One request."""

    name: ToolName
    about: str = Field(min_length=1, max_length=500)
    effect: Literal["read", "write"] = "read"
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: str = Field(max_length=500, pattern=r"^/")
    query: dict[str, str] = Field(default_factory=dict, max_length=30)
    headers: dict[str, str] = Field(default_factory=dict, max_length=20)
    body: Any = None
    form: bool = False
    """Send `body` as a form instead of JSON."""
    arguments: dict[str, Any] = Field(
        default_factory=lambda: {"type": "object", "properties": {}}, validate_default=True
    )
    owner: str = Field(default="", pattern=r"^(/.*)?$", max_length=200)
    """JSON pointer to the customer's id in the answer; `*` stands for every item of a list."""
    public: bool = False
    """Gives the same to everybody; no customer is named and none is needed."""
    result: Any = ""
    idempotency_header: str = Field(default="", max_length=60)
    errors: dict[int, FailureCode] = Field(default_factory=dict)
    timeout_seconds: float | None = Field(default=None, gt=0, le=30)

    @field_validator("arguments")
    @classmethod
    def _known_schema(cls, value: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        if info.data.get("name") in CANONICAL:
            return CANONICAL[info.data["name"]].arguments.model_json_schema()
        try:
            schema = check_schema(value)
        except UnsupportedSchema as error:
            raise ValueError(f"arguments: {error}") from error
        schema.setdefault("additionalProperties", False)
        return schema

    @model_validator(mode="after")
    def _whole(self) -> MappedTool:
        check_result(self.result)
        if self.name in CANONICAL and self.effect != CANONICAL[self.name].effect:
            raise ValueError(f"{self.name!r} is a {CANONICAL[self.name].effect} tool")
        declared = set(self.arguments.get("properties", {}))
        if declared & _RESERVED:
            raise ValueError("arguments: 'contact' and 'idempotency_key' come from code and cannot be arguments")
        request = [self.path, self.query, self.headers, self.body]
        used = names(request)
        unknown = used - declared - _RESERVED
        if unknown:
            raise ValueError(f"no argument {min(unknown)!r} is declared, but a template uses it")
        in_path = names(self.path) - _RESERVED - set(self.arguments.get("required", ()))
        if in_path:
            raise ValueError(f"argument {min(in_path)!r} stands in the path: list it under 'required'")
        has_contact = CONTACT in used or bool(self.owner)
        if self.public == has_contact:
            raise ValueError(
                "'public' tools name no customer" if has_contact else
                "say whose data it is: use {contact} in the request, or 'owner' for the place in the answer; "
                "or 'public: true' if it is the same for everybody"
            )  # fmt: skip
        if self.effect == "write" and (self.public or CONTACT not in used):
            raise ValueError("a write says for whom: use {contact} in its request")
        if self.effect == "read" and self.method in {"PUT", "PATCH", "DELETE"}:
            raise ValueError(f"{self.method} changes something: set 'effect: write'")
        if self.effect == "write" and not self.idempotency_header and IDEMPOTENCY_KEY not in used:
            raise ValueError("a write needs 'idempotency_header', or {idempotency_key} in its request")
        for header in (*self.headers, *([self.idempotency_header] if self.idempotency_header else ())):
            if not _HEADER.match(header) or header.lower() in _FORBIDDEN_HEADERS:
                raise ValueError(f"header {header!r} may not be set")
        return self


class MappingFile(_Part):
    """A whole file."""

    base_url: str = Field(pattern=r"^https?://[^\s?#]+$", max_length=500)
    auth: Auth = Auth()
    headers: dict[str, str] = Field(default_factory=dict, max_length=20)
    timeout_seconds: float = Field(default=5, gt=0, le=30)
    check: str = Field(default="", pattern=r"^(/.*)?$", max_length=300)
    """Path asked by the connection test; without one the base address is."""
    tools: tuple[MappedTool, ...] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _names_once(self) -> MappingFile:
        seen: set[str] = set()
        for tool in self.tools:
            if tool.name in seen:
                raise ValueError(f"two tools are called {tool.name!r}")
            seen.add(tool.name)
        for header in self.headers:
            if not _HEADER.match(header) or header.lower() in _FORBIDDEN_HEADERS:
                raise ValueError(f"header {header!r} may not be set")
        return self


class BadMapping(Invalid):
    """The mapping file cannot be used."""

    code = "bad_mapping"


def parse(text: str) -> MappingFile:
    """Read a mapping file (YAML or JSON). Raises: `BadMapping` with `errors:[{loc,msg}]`, `line` where it is known."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise BadMapping("The mapping file is too large.", errors=[{"loc": [], "msg": "too large"}])
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise BadMapping(errors=[{"loc": [], "msg": "references (*name) are not taken"}])
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        what = getattr(error, "problem", None) or "not YAML"
        raise BadMapping(errors=[{"loc": [], "msg": what}], line=line) from error
    return validate(loaded)


def validate(value: object) -> MappingFile:
    """Check a mapping that was read already. Raises: `BadMapping`."""
    try:
        return MappingFile.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        errors = [{"loc": list(item["loc"]), "msg": item["msg"].removeprefix("Value error, ")} for item in found[:20]]
        raise BadMapping(errors=errors) from error
