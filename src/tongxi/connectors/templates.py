"""The two small languages of a mapping file: requests out of arguments, results out of answers. Pure.

A request template is text with `{name}` in it (a lone `"{name}"` keeps the value's type). A result template says what
to take where, as a JSON pointer (RFC 6901); a customer's text can add neither a placeholder nor a pointer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
MAX_ITEMS: Final = 500
MISSING: Final = object()


class Absent(LookupError):
    """The answer has nothing at a place that must have something."""


# ── requests ────────────────────────────────────────────────────────────────────────────────────
def names(template: Any) -> set[str]:
    """Placeholders of a template, at any depth."""
    match template:
        case str():
            return set(_PLACEHOLDER.findall(template))
        case Mapping():
            return set().union(*(names(part) for part in (*template, *template.values())))
        case list():
            return set().union(*(names(part) for part in template))
    return set()


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """A value out of a template. A lone placeholder without a value gives `MISSING`, which drops its field."""
    match template:
        case str():
            lone = _PLACEHOLDER.fullmatch(template)
            if lone:
                return values.get(lone[1], MISSING)
            return _PLACEHOLDER.sub(lambda found: _text(values.get(found[1], "")), template)
        case Mapping():
            made = {key: fill(part, values) for key, part in template.items()}
            return {key: part for key, part in made.items() if part is not MISSING}
        case list():
            return [part for part in (fill(one, values) for one in template) if part is not MISSING]
    return template


def fill_text(template: str, values: Mapping[str, Any]) -> str | None:
    """As `fill`, as text; None when a lone placeholder has no value."""
    made = fill(template, values)
    return None if made is MISSING or made is None else _text(made)


def fill_path(template: str, values: Mapping[str, Any]) -> str:
    """A path whose filled-in parts cannot leave their place: `/`, `?`, `#` and dots are encoded. Raises: `Absent`."""

    def part(found: re.Match[str]) -> str:
        text = _text(values.get(found[1], ""))
        if text.strip(".") == "":
            raise Absent(found[1])
        return quote(text, safe="")

    return _PLACEHOLDER.sub(part, template)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


# ── results ─────────────────────────────────────────────────────────────────────────────────────
def at(document: Any, pointer: str) -> Any:
    """What is at a JSON pointer, or `MISSING`."""
    if pointer == "":
        return document
    for step in pointer[1:].split("/"):
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, Mapping) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        else:
            return MISSING
    return document


def check_result(template: Any, place: str = "result") -> None:
    """Raises: `ValueError` naming the place that is not a result template."""
    match template:
        case str() if template == "" or template.startswith("/"):
            return
        case {"const": _, **rest} if not rest:
            return
        case {"each": str(pointer), "item": item, **rest} if not rest and (pointer == "" or pointer.startswith("/")):
            check_result(item, f"{place}.item")
            return
        case {"at": str(pointer), **rest} if rest.keys() <= {"map", "default", "as"} and pointer.startswith("/"):
            if rest.get("as", "text") not in _CONVERSIONS or not isinstance(rest.get("map", {}), Mapping):
                raise ValueError(f"{place}: 'as' is one of {', '.join(_CONVERSIONS)}; 'map' is a mapping")
            return
        case Mapping() if not template.keys() & {"const", "each", "at"}:
            for name, part in template.items():
                check_result(part, f"{place}.{name}")
            return
    raise ValueError(f"{place}: neither a JSON pointer nor an object, 'each' with 'item', 'at', or 'const'")


def result(template: Any, document: Any) -> Any:
    """Take a result out of an answer. Places that are not there are left out. Raises: `Absent`."""
    match template:
        case str():
            return at(document, template)
        case {"const": value}:
            return value
        case {"each": str(pointer), "item": item}:
            found = at(document, pointer)
            if found is MISSING or found is None:
                return []
            if not isinstance(found, list):
                raise Absent(pointer)
            made = [result(item, one) for one in found[:MAX_ITEMS]]
            return [one for one in made if one is not MISSING]
        case {"at": str(pointer)}:
            value = at(document, pointer)
            if "map" in template and value is not MISSING:
                value = template["map"].get(_text(value), value if "default" not in template else MISSING)
            if value is MISSING or value is None:
                return template.get("default", MISSING)
            return _CONVERSIONS[template.get("as", "same")](value)
    made_object = {name: result(part, document) for name, part in template.items()}
    return {name: part for name, part in made_object.items() if part is not MISSING}


def _minor_units(value: Any) -> str:
    whole = int(value)
    sign = "-" if whole < 0 else ""
    return f"{sign}{abs(whole) // 100}.{abs(whole) % 100:02d}"


_CONVERSIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "same": lambda value: value,
    "text": _text,
    "number": float,
    "integer": int,
    "minor_units": _minor_units,
}
"""`minor_units`: 1990 → "19.90"."""
