"""Chromium for the journeys: one browser a module, one context and page a test; pictures of what failed."""

import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.support import chromium
from tests.support.demo import Demo
from tests.support.people import PATIENCE_MS, People
from tests.support.site import Site, furnished

FAILURES = Path(__file__).parents[2] / ".cache/browser-failures"

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder. A journey that fails is made once more, and the summary says so (`RERUN`)."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Keep a picture of every open page of a failed journey."""
    report = yield
    browser: Browser | None = getattr(item, "funcargs", {}).get("browser")
    if report.when == "call" and report.failed and browser is not None:
        name = re.sub(r"[^\w.-]+", "-", f"{item.path.stem}-{item.name}")
        pages = [page for context in browser.contexts for page in context.pages]
        for index, page in enumerate(pages):
            try:
                FAILURES.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=FAILURES / f"{name}-{index}.png", timeout=3000)
            except Error:  # a page that hangs must not hide why the journey failed
                continue
        if pages:
            report.sections.append(("pictures", f"{FAILURES}/{name}-*.png"))
    return report


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser; a missing one is an error, never a skip.

    Not for the session: Playwright's loop would still run when the next module has async tests.
    """
    program, environment = chromium.find()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program, args=chromium.FLAGS, env={**os.environ, **environment}
        )
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: no cookies, no storage."""
    with browser.new_context(locale="zh-CN") as made:
        made.set_default_timeout(10_000)
        yield made


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page."""
    return context.new_page()


@pytest.fixture(scope="module")
def site(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product and the shop's page."""
    with furnished(shared_database_url, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
def demo(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo without its simulated people; agents take the next customer themselves."""
    made = Demo(shared_database_url, tmp_path_factory.mktemp("demo") / "data")
    try:
        made.start()
        for queue in made.call("GET", "/queues")["items"]:
            made.call("PATCH", f"/queues/{queue['id']}", {"assignment": "pull"})
        yield made
    finally:
        made.kill()


@pytest.fixture
def people(browser: Browser, demo: Demo) -> Iterator[People]:
    """Customers and agents; whoever held a conversation gives it up at the end."""
    yield People(browser, demo)
    for context in browser.contexts:
        context.close()
    demo.query("update presence set state = 'away'")
    demo.query("update conversation set state = 'closed', holder_id = null where state <> 'closed'")
