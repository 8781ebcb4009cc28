"""The people of the browser journeys: a customer at the widget, an agent at the workspace, by what they see and do."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.demo import PASSWORD, Demo

PATIENCE_MS = 15_000
"""How long anybody waits for something that should happen at once; the machine may be busy."""

LOCALES = {"zh": "zh-CN", "en": "en-GB"}
WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "person": "转人工",
        "ai": "AI 助手",
        "queued": "正在转人工",
        "ended": "已结束",
        "typing": "正在输入",
        "read": "已读",
        "rate": "这次的事办好了吗？",
        "yes": "办好了",
        "submit": "提交",
        "next": "接下一位",
        "wish": "诉求",
        "why": "为什么移交",
        "reason": "客户要求人工",
        "mine": "你持有此会话",
        "ended_by": "由座席结束",
        "csat": "满意度 5/5",
        "wrap": "收尾",
        "resolved": "已解决",
        "done": "完成",
    },
    "en": {
        "person": "Talk to a person",
        "ai": "AI assistant",
        "queued": "Getting you a person",
        "ended": "ended",
        "typing": "typing",
        "read": "Read",
        "rate": "Did we sort it out?",
        "yes": "Yes",
        "submit": "Submit",
        "next": "Take next",
        "wish": "Wish",
        "why": "Why handed off",
        "reason": "Asks for a person",
        "mine": "You hold this conversation",
        "ended_by": "by the agent",
        "csat": "5/5",
        "wrap": "Wrap-up",
        "resolved": "Resolved",
        "done": "Done",
    },
}


class Customer:
    """Somebody with the chat window open."""

    def __init__(self, page: Page, language: str = "zh") -> None:
        self.page = page
        self.words = WORDS[language]
        self.mine = page.locator(".b.cu")
        self.answers = page.locator(".b.ai")
        self.replies = page.locator(".b.ag")
        self.holder = page.locator(".hold")
        self.notices = page.locator(".msgs .ev")

    def open(self, url: str) -> Customer:
        """Visit the shop and open the window."""
        self.page.goto(url)
        self.page.locator(".launcher").click(timeout=PATIENCE_MS)
        expect(self.page.get_by_role("dialog")).to_be_visible()
        return self

    def say(self, text: str) -> None:
        """Write and send."""
        field = self.page.locator("textarea.f")
        field.fill(text)
        field.press("Enter")

    def ask(self, text: str) -> Locator:
        """Write and wait for the bot's answer; gives it."""
        expect(self.answers.first).to_be_visible(timeout=PATIENCE_MS)  # the welcome is no answer
        before = self.answers.count()
        self.say(text)
        expect(self.answers).to_have_count(before + 1, timeout=PATIENCE_MS)
        return self.page.locator(".theirs").filter(has=self.page.locator(".b.ai")).last

    def ask_for_person(self) -> None:
        """Press the button that is always there."""
        self.page.get_by_role("button", name=self.words["person"]).first.click()


class Agent:
    """Somebody at the workspace."""

    def __init__(self, demo: Demo, page: Page, who: str, name: str, language: str = "zh") -> None:
        self.demo = demo
        self.page = page
        self.who = who
        self.name = name
        self.words = WORDS[language]
        self.banner = page.locator(".holder")
        self.log = page.get_by_role("log")
        self.composer = page.locator(".compose textarea")
        self.rail = page.locator("aside.rail")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API with this browser's session."""
        answer = self.page.request.fetch(
            f"{self.demo.url}/api/v1{path}",
            method=method,
            data=body,
            headers={"X-Tongxi": "1", "Origin": self.demo.url},
        )
        assert answer.ok, answer.text()
        return answer.json() if answer.body() else None

    def sign_in(self, state: str = "online") -> Agent:
        """Sit down: signed in, the first screen open, `state` chosen and connected unless it is empty."""
        self.call("POST", "/auth/login", {"email": f"{self.who}@nuancang.example", "password": PASSWORD})
        if state:
            self.call("PUT", "/presence", {"state": state})
            frames: list[object] = []
            self.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))
            self.page.goto(f"{self.demo.url}/")
            until = time.monotonic() + PATIENCE_MS / 1000
            while not frames:
                assert time.monotonic() < until, "the workspace does not connect"
                self.page.wait_for_timeout(20)
        else:
            self.page.goto(f"{self.demo.url}/")
        expect(self.page.locator("h1").first).to_be_visible()
        return self

    def take_next(self) -> None:
        """Press N as soon as somebody waits."""
        expect(self.page.get_by_role("button", name=self.words["next"])).to_be_enabled(timeout=PATIENCE_MS)
        self.page.keyboard.press("n")
        expect(self.banner).to_contain_text(self.words["mine"], timeout=PATIENCE_MS)

    def write(self, text: str) -> None:
        """Reply to the customer."""
        self.composer.fill(text)
        self.composer.press("Enter")
        expect(self.log.locator(".bub.me").last).to_contain_text(text)

    def end(self) -> None:
        """Press E; the wrap-up opens."""
        self.composer.press("Escape")
        self.page.keyboard.press("e")
        expect(self.rail).to_contain_text(self.words["wrap"])

    def open(self, number: object) -> None:
        """Open a conversation by its number."""
        self.page.goto(f"{self.demo.url}/inbox/{number}")
        expect(self.log).to_be_visible(timeout=PATIENCE_MS)


class People:
    """Makes them, each with a browser profile of his own."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self.browser = browser
        self.demo = demo

    def profile(self, language: str = "zh", **options: Any) -> BrowserContext:
        """A fresh browser profile; closed when the test has ended."""
        settings = {"locale": LOCALES[language], "viewport": {"width": 1440, "height": 900}}
        context = self.browser.new_context(**settings | options)
        context.set_default_timeout(PATIENCE_MS)
        return context

    def customer(self, language: str = "zh", **options: Any) -> Customer:
        """A visitor of the shop, with the window open."""
        return Customer(self.profile(language, **options).new_page(), language).open(f"{self.demo.shop}/")

    def agent(
        self, who: str = "zhou", name: str = "周雨桐", language: str = "zh", state: str = "online", **options: Any
    ) -> Agent:
        """A colleague at his desk."""
        return Agent(self.demo, self.profile(language, **options).new_page(), who, name, language).sign_in(state)
