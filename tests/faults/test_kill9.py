"""F01: the server is killed again and again in the middle of turns; no customer is lied to and none is left waiting."""

import asyncio
import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.product import Product
from benchmarks.stage import Stage, stage, until

from tests.faults.ledger import Ledger, Violation, check, check_holder
from tests.faults.running import running_product
from tongxi.client import Backoff, Entry, WidgetClient

KILLS = 20
CUSTOMERS = 24
UP_SECONDS = (0.3, 1.0)
"""How long the server lives between two kills."""


@pytest.fixture
def product(request: pytest.FixtureRequest) -> Iterator[Product]:
    with running_product(request) as running:
        yield running


class Person:
    """A customer who writes without a break, alone or two messages at once, and keeps the ledger."""

    def __init__(self, scene: Stage, number: int, folder: Path) -> None:
        self.client = WidgetClient(scene.url, scene.inbox, backoff=Backoff(0.1, 1.0))
        self.ledger = Ledger.on_disk(folder / f"ledger-{number}")
        self.questions = scene.questions
        self.chance = random.Random(number)
        self.number = number
        self.count = 0

    async def talk(self, is_over: asyncio.Event) -> None:
        await self.client.open(timeout=60)
        while not is_over.is_set():
            at_once = self.chance.choice((1, 1, 1, 2))
            await asyncio.gather(*[self.say() for _ in range(at_once)])
            if self.chance.random() < 0.5:
                try:
                    await self.client.wait_for_reply(timeout=20)
                except TimeoutError:
                    return  # left in silence: the check says so
            await asyncio.sleep(self.chance.uniform(0, 0.2))

    async def say(self) -> None:
        self.count += 1
        client_id = f"p{self.number}-{self.count}"
        text = f"{self.chance.choice(self.questions)} ({self.count})"
        self.ledger.sending(client_id, text)
        self.ledger.acked(await self.client.send(text, client_id=client_id))

    @property
    def was_heard(self) -> bool:
        """Whether something was said since the last message, or a person was promised."""
        entries = self.client.entries
        return self.client.state == "queued" or bool(entries and entries[-1].by.kind != "customer")


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_no_kill_loses_doubles_reorders_or_silences_a_message(product: Product, tmp_path: Path) -> None:
    async with stage(product) as scene:
        people = [Person(scene, number, tmp_path) for number in range(CUSTOMERS)]
        is_over = asyncio.Event()
        talks = [asyncio.create_task(person.talk(is_over)) for person in people]
        chance = random.Random(9)
        try:
            await until(lambda: sum(len(person.ledger.sends) for person in people) > CUSTOMERS, 60)
            for _ in range(KILLS):
                await asyncio.sleep(chance.uniform(*UP_SECONDS))
                product.kill()
                product.launch()
                await asyncio.to_thread(product.wait_ready)
            is_over.set()
            await asyncio.wait_for(asyncio.gather(*talks), 90)
            with contextlib.suppress(TimeoutError):  # the check below says who was left in silence
                await until(lambda: all(person.was_heard for person in people), 60)
            histories, found = await read_back(scene, people)
        finally:
            for task in talks:
                task.cancel()
            for person in people:
                await person.client.close()
                assert person.ledger.file
                person.ledger.file.close()
    assert found + check([person.ledger for person in people], histories) == []
    for person in people:
        assert person.client.conversation
        seen = [entry.seq for entry in person.client.entries]
        assert seen == [entry.seq for entry in histories[person.client.conversation]], "a resume missed or repeated"
    assert sum(person.client.link.connections for person in people) > CUSTOMERS * KILLS / 2
    assert sum(len(person.ledger.sends) for person in people) > CUSTOMERS * 10


async def read_back(scene: Stage, people: list[Person]) -> tuple[dict[str, list[Entry]], list[Violation]]:
    """Every conversation as its customer can read it, and what is wrong with its full log as agents read it."""
    histories: dict[str, list[Entry]] = {}
    found: list[Violation] = []
    await scene.agent.login()
    for person in people:
        conversation = person.client.conversation
        assert conversation
        histories[conversation] = await person.client.history()
        found += check_holder(conversation, await scene.agent.history(conversation))
    return histories, found
