"""A customer has something done in the widget: native inputs, one confirmation, undo; an owner changes a flow."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.demo import Demo
from tests.support.people import Customer, People


def signed_in(people: People, who: str, language: str = "zh") -> tuple[Page, Customer]:
    page = people.profile(language).new_page()
    page.goto(people.demo.shop)
    page.locator("select#customer").select_option(who)
    page.locator("select#customer ~ button").click()
    page.locator(".launcher").click()
    return page, Customer(page, language)


def test_an_address_is_changed_after_the_card_and_put_back(people: People) -> None:
    page, customer = signed_in(people, "C1001")
    customer.ask("我要改地址")
    page.locator("textarea#flow-address").fill("杭州市西湖区文三路 90 号 3 幢 201")
    page.get_by_role("button", name="就填这个").click()
    card = page.locator(".form.flow", has_text="请核对")
    expect(card.locator("del")).to_contain_text("杭州市西湖区文三路")
    expect(card.locator("ins")).to_contain_text("90 号 3 幢 201")
    card.get_by_role("button", name="确认修改").click()
    undo = page.get_by_role("button", name="撤销")
    expect(undo).to_be_visible()
    expect(page.locator(".theirs").last).to_contain_text("改好了")
    undo.click()
    expect(page.locator(".theirs").last).to_contain_text("已经撤销")


def test_a_time_is_picked_by_day_and_hour(people: People) -> None:
    page, customer = signed_in(people, "C1010", "en")
    customer.ask("I want to book an installation")
    times = page.locator(".form.flow", has_text="Time")
    times.locator(".days button").nth(1).click()
    times.locator(".times button").first.click()
    page.locator("input#flow-phone").fill("13800138000")
    page.get_by_role("button", name="Use this").click()
    page.get_by_role("button", name="Skip").click()
    page.get_by_role("button", name="Book it").click()
    expect(page.locator(".theirs").last).to_contain_text("Booked: Installation at home")


def test_a_flow_is_switched_off_and_on_again(people: People, demo: Demo) -> None:
    owner = people.agent("owner", "苏晴", state="away")
    page = owner.page
    page.goto(f"{demo.url}/bot/flows")
    box = page.locator("li", has_text="coupons").get_by_role("checkbox")
    expect(box).to_be_checked()
    box.click()
    expect(box).not_to_be_checked()
    expect(box).to_have_attribute("aria-busy", "false")
    page.reload()
    expect(box).not_to_be_checked()
    box.dblclick()  # on and off again before the first answer
    expect(box).to_have_attribute("aria-busy", "false")
    page.reload()
    expect(box).not_to_be_checked()
    box.click()
    expect(box).to_be_checked()
    expect(box).to_have_attribute("aria-busy", "false")
    page.reload()
    expect(box).to_be_checked()


def test_a_switch_that_could_not_be_saved_moves_back(people: People, demo: Demo) -> None:
    page = people.agent("owner", "苏晴", state="away").page
    page.goto(f"{demo.url}/bot/flows")
    box = page.locator("li", has_text="coupons").get_by_role("checkbox")
    page.route("**/api/v1/flows/coupons", lambda route: route.abort())
    box.click()
    expect(page.locator(".toast")).to_be_visible()
    expect(box).to_be_checked()
    expect(box).to_be_enabled()


def test_a_source_with_a_fault_is_not_published(people: People, demo: Demo) -> None:
    page = people.agent("owner", "苏晴", state="away").page
    page.goto(f"{demo.url}/bot/flows/change_address")
    source = page.locator("textarea.code")
    source.fill(source.input_value().replace("  - confirm: check", "  - konfirm: check"))
    expect(page.locator(".problems")).to_contain_text("第 52 行")
    expect(page.get_by_role("button", name="发布", exact=True)).to_be_disabled()


def test_what_a_flow_did_lately_leads_to_the_conversation(people: People) -> None:
    customer = people.customer()
    customer.ask("给我回个电话")
    customer.ask("算了")
    page = people.agent("owner", "苏晴", state="away").page
    page.goto(f"{people.demo.url}/bot/flows/callback")
    page.get_by_role("tab", name="最近运行").click()
    run = page.locator(".flowruns tbody tr").first
    expect(run).to_contain_text("客户不办了")
    run.get_by_role("link").click()
    expect(page.locator(".thread")).to_contain_text("给我回个电话")
