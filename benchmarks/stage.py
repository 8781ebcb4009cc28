"""What a part of the benchmark plays on: the running product with knowledge, an agent and customers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.load import Customer, Screen
from benchmarks.product import EMAIL, PASSWORD, ROOT, Product
from benchmarks.wire import Http
from tests.faults.ledger import Ledger, Violation, check
from tongxi.accounts.service import first_owner_code
from tongxi.client import AgentClient, Entry, Frame

KNOWLEDGE = ROOT / "benchmarks" / "knowledge"
GENERATOR_LIMIT = 0.85
"""Share of a core above which the generator, not the server, may be what was measured."""


@dataclass
class Stage:
    """The product, set up."""

    product: Product
    agent: AgentClient
    http: Http
    inbox: str
    questions: list[str]
    """What customers ask: titles of published articles."""
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def url(self) -> str:
        return self.product.url

    async def customers(self, n: int, name: str) -> list[Customer]:
        """`n` connected customers."""
        customers = [Customer(self.url, self.http, self.inbox, f"{name}{i}", self.ledger) for i in range(n)]
        gate = asyncio.Semaphore(16)

        async def one(customer: Customer) -> None:
            async with gate:
                await customer.open()

        await asyncio.gather(*map(one, customers))
        return customers

    async def hold(self, customers: list[Customer]) -> Screen:
        """Have the agent hold a conversation with each customer and watch them all; her screen."""
        for customer in customers:
            customer.send("你好")
        await until(lambda: all(customer.conversation and not customer.unanswered for customer in customers), 60)
        screen = Screen(self.url, self.agent.headers()["Cookie"])
        await screen.open()
        await self.agent.presence("online")
        gate = asyncio.Semaphore(8)

        async def claim(customer: Customer) -> None:
            async with gate:
                assert customer.conversation
                await self.agent.claim(customer.conversation)

        await asyncio.gather(*map(claim, customers))
        await screen.watch([customer.conversation or "" for customer in customers])
        return screen

    async def release(self, customers: list[Customer]) -> None:
        """End the agent's conversations, so that she can hold those of the next part; nobody is on duty then."""
        gate = asyncio.Semaphore(8)

        async def one(customer: Customer) -> None:
            async with gate:
                assert customer.conversation
                await self.agent.end(customer.conversation)
                await self.agent.wrap_up(customer.conversation, summary="")

        await asyncio.gather(*map(one, customers))
        await self.agent.presence("away")

    async def read_back(self, customers: list[Customer], *, held: bool = False) -> list[Violation]:
        """Compare the ledger with every customer's history."""
        gate = asyncio.Semaphore(8)

        async def one(customer: Customer) -> None:
            async with gate:
                histories[customer.conversation or customer.name] = await customer.history()

        histories: dict[str, list[Entry]] = {}
        await asyncio.gather(*[one(customer) for customer in customers if customer.conversation])
        names = {customer.name for customer in customers}
        mine = Ledger(sends={key: sent for key, sent in self.ledger.sends.items() if key.rpartition("-")[0] in names})
        conversations = frozenset(histories) if held else frozenset()
        return check([mine], histories, held=conversations, allows_strangers=held)


@asynccontextmanager
async def stage(product: Product, knowledge: Sequence[Path] = ()) -> AsyncIterator[Stage]:
    """Set the product up over its own API: owner, inbox, knowledge (ours unless given); sign the owner in."""
    async with Http(product.url) as http:
        status = await http.call("GET", "/api/v1/auth/status")
        if status["first_run"]:
            code = first_owner_code((product.data / "secret").read_text().strip())  # what the server printed
            owner = {"email": EMAIL, "name": "Bench", "password": PASSWORD, "code": code}
            await http.call("POST", "/api/v1/auth/first-owner", owner, {"Origin": product.url, "X-Tongxi": "1"})
        agent = AgentClient(product.url, EMAIL, PASSWORD)
        try:
            await agent.login()
            inbox = await _inbox(agent)
            questions = await _knowledge(agent, knowledge or sorted(KNOWLEDGE.iterdir()))
            await agent.call("PATCH", f"/users/{agent.me['id']}", {"capacity": 500})
            yield Stage(product, agent, http, inbox, questions)
        finally:
            await agent.close()


async def until(is_so: Callable[[], bool], seconds: float) -> None:
    """Wait until `is_so()`. Raises: `TimeoutError`."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.05)


class Effort:
    """CPU the generator and the server used while in the block."""

    def __init__(self, product: Product | None = None) -> None:
        self.product = product

    def __enter__(self) -> Effort:
        self._wall, self._own = time.perf_counter(), time.process_time()
        self._server = self.product.cpu_seconds() if self.product else 0.0
        return self

    def __exit__(self, *_: object) -> None:
        wall = time.perf_counter() - self._wall
        self.own = (time.process_time() - self._own) / wall
        self.server = (self.product.cpu_seconds() - self._server) / wall if self.product else 0.0

    @property
    def note(self) -> str:
        """Shares of a core."""
        server = f"server {self.server:.0%} of a core, " if self.product else ""
        mark = " SATURATED" if self.own > GENERATOR_LIMIT else ""
        return f"{server}generator {self.own:.0%}{mark}"


async def _inbox(agent: AgentClient) -> str:
    rows: list[Frame] = (await agent.call("GET", "/inboxes"))["items"]
    if not rows:
        rows = [await agent.call("POST", "/inboxes", {"name": "Bench"})]
    return str(rows[0]["key"])


async def _knowledge(agent: AgentClient, files: Sequence[Path]) -> list[str]:
    query = {"status": "published", "limit": 200}
    page = await agent.call("GET", "/articles", query=query)
    if not page["items"]:
        parts = [("files", (file.name, file.read_bytes(), "application/octet-stream")) for file in files]
        report = await agent.call("POST", "/articles/import", files=parts)
        if report["skipped"]:
            raise RuntimeError(f"not imported: {report['skipped'][:3]}")
        page = await agent.call("GET", "/articles", query=query)
    return [str(article["title"]) for article in page["items"]]
