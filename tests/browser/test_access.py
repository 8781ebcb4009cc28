"""Everybody can use it: axe finds nothing serious on any screen, light or dark; an agent needs no mouse."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.support.people import People

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
SETTINGS = ("users", "roles", "inboxes", "queues", "connectors", "connectors/new", "audit")
Scheme = Literal["light", "dark"]


def check(page: Page, screen: str) -> None:
    """Fail when axe finds something serious or critical."""
    page.wait_for_timeout(400)  # colours are measured when nothing fades any more
    page.evaluate(f"{AXE.read_text()};0")
    found = page.evaluate(
        "async () => (await axe.run()).violations.filter(it => ['serious', 'critical'].includes(it.impact))"
        ".map(it => [it.id, it.nodes.map(node => node.target.join(' ') + ' ' + node.failureSummary)])"
    )
    assert found == [], screen


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_where_customer_and_agent_meet(people: People, scheme: Scheme) -> None:
    customer = people.customer(color_scheme=scheme, bypass_csp=True)
    check(customer.page, "welcome")
    customer.ask("退款多久到账")
    check(customer.page, "answer")
    agent = people.agent(color_scheme=scheme, bypass_csp=True)
    check(agent.page, "empty inbox")
    customer.ask_for_person()
    expect(customer.page.locator(".waiting")).to_be_visible()
    check(customer.page, "queue")
    customer.page.get_by_role("button", name="约回电").click()
    check(customer.page, "callback form")
    customer.page.get_by_role("dialog", name="约回电").press("Escape")
    agent.take_next()
    agent.write("您好")
    agent.composer.press("Escape")
    agent.page.keyboard.press("m")
    agent.composer.fill("备注")
    agent.composer.press("Enter")
    expect(agent.log.locator(".bub.note")).to_be_visible()
    check(agent.page, "thread with briefing")
    for key, rail in (("2", "orders"), ("3", "history"), ("4", "knowledge")):
        agent.composer.press("Escape")
        agent.page.keyboard.press(key)
        check(agent.page, rail)
    agent.composer.press("Escape")
    agent.page.keyboard.press("t")
    expect(agent.page.get_by_role("dialog")).to_be_visible()
    check(agent.page, "transfer")
    agent.page.keyboard.press("Escape")
    check(customer.page, "agent")
    agent.end()
    check(agent.page, "wrap-up")
    expect(customer.page.locator(".rate")).to_be_visible()
    check(customer.page, "rating")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_other_screens(people: People, scheme: Scheme) -> None:
    door = people.profile(color_scheme=scheme, bypass_csp=True).new_page()
    door.goto(people.demo.url)
    door.get_by_label("密码").fill("wrong")
    door.get_by_label("账号").fill("zhou@nuancang.example")
    check(door, "login")
    people.customer(color_scheme=scheme).ask("退款多久到账")
    owner = people.agent("owner", "苏晴", color_scheme=scheme, bypass_csp=True)
    page = owner.page
    article = owner.call("GET", "/articles?limit=1")["items"][0]["id"]
    screens = ["live", "tickets", "knowledge", f"knowledge/{article}", "me", *(f"settings/{one}" for one in SETTINGS)]
    screens.append(f"settings/inboxes/{owner.call('GET', '/inboxes')['items'][0]['id']}")
    for screen in screens:
        page.goto(f"{people.demo.url}/{screen}")
        expect(page.locator("main h1, main h2").first).to_be_visible()
        expect(page.locator(".skeleton")).to_have_count(0)
        check(page, screen)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    check(page, "keys")


def test_an_agent_works_by_keyboard_alone(people: People) -> None:
    customer = people.customer()
    page = people.profile().new_page()
    keys = page.keyboard
    page.goto(people.demo.url)
    expect(page.get_by_label("账号")).to_be_focused()
    keys.type("zhou@nuancang.example")
    keys.press("Tab")
    keys.type("nuancang-2026")
    keys.press("Enter")
    expect(page.locator(".list h1")).to_be_visible()

    presence = page.locator("nav .presence button, nav button.presence").first
    for _ in range(12):
        if presence.evaluate("node => node === document.activeElement"):
            break
        keys.press("Tab")
    expect(presence).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("button", name="在席 会分到新会话")).to_be_focused()
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.url.endswith("/presence")):
        keys.press("Enter")
    expect(presence).to_contain_text("在席")

    customer.say("我要找人")
    expect(page.get_by_role("button", name="接下一位")).to_be_enabled()
    keys.press("n")
    expect(page.locator(".holder")).to_contain_text("你持有此会话")
    keys.press("r")
    keys.type("您好，我在。")
    keys.press("Enter")
    expect(customer.replies).to_have_text(["您好，我在。"])
    keys.press("Escape")
    keys.press("m")
    keys.type("常客")
    keys.press("Enter")
    expect(page.get_by_role("log").locator(".bub.note")).to_have_text("常客")
    keys.press("Escape")
    keys.press("t")
    expect(page.get_by_role("dialog", name="转接给")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("4")
    expect(page.get_by_role("tab", name="知识")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#railpane input")).to_be_focused()
    keys.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#railpane input")).to_be_focused()  # where he was
    keys.press("Escape")
    keys.press("e")
    form = page.get_by_role("form", name="收尾")
    expect(form).to_be_focused()
    for _ in range(30):
        if form.evaluate("node => document.activeElement?.name === 'outcome'"):
            break
        keys.press("Tab")
    keys.press("Space")
    keys.press("Control+Enter")
    expect(form).to_have_count(0)
    expect(customer.holder).to_contain_text("已结束")
    expect(page).to_have_url(re.compile(r"/inbox(\?|$)"))
    keys.press("g")
    keys.press("k")
    expect(page.get_by_role("region", name="知识条目")).to_be_visible()
