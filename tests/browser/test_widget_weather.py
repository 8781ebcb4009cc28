"""The widget in bad weather: no socket, a silent one, no storage, downloads that fail, files that cannot be had."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support.site import Site

FIELD = "textarea.f"
REFUSED = "window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.({ code: 1006 })); } close() {} };"
FORBIDDEN = "window.WebSocket = class { constructor() { throw new DOMException('', 'SecurityError'); } };"
SILENT = "window.WebSocket = class { constructor() { this.readyState = 0; } close() {} };"
NO_STORAGE = """
Object.defineProperty(window, "localStorage", { get: () => null });
Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("", "SecurityError"); } });
"""


def open_widget(page: Page, site: Site) -> None:
    page.goto(site.shop)
    page.locator(".launcher").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def say(page: Page, text: str) -> None:
    page.locator(FIELD).fill(text)
    page.locator(FIELD).press("Enter")


@pytest.mark.parametrize("socket", [REFUSED, FORBIDDEN, SILENT], ids=["refused", "forbidden", "silent"])
def test_where_no_socket_gets_through_requests_do(site: Site, page: Page, socket: str) -> None:
    page.add_init_script(socket)
    open_widget(page, site)
    for text in ("怎么退换", "还有呢"):
        say(page, text)
    expect(page.locator(".b.cu")).to_have_text(["怎么退换", "还有呢"])
    expect(page.locator(".b.ai").nth(1)).to_be_visible()
    expect(page.locator(".strip")).to_have_count(0)
    with site.agent() as agent:
        page.get_by_role("button", name="转人工").first.click()
        expect(page.locator(".line3")).to_have_class(re.compile("bg-agent"))
        conversation = site.held(agent)
        site.run(agent.send(conversation, "我在。"))
        expect(page.locator(".b.ag")).to_have_text("我在。")
        site.run(agent.end(conversation))
        expect(page.locator(".rate")).to_be_visible()


def test_a_first_message_left_unsent_goes_out_on_the_next_page(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.add_init_script(REFUSED)
    page.route("**/api/v1/widget/messages", lambda route: route.abort())
    open_widget(page, site)
    say(page, "断网时写的")
    expect(page.locator(".b.cu")).to_have_text("断网时写的")
    page.close()

    page = context.new_page()
    page.goto(site.shop)
    # Nobody opens the window, and still it is sent: the answer counts as unread.
    expect(page.locator(".badge")).to_have_text("1")
    page.locator(".launcher").click()
    expect(page.locator(".b.cu")).to_have_text(["断网时写的"])
    expect(page.locator(".mine .state").last).to_contain_text("已发送")
    assert page.evaluate("Object.keys(localStorage).filter(it => /out:|unsent/.test(it))") == []


def test_a_web_view_that_keeps_nothing(site: Site, page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(NO_STORAGE + "delete CSSStyleSheet.prototype.replaceSync;")
    page.set_viewport_size({"width": 390, "height": 780})
    page.goto(f"{site.url}/chat?inbox={site.inbox}")
    say(page, "怎么退换")
    expect(page.locator(".b.ai")).to_have_count(2)
    assert errors == []


def test_a_download_that_fails_is_said_and_tried_again(site: Site, page: Page) -> None:
    broken = True

    def answer(route: Route) -> None:
        if broken:
            route.abort()
        else:
            route.continue_()

    for part in ("app", "zh", "sheets"):
        broken = True
        pattern = re.compile(f"/widget/assets/{part}-")
        page.route(pattern, answer)
        page.goto(site.shop)
        page.locator(".launcher").click()
        if part != "sheets":
            expect(page.locator(".label")).to_have_text("没打开，请再点一次")
            expect(page.locator(".panel")).to_have_count(0)
            broken = False
            page.locator(".launcher").click()
        else:
            page.get_by_role("button", name="更多").click()
            expect(page.locator(".strip")).to_contain_text("没有办成")
            broken = False
            page.get_by_role("button", name="更多").click()
            expect(page.get_by_role("dialog", name="设置与隐私")).to_be_visible()
        expect(page.locator(".panel")).to_be_visible()
        page.unroute(pattern)


def test_each_refused_file_is_told_why(site: Site, page: Page, tmp_path: Path) -> None:
    files = {
        "空.txt": (b"", "空文件"),
        "坏.pdf": (b"%PDF-1.7 broken", "可能已损坏"),
        "图.heic": (b"\x00\x00\x00\x18ftypheic" + bytes(200), "不能发"),
    }
    for name, (data, _) in files.items():
        (tmp_path / name).write_bytes(data)
    fine = tmp_path / "好.txt"
    fine.write_text("你好" * 100)
    open_widget(page, site)
    page.locator("input[type=file]").set_input_files([tmp_path / name for name in files])
    for name, (_, reason) in files.items():
        expect(page.locator(".up.failed", has_text=name)).to_contain_text(reason)
        page.get_by_role("button", name=f"移除 {name}").click()
    page.locator("input[type=file]").set_input_files([fine] * 8)
    expect(page.locator(".up")).to_have_count(6)
    expect(page.locator(".ai-note")).to_contain_text("一次最多 6 个")


def test_a_file_lost_on_the_way_goes_again_when_the_network_is_back(
    site: Site, context: BrowserContext, tmp_path: Path
) -> None:
    page = context.new_page()
    file = tmp_path / "记录.txt"
    file.write_text("你好" * 100)
    open_widget(page, site)
    say(page, "怎么退换")
    expect(page.locator(".b.ai")).to_have_count(2)
    context.set_offline(True)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator(".up.failed")).to_contain_text("点这里重试")
    context.set_offline(False)
    expect(page.locator(".up.failed")).to_have_count(0)
    expect(page.locator(".up progress")).to_have_count(0)
    say(page, "请看文件")
    expect(page.locator(".mine .file")).to_contain_text("记录.txt")


GIVE = """async (node, type) => {
  const canvas = document.createElement("canvas");
  const blob = await new Promise((done) => canvas.toBlob(done));
  const data = new DataTransfer();
  data.items.add(new File([blob], type + ".png", { type: "image/png" }));
  const options = { bubbles: true, cancelable: true, composed: true };
  const event = type === "paste"
    ? new ClipboardEvent(type, { ...options, clipboardData: data })
    : new DragEvent(type, { ...options, dataTransfer: data });
  return !node.dispatchEvent(event);
}"""


def test_a_picture_is_pasted_or_dropped_anywhere_on_the_window(site: Site, page: Page) -> None:
    open_widget(page, site)
    assert page.locator(FIELD).evaluate(GIVE, "paste")
    assert page.locator(".msgs").evaluate(GIVE, "dragover"), "else the browser leaves for the file"
    expect(page.locator(".ai-note")).to_have_text("松开就添加")
    assert page.locator(".msgs").evaluate(GIVE, "drop")
    expect(page.locator(".up")).to_have_text([re.compile("paste.png"), re.compile("drop.png")])
    expect(page.locator(".up progress")).to_have_count(0)
    page.locator(".ib.go").click()
    expect(page.locator(".mine .pic img")).to_have_count(2)


def test_a_whole_book_pasted_does_not_stall_the_page(site: Site, page: Page) -> None:
    open_widget(page, site)
    page.keyboard.insert_text("长" * 1_000_000)
    expect(page.locator(".ai-note")).to_contain_text("请分开发")
    page.keyboard.press("Enter")
    page.reload()
    page.locator(".launcher").click()
    expect(page.locator(".ai-note")).to_contain_text("请分开发")
    expect(page.locator(".b.cu")).to_have_count(0)
    page.locator(FIELD).fill("怎么退换")
    page.locator(FIELD).press("Enter")
    expect(page.locator(".b.ai")).to_have_count(2)
