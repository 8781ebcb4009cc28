"""The widget as a guest: what it may do to the page it stands on, what it tells, whom it believes, who can use it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.support.site import Site

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
FIELD = "textarea.f"


def bodies(page: Page, ending: str) -> list[dict[str, Any]]:
    """What the page sends to a route from now on."""
    found: list[dict[str, Any]] = []

    def see(request: Request) -> None:
        if request.url.endswith(ending) and request.post_data:
            found.append(json.loads(request.post_data))

    page.on("request", see)
    return found


def test_it_runs_under_the_strictest_policy(site: Site, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(site.shop)
    before = page.evaluate("Object.keys(window).length")
    page.locator(".launcher").click()
    page.locator(FIELD).fill("怎么退换")
    page.locator(FIELD).press("Enter")
    expect(page.locator(".b.ai")).to_have_count(2)
    assert said == []
    assert errors == []
    assert page.evaluate("Object.keys(window).length") == before, "nothing but window.Tongxi"


STYLES = """
* {
  font: 900 30px/3 cursive; letter-spacing: 6px; text-transform: uppercase; color: red; direction: rtl;
  text-indent: 9px; word-spacing: 9px; text-align: right; visibility: hidden; pointer-events: none;
  --text: red; --surface: red; --k: 3;
}
* { font-size: 40px !important; line-height: 4 !important; cursor: wait !important }
tongxi-widget { display: none !important; position: static !important; zoom: 2 !important; opacity: 0.5 !important }
button { background: lime !important }
"""
LOOK = """node => {
  const { x, y, width, height } = node.getBoundingClientRect();
  const style = getComputedStyle(node);
  const names = [...style].filter((name) => !name.startsWith("--"));
  return [x, y, width, height, ...names.map((name) => `${name}: ${style.getPropertyValue(name)}`)].join("; ");
}"""


def test_no_style_of_the_page_reaches_it(site: Site, page: Page) -> None:
    page.goto(site.shop)
    page.locator(".launcher").click()
    expect(page.locator(FIELD)).to_be_focused()
    expect(page.locator(".label")).to_be_hidden()
    parts = [
        page.locator(f"tongxi-widget {part}").first for part in (".launcher", ".panel", ".shop", ".b p", ".q", ".f")
    ]
    page.locator(".panel").evaluate("node => Promise.all(node.getAnimations().map(it => it.finished))")
    before = [part.evaluate(LOOK) for part in parts]
    page.evaluate(
        "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet]; }",
        STYLES,
    )
    assert page.locator("h1").evaluate("node => getComputedStyle(node).letterSpacing") == "6px"
    assert [part.evaluate(LOOK) for part in parts] == before


def test_two_script_lines_are_one_window(site: Site, page: Page) -> None:
    page.goto(f"{site.shop}/twice")
    expect(page.locator(".launcher")).to_have_count(1)
    page.locator(".launcher").click()
    expect(page.get_by_role("dialog")).to_have_count(1)
    expect(page.locator("tongxi-widget")).to_have_count(1)


def test_the_page_is_told_before_the_first_message_and_when_it_changes(site: Site, page: Page) -> None:
    sessions, views = bodies(page, "/widget/session"), bodies(page, "/widget/pages")
    page.goto(f"{site.shop}/shelf")
    expect(page.locator(".launcher")).to_be_visible()
    assert sessions[0]["page"] == {"url": f"{site.shop}/shelf", "title": "暖仓生活", "referrer": ""}
    with page.expect_request("**/widget/pages"):
        page.locator("#go").click()
    assert views == [{"url": f"{site.shop}/kettle", "title": "电热水壶", "referrer": f"{site.shop}/shelf"}]

    page.locator(".launcher").click()
    page.get_by_role("button", name="更多").click()
    page.get_by_role("switch", name="浏览记录").click()
    expect(page.get_by_role("switch", name="浏览记录")).not_to_be_checked()
    page.evaluate("history.pushState({}, '', '/third')")
    page.wait_for_timeout(2000)
    assert len(views) == 1


def test_a_page_left_before_the_window_was_ready_is_followed(site: Site, page: Page) -> None:
    views = bodies(page, "/widget/pages")
    page.route(
        "**/widget/session", lambda route: (page.evaluate("document.getElementById('go').click()"), route.continue_())
    )
    with page.expect_request("**/widget/pages"):
        page.goto(f"{site.shop}/shelf")
    assert [(view["url"], view["title"]) for view in views] == [(f"{site.shop}/kettle", "电热水壶")]
    assert page.evaluate("history.pushState.toString()").endswith("{ [native code] }"), "the page's own stays its own"


def test_a_browser_that_asks_not_to_be_tracked_is_not(site: Site, browser: Browser) -> None:
    with browser.new_context(locale="zh-CN") as context:
        context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
        page = context.new_page()
        sessions, views = bodies(page, "/widget/session"), bodies(page, "/widget/pages")
        page.goto(site.shop)
        expect(page.locator(".launcher")).to_be_visible()
        page.locator("#go").click()
        page.wait_for_timeout(2000)
        assert "page" not in sessions[0]
        assert sessions[0]["browsing_consent"] is False
        assert views == []


def token(site: Site, secret: str, subject: str, *, lasts: int = 300) -> str:
    """An identity as the shop's server signs it."""

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"sub": subject, "aud": site.inbox, "exp": int(time.time()) + lasts, "name": "林晓"}
    body = part({"alg": "HS256", "typ": "JWT"}) + "." + part(claims)
    signature = base64.urlsafe_b64encode(hmac.digest(secret.encode(), body.encode(), hashlib.sha256))
    return f"{body}.{signature.rstrip(b'=').decode()}"


def test_the_shop_says_who_the_customer_is_and_signs_him_out(site: Site, page: Page) -> None:
    inbox = next(row for row in site.call("GET", "/inboxes")["items"] if row["key"] == site.inbox)
    made = site.call("POST", f"/inboxes/{inbox['id']}/rotate-secret", {})
    secret = made["secret"]
    page.goto(site.shop)
    page.locator(".launcher").click()
    page.locator(FIELD).fill("我是谁")
    page.locator(FIELD).press("Enter")
    expect(page.locator(".b.ai")).to_have_count(2)
    page.evaluate("() => { Tongxi.on('identity_invalid', () => { document.title = 'refused'; }); }")

    page.evaluate("token => Tongxi.identify(token)", token(site, secret, "u_1", lasts=-600))
    expect(page).to_have_title("refused")
    expect(page.locator(".b.cu")).to_have_text(["我是谁"])

    good = token(site, secret, "u_1")
    with page.expect_response(lambda answer: good in (answer.request.post_data or "")) as answer:
        page.evaluate("token => Tongxi.push(['identify', token])", good)
    assert answer.value.json()["contact"]["verified"] is True
    expect(page.locator(".b.cu")).to_have_text(["我是谁"])

    page.evaluate("Tongxi.shutdown()")
    expect(page.locator("tongxi-widget")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.evaluate("typeof window.Tongxi") == "undefined"
    page.reload()
    page.locator(".launcher").click()
    expect(page.locator(".b.ai")).to_have_count(1)
    expect(page.locator(".b.cu")).to_have_count(0)


def test_a_foreign_site_gets_nothing(site: Site, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(site.shop.replace("localhost", "127.0.0.1"))
    page.wait_for_timeout(1500)
    expect(page.locator(".launcher")).to_be_hidden()
    assert any(text.startswith("Tongxi:") for text in said)


def test_everything_can_be_done_from_the_keyboard(site: Site, page: Page) -> None:
    page.goto(site.shop)
    page.locator(".launcher").focus()
    page.keyboard.press("Enter")
    expect(page.locator(FIELD)).to_be_focused()
    page.keyboard.type("gj/?")
    assert page.evaluate("document.body.dataset.keys ?? ''") in {"Enter", ""}, "the shop's shortcuts must stay out"
    for _ in range(4):
        page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    expect(page.locator(".launcher")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(FIELD)).to_be_focused()
    page.get_by_role("button", name="跳到输入框").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="转人工")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="设置与隐私")
    expect(sheet).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert sheet.evaluate("node => node.contains(node.getRootNode().activeElement)"), "the focus left the sheet"
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(page.get_by_role("button", name="更多")).to_be_focused()


@pytest.mark.parametrize(("locale", "scheme"), [("zh-CN", "light"), ("en-GB", "dark")])
def test_nothing_serious_is_found_by_axe(site: Site, browser: Browser, locale: str, scheme: Any) -> None:
    with browser.new_context(locale=locale, color_scheme=scheme, bypass_csp=True) as context:
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto(f"{site.url}/chat?inbox={site.inbox}&locale={locale[:2]}&theme={scheme}")
        expect(page.get_by_role("dialog")).to_be_visible()
        check(page, "welcome")
        page.locator(FIELD).fill("怎么退换" if locale == "zh-CN" else "How do I return an item?")
        page.locator(FIELD).press("Enter")
        expect(page.locator(".b.ai")).to_have_count(2)
        page.locator("summary").first.click()
        check(page, "answer")
        page.locator(".wh .ib").first.click()
        expect(page.locator(".sheet")).to_be_visible()
        check(page, "menu")
        page.locator(".sheet button", has_text="结束" if locale == "zh-CN" else "End").click()
        expect(page.locator(".rate")).to_be_visible()
        check(page, "rating")


def check(page: Page, state: str) -> None:
    page.wait_for_timeout(300)  # colours are measured when nothing fades any more
    page.evaluate(f"{AXE.read_text()};0")
    found = page.evaluate(
        "async () => (await axe.run()).violations.filter(it => ['serious', 'critical'].includes(it.impact))"
        ".map(it => [it.id, it.nodes.map(node => node.target.join(' ') + ' ' + node.failureSummary)])"
    )
    assert found == [], state


def test_the_page_of_its_own_speaks_the_browsers_language(site: Site, browser: Browser) -> None:
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{site.url}/chat?inbox={site.inbox}")
        expect(page.get_by_role("button", name="Talk to a person")).to_be_visible()


def test_the_page_of_its_own(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 780})
    answer = page.goto(f"{site.url}/chat?inbox={site.inbox}#identity=not.a.token&route=1")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert f"frame-ancestors 'self' {site.shop}" in policy
    assert "script-src 'self'" in policy
    assert page.title() == "暖仓生活"
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.url.endswith("#route=1"), "an identity must not stay in the address"
    box = page.get_by_role("dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 780}
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.goto(f"{site.url}/chat")
    assert page.url.endswith(f"/chat?inbox={site.inbox}"), "an installation with one inbox opens it"
    missing = page.goto(f"{site.url}/chat?inbox=nobody")
    assert missing is not None
    assert missing.status == 404
