"""Connectors on screen: what is set up works at once in every process, and its secret never comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.local_http import Asked, LocalHttp, Reply, local_http, reply
from tests.support.walk import Walk, open_walk
from tongxi.accounts.roles import Role
from tongxi.connectors.kinds import Ground
from tongxi.connectors.protocol import Answer, Connectors, Document, Failure, FailureCode
from tongxi.connectors.registry import Registry
from tongxi.kit.egress import Egress

pytestmark = pytest.mark.anyio

SECRET = "k-93b1f0aa77d2"
MAPPING = (Path(__file__).parents[3] / "examples" / "loyalty.mapping.yaml").read_text(encoding="utf-8")
BALANCES = {"C1001": 1250, "C1002": 40}


@pytest.fixture
async def walk(database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    async with open_walk(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def loyalty() -> AsyncIterator[LocalHttp]:
    """A loyalty system as in the example."""
    redeemed: dict[str, str] = {}

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {SECRET}":
            return reply({"error": "who are you"}, 401)
        match asked.method, asked.path.removeprefix("/api/v1").strip("/").split("/"):
            case "GET", ["status"]:
                return reply({"ok": True})
            case "GET", ["tiers"]:
                return reply({"tiers": [{"name": "Gold", "threshold": 1000}]})
            case "GET", ["members", who, "points"] if who in BALANCES:
                return reply({"balance": {"available": BALANCES[who]}, "history": []})
            case "POST", ["members", who, "vouchers"] if who in BALANCES:
                key = asked.headers["idempotency-key"]
                code = redeemed.setdefault(key, f"V{len(redeemed) + 1}")
                return reply({"voucher": {"code": code, "valid_until": "2026-12-31"}}, 201)
        return reply({"error": "no"}, 404)

    async with local_http(answer) as server:
        yield server


class Screen:
    """Somebody at the connectors."""

    def __init__(self, walk: Walk, role: Role = Role.ADMIN) -> None:
        self.walk, self.role = walk, role

    async def raw(self, method: str, path: str, **options: Any) -> httpx2.Response:
        async with self.walk.http() as http:
            headers = await self.walk.cookie(self.role)
            return await http.request(method, f"/api/v1{path}", headers=headers, **options)

    async def call(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        answer = await self.raw(method, path, **options)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def refused(self, method: str, path: str, code: str, **options: Any) -> Any:
        answer = await self.raw(method, path, **options)
        assert answer.status_code >= 400
        assert answer.json()["code"] == code, answer.text
        return answer.json()


@pytest.fixture
async def admin(walk: Walk, loyalty: LocalHttp) -> Screen:
    screen = Screen(walk)
    await screen.call("PUT", "/egress", json={"version": 0, "allowed_hosts": [f"127.0.0.1:{loyalty.port}"]})
    return screen


def new(loyalty: LocalHttp, **more: Any) -> dict[str, Any]:
    mapping = MAPPING.replace("https://loyalty.example.com", loyalty.url)
    settings = {"mapping": mapping}
    return {"kind": "http", "name": "loyalty", "title": "积分系统", "settings": settings, "secret": SECRET} | more


async def test_a_connector_works_at_once_and_for_the_verified_contact_only(admin: Screen, loyalty: LocalHttp) -> None:
    made = await admin.call("POST", "/connectors", 201, json=new(loyalty))
    assert [(tool["name"], tool["effect"]) for tool in made["tools"]] == [
        ("loyalty__points", "read"), ("loyalty__redeem", "write"), ("loyalty__tiers", "read"),
    ]  # fmt: skip
    connectors = admin.walk.house.connectors
    found = await connectors.call("loyalty__points", {"language": "zh"}, Document, contact_external_id="C1001")
    assert isinstance(found, Answer)
    assert found.value.data == {"points": 1250, "expiring": 0, "recent": []}
    assert loyalty.asked[-1].target == "/api/v1/members/C1001/points?lang=zh"
    for sneaky in ({"language": "zh", "contact": "C1002"}, {"memberId": "C1002"}, {"language": "fr"}):
        refused = await connectors.call("loyalty__points", sneaky, Document, contact_external_id="C1001")
        assert refused == Failure(FailureCode.BAD_ARGUMENTS, "积分系统")
    nobody = await connectors.call("loyalty__tiers", {}, Document, contact_external_id="")
    assert isinstance(nobody, Answer)
    with pytest.raises(AssertionError):
        await connectors.call("loyalty__points", {}, Document, contact_external_id="")


async def test_a_write_happens_once_however_often_it_is_told(admin: Screen, loyalty: LocalHttp) -> None:
    await admin.call("POST", "/connectors", 201, json=new(loyalty))
    call = admin.walk.house.connectors.call
    codes = set()
    for _ in range(2):
        answer = await call(
            "loyalty__redeem", {"points": 100}, Document, contact_external_id="C1001", idempotency_key="key-1"
        )
        assert isinstance(answer, Answer)
        codes.add(answer.value.data["code"])
    assert codes == {"V1"}


async def test_the_secret_goes_in_and_never_out(admin: Screen, loyalty: LocalHttp) -> None:
    made = await admin.call("POST", "/connectors", 201, json=new(loyalty))
    await admin.call("PATCH", f"/connectors/{made['id']}", json={"version": 1, "title": "Points"})
    texts = [(await admin.raw("GET", path)).text for path in ("/connectors", f"/connectors/{made['id']}")]
    async with admin.walk.house.db.reading() as tx:
        texts.append(str(await tx.dicts("select * from connector")) + str(await tx.dicts("select * from audit_entry")))
    assert all(SECRET not in text for text in texts)
    assert made["secret"] == {"is_set": True, "ends_with": "77d2"}
    assert (await admin.call("POST", f"/connectors/{made['id']}/test"))["ok"]


async def test_a_secret_does_not_follow_to_another_address(admin: Screen, loyalty: LocalHttp) -> None:
    made = await admin.call("POST", "/connectors", 201, json=new(loyalty))
    elsewhere = {"mapping": MAPPING.replace("https://loyalty.example.com", "https://thief.example")}
    change = {"version": 1, "settings": elsewhere}
    await admin.refused("PATCH", f"/connectors/{made['id']}", "secret_needed", json=change)
    await admin.call("PATCH", f"/connectors/{made['id']}", json={**change, "secret": "another one"})


async def test_the_test_says_what_is_wrong(admin: Screen, loyalty: LocalHttp) -> None:
    made = await admin.call("POST", "/connectors", 201, json=new(loyalty, secret="wrong"))
    assert (await admin.call("POST", f"/connectors/{made['id']}/test"))["code"] == "refused"
    loyalty.answer = lambda _: Reply(status=503)
    assert (await admin.call("POST", f"/connectors/{made['id']}/test"))["code"] == "unavailable"
    loyalty.answer = lambda _: Reply(hang=True)
    hasty = {"mapping": made["settings"]["mapping"].replace("seconds: 4", "seconds: 0.1")}
    await admin.call("PATCH", f"/connectors/{made['id']}", json={"version": 1, "settings": hasty})
    assert (await admin.call("POST", f"/connectors/{made['id']}/test"))["code"] == "timeout"


async def test_an_internal_address_needs_to_be_opened_first(admin: Screen, loyalty: LocalHttp) -> None:
    made = await admin.call("POST", "/connectors", 201, json=new(loyalty))
    await admin.call("PUT", "/egress", json={"version": 1, "allowed_hosts": []})
    before = len(loyalty.asked)
    assert await admin.call("POST", f"/connectors/{made['id']}/test") | {"seconds": 0} == {
        "ok": False, "code": "refused", "detail": "address", "seconds": 0,
    }  # fmt: skip
    found = await admin.walk.house.connectors.call("loyalty__points", {}, Document, contact_external_id="C1001")
    assert found == Failure(FailureCode.REFUSED, "积分系统")
    assert len(loyalty.asked) == before
    await admin.refused("PUT", "/egress", "stale_version", json={"version": 1, "allowed_hosts": []})
    for wrong in ("http://x", "a b", "x:0", "x:99999", "x/y", ""):
        await admin.refused("PUT", "/egress", "invalid", json={"version": 2, "allowed_hosts": [wrong]})


async def test_trying_a_tool_reads_and_is_audited(admin: Screen, loyalty: LocalHttp) -> None:
    made = await admin.call("POST", "/connectors", 201, json=new(loyalty))
    path = f"/connectors/{made['id']}/try"
    tried = await admin.call("POST", path, json={"tool": "loyalty__points", "contact": "C1002"})
    assert tried["result"]["data"]["points"] == 40
    assert (await admin.call("POST", path, json={"tool": "loyalty__points", "contact": "C9"}))["code"] == "not_found"
    await admin.refused("POST", path, "invalid", json={"tool": "loyalty__points"})
    redeem = {"tool": "loyalty__redeem", "contact": "C1", "arguments": {"points": 100}}
    await admin.refused("POST", path, "invalid", json=redeem)
    async with admin.walk.house.db.reading() as tx:
        assert await tx.value("select count(*) from audit_entry where action = 'connector.tried'") == 4


async def test_another_process_sees_the_change(admin: Screen, loyalty: LocalHttp) -> None:
    house = admin.walk.house
    theirs = Connectors()
    other = Registry(theirs, house.vault, Ground(Egress(), house.clock))
    await other.load(house.db)
    assert theirs.tools() == ()
    made = await admin.call("POST", "/connectors", 201, json=new(loyalty))
    assert await other.refresh(house.db)
    assert isinstance(await theirs.call("loyalty__points", {}, Document, contact_external_id="C1001"), Answer)
    assert not await other.refresh(house.db)
    await admin.call("PATCH", f"/connectors/{made['id']}", json={"version": 1, "enabled": False})
    assert await other.refresh(house.db)
    assert theirs.tools() == ()
    await admin.call("DELETE", f"/connectors/{made['id']}", 204)
    await admin.refused("GET", f"/connectors/{made['id']}", "not_found")
    await other.close()
    await theirs.close()


async def test_a_tool_can_be_switched_off(admin: Screen, loyalty: LocalHttp) -> None:
    made = await admin.call("POST", "/connectors", 201, json=new(loyalty, tools={"redeem": {"allowed": False}}))
    assert [tool["name"] for tool in made["tools"]] == ["loyalty__points", "loyalty__tiers"]
    assert admin.walk.house.connectors.tool("loyalty__redeem") is None


async def test_the_state_is_told(admin: Screen, loyalty: LocalHttp) -> None:
    made = await admin.call("POST", "/connectors", 201, json=new(loyalty))
    assert made["state"] == "unused"
    call = admin.walk.house.connectors.call
    await call("loyalty__points", {}, Document, contact_external_id="C1001")
    assert (await admin.call("GET", f"/connectors/{made['id']}"))["state"] == "ok"
    loyalty.answer = lambda _: Reply(status=500)
    stale = await call("loyalty__points", {}, Document, contact_external_id="C1001")
    assert isinstance(stale, Answer)
    assert stale.error is FailureCode.UNAVAILABLE, "remembered, and labelled"
    assert (await admin.call("GET", f"/connectors/{made['id']}"))["state"] == "error"
    for number in range(5):
        await call("loyalty__points", {}, Document, contact_external_id=f"C{number}")
    shown = await admin.call("GET", f"/connectors/{made['id']}")
    assert (shown["state"], shown["problem"]) == ("resting", "unavailable")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"settings": {"mapping": "a: ["}}, "bad_mapping"),
        ({"settings": {}}, "invalid"),
        ({"settings": {"mapping": MAPPING, "x": 1}}, "invalid"),
        ({"kind": "ftp"}, "invalid"),
        ({"name": "Bad Name"}, "invalid"),
        ({"name": "a__b"}, "invalid"),
        ({"title": ""}, "invalid"),
        ({"tools": {"redeem": {"effect": "delete"}}}, "invalid"),
        ({"unknown": 1}, "invalid"),
    ],
)
async def test_wrong_settings_are_refused_and_nothing_is_stored(
    admin: Screen, loyalty: LocalHttp, change: dict[str, Any], code: str
) -> None:
    await admin.refused("POST", "/connectors", code, json=new(loyalty, **change))
    assert (await admin.call("GET", "/connectors"))["items"] == []


async def test_names_and_titles_are_there_once(admin: Screen, loyalty: LocalHttp) -> None:
    await admin.call("POST", "/connectors", 201, json=new(loyalty))
    await admin.refused("POST", "/connectors", "name_taken", json=new(loyalty, title="other"))
    await admin.refused("POST", "/connectors", "title_taken", json=new(loyalty, name="other"))
    assert len((await admin.call("GET", "/connectors"))["items"]) == 1


async def test_a_preview_stores_nothing(admin: Screen, loyalty: LocalHttp) -> None:
    shown = await admin.call("POST", "/connectors/preview", json=new(loyalty))
    assert len(shown["tools"]) == 3
    assert (await admin.call("GET", "/connectors"))["items"] == []
    assert loyalty.asked == []


async def test_an_openapi_document_by_address(admin: Screen, loyalty: LocalHttp) -> None:
    document = {
        "openapi": "3.1.0", "info": {"title": "Loyalty"}, "servers": [{"url": "/api/v1"}],
        "paths": {"/members/{id}/points": {"get": {"operationId": "points", "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]}}},
    }  # fmt: skip
    loyalty.answer = lambda _: reply(document)
    asked = {"url": f"{loyalty.url}/openapi.json"}
    read = await admin.call("POST", "/connectors/openapi", json=asked)
    assert read["base_url"] == f"{loyalty.url}/api/v1"
    assert read["mapping"] is None
    chosen = {**asked, "operations": [{"operation": "GET /members/{id}/points", "contact": "id"}]}
    mapping = (await admin.call("POST", "/connectors/openapi", json=chosen))["mapping"]
    assert "/members/{contact}/points" in mapping
    await admin.refused("POST", "/connectors/openapi", "address_refused", json={"url": "http://169.254.169.254/x"})
    loyalty.answer = lambda _: reply({"hello": 1})
    await admin.refused("POST", "/connectors/openapi", "bad_openapi", json=asked)


async def test_a_replaced_connector_ends_its_calls_in_peace(admin: Screen, loyalty: LocalHttp) -> None:
    made = await admin.call("POST", "/connectors", 201, json=new(loyalty))
    house = admin.walk.house
    call = house.connectors.call(
        "loyalty__points", {}, Document, contact_external_id="C1001", patience=timedelta(seconds=5)
    )
    task = asyncio.ensure_future(call)
    await asyncio.sleep(0)
    await admin.call("DELETE", f"/connectors/{made['id']}", 204)
    assert isinstance(await task, Answer)
