"""A customer and the widget on a shop's page, the whole product behind it."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from tests.support.site import NAME, Site

FIELD, BUBBLE, MINE = "textarea.f", ".b.ai, .b.ag", ".b.cu"


@pytest.fixture
def customer(site: Site, page: Page) -> Page:
    """A customer with the window open."""
    open_widget(page, site)
    return page


def open_widget(page: Page, site: Site, query: str = "") -> None:
    page.goto(f"{site.shop}/{query}")
    page.locator(".launcher").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def say(page: Page, text: str) -> None:
    page.locator(FIELD).fill(text)
    page.locator(FIELD).press("Enter")


def test_from_question_to_person_to_rating(site: Site, customer: Page) -> None:
    page = customer
    expect(page.locator(".hold")).to_contain_text("AI 助手")
    page.get_by_role("button", name="退换货", exact=True).click()
    answer = page.locator(".theirs", has_text="7 天内")
    expect(answer.locator(".lab")).to_contain_text("AI 助手")
    expect(answer.locator("li")).to_have_count(2)
    answer.locator("summary").click()
    expect(answer.locator("blockquote")).to_be_visible()

    with site.agent() as agent:
        page.get_by_role("button", name="转人工").first.click()
        expect(page.locator(".hold")).to_contain_text(NAME)
        expect(page.locator(".line3")).to_have_class(re.compile("bg-agent"))
        conversation = site.held(agent)
        site.run(agent.typing(conversation))
        expect(page.locator(".typing")).to_contain_text("正在输入")
        site.run(agent.send(conversation, "您好，前面的记录我都看到了。"))
        expect(page.locator(".b.ag")).to_contain_text("都看到了")
        expect(page.locator(".typing")).to_be_empty()
        say(page, "谢谢")
        expect(page.locator(MINE).last).to_have_text("谢谢")
        site.run(agent.read(conversation, 10_000))
        expect(page.locator(".state").last).to_have_text("已读")

        page.get_by_role("button", name="收起", exact=True).click()
        site.run(agent.send(conversation, "还有别的事吗？"))
        expect(page.locator(".badge")).to_have_text("1")
        page.locator(".launcher").click()
        expect(page.locator(".badge")).to_be_hidden()

        site.run(agent.end(conversation))
        sheet = page.get_by_role("dialog", name="这次的事办好了吗？")
        sheet.get_by_role("button", name="还没有").click()
        sheet.get_by_role("button", name="3").click()
        sheet.get_by_role("button", name="接着说").click()
        expect(sheet).to_be_hidden()
        expect(page.locator(FIELD)).to_be_focused()
        say(page, "退款还没到")
        expect(page.locator(".hold")).not_to_contain_text("已结束")

        page.get_by_role("button", name="更多").click()
        page.get_by_role("button", name="结束这次对话").click()
        sheet.get_by_role("button", name="跳过").click()
        expect(sheet).to_be_hidden()
        expect(page.locator(".hold")).to_contain_text("已结束")


def test_waiting_shows_the_place_and_offers_a_call(site: Site, customer: Page) -> None:
    page = customer
    with site.agent() as agent:
        me = agent.me["id"]
        site.call("PATCH", f"/users/{me}", {"capacity": 0})
        try:
            say(page, "转人工")
            expect(page.locator(".place")).to_contain_text("第 1 位")
            expect(page.locator(".waiting svg.table")).to_be_visible()
            page.get_by_role("button", name="约回电").click()
            form = page.get_by_role("dialog", name="约回电")
            form.get_by_role("button", name="提交").click()
            expect(form.get_by_role("alert")).to_contain_text("电话")
            form.get_by_label("电话").fill("138 0000 1234")
            form.get_by_role("button", name="提交").click()
            expect(form.get_by_role("status")).to_contain_text("138 0000 1234")
            form.get_by_role("button", name="知道了").click()
            expect(page.locator(".hold")).to_contain_text("AI 助手")
        finally:
            site.call("PATCH", f"/users/{me}", {"capacity": 5})


def test_who_only_pressed_for_a_person_is_served_and_asked(site: Site, customer: Page) -> None:
    page = customer
    expect(page.get_by_role("group", name="常见问题")).to_be_visible()
    with site.agent() as agent:
        page.get_by_role("button", name="转人工").click()
        expect(page.locator(".hold")).to_contain_text(NAME)
        expect(page.get_by_role("group", name="常见问题")).to_have_count(0)
        conversation = site.held(agent)
        site.run(agent.send(conversation, "您好，请说。"))
        expect(page.locator(".b.ag")).to_be_visible()
        site.run(agent.end(conversation))
    sheet = page.get_by_role("dialog", name="这次的事办好了吗？")
    sheet.get_by_role("button", name="办好了").click()
    sheet.get_by_label("想补充什么").fill("很快")
    sheet.get_by_role("button", name="提交").click()
    expect(page.locator(".strip")).to_contain_text("谢谢")


def test_nobody_on_duty_leaves_a_promise(customer: Page) -> None:
    customer.get_by_role("button", name="转人工").click()
    expect(customer.locator(".ev").last).to_contain_text("编号")
    customer.get_by_role("button", name="留联系方式").click()
    form = customer.get_by_role("dialog", name="留言")
    form.get_by_label("电话或邮箱").fill("lin@example.com")
    form.get_by_label("要办的事").fill("想换一个新的")
    form.get_by_role("button", name="提交").click()
    expect(form.get_by_role("status")).to_contain_text("lin@example.com")


def test_what_is_written_offline_goes_out_once_and_in_order(
    site: Site, context: BrowserContext, customer: Page
) -> None:
    say(customer, "断网之前")
    expect(customer.locator(BUBBLE).nth(1)).to_be_visible()
    other = context.new_page()
    open_widget(other, site)
    expect(other.locator(MINE)).to_have_text(["断网之前"])
    site.kill()
    written = [f"第 {n} 句" for n in range(1, 5)]
    for text in written:
        say(customer, text)
    expect(customer.locator(".strip")).to_contain_text("连上后自动发出", timeout=15_000)
    customer.close()

    site.start()
    expect(other.locator(MINE)).to_have_text(["断网之前"])
    again = context.new_page()
    open_widget(again, site)
    for page in (again, other):
        expect(page.locator(MINE)).to_have_text(["断网之前", *written], timeout=45_000)
        expect(page.locator(".strip")).to_be_hidden(timeout=15_000)
    time.sleep(1)
    expect(other.locator(MINE)).to_have_count(5)
    # The window of a new page starts with what this browser kept.
    again.reload()
    again.locator(".launcher").click()
    expect(again.locator(MINE)).to_have_text(["断网之前", *written])


def test_a_message_does_not_move_what_is_being_read(context: BrowserContext, site: Site, customer: Page) -> None:
    for n in range(12):
        say(customer, f"怎么退换 {n}")
        expect(customer.locator(MINE)).to_have_count(n + 1)
    expect(customer.locator(BUBBLE)).to_have_count(13)
    log = customer.locator(".msgs")
    log.evaluate("node => { node.scrollTop = node.scrollHeight / 2; }")
    first = customer.locator(MINE).nth(5)
    before = first.bounding_box()
    other = context.new_page()
    open_widget(other, site)
    say(other, "另一页写的")
    expect(customer.locator(".pill")).to_be_visible()
    assert first.bounding_box() == before
    customer.locator(".pill").click()
    expect(customer.locator(MINE).last).to_be_in_viewport()


def test_text_is_never_markup(customer: Page) -> None:
    heard: list[str] = []

    def hear(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    customer.on("dialog", hear)
    tricks = ["<img src=x onerror=alert(1)>", "**a** [b](javascript:alert(1))", "<script>alert(1)</script>", "x" * 500]
    for text in tricks:
        say(customer, text)
    expect(customer.locator(MINE)).to_have_text(tricks)
    assert customer.locator(".b img, .b script, .b a").count() == 0
    width = customer.locator(".msgs").evaluate("node => [node.scrollWidth, node.clientWidth]")
    assert width[0] == width[1], "a long word must wrap"
    assert heard == []


def test_pictures_are_made_smaller_and_lose_their_place(site: Site, customer: Page, tmp_path: Path) -> None:
    picture = tmp_path / "手柄.jpg"
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif[0x8825] = {1: "N", 2: (30.0, 15.0, 0.0)}
    Image.effect_noise((3000, 2000), 40).convert("RGB").save(picture, exif=exif, quality=95)
    program = tmp_path / "program.exe"
    program.write_bytes(b"MZ" + bytes(100))
    customer.evaluate("""() => {
        const send = XMLHttpRequest.prototype.send;
        XMLHttpRequest.prototype.send = function (form) {
            const file = form.get("file");
            if (file.type.startsWith("image/")) file.bytes().then((bytes) => { window.sent = [...bytes]; });
            send.call(this, form);
        };
    }""")
    customer.locator("input[type=file]").set_input_files([picture, program])
    expect(customer.locator(".up.failed")).to_contain_text("不能发")
    expect(customer.locator(".up progress")).to_have_count(0)
    say(customer, "请看照片")
    image = customer.locator(".mine .pic img")
    expect(image).to_be_visible()
    expect(customer.locator(".tray")).to_have_count(0)
    assert image.evaluate("node => node.decode().then(() => true)")
    drawn = Image.open(io.BytesIO(bytes(customer.evaluate("window.sent"))))
    assert max(drawn.size) == 2048
    assert not drawn.getexif()
    image.click()
    expect(customer.get_by_role("dialog", name="图片")).to_be_visible()
    customer.keyboard.press("Escape")
    expect(customer.get_by_role("dialog", name="图片")).to_have_count(0)
    expect(customer.get_by_role("dialog")).to_be_visible()
