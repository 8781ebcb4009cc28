"""Language models through the API: keys go in and stay in, changes hold at once, the connection test is a real call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.model_server import ModelServer, Plan, model_server
from tests.support.office import Client, Office, office
from tongxi.accounts.roles import Role
from tongxi.api import auth, models
from tongxi.encoder.english import Sentences
from tongxi.encoder.minilm import is_installed
from tongxi.knowledge.index import Knowledge
from tongxi.llm.protocol import FailureCode, Message, ModelFailed

KEY = "sk-0123456789abcdef-WXYZ"
ASK = (Message("user", "How long?"),)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server("OK") as running:
        yield running


@pytest.fixture
async def desk(database_url: str, tmp_path: Any) -> AsyncIterator[Office]:
    async with office(database_url, tmp_path, routers=(auth.router, models.router)) as opened:
        await opened.house.models.load(opened.house.db)
        opened.house.knowledge = Knowledge()
        yield opened
        await opened.house.models.close()


async def made(owner: Client, server: ModelServer, **body: Any) -> dict[str, Any]:
    values = {"name": "千问", "preset": "custom", "url": server.url, "key": KEY, "is_inside": True}
    row: dict[str, Any] = await owner.call("POST", "/models/providers", json=values | body, status=201)
    return row


async def test_an_engine_set_on_screen_answers_without_a_restart(desk: Office, server: ModelServer) -> None:
    owner = await desk.signed_in(Role.OWNER)
    one = await made(owner, server, models=[{"name": "m", "input": "10", "output": "100", "currency": "CNY"}])
    assert not desk.house.models.has("answer")
    saved = await owner.call(
        "PUT", "/models/settings", json={"version": 0, "ladders": {"answer": [{"provider": one["id"], "model": "m"}]}},
        status=200,
    )  # fmt: skip
    assert saved["version"] == 1
    assert (await desk.house.models.complete("answer", ASK)).text == "OK"
    assert server.headers[-1]["authorization"] == f"Bearer {KEY}"
    await desk.house.models.close()
    shown = await owner.call("GET", "/models", status=200)
    answering = next(row for row in shown["purposes"] if row["purpose"] == "answer")
    (engine,) = answering["engines"]
    assert (engine["name"], engine["model"], engine["calls"], engine["error_rate"]) == ("千问", "m", 1, 0)
    assert (engine["state"], engine["spent"], shown["spent_today"]) == ("ready", "0.003000", "0.003000")
    assert await desk.actions() == ["model_provider.made", "models.changed"]


async def test_the_screen_says_whether_the_extra_for_english_is_on(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    shown = (await owner.call("GET", "/models", status=200))["english"]
    assert shown == {"state": "off" if is_installed() else "not_installed", "model": "all-MiniLM-L6-v2", "texts": None}
    desk.house.knowledge.sentences = Sentences(lambda: pytest.fail("nothing is to be made"))
    assert (await owner.call("GET", "/models", status=200))["english"]["state"] == "on"  # nothing English to read


async def test_a_key_is_sealed_and_never_given_out(desk: Office, server: ModelServer) -> None:
    owner = await desk.signed_in(Role.OWNER)
    one = await made(owner, server)
    assert one["key_last4"] == "WXYZ"
    everything = await owner.http.get("/models")
    rows = await desk.rows("select * from model_provider")
    audit = await desk.rows("select * from audit_entry")
    assert KEY not in str(one) + everything.text + str(rows) + str(audit)
    assert rows[0]["key_sealed"].startswith("v1.")
    server.plan = Plan(
        status=401, body=f'{{"error":{{"message":"wrong key {KEY}","code":"invalid_api_key"}}}}'.encode()
    )
    told = await owner.call("POST", f"/models/providers/{one['id']}/test", json={"model": "m"}, status=200)
    assert (told["ok"], told["code"], told["status"], told["message"]) == (False, "key", 401, "wrong key …")


async def test_a_key_does_not_follow_to_another_address(desk: Office, server: ModelServer) -> None:
    owner = await desk.signed_in(Role.OWNER)
    one = await made(owner, server)
    async with model_server("stolen") as thief:
        moved = await owner.call("PATCH", f"/models/providers/{one['id']}", json={"url": thief.url}, status=200)
        assert not moved["has_key"]
        await owner.call("POST", f"/models/providers/{one['id']}/test", json={"model": "m"}, status=200)
        assert "authorization" not in thief.headers[0]


async def test_the_connection_test_says_how_long_and_how_much(desk: Office, server: ModelServer) -> None:
    owner = await desk.signed_in(Role.OWNER)
    one = await made(owner, server, models=[{"name": "m", "input": "1", "output": "2", "currency": "USD"}])
    told = await owner.call("POST", f"/models/providers/{one['id']}/test", json={"model": "m"}, status=200)
    assert (told["ok"], told["text"], told["usage"]) == (True, "OK", {"input": 100, "output": 20})
    assert told["cost"] == {"amount": "0.000140", "currency": "USD"}
    assert 0 <= told["ms"] < 2000
    offered = await owner.call("GET", f"/models/providers/{one['id']}/models", status=200)
    assert offered == {"items": ["model-a", "model-b"], "failure": None}


async def test_what_is_wrong_with_a_connection_is_told_apart(desk: Office, server: ModelServer) -> None:
    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 no TLS here\r\n\r\n")
        writer.close()

    owner = await desk.signed_in(Role.OWNER)
    async with await asyncio.start_server(plain, "127.0.0.1") as listening:
        port = listening.sockets[0].getsockname()[1]
        addresses = (
            (f"https://127.0.0.1:{port}/v1", "tls", "SSL"),
            ("http://127.0.0.1:1/v1", "unavailable", "connect"),
        )
        for url, code, says in addresses:
            one = await made(owner, server, name=code, url=url)
            told = await owner.call("POST", f"/models/providers/{one['id']}/test", json={"model": "m"}, status=200)
            assert (told["ok"], told["code"]) == (False, code)
            assert says in told["message"]


async def test_an_inward_address_is_opened_only_when_it_is_said_to_be_one(desk: Office, server: ModelServer) -> None:
    owner = await desk.signed_in(Role.OWNER)
    one = await made(owner, server, is_inside=False)
    told = await owner.call("POST", f"/models/providers/{one['id']}/test", json={"model": "m"}, status=200)
    assert (told["ok"], told["code"], server.asked) == (False, "address", [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "ftp://x"}, "url"),
        ({"url": "https://user:pw@x.example/v1"}, "url"),
        ({"url": "https://<resource>.example"}, "url"),
        ({"models": [{"name": "m"}, {"name": "m"}]}, ""),
        ({"models": [{"name": "m", "input": "-1"}]}, "models"),
        ({"models": [{"name": "m", "currency": "yuan"}]}, "models"),
        ({"quirks": {"body": {"messages": []}}}, "quirks"),
        ({"quirks": {"nonsense": 1}}, "quirks"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"kind": "telepathy"}, "kind"),
        ({"url": "https://a b/v1"}, "url"),
        ({"url": "https://x:99999/v1"}, "url"),
        ({"url": "https://模型.example/v1"}, "url"),
        ({"url": "http://[::1/v1"}, "url"),
        ({"key": "sk-\nHost: evil"}, "key"),
        ({"key": "密钥"}, "key"),
    ],
)
async def test_a_provider_that_cannot_be_is_refused_and_nothing_is_stored(
    desk: Office, body: dict[str, Any], field: str
) -> None:
    owner = await desk.signed_in(Role.OWNER)
    values = {"name": "x", "url": "https://api.example/v1"} | body
    problem = await owner.refused("POST", "/models/providers", 422, "invalid", json=values)
    assert any(field in map(str, error["loc"]) or not field for error in problem["errors"])
    assert await desk.rows("select 1 from model_provider") == []


async def test_names_are_taken_once_and_a_provider_in_use_stays(desk: Office, server: ModelServer) -> None:
    owner = await desk.signed_in(Role.OWNER)
    one = await made(owner, server)
    values = {"name": "千问", "url": "https://api.example/v1"}
    await owner.refused("POST", "/models/providers", 409, "name_taken", json=values)
    ladder = {"version": 0, "ladders": {"brief": [{"provider": one["id"], "model": "m"}]}}
    await owner.call("PUT", "/models/settings", json=ladder, status=200)
    await owner.refused("DELETE", f"/models/providers/{one['id']}", 409, "provider_in_use")
    await owner.call("PUT", "/models/settings", json={"version": 1, "ladders": {}}, status=200)
    await owner.call("DELETE", f"/models/providers/{one['id']}", status=204)
    await owner.refused("PATCH", f"/models/providers/{one['id']}", 404, "not_found", json={"name": "y"})


async def test_settings_that_name_nobody_or_are_stale_are_refused(desk: Office, server: ModelServer) -> None:
    owner = await desk.signed_in(Role.OWNER)
    nobody = [{"provider": "00000000-0000-7000-8000-000000000001", "model": "m"}]
    await owner.refused("PUT", "/models/settings", 422, "invalid", json={"version": 0, "ladders": {"answer": nobody}})
    await owner.call("PUT", "/models/settings", json={"version": 0, "per_day": "5"}, status=200)
    await owner.refused("PUT", "/models/settings", 409, "stale_version", json={"version": 0, "per_day": "500"})
    await owner.refused("PUT", "/models/settings", 422, "invalid", json={"version": 1, "per_day": "-1"})
    assert str(desk.house.models.setup.settings.per_day) == "5"


async def test_another_process_hears_of_a_change(desk: Office, server: ModelServer) -> None:
    owner = await desk.signed_in(Role.OWNER)
    other = type(desk.house.models)(desk.house.settings, desk.house.db, desk.house.vault, desk.house.clock)
    await other.load(desk.house.db)
    assert not await other.refresh(desk.house.db)
    one = await made(owner, server)
    ladder = {"version": 0, "ladders": {"answer": [{"provider": one["id"], "model": "m"}]}}
    await owner.call("PUT", "/models/settings", json=ladder, status=200)
    assert await other.refresh(desk.house.db)
    assert (await other.complete("answer", ASK)).text == "OK"
    await other.close()


async def test_the_environment_s_model_is_a_provider_like_any_other(
    database_url: str, tmp_path: Any, server: ModelServer
) -> None:
    variables = {"model_url": server.url, "model_name": "m"}
    async with office(database_url, tmp_path, routers=(auth.router, models.router), **variables) as desk:
        await desk.house.models.load(desk.house.db)
        desk.house.knowledge = Knowledge()
        owner = await desk.signed_in(Role.OWNER)
        shown = await owner.call("GET", "/models", status=200)
        (one,) = shown["providers"]
        assert (one["is_environment"], one["purposes"], one["leaves_house"]) == (True, ["answer"], False)
        assert (await desk.house.models.complete("answer", ASK)).text == "OK"
        await owner.call("PUT", "/models/settings", json={"version": 0, "ladders": {}}, status=200)
        with pytest.raises(ModelFailed) as failed:
            await desk.house.models.complete("answer", ASK)
        assert failed.value.code is FailureCode.NO_MODEL
        await desk.house.models.close()


async def test_a_key_sealed_with_another_secret_says_so(desk: Office, server: ModelServer) -> None:
    owner = await desk.signed_in(Role.OWNER)
    await made(owner, server)
    sealed = desk.house.vault.seal(KEY, scope="model_provider:elsewhere:key")
    async with desk.house.db.transaction() as tx:
        await tx.execute("update model_provider set key_sealed = %s, updated_at = now()", (sealed,))
    await desk.house.models.load(desk.house.db)
    (one,) = (await owner.call("GET", "/models", status=200))["providers"]
    assert (one["has_key"], one["key_is_readable"]) == (True, False)
