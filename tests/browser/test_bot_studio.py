"""The bot studio: a threshold is drafted, tried, published and taken back; every condition stated can be tried."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.test_access import check
from tests.support.people import People


def test_a_threshold_from_draft_to_live_and_back(people: People) -> None:
    owner = people.agent("owner", "苏晴", state="", bypass_csp=True)
    page = owner.page
    page.goto(f"{owner.demo.url}/bot/policy")
    page.locator(".rule", has_text="匹配 ≥ 0.60").get_by_role("button").click()
    page.get_by_role("spinbutton", name="匹配到多少才回答").fill("0.7")
    expect(page.locator(".versionbar .chip")).to_contain_text("未保存")
    page.keyboard.press("Control+s")
    expect(page.locator(".versionbar .chip")).not_to_contain_text("未保存")
    check(page, "policy")

    page.get_by_role("button", name="发布第 1 版").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".plus")).to_contain_text("0.7")
    dialog.get_by_role("button", name="发布第 1 版").click()
    expect(page.locator(".versionbar")).to_contain_text("线上第 1 版")

    page.get_by_role("link", name="版本", exact=True).click()
    page.get_by_role("button", name="恢复这版").click()
    expect(page.locator(".versionbar")).to_contain_text("线上第 2 版")
    check(page, "versions")


def test_the_playground_shows_the_way_to_an_answer_and_what_would_turn_it(people: People) -> None:
    owner = people.agent("owner", "苏晴", state="", bypass_csp=True)
    page = owner.page
    page.goto(f"{owner.demo.url}/bot/policy")
    page.get_by_role("textbox", name="像客户一样说").fill("退款多久到账？")
    page.keyboard.press("Enter")
    trace = page.get_by_role("region", name="决策过程")
    expect(trace).to_contain_text("决定：回答，附来源")
    expect(page.locator(".says")).to_contain_text("工作日")
    check(page, "trace")

    trace.get_by_role("button", name=re.compile("转人工")).click()
    expect(trace).to_contain_text("决定：移交")
    trace.get_by_role("button", name="还原").click()
    expect(trace).to_contain_text("决定：回答，附来源")


def test_a_guided_question_says_where_its_click_lands(people: People) -> None:
    owner = people.agent("owner", "苏晴", state="", bypass_csp=True)
    page = owner.page
    page.goto(f"{owner.demo.url}/bot/welcome")
    first = page.locator(".redline").first
    first.get_by_label("点了以后").select_option("flow:order_status")
    page.get_by_role("button", name="保存", exact=True).click()
    first.get_by_role("button", name="试点一下").click()
    expect(first.get_by_role("status").first).to_contain_text("走流程")
    check(page, "welcome")
