"""An OpenAPI document becomes a mapping file, once somebody has said which parameter is the customer."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tongxi.connectors import openapi
from tongxi.connectors.mapping import BadMapping, parse
from tongxi.connectors.openapi import BadDocument, Chosen


def described(paths: dict[str, Any], **more: Any) -> str:
    """A document of OpenAPI 3.1 with these paths."""
    whole = {"openapi": "3.1.0", "info": {"title": "t"}, "servers": [{"url": "https://api.example"}], "paths": paths}
    return orjson.dumps(whole | more).decode()


def body(schema: dict[str, Any], kind: str = "application/json") -> dict[str, Any]:
    return {"/x": {"post": {"requestBody": {"content": {kind: {"schema": schema}}}}}}


def the_one(text: str) -> openapi.Operation:
    (operation,) = openapi.read(text).operations
    return operation


def test_a_body_put_together_of_several_keeps_all_its_fields() -> None:
    base = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    more = {"type": "object", "properties": {"b": {"type": ["string", "null"]}}}
    text = described(
        body({"allOf": [{"$ref": "#/components/schemas/Base"}, more]}), components={"schemas": {"Base": base}}
    )
    assert [(one.name, one.required) for one in the_one(text).arguments] == [("a", True), ("b", False)]
    assert the_one(described(body({"oneOf": [base, more]}))).problem == "schema", "one of several is not guessed"


def test_a_schema_that_comes_round_to_itself_is_cut_there() -> None:
    node = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
        },
    }
    text = described(body({"$ref": "#/components/schemas/Node"}), components={"schemas": {"Node": node}})
    name, children = the_one(text).arguments
    assert name.schema == {"type": "string"}
    assert children.schema == {"type": "array", "items": {"type": "object"}}
    circle = described(
        body({"$ref": "#/components/schemas/S"}), components={"schemas": {"S": {"$ref": "#/components/schemas/S"}}}
    )
    assert the_one(circle).problem == "schema"


def test_a_form_is_sent_as_one() -> None:
    text = described(body({"type": "object", "properties": {"who": {}, "amount": {"type": "integer"}}}, openapi.FORM))
    read = openapi.read(text)
    made = parse(openapi.mapping(read, [Chosen(operation="POST /x", contact="who")]))
    assert made.tools[0].form
    assert the_one(described(body({"type": "object"}, "multipart/form-data"))).problem == "body_kind"


def test_what_nobody_declared_and_what_cannot_be_sent() -> None:
    assert [one.name for one in the_one(described({"/a/{id}": {"get": {}}})).arguments] == ["id"]
    cookie = {"name": "sid", "in": "cookie", "required": True, "schema": {"type": "string"}}
    assert the_one(described({"/a": {"get": {"parameters": [cookie]}}})).problem == "schema"


def test_the_way_in_is_the_one_the_document_asks_for() -> None:
    schemes = {"other": {"type": "http", "scheme": "basic"}, "mine": {"type": "http", "scheme": "bearer"}}
    text = described({"/a": {"get": {}}}, components={"securitySchemes": schemes}, security=[{"mine": []}])
    assert openapi.read(text).auth == {"kind": "bearer"}
    assert (
        openapi.read(described({"/a": {"get": {}}}, servers=[{"url": "ftp://x"}]), source_url="https://y/z").base_url
        == ""
    )


DOCUMENT = """
openapi: 3.0.3
info: {title: Loyalty, version: "1"}
servers: [{url: "https://api.example/v2"}]
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  parameters:
    Lang: {name: Accept-Lang, in: header, schema: {type: string}}
  schemas:
    Voucher:
      type: object
      required: [points]
      properties:
        points: {type: integer, minimum: 100, xml: {name: p}}
        note: {type: string, nullable: true}
paths:
  /members/{memberId}/points:
    parameters: [{$ref: "#/components/parameters/Lang"}]
    get:
      operationId: getPoints
      summary: Points of a member
      parameters:
        - {name: memberId, in: path, required: true, schema: {type: string}}
        - {name: since, in: query, schema: {type: string, format: date}}
  /members/{memberId}/vouchers:
    post:
      operationId: createVoucher
      parameters: [{name: memberId, in: path, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Voucher"}}}}
  /upload:
    post:
      requestBody: {content: {multipart/form-data: {schema: {type: object}}}}
  /tiers:
    get: {description: "Levels"}
"""


def test_operations_are_listed_with_what_they_need() -> None:
    found = openapi.read(DOCUMENT)
    assert (found.title, found.base_url, found.auth) == (
        "Loyalty", "https://api.example/v2", {"kind": "header", "name": "X-Key"},
    )  # fmt: skip
    assert [(one.id, one.name, one.effect, one.problem) for one in found.operations] == [
        ("GET /members/{memberId}/points", "get_points", "read", ""),
        ("POST /members/{memberId}/vouchers", "create_voucher", "write", ""),
        ("POST /upload", "post_upload", "write", "body_kind"),
        ("GET /tiers", "get_tiers", "read", ""),
    ]
    assert [(a.name, a.place, a.required) for a in found.operations[0].arguments] == [
        ("Accept_Lang", "header", False), ("memberId", "path", True), ("since", "query", False),
    ]  # fmt: skip


def test_chosen_operations_become_a_mapping_that_loads() -> None:
    text = openapi.mapping(
        openapi.read(DOCUMENT),
        [
            Chosen(operation="GET /members/{memberId}/points", contact="memberId"),
            Chosen(operation="POST /members/{memberId}/vouchers", contact="memberId"),
            Chosen(operation="GET /tiers", public=True),
        ],
    )
    points, voucher, tiers = parse(text).tools
    assert points.path == "/members/{contact}/points"
    assert points.query == {"since": "{since}"}
    assert "memberId" not in points.arguments["properties"]
    assert voucher.body == {"points": "{points}", "note": "{note}"}
    assert voucher.arguments["required"] == ["points"]
    assert voucher.idempotency_header == "Idempotency-Key"
    assert tiers.public


@pytest.mark.parametrize(
    "chosen", [Chosen(operation="GET /members/{memberId}/points"), Chosen(operation="GET /tiers"),
               Chosen(operation="POST /members/{memberId}/vouchers", public=True)],
)  # fmt: skip
def test_without_the_customer_there_is_no_tool(chosen: Chosen) -> None:
    with pytest.raises(BadMapping):
        openapi.mapping(openapi.read(DOCUMENT), [chosen])


@pytest.mark.parametrize(
    "chosen", [Chosen(operation="GET /nothing", public=True), Chosen(operation="POST /upload", public=True),
               Chosen(operation="GET /tiers", contact="memberId")],
)  # fmt: skip
def test_what_is_not_there_cannot_be_chosen(chosen: Chosen) -> None:
    with pytest.raises(BadDocument):
        openapi.mapping(openapi.read(DOCUMENT), [chosen])


def _document(**paths: Any) -> str:
    return orjson.dumps({"openapi": "3.1.0", "info": {"title": "x"}, **paths}).decode()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{", "swagger: '2.0'", "openapi: 3.0.0", "a: [", "\0", _document(), _document(paths=[]),
     "openapi: 3.0.0\npaths: &x {}\ny: *x", _document(paths={"no-slash": {"get": {}}})],
)  # fmt: skip
def test_other_documents_are_refused(text: str) -> None:
    with pytest.raises(BadDocument):
        openapi.read(text)


def test_references_that_multiply_cost_nothing() -> None:
    schemas: dict[str, Any] = {"s0": {"type": "string"}}
    for n in range(1, 11):
        schemas[f"s{n}"] = {
            "type": "object", "properties": {f"p{i}": {"$ref": f"#/components/schemas/s{n - 1}"} for i in range(10)},
        }  # fmt: skip
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/s10"}}}}
    text = _document(paths={"/a": {"post": {"requestBody": body}}}, components={"schemas": schemas})
    assert openapi.read(text).operations[0].problem == "schema"


@pytest.mark.parametrize("ref", ["#/components/schemas/a", "http://inside.example/x.json", "#/nowhere", 5])
def test_references_in_circles_and_elsewhere_are_a_problem_of_the_operation(ref: object) -> None:
    body = {"content": {"application/json": {"schema": {"$ref": ref}}}}
    components = {"schemas": {"a": {"$ref": "#/components/schemas/a"}}}
    text = _document(paths={"/a": {"post": {"requestBody": body}}}, components=components)
    assert openapi.read(text).operations[0].problem == "schema"
