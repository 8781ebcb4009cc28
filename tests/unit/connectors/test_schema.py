"""Arguments are checked against the tool's own schema; a schema we cannot check is not taken."""

from __future__ import annotations

from typing import Any

import pytest

from tongxi.connectors.schema import UnsupportedSchema, check_schema, problems

ORDER = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "minLength": 3, "maxLength": 10, "pattern": "^[A-Z0-9]+$"},
        "amount": {"type": "number", "exclusiveMinimum": 0, "maximum": 100, "multipleOf": 0.01},
        "pieces": {"type": "integer"},
        "kind": {"enum": ["a", "b", None]},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2, "uniqueItems": True},
        "where": {"$ref": "#/$defs/place"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["number"],
    "additionalProperties": False,
    "$defs": {"place": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
}


def test_what_fits_has_no_problems() -> None:
    value = {
        "number": "A123", "amount": 9.99, "pieces": 2.0, "kind": None, "tags": ["x", "y"], "where": {"city": "杭州"},
        "note": None,
    }  # fmt: skip
    assert problems(value, check_schema(ORDER)) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"number": "A1"}, "/number: minLength"),
        ({"number": "a123"}, "/number: pattern"),
        ({"number": "A" * 11}, "/number: maxLength"),
        ({"number": 5}, "/number: type"),
        ({"amount": 0}, "/amount: exclusiveMinimum"),
        ({"amount": float("nan")}, "/amount: type"),
        ({"amount": 1e400}, "/amount: type"),
        ({"amount": 1.005}, "/amount: multipleOf"),
        ({"amount": True}, "/amount: type"),
        ({"pieces": 1.5}, "/pieces: type"),
        ({"kind": "c"}, "/kind: enum"),
        ({"tags": ["a", "b", "c"]}, "/tags: maxItems"),
        ({"tags": ["a", "a"]}, "/tags: uniqueItems"),
        ({"tags": ["a", 1]}, "/tags/1: type"),
        ({"where": {}}, "/where/city: required"),
        ({"note": 3}, "/note: anyOf"),
        ({"customer": "C2"}, "/customer: not allowed"),
    ],
)
def test_what_does_not_fit_is_named_without_its_value(change: dict[str, Any], problem: str) -> None:
    assert problem in problems({"number": "A123", **change}, ORDER)


def test_a_missing_argument_is_named() -> None:
    assert problems({}, ORDER) == ["/number: required"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        [],
        None,
        {"properties": {"a": {"$ref": "http://elsewhere/schema.json"}}},
        {"properties": {"a": {"$ref": "#/$defs/none"}}},
        {"properties": {"a": {"pattern": "(a+)+$"}}},
        {"properties": {"a": {"pattern": "["}}},
        {"properties": {"a": 5}},
        {"unevaluatedProperties": False},
        {"patternProperties": {".*": {}}},
    ],
)
def test_a_schema_that_cannot_be_checked_is_refused(schema: object) -> None:
    with pytest.raises(UnsupportedSchema):
        check_schema(schema)


def test_a_circle_of_references_ends() -> None:
    schema = {"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"items": {"$ref": "#/$defs/x"}}}}
    value: list[Any] = []
    for _ in range(200):
        value = [value]
    assert problems({"a": value}, check_schema(schema))
