"""The one shape of errors, and what does not get in: on an app with a few routes and no database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any
from uuid import UUID

import httpx2
import psycopg
import pytest
from fastapi import FastAPI, Header, Query, UploadFile, WebSocket
from pydantic import BaseModel, ConfigDict, Field
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tongxi.api import errors
from tongxi.api.errors import Unauthenticated
from tongxi.api.security import MAX_BODY, Guard
from tongxi.configuration import InboxSettings
from tongxi.kit.errors import AppError, NotFound
from tongxi.kit.rate_limit import RateLimited
from tongxi.settings import Settings

SHOP = "https://shop.example"


class _Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=20)]
    number: int = 0
    more: dict[str, Any] = {}


class NotHolder(AppError):
    """Somebody else holds this conversation."""

    code = "not_holder"
    status = 409


def _app(tmp_path: Path) -> FastAPI:
    app = FastAPI()
    app.add_middleware(Guard)
    errors.install(app)
    inbox = SimpleNamespace(
        key="shop", is_active=True, settings=InboxSettings(allowed_origins=[SHOP, "https://*.zh.example"])
    )
    app.state.house = SimpleNamespace(settings=Settings(data=tmp_path), inboxes=[inbox])
    taken: list[str] = []
    app.state.taken = taken

    @app.post("/api/v1/things")
    async def make(thing: _Thing) -> dict[str, str]:
        taken.append(thing.name)
        return {"name": thing.name}

    @app.get("/api/v1/things/{id}")
    async def get(id: UUID, q: Annotated[str, Query(max_length=10)] = "") -> dict[str, str]:  # noqa: A002
        return {"id": str(id), "q": q}

    @app.post("/api/v1/things/{id}/files")
    async def upload(id: str, file: UploadFile, x_note: Annotated[str, Header()] = "") -> dict[str, int]:  # noqa: A002
        return {"size": len(await file.read())}

    @app.get("/api/v1/fail/{how}")
    async def fail(how: str) -> None:
        raise {
            "expected": NotHolder(holder={"kind": "agent", "name": "Lin"}, epoch=3, status="not mine to replace"),
            "missing": NotFound(),
            "fast": RateLimited(2.1),
            "bug": RuntimeError("the password of the database is 123"),
            "nul": psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"),
            "range": psycopg.errors.NumericValueOutOfRange("integer out of range"),
            "unique": psycopg.errors.UniqueViolation("Key (email)=(x) already exists"),
            "down": psycopg.OperationalError("connection refused"),
            "syntax": psycopg.errors.SyntaxError("at or near"),
        }[how]

    @app.post("/api/v1/widget/session")
    async def session(thing: _Thing) -> dict[str, str]:
        return {"name": thing.name}

    @app.get("/widget.js")
    async def script() -> dict[str, str]:
        return {}

    @app.get("/chat")
    async def chat() -> dict[str, str]:
        return {}

    @app.get("/conversations")
    async def page() -> dict[str, str]:
        return {}

    @app.websocket("/ws")
    async def socket(websocket: WebSocket) -> None:
        raise Unauthenticated

    return app


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return _app(tmp_path)


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://tongxi.test/", headers={"X-Tongxi": "1", "Origin": "http://tongxi.test"}
    ) as client:
        yield client


def _is_problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["type"] == "about:blank"
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    assert problem["detail"]
    return problem


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("expected", 409, "not_holder"), ("missing", 404, "not_found"), ("fast", 429, "rate_limited"),
        ("bug", 500, "internal"), ("nul", 400, "malformed"), ("range", 422, "invalid"), ("unique", 409, "conflict"),
        ("down", 503, "unavailable"), ("syntax", 500, "internal"),
    ],
)  # fmt: skip
async def test_every_failure_has_the_same_shape(http: httpx2.AsyncClient, how: str, status: int, code: str) -> None:
    answer = await http.get(f"/api/v1/fail/{how}")
    _is_problem(answer, status, code)
    assert "123" not in answer.text
    assert "email" not in answer.text
    assert "content-security-policy" in answer.headers


async def test_around_the_whole_app_faults_look_the_same(app: FastAPI) -> None:
    async def door(scope: Any, receive: Any, send: Any) -> None:
        scope["app"] = app
        await Guard(app)(scope, receive, send)

    app.user_middleware.clear()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=door), base_url="http://tongxi.test") as http:
        _is_problem(await http.get("/api/v1/fail/bug"), 500, "internal")
        _is_problem(await http.get("/api/v1/nothing"), 404, "not_found")


async def test_fields_go_along_but_do_not_replace_ours(http: httpx2.AsyncClient) -> None:
    problem = _is_problem(await http.get("/api/v1/fail/expected"), 409, "not_holder")
    assert problem["holder"] == {"kind": "agent", "name": "Lin"}
    assert problem["epoch"] == 3


async def test_who_is_too_fast_learns_when_to_come_back(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/api/v1/fail/fast")
    assert answer.headers["retry-after"] == "3"
    assert answer.json()["retry_after"] == 3
    assert (await http.get("/api/v1/fail/down")).headers["retry-after"] == "1"


async def test_addresses_and_methods_that_do_not_exist(http: httpx2.AsyncClient) -> None:
    _is_problem(await http.get("/api/v1/nothing"), 404, "not_found")
    answer = await http.delete("/api/v1/things")
    _is_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


async def test_wrong_fields_are_named(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/api/v1/things", json={"name": "x" * 21, "other": 1})
    problem = _is_problem(answer, 422, "invalid")
    assert {tuple(item["loc"]) for item in problem["errors"]} == {("body", "name"), ("body", "other")}
    assert all(set(item) == {"loc", "msg"} for item in problem["errors"])
    assert "xxxxx" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"\xff\xfe", b'{"name": "\xed\xa0\x80"}', b'{"name": "a\\u0000b"}', b'{"name": "\\ud800"}',
        b'{"name": "\\udc00\\ud800"}', b'{"name": "a\x00b"}', b'{"name": "x", "more": {"a\\u0000": 1}}',
        b'{"name": "x", "more": {"a": [{"b": "\\u0000"}]}}', b'{"name": NaN}', b'{"name": "x", "number": Infinity}',
        b"[" * 5000 + b"]" * 5000, b'\xef\xbb\xbf{"name": "x"}', '{"name": "x"}'.encode("utf-16"), b"name=x",
    ],
)  # fmt: skip
async def test_what_is_not_clean_json_is_malformed(app: FastAPI, http: httpx2.AsyncClient, body: bytes) -> None:
    answer = await http.post("/api/v1/things", content=body, headers={"Content-Type": "application/json"})
    _is_problem(answer, 400, "malformed")
    assert app.state.taken == []


@pytest.mark.parametrize(
    "body", [b'{"name": "a\\\\u0000b"}', b'{"name": "\\ud83d\\ude00"}', '{"name": "您好"}'.encode()]
)
async def test_text_that_only_looks_dangerous_gets_through(http: httpx2.AsyncClient, body: bytes) -> None:
    answer = await http.post("/api/v1/things", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "x", "number": ' + b"9" * 5000 + b"}", b'{"name": "x", "number": 1e400}',
        b'{"name": "x", "number": "x"}', b"[]", b'"x"', b"null", b"7",
        b'{"name": "x", "more": ' + b"[" * 900 + b"]" * 900 + b"}",
    ],
)  # fmt: skip
async def test_odd_json_is_refused_not_a_fault_of_ours(http: httpx2.AsyncClient, body: bytes) -> None:
    answer = await http.post("/api/v1/things", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
async def test_other_kinds_of_bodies_are_refused(http: httpx2.AsyncClient, kind: str) -> None:
    answer = await http.post("/api/v1/things", content=b'{"name":"x"}', headers={"Content-Type": kind})
    _is_problem(answer, 400, "malformed")


@pytest.mark.parametrize(
    "path", ["things/%00", "things/x?q=%00", "things/x?q=%ff", "things/%ff", "things/x?q=%ed%a0%80"]
)
async def test_addresses_that_are_not_text_are_malformed(http: httpx2.AsyncClient, path: str) -> None:
    _is_problem(await http.get(f"/api/v1/{path}"), 400, "malformed")


async def test_a_header_with_a_nul_is_malformed(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/api/v1/things/x", headers=[(b"x-note", b"a\x00b")])
    _is_problem(answer, 400, "malformed")


async def test_an_id_that_is_none_is_not_found(http: httpx2.AsyncClient) -> None:
    for wrong in ("1", "x" * 2000, "../../etc/passwd", "' or 1=1 --"):
        answer = await http.get(f"/api/v1/things/{wrong}")
        assert answer.status_code == 404, answer.text


async def test_large_bodies_are_refused_with_and_without_a_length(app: FastAPI, http: httpx2.AsyncClient) -> None:
    large = b'{"name": "' + b"x" * MAX_BODY + b'"}'
    kind = {"Content-Type": "application/json"}
    _is_problem(await http.post("/api/v1/things", content=large, headers=kind), 413, "too_large")

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 20_000

    _is_problem(await http.post("/api/v1/things", content=chunks(), headers=kind), 413, "too_large")
    boundary = {"Content-Type": "multipart/form-data; boundary=b"}

    async def parts() -> AsyncIterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        for _ in range(30):
            yield b"x" * 1_000_000
        yield b"\r\n--b--\r\n"

    _is_problem(await http.post("/api/v1/things/1/files", content=parts(), headers=boundary), 413, "too_large")
    assert app.state.taken == []
    fits = await http.post("/api/v1/things/1/files", files={"file": ("a.bin", b"x" * 5_000_000)})
    assert fits.json() == {"size": 5_000_000}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-Tongxi": ""}, "csrf"), ({"Origin": "https://evil.example"}, "origin_refused"),
        ({"Origin": "null"}, "origin_refused"),
        ({"Origin": SHOP}, "origin_refused"), ({"Origin": "http://tongxi.test.evil.example"}, "origin_refused"),
        ({"Origin": ""}, "origin_refused"),
        ({"X-Tongxi": "", "Authorization": "Bearer x", "Cookie": "tongxi=y"}, "csrf"),
    ],
)  # fmt: skip
async def test_requests_from_other_sites_do_nothing(
    app: FastAPI, http: httpx2.AsyncClient, headers: dict[str, str], code: str
) -> None:
    _is_problem(await http.post("/api/v1/things", json={"name": "x"}, headers=headers), 403, code)
    assert app.state.taken == []


async def test_without_origin_nothing_changes(app: FastAPI) -> None:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://tongxi.test") as http:
        answer = await http.post("/api/v1/things", json={"name": "x"}, headers={"X-Tongxi": "1"})
        _is_problem(answer, 403, "origin_refused")


async def test_the_widget_may_be_called_from_the_shops_of_its_inboxes(http: httpx2.AsyncClient) -> None:
    for origin in (SHOP, "https://a.zh.example"):
        preflight = await http.options(
            "/api/v1/widget/session", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
        )
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == origin
        assert "Authorization" in preflight.headers["access-control-allow-headers"]
        answer = await http.post(
            "/api/v1/widget/session", json={"name": "x"}, headers={"Origin": origin, "X-Tongxi": ""}
        )
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers
        wrong = await http.post("/api/v1/widget/session", json={}, headers={"Origin": origin})
        assert wrong.headers["access-control-allow-origin"] == origin  # so that the page can read the error
    for origin in (
        "https://evil.example",
        "https://zh.example",
        "http://shop.example",
        "null",
        "https://shop.example.evil",
    ):
        refused = await http.post("/api/v1/widget/session", json={"name": "x"}, headers={"Origin": origin})
        _is_problem(refused, 403, "origin_refused")
        assert "access-control-allow-origin" not in refused.headers


async def test_pages_may_be_framed_only_where_they_are_meant_to(http: httpx2.AsyncClient) -> None:
    page = (await http.get("/conversations")).headers
    assert "frame-ancestors 'none'" in page["content-security-policy"]
    assert "script-src 'self';" in page["content-security-policy"]
    assert page["x-content-type-options"] == "nosniff"
    assert page["referrer-policy"]
    chat = (await http.get("/chat?inbox=shop")).headers["content-security-policy"]
    assert chat.endswith(f"frame-ancestors 'self' {SHOP} https://*.zh.example")
    other = (await http.get("/chat?inbox=other")).headers["content-security-policy"]
    assert other.endswith("frame-ancestors 'self'")
    script = (await http.get("/widget.js")).headers
    assert script["cross-origin-resource-policy"] == "cross-origin"
    api = (await http.get("/api/v1/fail/missing")).headers
    assert api["cache-control"] == "no-store"


def test_a_refused_socket_is_closed_with_a_code(app: FastAPI) -> None:
    with TestClient(app).websocket_connect("/ws") as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    assert closed.value.code == 4401
    assert closed.value.reason == "unauthenticated"
