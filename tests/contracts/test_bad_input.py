"""Every endpoint against odd values in path, query and body: a clear refusal or a plain answer, no fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.test_permissions import OPEN_PAGES, PUBLIC, SIGNED, TABLE, VISITOR
from tests.support.walk import ENDPOINTS, Walk
from tongxi.accounts.roles import Role

UUIDS = "00000000-0000-0000-0000-000000000000"
PATHS = ["0", "-1", "9" * 30, "1e9", UUIDS, "%E6%82%A8", "x" * 3000, "%2e%2e%2f", "' or 1=1 --", "null"]
VALUES: list[Any] = [
    None,
    True,
    -1,
    2**31,
    2**63,
    10**40,
    1.5,
    1e308,
    "",
    " ",
    "x",
    "x" * 9000,
    "您" * 9000,
    "\u202e\u0301" * 50,
    "<img src=x>",
    "' or 1=1 --",
    "\U0001f600",
    UUIDS,
    "2026-13-45",
    [],
    ["x"],
    [None],
    [[]],
    [UUIDS],
    [1, "x", {}],
    {},
    {"x": "y"},
    {"zh": 1},
    {"id": None},
    [{"skill": 1}],
    [{"id": "x"}],
]
QUERIES = [
    "limit=-1",
    "limit=0",
    "limit=9999999999999999999999",
    "limit=x",
    "limit=",
    "cursor=x",
    "cursor=-1",
    "cursor=" + "9" * 40,
    "cursor=" + "A" * 5000,
    "cursor=e30",
    "cursor=W10",
    "cursor=bnVsbA",
    "cursor=%5B1%5D",
    f"cursor={UUIDS}",
    "after=-1",
    "after=" + "9" * 30,
    "after=x",
    "before=-5",
    "before=" + "9" * 30,
    "q=" + "x" * 20_000,
    "q=%25%5F%27",
    "q=%5C",
    "group=nothing",
    "inbox=x",
    "inbox=" + UUIDS,
    "status=x",
    "language=x",
    "state=x",
    "action=" + "x" * 5000,
    "s=x",
    "s=" + "x" * 3000,
    "q=%F0%9F%98%80",
]


def _fields(endpoint: str) -> list[str]:
    """Names of the fields of an endpoint's JSON body."""
    body = ENDPOINTS[endpoint].body_field
    model = getattr(body, "type_", None) or getattr(getattr(body, "field_info", None), "annotation", None)
    return list(getattr(model, "model_fields", {}))


def _bodies(endpoint: str) -> Iterator[Any]:
    fields = _fields(endpoint) or ["id", "text", "epoch", "name"]
    for value in VALUES:
        yield dict.fromkeys(fields, value)
        yield value
    ordinary = {"id": "c1", "text": "x", "epoch": 1, "name": "x", "email": "a@b.example", "role": "agent", "code": "x"}
    for field in fields:
        for value in VALUES:
            yield {field: value}
            yield {name: ordinary.get(name, "x") for name in fields} | {field: value}


async def _things(walk: Walk, customer: dict[str, str], owner: dict[str, str]) -> dict[str, str]:
    """One real thing of each kind, by the first part of its address: what is odd meets what is there."""
    text = {"title": "退货", "body": "七天内可以退货。", "language": "zh"}
    async with walk.http() as http:

        async def made(path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
            answer = await http.post(f"/api/v1{path}", json=body, headers=headers)
            assert answer.status_code in (200, 201), answer.text
            thing: dict[str, Any] = answer.json()
            return thing

        sent = await made("/widget/messages", {"id": "c0", "text": "你好"}, customer)
        conversation = {"conversation": sent["conversation"]}
        await made("/widget/person", conversation, customer)
        await made("/widget/follow-up", conversation | {"kind": "callback", "phone": "13800000000"}, customer)
        [follow_up, *_] = (await http.get("/api/v1/follow-ups", headers=owner)).json()["items"]
        seen = (await http.get(f"/api/v1/conversations/{sent['conversation']}", headers=owner)).json()
        await made(f"/conversations/{seen['id']}/claim", {"epoch": seen["epoch"]}, owner)
        return {
            "conversations": seen["id"],
            "contacts": seen["contact"]["id"],
            "follow-ups": follow_up["id"],
            "articles": (await made("/articles", text, owner))["id"],
            "queues": (await made("/queues", {"name": "售后"}, owner))["id"],
            "inboxes": (await made("/inboxes", {"name": "官网"}, owner))["id"],
            "users": str(walk.users[Role.AGENT]),
        }


async def _odd(walk: Walk, endpoints: list[str], headers: dict[str, str], things: dict[str, str]) -> list[str]:
    faults = []
    for endpoint in endpoints:
        method, path = endpoint.split(" ")
        path = "/api/v1" + path
        async with walk.http() as http:
            calls: list[tuple[str, dict[str, Any]]] = []
            if "{}" in path:
                calls += [(path.replace("{}", odd), {"json": {}} if method != "GET" else {}) for odd in PATHS]
            part = path.removeprefix("/api/v1/").removeprefix("widget/").partition("/")[0]
            path = path.replace("{}", things.get(part, UUIDS))
            if method == "GET":
                calls += [(f"{path}?{query}", {}) for query in QUERIES]
            elif method != "DELETE":
                calls += [(path, {"json": body}) for body in _bodies(endpoint)]
            for target, options in calls:
                answer = await http.request(method, target, headers=headers, **options)
                if answer.status_code >= 500 or (
                    answer.status_code >= 400 and answer.headers.get("content-type") != "application/problem+json"
                ):
                    faults.append(f"{method} {target[:150]} {str(options)[:150]}: {answer.status_code}")
                    break
    return faults


@pytest.mark.slow
async def test_odd_values_from_a_colleague(walk: Walk) -> None:
    mine = ("POST /auth/logout", "POST /auth/password", "DELETE /auth/sessions")
    endpoints = [
        name
        for name in ENDPOINTS.keys() - OPEN_PAGES
        if TABLE.get(name) not in (None, VISITOR, SIGNED, PUBLIC) and name not in mine
    ]
    owner = await walk.cookie(Role.OWNER)
    things = await _things(walk, await walk.bearer(), owner)
    assert await _odd(walk, sorted(endpoints), owner, things) == []


@pytest.mark.slow
async def test_odd_values_from_a_customer(walk: Walk) -> None:
    endpoints = [
        name for name in ENDPOINTS if TABLE.get(name) in (VISITOR, SIGNED, PUBLIC) and name != "DELETE /widget/session"
    ]
    customer = await walk.bearer()
    things = await _things(walk, customer, await walk.cookie(Role.OWNER))
    assert await _odd(walk, sorted(endpoints), customer, things) == []
