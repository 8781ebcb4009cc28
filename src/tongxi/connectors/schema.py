"""JSON Schema as tools describe their arguments with: checked here, never trusted to whoever wrote it. Pure.

The part of draft 2020-12 that tools use. A schema with a rule outside of it is refused rather than half checked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

MAX_DEPTH: Final = 24
MAX_BYTES: Final = 100_000
_ANNOTATIONS: Final = frozenset(
    "$schema $id $comment $defs definitions title description default examples deprecated readOnly writeOnly format "
    "contentEncoding contentMediaType discriminator xml externalDocs example nullable".split()
)
_RULES: Final = frozenset(
    "$ref type enum const properties required additionalProperties minProperties maxProperties items minItems maxItems "
    "uniqueItems minLength maxLength pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf anyOf oneOf "
    "allOf not".split()
)
_NESTED_QUANTIFIER: Final = re.compile(r"[+*}]\s*\)\s*[+*{]")
_MAX_PATTERN: Final = 200
_MAX_PATTERN_TEXT: Final = 1_000


class UnsupportedSchema(ValueError):
    """The schema is broken, or has a rule that is not known here."""


def check_schema(schema: object) -> dict[str, Any]:
    """The schema of a tool's arguments, an object's. Raises: `UnsupportedSchema`."""
    if not isinstance(schema, Mapping) or schema.get("type", "object") != "object":
        raise UnsupportedSchema("arguments must be an object")
    checked = dict(schema)
    _walk(checked, checked, 0)
    return checked


def _walk(node: object, root: Mapping[str, Any], depth: int) -> None:
    if isinstance(node, bool):
        return
    if not isinstance(node, Mapping) or depth > MAX_DEPTH:
        raise UnsupportedSchema("not a schema" if depth <= MAX_DEPTH else "nested too deeply")
    for name in node:
        if name not in _RULES and name not in _ANNOTATIONS and not str(name).startswith("x-"):
            raise UnsupportedSchema(f"rule {name!r}")
    if "$ref" in node:
        _resolve(node["$ref"], root)
    if "pattern" in node:
        _pattern(node["pattern"])
    for name in ("properties", "$defs", "definitions"):
        for part in _mapping(node.get(name)).values():
            _walk(part, root, depth + 1)
    for name in ("anyOf", "oneOf", "allOf"):
        for part in _sequence(node.get(name)):
            _walk(part, root, depth + 1)
    for name in ("items", "additionalProperties", "not"):
        if name in node:
            _walk(node[name], root, depth + 1)


def may_take_forever(pattern: str) -> bool:
    """Whether a regular expression is long or repeats what repeats itself, so that a text could keep it busy."""
    return len(pattern) > _MAX_PATTERN or _NESTED_QUANTIFIER.search(pattern) is not None


def _pattern(text: object) -> re.Pattern[str]:
    if not isinstance(text, str) or may_take_forever(text):
        raise UnsupportedSchema("pattern")
    try:
        return re.compile(text)
    except re.error:
        raise UnsupportedSchema("pattern") from None


def _resolve(ref: object, root: Mapping[str, Any]) -> Any:
    if not isinstance(ref, str) or not ref.startswith("#/"):
        raise UnsupportedSchema("reference outside of the schema")
    node: Any = root
    for step in ref[2:].split("/"):
        step = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, Mapping) or step not in node:
            raise UnsupportedSchema(f"reference {ref!r}")
        node = node[step]
    return node


def _mapping(value: object) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise UnsupportedSchema("not a mapping")
    return value or {}


def _sequence(value: object) -> Sequence[Any]:
    if value is not None and (not isinstance(value, Sequence) or isinstance(value, str)):
        raise UnsupportedSchema("not a list")
    return value or ()


def problems(value: object, schema: Mapping[str, Any]) -> list[str]:
    """What is wrong with `value`, as JSON pointers and rules (`/city: type`); never the value itself."""
    found: list[str] = []
    _check(value, schema, schema, "", found, 0)
    return found


def _check(value: Any, schema: Any, root: Mapping[str, Any], at: str, found: list[str], depth: int) -> None:
    if isinstance(schema, bool):
        if not schema:
            found.append(f"{at or '/'}: not allowed")
        return
    if depth > MAX_DEPTH:
        found.append(f"{at or '/'}: nested too deeply")
        return

    def wrong(rule: str) -> None:
        found.append(f"{at or '/'}: {rule}")

    if "$ref" in schema:
        _check(value, _resolve(schema["$ref"], root), root, at, found, depth + 1)
    if "type" in schema and not (value is None and schema.get("nullable")):
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(_is(value, kind) for kind in kinds):
            wrong("type")
            return
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        wrong("enum")
    if "const" in schema and not _same(value, schema["const"]):
        wrong("const")
    match value:
        case str():
            _check_text(value, schema, wrong)
        case bool():
            pass
        case int() | float():
            _check_number(value, schema, wrong)
        case Mapping():
            _check_object(value, schema, root, at, found, depth)
        case list():
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", math.inf):
                wrong("minItems" if len(value) < schema.get("minItems", 0) else "maxItems")
            if schema.get("uniqueItems") and any(_same(a, b) for i, a in enumerate(value) for b in value[:i]):
                wrong("uniqueItems")
            if "items" in schema:
                for number, item in enumerate(value):
                    _check(item, schema["items"], root, f"{at}/{number}", found, depth + 1)

    def fits(part: Any) -> bool:
        inner: list[str] = []
        _check(value, part, root, at, inner, depth + 1)
        return not inner

    for part in schema.get("allOf", ()):
        _check(value, part, root, at, found, depth + 1)
    if "anyOf" in schema and not any(map(fits, schema["anyOf"])):
        wrong("anyOf")
    if "oneOf" in schema and sum(map(fits, schema["oneOf"])) != 1:
        wrong("oneOf")
    if "not" in schema and fits(schema["not"]):
        wrong("not")


def _check_text(value: str, schema: Mapping[str, Any], wrong: Any) -> None:
    if len(value) < schema.get("minLength", 0):
        wrong("minLength")
    if len(value) > schema.get("maxLength", math.inf):
        wrong("maxLength")
    if "pattern" in schema and (len(value) > _MAX_PATTERN_TEXT or not _pattern(schema["pattern"]).search(value)):
        wrong("pattern")


def _check_number(value: float, schema: Mapping[str, Any], wrong: Any) -> None:
    if not math.isfinite(value):
        wrong("type")
        return
    rules: dict[str, Callable[[float], bool]] = {
        "minimum": lambda limit: value >= limit,
        "maximum": lambda limit: value <= limit,
        "exclusiveMinimum": lambda limit: value > limit,
        "exclusiveMaximum": lambda limit: value < limit,
        "multipleOf": lambda step: step > 0 and abs(value / step - round(value / step)) < 1e-9,
    }
    for name, holds in rules.items():
        limit = schema.get(name)
        if isinstance(limit, int | float) and not isinstance(limit, bool) and not holds(limit):
            wrong(name)


def _check_object(
    value: Mapping[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any], at: str, found: list[str], depth: int
) -> None:
    properties = schema.get("properties", {})
    found += [f"{at}/{name}: required" for name in schema.get("required", ()) if name not in value]
    if not schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", math.inf):
        found.append(f"{at or '/'}: number of properties")
    rest = schema.get("additionalProperties", True)
    for name, item in value.items():
        if name in properties:
            _check(item, properties[name], root, f"{at}/{name}", found, depth + 1)
        elif rest is not True:
            _check(item, rest, root, f"{at}/{name}", found, depth + 1)


def _is(value: Any, kind: str) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "integer":
            return not isinstance(value, bool) and (
                isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            )
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "null":
            return value is None
        case "object":
            return isinstance(value, Mapping)
        case "array":
            return isinstance(value, list)
    return False


def _same(a: Any, b: Any) -> bool:
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)
