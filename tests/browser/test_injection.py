"""Markup in whatever people can fill in is shown as text, in the widget and in the workspace; nothing of it runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.demo import Demo
from tests.support.people import Customer, People
from tongxi.demo.shop.pages import sign_identity

IMAGE = '<img src=x onerror="window.hacked=1">'
TRICKS = (
    IMAGE,
    "<script>window.hacked=1</script>",
    '"><svg onload=window.hacked=1>',
    "[点我](javascript:window.hacked=1) ![x](x)",
    "<a href='javascript:window.hacked=1'>x</a> {{7*7}} ${7*7}",
    "**粗** `code` <b>b</b> &lt;i&gt; \u202eabc\u202c",
    "[x](data:text/html,<script>window.hacked=1</script>)",
    "x" * 400,
)


@pytest.fixture
def watched(people: People) -> Iterator[list[Page]]:
    """Pages to look at when the test has done its work: nothing ran, nothing was built from text."""
    pages: list[Page] = []
    yield pages
    for page in pages:
        assert page.evaluate("window.hacked ?? null") is None, page.url
        for trap in ("img[src='x']", "svg[onload]", "a[href^='javascript:']", "a[href^='data:']", "iframe"):
            expect(page.locator(trap)).to_have_count(0)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"a long word widens {page.url}"


def identity(demo: Demo, name: str) -> str:
    """Who the shop says the customer is."""
    keys = json.loads((demo.data / "demo.json").read_text())
    customer: dict[str, Any] = {"id": "C1002", "zh": name, "email": "x@example.com", "tier": IMAGE[:40]}
    [(now,)] = demo.query("select extract(epoch from now())::float8")
    return sign_identity(customer, inbox="nuancang", secret=keys["inbox_secret"], language="zh", now=now)


def test_what_a_customer_fills_in(people: People, watched: list[Page], tmp_path: Path) -> None:
    page = people.profile().new_page()
    page.goto(f"{people.demo.shop}/?{IMAGE}")
    customer = Customer(page)
    page.evaluate("title => { document.title = title; history.pushState({}, '', '/p/<b>?q=' + title); }", IMAGE)
    page.locator(".launcher").click()
    page.evaluate("token => Tongxi.identify(token)", identity(people.demo, f"林{IMAGE}"))
    agent = people.agent()
    watched += [page, agent.page]
    customer.ask_for_person()  # first: some of the words below may bring a person by themselves
    for trick in TRICKS:
        customer.say(trick)
    expect(customer.mine).to_have_text(list(TRICKS))
    file = tmp_path / f"{IMAGE.replace('/', '')}.txt"
    file.write_text("plain")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator(".up progress")).to_have_count(0)
    customer.say("看附件")
    expect(page.locator(".mine .file")).to_contain_text("<img src=x")

    agent.take_next()
    said = agent.log.locator(".bub:not(.ai) .said")
    expect(said).to_have_text([*TRICKS, "看附件"])
    expect(agent.log.locator(".filelink")).to_contain_text("<img src=x")
    expect(agent.page.locator(".chead")).to_contain_text(f"林{IMAGE}"[:20])
    for key in "1234":
        agent.page.keyboard.press(key)
        agent.page.wait_for_timeout(250)
    agent.page.keyboard.press("3")
    expect(agent.rail).to_contain_text("<img src=x")

    agent.end()
    sheet = page.get_by_role("dialog", name="这次的事办好了吗？")
    sheet.get_by_role("button", name="2").click()
    sheet.locator("textarea").fill(IMAGE)
    sheet.get_by_role("button", name="提交").click()
    expect(agent.log).to_contain_text("满意度 2/5")
    form = agent.page.get_by_role("form", name="收尾")
    form.locator("textarea").first.fill(IMAGE)
    form.locator("#wrap-tag").fill(IMAGE[:40])
    form.locator("#wrap-tag").press("Enter")
    form.get_by_label("已解决").click()
    expect(form.get_by_label("已解决")).to_be_checked()
    form.get_by_role("button", name="完成", exact=True).click()
    expect(form).to_have_count(0)

    supervisor = people.agent("supervisor", "方敏")
    watched.append(supervisor.page)
    supervisor.page.goto(f"{people.demo.url}/live")
    expect(supervisor.page.locator("main")).to_contain_text("此刻桌上")
    supervisor.page.goto(f"{people.demo.url}/inbox?q=onerror")
    expect(supervisor.page.locator(".list .item").first).to_contain_text("<img")


def test_what_an_agent_fills_in(people: People, watched: list[Page]) -> None:
    agent = people.agent()
    customer = people.customer()
    watched += [agent.page, customer.page]
    customer.ask_for_person()
    agent.take_next()
    for trick in TRICKS[:5]:
        agent.write(trick)
    expect(customer.replies).to_have_count(5)
    expect(customer.replies.first).to_have_text(IMAGE)
    agent.composer.press("Escape")
    agent.page.keyboard.press("m")
    agent.composer.fill(IMAGE)
    agent.composer.press("Enter")
    expect(agent.log.locator(".bub.note")).to_have_text(IMAGE)


def test_what_an_editor_fills_in(people: People, watched: list[Page]) -> None:
    editor = people.agent("editor", "陆文", state="")
    page, body = editor.page, "\n\n".join(TRICKS)
    article = editor.call(
        "POST",
        "/articles",
        {
            "title": f"月光灯罩怎么换{IMAGE}",
            "body": f"月光灯罩请旋开。\n\n{body}",
            "language": "zh",
            "questions": ["月光灯罩怎么换"],
        },
    )
    editor.call("POST", f"/articles/{article['id']}/publish")
    page.goto(f"{people.demo.url}/knowledge/{article['id']}")
    page.get_by_role("tab", name="预览").click()
    expect(page.locator(".prose")).to_contain_text(IMAGE)
    page.get_by_role("tab", name="版本").click()
    page.wait_for_timeout(300)
    customer = people.customer()
    watched += [page, customer.page]
    answer = customer.ask("月光灯罩怎么换")
    expect(answer).to_contain_text("月光灯罩请旋开")
    expect(answer.locator(".src")).to_contain_text("<img")
    answer.locator("summary").first.click()

    agent = people.agent()
    watched.append(agent.page)
    customer.ask_for_person()
    agent.take_next()
    expect(agent.log.locator(".bub.ai .src").first).to_contain_text("<img")
    agent.page.keyboard.press("4")
    expect(agent.rail).to_contain_text("月光灯罩")
