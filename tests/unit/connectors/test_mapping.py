"""A mapping file is checked when it is loaded: what could reach another customer's data does not load."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from tongxi.connectors import templates
from tongxi.connectors.mapping import BadMapping, parse, validate

EXAMPLE = Path(__file__).parents[3] / "examples" / "loyalty.mapping.yaml"
READ: dict[str, Any] = {"name": "points", "about": "Points.", "path": "/members/{contact}/points"}
WRITE: dict[str, Any] = {
    "name": "redeem", "about": "Redeem.", "effect": "write", "method": "POST", "path": "/members/{contact}/vouchers",
    "idempotency_header": "Idempotency-Key",
}  # fmt: skip


def file(*tools: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"base_url": "https://api.example", "tools": list(tools), **more}


def test_the_example_loads() -> None:
    mapping = parse(EXAMPLE.read_text(encoding="utf-8"))
    assert [(tool.name, tool.effect, tool.public) for tool in mapping.tools] == [
        ("points", "read", False), ("redeem", "write", False), ("tiers", "read", True),
    ]  # fmt: skip


def test_broken_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(BadMapping) as refused:
        parse("base_url: https://x\ntools:\n  - name: a\n   about: b\n")
    assert refused.value.fields["line"] == 4


def test_a_bomb_of_references_is_refused() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{c}: &{c} [{','.join(f'*{p}' for _ in range(9))}]\n"
                                                    for p, c in zip("abcdefg", "bcdefgh", strict=True))  # fmt: skip
    with pytest.raises(BadMapping):
        parse(bomb)


def changed(tool: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return copy.deepcopy(tool) | changes


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        (changed(READ, path="/orders/{number}"), "no argument 'number'"),
        (changed(READ, path="/orders"), "whose data"),
        (changed(READ, public=True), "name no customer"),
        (changed(READ, arguments={"type": "object", "properties": {"contact": {"type": "string"}}}), "come from code"),
        (changed(READ, query={"q": "{missing}"}), "no argument 'missing'"),
        (changed(READ, path="/members/{contact}/{part}", arguments={"properties": {"part": {}}}), "required"),
        (changed(READ, method="DELETE"), "effect: write"),
        (changed(READ, headers={"Host": "evil"}), "may not be set"),
        (changed(READ, headers={"X\r\nY": "1"}), "may not be set"),
        (changed(READ, arguments={"type": "object", "patternProperties": {}}), "patternProperties"),
        (changed(READ, result={"a": "no pointer"}), "result.a"),
        (changed(READ, result={"a": {"each": "/x"}}), "result.a"),
        (changed(READ, name="Points!"), "pattern"),
        (changed(READ, unknown=1), "Extra inputs"),
        (changed(WRITE, idempotency_header=""), "idempotency_header"),
        (changed(WRITE, path="/vouchers"), "whose data"),
        (changed(WRITE, path="/vouchers", owner="/id"), "for whom"),
        (changed(WRITE, path="/vouchers", public=True), "for whom"),
    ],
)
def test_an_unsafe_tool_does_not_load(tool: dict[str, Any], said: str) -> None:
    with pytest.raises(BadMapping) as refused:
        validate(file(tool))
    assert any(said in error["msg"] for error in refused.value.fields["errors"]), refused.value.fields


@pytest.mark.parametrize(
    "more",
    [{"base_url": "ftp://x"}, {"base_url": "https://x/?a=b"}, {"tools": []}, {"tools": [READ, READ]},
     {"auth": {"kind": "header"}}, {"auth": {"kind": "header", "name": "Host"}},
     {"auth": {"kind": "client_credentials"}},
     {"headers": {"Cookie": "a"}}, {"timeout_seconds": 600}, {"secret": "x"}],
)  # fmt: skip
def test_an_unsafe_file_does_not_load(more: dict[str, Any]) -> None:
    with pytest.raises(BadMapping):
        validate({**file(READ), **more})


@pytest.mark.parametrize("value", ["../admin", "..", ".", "", "a/b", "a?b=c", "a#b", "%2e%2e", "{contact}"])
def test_an_argument_stays_in_its_part_of_the_path(value: str) -> None:
    try:
        path = templates.fill_path("/orders/{number}/items", {"number": value, "contact": "C1"})
    except templates.Absent:
        assert value.strip(".") == ""
    else:
        assert path.count("/") == 3
        assert not set(path) & set("?#{}")


def test_a_body_keeps_types_and_drops_what_is_not_given() -> None:
    body = {"points": "{points}", "text": "for {name}", "note": "{note}", "fixed": [1, "{points}"]}
    assert templates.fill(body, {"points": 300, "name": "{note}"}) == {
        "points": 300, "text": "for {note}", "fixed": [1, 300],
    }  # fmt: skip


def test_a_result_is_taken_by_pointers() -> None:
    template = {
        "total": {"at": "/sum", "as": "minor_units"}, "state": {"at": "/s", "map": {"2": "paid"}, "default": "unknown"},
        "lines": {"each": "/rows", "item": {"name": "/n", "missing": "/zzz"}}, "kind": {"const": "order"},
        "odd": "/a~1b",
    }  # fmt: skip
    templates.check_result(template)
    document = {"sum": 1990, "s": 2, "rows": [{"n": "kettle"}, {"n": "cup"}], "a/b": None}
    assert templates.result(template, document) == {
        "total": "19.90", "state": "paid", "lines": [{"name": "kettle"}, {"name": "cup"}], "kind": "order", "odd": None,
    }  # fmt: skip
    assert templates.result(template, {"s": 9})["state"] == "unknown"
    with pytest.raises(templates.Absent):
        templates.result({"each": "/rows", "item": ""}, {"rows": 5})
