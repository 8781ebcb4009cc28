"""The whole house on a real database, and the people who meet in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import SecretStr

from tongxi import intake
from tongxi.app import build, close
from tongxi.conversations import queries, service
from tongxi.conversations.append import Append, Appended
from tongxi.conversations.log import COLUMNS, Conversation, Entry
from tongxi.desk import service as desk
from tongxi.house import House
from tongxi.kit.ids import new_id
from tongxi.knowledge.articles import Article
from tongxi.settings import Settings

SETTLE_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Person:
    """An agent or supervisor."""

    id: UUID
    name: str
    role: str = "agent"

    @property
    def me(self) -> dict[str, Any]:
        """As the desk's services want to know who acts."""
        return {"user_id": self.id, "name": self.name}


@dataclass(frozen=True, slots=True)
class Customer:
    """A contact and his conversation."""

    contact_id: UUID
    conversation_id: UUID


class Seam:
    """A house with one inbox and one queue."""

    def __init__(self, house: House, inbox_id: UUID, queue_id: UUID) -> None:
        self.house = house
        self.inbox_id = inbox_id
        self.queue_id = queue_id

    # ── people ──

    async def agent(
        self,
        name: str = "小林",
        *,
        role: str = "agent",
        capacity: int = 5,
        online: bool = True,
        skills: tuple[str, ...] = (),
        queues: tuple[UUID, ...] = (),
    ) -> Person:
        """Make a colleague; `online`: at his desk with an open socket for the next hour."""
        person = Person(new_id(), name, role)
        async with self.house.db.transaction() as tx:
            await tx.execute(
                "insert into app_user (id, email, name, role, capacity) values (%s, %s, %s, %s, %s)",
                (person.id, f"{person.id}@shop.example", name, role, capacity),
            )
            for skill in skills:
                await tx.execute(
                    "insert into skill (code, name) values (%s, %s) on conflict do nothing", (skill, skill)
                )
                await tx.execute("insert into user_skill (user_id, skill) values (%s, %s)", (person.id, skill))
            for queue in queues:
                await tx.execute("insert into queue_member (queue_id, user_id) values (%s, %s)", (queue, person.id))
        if online:
            await self.connect(person)
        return person

    async def connect(self, person: Person) -> None:
        """At his desk, with an open socket for the next hour."""
        await self.execute(
            "insert into presence (user_id, state, leased_until) values (%s, 'online', now() + interval '1 hour')"
            " on conflict (user_id) do update set state = 'online', leased_until = excluded.leased_until",
            person.id,
        )

    async def vanish(self, person: Person) -> None:
        """His socket has been gone for longer than the grace time."""
        await self.execute(
            "update presence set leased_until = now() - interval '1 second' where user_id = %s", person.id
        )

    async def leave(self, person: Person) -> None:
        """Off duty."""
        await self.execute("update presence set state = 'away' where user_id = %s", person.id)

    async def queue(self, name: str, *, skill: str | None = None, assignment: str = "auto") -> UUID:
        """Make another queue."""
        queue_id = new_id()
        if skill:
            await self.execute("insert into skill (code, name) values (%s, %s) on conflict do nothing", skill, skill)
        await self.execute(
            "insert into queue (id, name, skill, assignment) values (%s, %s, %s, %s)", queue_id, name, skill, assignment
        )
        return queue_id

    async def customer(self, *, name: str = "", verified: bool = False, language: str = "zh") -> Customer:
        """Make a contact with a conversation that has just started."""
        contact_id = new_id()
        await self.execute(
            "insert into contact (id, name, is_verified, external_id) values (%s, %s, %s, %s)",
            contact_id, name, verified, str(contact_id) if verified else None,
        )  # fmt: skip
        async with self.house.db.transaction() as tx:
            conversation_id, _ = await service.start(
                tx, self.house.live, self.house.inboxes.get(self.inbox_id), contact_id=contact_id, session_id=None,
                language=language, at=self.house.clock.now(),
            )  # fmt: skip
        return Customer(contact_id, conversation_id)

    async def article(self, title: str, body: str, *, slug: str = "returns.zh", language: str = "zh") -> None:
        """The only article the bot knows."""
        self.house.knowledge.replace(
            [Article(new_id(), slug, language, title, body, (title,), "everyone", "", datetime.now(UTC))]
        )

    # ── what they do ──

    async def write(self, customer: Customer, text: str, *, client_id: str | None = None) -> Appended:
        """The customer's message through the front door; waits for the commit."""
        future: asyncio.Future[Appended | Exception] = asyncio.get_running_loop().create_future()
        intake.receive(
            self.house,
            intake.Incoming(customer.conversation_id, customer.contact_id, client_id or str(new_id()), text),
            future.set_result,
        )
        result = await asyncio.wait_for(future, SETTLE_SECONDS)
        if isinstance(result, Exception):
            raise result
        return result

    async def said(self, customer: Customer, text: str, *, client_id: str | None = None) -> Appended:
        """The customer's message, and whatever follows from it."""
        result = await self.write(customer, text, client_id=client_id)
        await self.settle()
        return result

    async def store(self, customer: Customer, text: str = "你好", *, client_id: str | None = None) -> Appended:
        """The customer's message alone, without the bot's turn."""
        return await self.house.writer.append(
            Append(customer.conversation_id, "customer", customer.contact_id, client_id or str(new_id()), text)
        )

    async def ask_person(self, customer: Customer) -> None:
        """The button."""
        await desk.ask_for_person(self.house, customer.conversation_id, contact_id=customer.contact_id)

    async def queued(self, *, queue_id: UUID | None = None, seconds: float = 0) -> Customer:
        """A customer who waits in a queue for `seconds`, whoever is free; moved there behind the router's back."""
        customer = await self.customer()
        await self.store(customer, "我要退货")
        from tongxi.conversations import log
        from tongxi.conversations.events import BOT, HandedOff
        from tongxi.decisions import Decision, Reason

        decision = Decision(choice="hand_off", reasons=(Reason(code="asks_for_human", value=1.0, threshold=0.5),))
        async with self.house.db.transaction() as tx:
            conversation = await log.hold(tx, customer.conversation_id)
            inbox = self.house.inboxes.get(self.inbox_id)
            at = self.house.clock.now()
            await log.record(
                tx, self.house.live, conversation,
                HandedOff(decision=decision.data(), queue_id=queue_id or self.queue_id),
                actor=BOT, at=at, idle=inbox.idle,
                changes={"queued_at": at, "queue_id": queue_id or self.queue_id},
            )  # fmt: skip
        await self.execute(
            "update conversation set queued_at = queued_at - make_interval(secs => %s) where id = %s",
            seconds, customer.conversation_id,
        )  # fmt: skip
        return customer

    async def held(self, agent: Person) -> Customer:
        """A customer whom this agent serves."""
        customer = await self.customer()
        await self.store(customer, "我要退货")
        await self.claim(agent, customer)
        return customer

    async def claim(
        self, agent: Person, customer: Customer, *, epoch: int | None = None, take_over: bool = False
    ) -> None:
        """Claim; `epoch` None: whatever it is now."""
        await desk.claim(self.house, customer.conversation_id, **agent.me, epoch=epoch, may_take_over=take_over)

    async def reply(
        self,
        agent: Person,
        customer: Customer,
        text: str = "您好",
        *,
        epoch: int | None = None,
        client_id: str | None = None,
    ) -> Appended:
        """Say something as the agent; `epoch` None: the one of now."""
        if epoch is None:
            epoch = (await self.row(customer)).epoch
        return await desk.reply(
            self.house, customer.conversation_id, **agent.me, client_id=client_id or str(new_id()), text=text,
            content="{}", epoch=epoch, inbox=self.house.inboxes.get(self.inbox_id),
        )  # fmt: skip

    async def shift(self, customer: Customer, seconds: float) -> None:
        """Let time pass for one conversation: everything about it lies further back."""
        columns = "next_action_at", "waiting_since", "queued_at", "last_at", "created_at"
        moved = ", ".join(f"{name} = {name} - make_interval(secs => %(by)s)" for name in columns)
        async with self.house.db.transaction() as tx:
            await tx.execute(
                f"update conversation set {moved} where id = %(id)s", {"by": seconds, "id": customer.conversation_id}
            )

    # ── what is there ──

    async def row(self, customer: Customer) -> Conversation:
        """The row."""
        async with self.house.db.transaction() as tx:
            row = await tx.one(
                Conversation, f"select {COLUMNS} from conversation where id = %s", (customer.conversation_id,)
            )
        assert row is not None
        return row

    async def entries(self, customer: Customer) -> list[Entry]:
        """The whole log, up to 5,000 entries."""
        async with self.house.db.transaction() as tx:
            return await queries.entries(tx, customer.conversation_id, limit=5000)

    async def types(self, customer: Customer) -> list[str]:
        """Types of the log's entries, in order."""
        return [entry.type for entry in await self.entries(customer)]

    async def notices(self, customer: Customer) -> list[str]:
        """Codes of the product's notices, in order."""
        content = [entry.content for entry in await self.entries(customer) if entry.is_public]
        return [str(one["notice"]) for one in content if isinstance(one, dict) and "notice" in one]

    async def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        """Rows of a query."""
        async with self.house.db.transaction() as tx:
            return await tx.dicts(sql, params)

    async def value(self, sql: str, *params: Any) -> Any:
        """First column of the first row."""
        async with self.house.db.transaction() as tx:
            return await tx.value(sql, params)

    async def execute(self, sql: str, *params: Any) -> int:
        """Run a statement."""
        async with self.house.db.transaction() as tx:
            return await tx.execute(sql, params)

    async def settle(self) -> None:
        """Wait until no turn runs and nothing is on its way."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while self.house.turns or self.house.live._tasks:  # noqa: ASYNC110 - the product has no event for it
                await asyncio.sleep(0.002)


@asynccontextmanager
async def opened(database_url: str, data: Path, **settings: Any) -> AsyncIterator[House]:
    """The house as `tongxi.app` builds it, without sockets and sweeper."""
    house = await build(
        Settings(data=data, database_url=database_url, secret=SecretStr("for tests only " * 4), **settings)
    )
    try:
        yield house
    finally:
        await close(house)


async def furnish(house: House, **settings: Any) -> Seam:
    """An inbox, its queue, and nobody at work."""
    queue_id, inbox_id = new_id(), new_id()
    async with house.db.transaction() as tx:
        await tx.execute("insert into queue (id, name, is_default) values (%s, '售后', true)", (queue_id,))
        await tx.execute(
            "insert into inbox (id, key, name, queue_id, settings) values (%s, 'shop', '商店', %s, %s)",
            (inbox_id, queue_id, Jsonb(settings)),
        )
        await house.inboxes.load(tx)
    return Seam(house, inbox_id, queue_id)
