"""A customer who reads English, an agent who reads Chinese: each in his own language, the originals one click away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.deepl_server import KEY, DeepLServer, deepl_server
from tests.support.people import People


@pytest.fixture
def server() -> Iterator[DeepLServer]:
    """The translation service, in a thread of its own."""
    ready, stop = threading.Event(), asyncio.Event()
    made: list[tuple[DeepLServer, asyncio.AbstractEventLoop]] = []

    async def run() -> None:
        async with deepl_server() as running:
            made.append((running, asyncio.get_running_loop()))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert ready.wait(10)
    running, loop = made[0]
    yield running
    loop.call_soon_threadsafe(stop.set)
    thread.join()


@pytest.fixture
def people_translated(people: People, server: DeepLServer) -> People:
    """The shop with translation switched on in all its inboxes."""
    demo = people.demo
    settings = demo.call("GET", "/translation")
    values = {"engines": ["deepl"], "deepl_url": server.url, "deepl_is_inside": True, "key": KEY}
    demo.call("PUT", "/translation", {"version": settings["version"], **values})
    for inbox in demo.call("GET", "/inboxes")["items"]:
        demo.call("PATCH", f"/inboxes/{inbox['id']}", {"settings": {"translation": True}})
    return people


def test_each_reads_his_own_language(people_translated: People, server: DeepLServer) -> None:
    server.said["我马上帮您看"] = "I will look at it right away"
    people = people_translated
    agent = people.agent()
    customer = people.customer("en")
    customer.ask_for_person()
    agent.take_next()
    customer.say("The lamp I bought flickers, can you help me?")
    under = agent.log.locator(".translated").last
    expect(under).to_contain_text("[ZH-HANS] The lamp I bought flickers")
    agent.write("我马上帮您看")
    reply = customer.replies.last
    expect(reply).to_contain_text("I will look at it right away")
    reply.get_by_role("button").click()
    expect(reply).to_contain_text("我马上帮您看")
    expect(agent.log.locator(".translated").last).to_contain_text("I will look at it right away")
    under.get_by_role("button").click()
    expect(under).not_to_contain_text("flickers")


def test_a_failure_is_shown_and_can_be_tried_again(people_translated: People, server: DeepLServer) -> None:
    people = people_translated
    agent = people.agent()
    customer = people.customer("en")
    customer.ask_for_person()
    agent.take_next()
    server.faults = [456]
    customer.say("Where did my parcel go?")
    failed = agent.log.locator(".translated.bad")
    expect(failed).to_be_visible()
    failed.get_by_role("button").click()
    expect(agent.log.locator(".translated").last).to_contain_text("[ZH-HANS] Where did my parcel go?")
