"""Pictures of articles: put in by an editor, shown with the answer, enlarged, sent along by an agent, never leaked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support import files
from tests.support.people import Customer, People

QUESTION = "云朵挂烫机的序列号在哪里"
CAPTION = "标签在底座背面"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture on the editor's disk."""
    made = tmp_path / "label.png"
    made.write_bytes(files.picture("PNG", (640, 400)))
    return made


def _loaded(picture: Locator) -> None:
    """Wait until the browser has the picture."""
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    expect(picture).not_to_have_js_property("naturalWidth", 0)


def _paste(page: Page, field: Locator, data: bytes, name: str) -> None:
    """Paste a file into a field as the clipboard does."""
    field.evaluate(
        """(field, [bytes, name]) => {
          const carried = new DataTransfer();
          carried.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
        }""",
        [list(data), name],
    )


def test_a_picture_goes_from_the_editor_to_the_customer(people: People, picture: Path) -> None:
    editor = people.agent("editor", "陆文", state="")
    page = editor.page
    page.goto(f"{people.demo.url}/knowledge/new")
    page.get_by_label("标题", exact=True).fill("云朵挂烫机的序列号")
    body = page.get_by_label("正文")
    body.fill("序列号是 **12 位数字**，印在机身上。\n\n## 保修\n\n凭序列号保修一年。")
    page.get_by_label("问法示例").fill(QUESTION)
    body.evaluate("field => field.setSelectionRange(3, 3)")
    page.locator("input[type=file]").set_input_files(picture)
    media = page.get_by_role("region", name="图片、视频和文件")
    media.get_by_label("图片内容").fill("挂烫机底座的标签")
    media.get_by_label(re.compile("图片下方的说明")).fill(CAPTION)
    expect(body).to_have_value(
        re.compile(r'机身上。\n\n!\[挂烫机底座的标签\]\(media:[0-9a-f-]{36} "标签在底座背面"\)\n\n## 保修')
    )
    _loaded(media.locator("img"))

    # Pasted behind the warranty, moved up and down, and taken out again.
    body.evaluate("field => field.setSelectionRange(field.value.length, field.value.length)")
    _paste(page, body, files.picture("PNG", (80, 60)), "other.png")
    expect(media.get_by_role("listitem")).to_have_count(2)
    media.get_by_role("button", name=re.compile("上移 other.png")).click()
    expect(media.get_by_role("listitem").first).to_contain_text("other.png")
    media.get_by_role("button", name=re.compile("下移 other.png")).click()
    expect(media.get_by_role("listitem").last).to_contain_text("other.png")
    media.get_by_role("button", name=re.compile("移除 other.png")).click()
    expect(media.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("tab", name="预览").click()
    _loaded(page.locator(".prose img"))
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("已发布")

    customer = people.customer()
    answer = customer.ask(QUESTION)
    expect(answer.locator(".b.ai")).to_contain_text("12 位数字")
    expect(answer.locator("figure figcaption")).to_have_text(CAPTION)
    shown = answer.get_by_role("button", name="放大图片 挂烫机底座的标签")
    _loaded(shown.locator("img"))

    # Larger by keyboard, and back where one was.
    shown.focus()
    customer.page.keyboard.press("Enter")
    box = customer.page.get_by_role("dialog", name="图片 挂烫机底座的标签")
    expect(box.get_by_role("img", name="挂烫机底座的标签")).to_be_visible()
    expect(box).to_contain_text(CAPTION)
    customer.page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(shown).to_be_focused()

    address = shown.locator("img").get_attribute("src")
    assert address

    # The other passage has no picture.
    expect(customer.ask("云朵挂烫机凭序列号保修多久").locator("figure")).to_have_count(0)

    # For agents only from now on: the address that worked opens nothing any more.
    assert customer.page.request.get(address).status == 200
    page.get_by_role("tab", name="编辑").click()
    page.get_by_label("谁能看到").select_option("agents")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_role("button", name="撤回")).to_be_visible()  # nothing is unsaved any more
    assert customer.page.request.get(address).status == 404


def _asks_about_the_kettle(people: People) -> Customer:
    customer = people.customer()
    answer = customer.ask("水壶有水垢怎么办")
    _loaded(answer.locator("figure img"))
    return customer


def test_an_agent_sends_the_picture_of_an_article_along(people: People) -> None:
    agent = people.agent()
    customer = _asks_about_the_kettle(people)
    customer.ask_for_person()
    agent.take_next()
    _loaded(agent.log.locator(".files img").first)
    agent.page.keyboard.press("Escape")
    agent.page.get_by_role("button", name=re.compile("^知识")).last.click()
    agent.rail.get_by_role("searchbox").fill("电热水壶怎么除垢")
    hit = agent.rail.locator(".hit").filter(has_text="电热水壶怎么除垢").first
    _loaded(hit.locator("img"))
    hit.get_by_role("button", name="插入").click()
    expect(agent.page.locator(".compose .uploads")).to_contain_text("水壶剖面图")
    agent.composer.press("Enter")
    expect(agent.log.locator(".files figcaption")).to_have_count(2)
    reply = customer.page.locator(".theirs").filter(has=customer.page.locator(".b.ag")).last
    _loaded(reply.locator("figure img"))
    expect(agent.page.locator(".compose .uploads")).to_have_count(0)


def test_without_the_network_the_place_stays_and_says_so(people: People) -> None:
    customer = people.customer()
    customer.page.route("**/widget/media/**", lambda route: route.abort())
    answer = customer.ask("水壶有水垢怎么办")
    lost = answer.get_by_role("button", name=re.compile("水壶剖面图.*没打开"))
    expect(lost).to_be_visible()
    box = lost.bounding_box()
    assert box
    assert box["height"] >= 100
    customer.page.unroute("**/widget/media/**")
    lost.click()
    _loaded(answer.locator("figure img"))
