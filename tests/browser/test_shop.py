"""What the shop's own pages and knowledge bring: orders for those who signed in, answers from what an editor wrote."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.people import Customer, People

KETTLE = "# 云朵挂烫机的水箱怎么清洗\n\n倒入半杯白醋和清水，静置 40 分钟后冲净。\n"
LABELS = "question,answer\n云朵挂烫机的保修期是多久,云朵挂烫机保修 27 个月，凭订单号即可。\n"
NOTES = "\x00\x01 not a text"


def test_a_signed_in_customer_gets_his_order(people: People) -> None:
    page = people.profile().new_page()
    page.goto(people.demo.shop)
    page.locator("select#customer").select_option("C1003")
    page.locator("select#customer ~ button").click()
    customer = Customer(page)
    page.locator(".launcher").click()
    answer = customer.ask("我的订单到哪了")
    card = answer.locator(".order")
    expect(card).to_contain_text("NC20416208")
    expect(card).to_contain_text("中通快递")
    expect(answer.locator(".src")).to_contain_text("暖仓订单系统")
    expect(answer).not_to_contain_text("NC20410774")

    # The agent sees the same customer, verified, with the same order.
    agent = people.agent()
    customer.ask_for_person()
    agent.take_next()
    expect(agent.page.locator(".chead")).to_contain_text("陈思敏")
    expect(agent.page.locator(".chead")).to_contain_text("已核验身份")
    agent.page.keyboard.press("2")
    expect(agent.rail.locator(".facts").first).to_be_visible()
    expect(agent.rail).to_contain_text("NC20416208")
    expect(agent.rail).to_contain_text("暖仓订单系统")


def test_of_several_orders_the_customer_chooses(people: People) -> None:
    page = people.profile("en").new_page()
    page.goto(people.demo.shop)
    page.locator("select#customer").select_option("C1010")
    page.locator("select#customer ~ button").click()
    customer = Customer(page, "en")
    page.locator(".launcher").click()
    customer.ask("Where is my order?")
    choices = page.get_by_role("button", name=re.compile("NC2041"))
    expect(choices).to_have_count(2)
    choices.filter(has_text="NC20418102").click()
    expect(page.locator(".form.order")).to_contain_text("NC20418102")
    expect(page.locator(".form.order")).to_contain_text("SF Express")


def test_a_stranger_is_asked_to_sign_in(people: People) -> None:
    customer = people.customer()
    answer = customer.ask("我的订单到哪了")
    expect(answer).to_contain_text("登录")
    expect(customer.ask("NC20416208")).not_to_contain_text("中通")
    expect(customer.page.locator(".form.order")).to_have_count(0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What an editor has on his disk."""
    made = tmp_path / "手册"
    (made / "挂烫机").mkdir(parents=True)
    (made / "挂烫机/清洗.md").write_text(KETTLE)
    (made / "保修.csv").write_text(LABELS)
    (made / "读我.bin").write_text(NOTES)
    return made


def test_the_bot_answers_from_what_an_editor_just_wrote(people: People, folder: Path) -> None:
    customer = people.customer()
    question = "雾屿加湿器可以加精油吗"
    expect(customer.ask(question)).not_to_contain_text("专用香薰盒")
    editor = people.agent("editor", "陆文", state="")
    page = editor.page
    page.goto(f"{people.demo.url}/knowledge")
    expect(page.get_by_role("region", name="知识条目").get_by_role("link").first).to_be_visible()
    page.keyboard.press("n")
    page.get_by_label("标题", exact=True).fill("雾屿加湿器能不能加精油")
    page.get_by_label("正文").fill("雾屿加湿器不能直接加精油，请滴在**专用香薰盒**里。")
    page.get_by_label("问法示例").fill(question)
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("已发布")
    answer = customer.ask(question)
    expect(answer).to_contain_text("专用香薰盒")
    expect(answer.locator(".src")).to_contain_text("雾屿加湿器能不能加精油")

    # A folder, with one file that is no text.
    page.goto(f"{people.demo.url}/knowledge")
    page.get_by_role("button", name="导入").first.click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="选文件夹").click()
    chooser.value.set_files(folder)
    dialog = page.get_by_role("dialog", name="导入")
    expect(dialog.get_by_role("status")).to_contain_text("新增 2 条")
    expect(dialog.locator(".report")).to_contain_text("读我.bin")
    expect(customer.ask("云朵挂烫机的保修期是多久")).to_contain_text("27 个月")
    expect(customer.ask("云朵挂烫机的水箱怎么清洗")).to_contain_text("白醋")

    # Withdrawn is gone at once as well.
    page.keyboard.press("Escape")
    page.get_by_role("searchbox").fill("雾屿加湿器")
    page.get_by_role("link", name=re.compile("雾屿加湿器")).first.click()
    page.get_by_role("button", name="撤回").click()
    expect(page.locator(".toast").last).to_contain_text("已撤回")
    expect(customer.ask(question)).not_to_contain_text("专用香薰盒")
