"""An OpenAPI document becomes a mapping file, once somebody has said which parameter is the customer."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tongxi.connectors import openapi
from tongxi.connectors.mapping import BadMapping, parse
from tongxi.connectors.openapi import BadDocument, Chosen

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
