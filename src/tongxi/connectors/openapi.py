"""An OpenAPI 3 document as a mapping file: the operator chooses operations and says which parameter is the customer.

Pure. The document is data: only its paths, parameters, bodies and summaries are read, references within it only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Literal

import orjson
import yaml
from pydantic import BaseModel, ConfigDict, Field

from tongxi.connectors.mapping import CONTACT, IDEMPOTENCY_KEY, MappingFile, validate
from tongxi.connectors.schema import UnsupportedSchema, check_schema
from tongxi.kit.errors import Invalid

MAX_CHARS: Final = 5_000_000
MAX_OPERATIONS: Final = 500
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_MAX_DEPTH: Final = 12
FORM: Final = "application/x-www-form-urlencoded"
_DROPPED: Final = frozenset({"xml", "example", "examples", "externalDocs", "discriminator", "readOnly", "writeOnly"})


class BadDocument(Invalid):
    """This is not an OpenAPI 3 document that can be used."""

    code = "bad_openapi"


class Chosen(BaseModel):
    """What the operator says about one operation."""

    model_config = ConfigDict(extra="forbid")

    operation: str = Field(max_length=300)
    """As `Operation.id`."""
    contact: str = Field(default="", max_length=100)
    """Name of the argument that is the customer's id."""
    owner: str = Field(default="", max_length=200)
    """JSON pointer to the customer's id in the answer, where no argument is."""
    public: bool = False


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter, or a field of the body."""

    name: str
    place: Literal["path", "query", "header", "body"]
    schema: Mapping[str, Any]
    required: bool
    original: str
    """As the interface calls it."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation that could become a tool."""

    id: str
    """`GET /orders/{id}`."""
    name: str
    about: str
    effect: Literal["read", "write"]
    method: str
    path: str
    arguments: tuple[Argument, ...]
    problem: str = ""
    """Why it cannot be one: a code, `body_kind` or `schema`."""
    is_form: bool = False
    """Its body is a form."""


@dataclass(frozen=True, slots=True)
class Interface:
    """What a document describes."""

    title: str
    base_url: str
    auth: Mapping[str, Any] = field(default_factory=dict)
    operations: tuple[Operation, ...] = ()


def read(text: str, *, source_url: str = "") -> Interface:
    """Read a document, JSON or YAML; `source_url` completes a relative server address. Raises: `BadDocument`."""
    if len(text) > MAX_CHARS:
        raise BadDocument("The document is too large.")
    document = _loaded(text)
    version = str(document.get("openapi", "")) if isinstance(document, dict) else ""
    if not version.startswith("3."):
        raise BadDocument("The document does not say openapi: 3.x.")
    operations = tuple(islice(_operations(_Document(document)), MAX_OPERATIONS))
    if not operations:
        raise BadDocument("The document has no operations.")
    return Interface(
        title=str(_dict(document.get("info")).get("title") or "")[:60],
        base_url=_base_url(document, source_url),
        auth=_auth(document),
        operations=operations,
    )


def _loaded(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader)):
            raise BadDocument("References with & and * are not taken; use $ref.")
        return yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, the fast one where there is one
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadDocument("The document is neither JSON nor YAML.", line=mark.line + 1 if mark else None) from error


def mapping(interface: Interface, chosen: list[Chosen], *, base_url: str = "") -> str:
    """The mapping file of the chosen operations, YAML, checked. Raises: `BadDocument`, `BadMapping`."""
    known = {one.id: one for one in interface.operations}
    tools = []
    for choice in chosen:
        operation = known.get(choice.operation)
        if operation is None or operation.problem:
            raise BadDocument(f"There is no usable operation {choice.operation!r}.")
        tools.append(_tool(operation, choice))
    made = {
        "base_url": base_url or interface.base_url,
        "auth": dict(interface.auth) or {"kind": "none"},
        "tools": tools,
    }
    checked: MappingFile = validate(made)
    assert checked.tools
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=110)


def _tool(operation: Operation, choice: Chosen) -> dict[str, Any]:
    known = {argument.name for argument in operation.arguments}
    if choice.contact and choice.contact not in known:
        raise BadDocument(f"{operation.id!r} has no argument {choice.contact!r}.")
    path, body = operation.path, {}
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    properties: dict[str, Any] = {}
    required: list[str] = []
    for argument in operation.arguments:
        place = "{" + (CONTACT if argument.name == choice.contact else argument.name) + "}"
        match argument.place:
            case "path":
                path = path.replace("{" + argument.original + "}", place)
            case "query":
                query[argument.original] = place
            case "header":
                headers[argument.original] = place
            case "body":
                body[argument.original] = place
        if argument.name != choice.contact:
            properties[argument.name] = dict(argument.schema)
            if argument.required:
                required.append(argument.name)
    tool: dict[str, Any] = {
        "name": operation.name, "about": operation.about, "effect": operation.effect, "method": operation.method,
        "path": path,
    }  # fmt: skip
    tool |= {name: value for name, value in (("query", query), ("headers", headers), ("body", body)) if value}
    if operation.is_form and body:
        tool["form"] = True
    tool["arguments"] = {"type": "object", "properties": properties, **({"required": required} if required else {})}
    if choice.owner:
        tool["owner"] = choice.owner
    if choice.public:
        tool["public"] = True
    if operation.effect == "write" and not any(IDEMPOTENCY_KEY in str(part) for part in (query, headers, body)):
        tool["idempotency_header"] = "Idempotency-Key"
    return tool


# ── reading ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(slots=True)
class _Document:
    root: dict[str, Any]
    left: int = 50_000
    """Parts of schemas that may still be put in: references can multiply."""


def _operations(document: _Document) -> Iterator[Operation]:
    taken: set[str] = set()
    for path, item in _dict(document.root.get("paths")).items():
        item = _dict(_deref(item, document))
        if not str(path).startswith("/"):
            continue
        for method in _METHODS:
            if isinstance(item.get(method), dict):
                yield _operation(document, str(path), method, item, item[method], taken)


def _operation(
    document: _Document, path: str, method: str, item: dict[str, Any], said: dict[str, Any], taken: set[str]
) -> Operation:
    name = _name(str(said.get("operationId") or f"{method} {path}"), taken)
    about = str(said.get("summary") or said.get("description") or f"{method.upper()} {path}")
    about = " ".join(about.split())[:300]
    problem = ""
    arguments: list[Argument] = []
    is_form = False
    try:
        body, is_form = _body(document, said)
        arguments = _arguments(document, path, item, said, body)
    except UnsupportedSchema:
        problem = "schema"
    except KeyError:
        problem = "body_kind"
    effect: Literal["read", "write"] = "read" if method == "get" else "write"
    return Operation(
        f"{method.upper()} {path}", name, about, effect, method.upper(), path, tuple(arguments), problem, is_form
    )


def _body(document: _Document, said: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The schema of the body, and whether it is a form. Raises: `KeyError` when it is neither JSON nor a form."""
    content = _dict(_dict(_deref(said.get("requestBody"), document)).get("content"))
    if not content:
        return {}, False
    kinds = {str(kind).partition(";")[0].strip().lower(): kind for kind in content}
    chosen = next(kind for kind in ("application/json", "*/*", FORM, "") if kind in kinds or not kind)
    schema = _merged(_schema(_dict(content[kinds[chosen]]).get("schema", {}), document))
    return schema, chosen == FORM


def _merged(schema: dict[str, Any]) -> dict[str, Any]:
    """An object put together of several (`allOf`), as one. Raises: `UnsupportedSchema` for one out of several."""
    if schema.get("type", "object") != "object" or "oneOf" in schema or "anyOf" in schema:
        raise UnsupportedSchema("body")
    properties, required = dict(_dict(schema.get("properties"))), list(_list(schema.get("required")))
    for part in _list(schema.get("allOf")):
        whole = _merged(part)
        properties |= _dict(whole.get("properties"))
        required += _list(whole.get("required"))
    return {"type": "object", "properties": properties, "required": required}


def _arguments(
    document: _Document, path: str, item: dict[str, Any], said: dict[str, Any], body: dict[str, Any]
) -> list[Argument]:
    """Raises: `UnsupportedSchema`."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for parameter in [*_list(item.get("parameters")), *_list(said.get("parameters"))]:
        one = _dict(_deref(parameter, document))
        found[str(one.get("in")), str(one.get("name"))] = one
        if one.get("in") == "cookie" and one.get("required"):
            raise UnsupportedSchema("cookie")
    for original in re.findall(r"\{([^{}]+)\}", path):
        found.setdefault(("path", original), {"schema": {"type": "string"}})  # used, though nobody declared it
    made: list[Argument] = []
    names: set[str] = {CONTACT, IDEMPOTENCY_KEY}
    for (place, original), one in found.items():
        if place not in ("path", "query", "header") or original.lower() in ("authorization", "accept", "content-type"):
            continue
        schema = _schema(one.get("schema", {"type": "string"}), document)
        required = bool(one.get("required")) or place == "path"
        made.append(Argument(_argument(original, names), place, schema, required, original))  # type: ignore[arg-type]
    required_fields = set(_list(body.get("required")))
    for original, part in _dict(body.get("properties")).items():
        made.append(Argument(_argument(original, names), "body", part, original in required_fields, original))
    check_schema({"type": "object", "properties": {one.name: one.schema for one in made}})
    return made


def _schema(schema: Any, document: _Document, depth: int = 0, within: tuple[str, ...] = ()) -> dict[str, Any]:
    """A schema with its references put in; where one comes round to itself (`within`), any object may stand.

    Raises: `UnsupportedSchema`.
    """
    document.left -= 1
    if depth > _MAX_DEPTH or document.left < 0:
        raise UnsupportedSchema("nested too deeply")
    ref = schema.get("$ref") if isinstance(schema, dict) else None
    if isinstance(ref, str):
        if ref in within:
            return {"type": "object"}
        within = (*within, ref)
    schema = _deref(schema, document)
    if schema is True:
        return {}
    if not isinstance(schema, dict):
        raise UnsupportedSchema("not a schema")
    made: dict[str, Any] = {}
    for name, value in schema.items():
        if name in _DROPPED or str(name).startswith("x-"):
            continue
        if name == "properties":
            made[name] = {key: _schema(part, document, depth + 1, within) for key, part in _dict(value).items()}
        elif name in ("anyOf", "oneOf", "allOf"):
            made[name] = [_schema(part, document, depth + 1, within) for part in _list(value)]
        elif name in ("items", "not") or (name == "additionalProperties" and isinstance(value, dict)):
            made[name] = _schema(value, document, depth + 1, within)
        elif name in ("exclusiveMinimum", "exclusiveMaximum") and isinstance(value, bool):
            continue  # OpenAPI 3.0 writes a flag where JSON Schema has the number
        else:
            made[name] = value
    return made


def _deref(value: Any, document: _Document) -> Any:
    for _ in range(8):
        ref = value.get("$ref") if isinstance(value, dict) else None
        if ref is None:
            return value
        if not isinstance(ref, str) or not ref.startswith("#/"):
            raise UnsupportedSchema("reference outside of the document")
        value = document.root
        for step in ref[2:].split("/"):
            value = _dict(value).get(step.replace("~1", "/").replace("~0", "~"))
    raise UnsupportedSchema("reference in circles")


def _name(text: str, taken: set[str]) -> str:
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:40].strip("_") or "operation"
    if not name[0].isalpha():
        name = f"do_{name}"
    return _free(name, taken)


def _argument(original: str, taken: set[str]) -> str:
    name = re.sub(r"[^A-Za-z0-9_]+", "_", original).strip("_") or "value"
    if name[0].isdigit():
        name = f"n{name}"
    return _free(name, taken)


def _free(name: str, taken: set[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free)
    return free


def _base_url(document: dict[str, Any], source_url: str) -> str:
    server = _dict(next(iter(_list(document.get("servers"))), {}))
    url = str(server.get("url") or "")
    for name, variable in _dict(server.get("variables")).items():
        url = url.replace("{" + str(name) + "}", str(_dict(variable).get("default", "")))
    if "://" in url and not url.startswith(("http://", "https://")):
        return ""
    if source_url and not url.startswith(("http://", "https://")):
        origin = re.match(r"https?://[^/]+", source_url)
        url = (origin[0] if origin else "") + ("/" + url.lstrip("/") if url.strip("/") else "")
    return url.rstrip("/")


def _auth(document: dict[str, Any]) -> dict[str, Any]:
    schemes = _dict(_dict(document.get("components")).get("securitySchemes"))
    asked = [str(name) for one in _list(document.get("security")) for name in _dict(one)]
    for name in sorted(schemes, key=lambda name: asked.index(name) if name in asked else len(asked)):
        scheme = schemes[name]
        match _dict(scheme):
            case {"type": "http", "scheme": str(scheme_name)} if scheme_name.lower() in ("bearer", "basic"):
                return {"kind": scheme_name.lower()}
            case {"type": "apiKey", "in": "header", "name": str(name)}:
                return {"kind": "header", "name": name}
            case {"type": "apiKey", "in": "query", "name": str(name)}:
                return {"kind": "query", "name": name}
            case {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": str(url)}}}:
                return {"kind": "client_credentials", "token_url": url}
            case {"type": "oauth2" | "openIdConnect"}:
                return {"kind": "bearer"}
    return {}


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
