"""The bot studio: a threshold is drafted, tried, published and taken back; every condition stated can be tried."""

from __future__ import annotations

import re
import time

from playwright.sync_api import expect

from tests.browser.test_access import check
from tests.support.people import People


def test_a_threshold_from_draft_to_live_and_back(people: People) -> None:
    owner = people.agent("owner", "苏晴", state="", bypass_csp=True)
    page = owner.page
    page.goto(f"{owner.demo.url}/bot/policy")
    expect(page.locator(".versionbar")).to_contain_text("产品自带的设置")
    page.locator(".rule", has_text="保守的默认值").get_by_role("button").click()
    page.get_by_role("spinbutton", name="匹配到多少才回答").fill("0.85")
    expect(page.locator(".versionbar .chip")).to_contain_text("未保存")
    page.keyboard.press("Control+s")
    expect(page.locator(".versionbar .chip")).not_to_contain_text("未保存")
    check(page, "policy")

    page.get_by_role("button", name="发布第 1 版").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".plus")).to_contain_text("0.85")
    dialog.get_by_role("button", name="发布第 1 版").click()
    expect(page.locator(".versionbar")).to_contain_text("线上第 1 版")

    # What was changed and not saved is not lost by a click elsewhere; other sections of the studio keep it.
    page.locator(".rule", has_text="保守的默认值").get_by_role("button").click()
    page.get_by_role("spinbutton", name="匹配到多少才回答").fill("0.9")
    page.get_by_role("link", name="版本", exact=True).click()
    expect(page.locator(".versionbar .chip")).to_contain_text("未保存")
    page.get_by_role("link", name="知识").click()
    ask = page.get_by_role("dialog", name="改动还没有保存")
    ask.get_by_role("button", name="留在这里").click()
    expect(page.locator(".versionbar .chip")).to_contain_text("未保存")
    page.get_by_role("button", name="比较").click()
    page.get_by_role("dialog").get_by_role("button", name="丢弃草稿").click()
    expect(page.locator(".versionbar .chip")).to_have_count(0)

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
    first.get_by_label("点了以后").select_option("flow")
    first.get_by_label("流程 1").select_option("order_status")
    second = page.locator(".redline").nth(1)
    second.get_by_label("点了以后").select_option("intent")
    second.get_by_label("意图 2").select_option("refund_status")
    third = page.locator(".redline").nth(2)
    third.get_by_label("点了以后").select_option("article")
    third.get_by_role("searchbox").fill("保修")
    found = third.get_by_role("option", name="保修多久")
    expect(found).to_have_count(1)
    third.get_by_label("文章 3").select_option(found.get_attribute("value"))
    page.locator("textarea").first.fill(
        f"您好，我是 AI 助手小暖，随时可以转人工。{time.time_ns()}"
    )  # also when made again
    page.get_by_role("button", name="保存", exact=True).click()
    first.get_by_role("button", name="试点一下").click()
    expect(first.get_by_role("status").first).to_contain_text("走流程")
    second.get_by_role("button", name="试点一下").click()
    expect(second.get_by_role("status").first).to_contain_text("退款进度/钱到哪了")
    third.get_by_role("button", name="试点一下").click()
    expect(third.get_by_role("status").first).to_contain_text("保修")
    versions = page.locator(".versionlist")
    versions.locator("button[aria-expanded]").first.click()
    expect(versions.locator(".plus").first).to_be_visible()
    check(page, "welcome")
    versions.get_by_role("button", name="恢复这版").last.click()
    expect(first.get_by_label("点了以后")).to_have_value("")
