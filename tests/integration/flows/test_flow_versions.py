"""Flows as versioned data over HTTP: draft, mistakes with their line, publish, compare, go back, try without effect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.office import ROUTERS, Client, Office, office
from tongxi.api import flows as flows_api
from tongxi.bot.flows import Flows
from tongxi.bot.flows.registry import shipped
from tongxi.connectors.protocol import Connectors

OWN = """\
name: opening_hours
title: {zh: 营业时间, en: Opening hours}
about: {zh: 说营业时间, en: Tells when we are open}
for: anyone
triggers:
  examples: {zh: [几点开门], en: [when do you open]}
steps:
  - say: {zh: 每天九点到二十一点。, en: Every day from nine to nine.}
  - end: done
"""
UNCONFIRMED = """\
name: quick_cancel
title: {zh: 取消, en: Cancel}
about: {zh: 取消, en: Cancel}
slots:
  order: {kind: order, title: {zh: 订单, en: Order}, ask: {zh: 哪个, en: Which}}
steps:
  - ask: order
  - write: gone
    tool: orders.cancel
    arguments: {number: "{order}"}
    done: {zh: 好了, en: Done}
    refused: {other: {zh: 没有取消, en: Not cancelled}}
"""


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    async with office(database_url, tmp_path, routers=(*ROUTERS, flows_api.router)) as opened:
        opened.house.flows = Flows()
        opened.house.connectors = Connectors()
        await opened.house.flows.load(opened.house.db)
        yield opened


@pytest.fixture
async def admin(desk: Office) -> Client:
    return await desk.signed_in("admin")


async def published(admin: Client, source: str, name: str) -> int:
    saved = await admin.call("PUT", f"/flows/{name}/draft", json={"source": source}, status=200)
    made = await admin.call("POST", f"/flows/{name}/publish", json={"seen": saved["revision"]}, status=200)
    version: int = made["version"]
    return version


async def test_shipped_flows_are_listed_and_live(admin: Client) -> None:
    items = (await admin.call("GET", "/flows", status=200))["items"]
    assert [one["name"] for one in items] == list(shipped())
    assert all(one["enabled"] and one["version"] == 0 for one in items)


async def test_an_own_flow_is_drafted_published_and_runs_without_restart(desk: Office, admin: Client) -> None:
    assert await published(admin, OWN, "opening_hours") == 1
    live = desk.house.flows.get("opening_hours")
    assert live is not None
    assert live.version == 1
    assert await desk.actions() == ["flow.drafted", "flow.published"]


async def test_another_process_follows(desk: Office, admin: Client) -> None:
    other = Flows()
    await other.load(desk.house.db)
    await published(admin, OWN, "opening_hours")
    await other.refresh(desk.house.db)
    assert other.get("opening_hours") is not None


async def test_a_write_without_a_confirmation_is_never_published(desk: Office, admin: Client) -> None:
    saved = await admin.call("PUT", "/flows/quick_cancel/draft", json={"source": UNCONFIRMED}, status=200)
    assert [(one["code"], one["line"]) for one in saved["problems"]] == [("write_without_confirm", 8)]
    body = {"seen": saved["revision"]}
    problem = await admin.refused("POST", "/flows/quick_cancel/publish", 422, "flow_invalid", json=body)
    assert problem["problems"][0]["code"] == "write_without_confirm"
    assert desk.house.flows.get("quick_cancel") is None


async def test_broken_yaml_names_its_line(admin: Client) -> None:
    answer = await admin.call(
        "POST", "/flows/check", json={"source": OWN.replace("zh: 营业时间,", "zh: [营业时间,")}, status=200
    )
    assert answer["problems"][0]["line"] == 2
    assert answer["outline"] is None


async def test_two_editors_do_not_overwrite_each_other(admin: Client) -> None:
    first = await admin.call("PUT", "/flows/opening_hours/draft", json={"source": OWN}, status=200)
    changed = OWN.replace("nine to nine", "ten to nine")
    await admin.call(
        "PUT", "/flows/opening_hours/draft", json={"source": changed, "seen": first["revision"]}, status=200
    )
    body = {"source": OWN, "seen": first["revision"]}
    await admin.refused("PUT", "/flows/opening_hours/draft", 409, "stale_version", json=body)


async def test_a_name_cannot_change_under_the_draft(admin: Client) -> None:
    await admin.refused("PUT", "/flows/other/draft", 409, "flow_name", json={"source": OWN})


async def test_going_back_is_one_click_and_keeps_all_versions(desk: Office, admin: Client) -> None:
    source = shipped()["order_status"][1]
    await published(admin, source.replace("查订单和物流", "查物流"), "order_status")
    assert desk.house.flows.get("order_status").flow.title.zh == "查物流"
    lines = await admin.call("GET", "/flows/order_status/diff?before=0&after=1", status=200)
    assert {one["kind"] for one in lines["lines"]} == {"same", "added", "removed"}
    await admin.call("POST", "/flows/order_status/restore", json={"version": 0}, status=200)
    assert desk.house.flows.get("order_status").flow.title.zh == "查订单和物流"
    await admin.call("POST", "/flows/order_status/restore", json={"version": 1}, status=200)
    found = await admin.call("GET", "/flows/order_status/versions", status=200)
    assert [one["version"] for one in found["items"]] == [2, 1, 0]


async def test_a_flow_that_is_switched_off_starts_no_more(desk: Office, admin: Client) -> None:
    await admin.call("PATCH", "/flows/coupons", json={"enabled": False}, status=200)
    assert desk.house.flows.get("coupons") is None
    await admin.call("PATCH", "/flows/coupons", json={"enabled": True}, status=200)
    assert desk.house.flows.get("coupons") is not None


async def test_a_dry_run_shows_every_call_and_pretends_the_writes(admin: Client) -> None:
    said = [{"text": "取消订单"}, {"text": "跳过"}, {"text": "确认"}]
    body = {"source": shipped()["cancel_order"][1], "messages": said}
    turns = (await admin.call("POST", "/flows/dry-run", json=body, status=200))["turns"]
    assert [one["outcome"] for one in turns] == ["asked", "asked", "done"]
    assert [call["tool"] for call in turns[0]["trace"]] == ["orders.list"]
    write = turns[2]["trace"][-1]
    assert (write["tool"], write["pretended"], write["arguments"]["number"]) == ("orders.cancel", True, "TEST1001")


async def test_real_customers_are_not_read_by_who_may_not_see_them(admin: Client) -> None:
    body = {"source": OWN, "messages": [{"text": "hi"}], "reads": "live", "customer": "C1001"}
    await admin.refused("POST", "/flows/dry-run", 403, "forbidden", json=body)
