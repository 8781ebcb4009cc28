"""Customers, agents, a late bot, a sweeper and a process that dies, all on one database; and the ledger they keep.

Every method is something that can happen; `check` settles the house and says which promise is broken. The random
machine and the directed tests drive the same world.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.support.invariants import broken
from tests.support.seam import Customer, Person, Seam, furnish
from tongxi import app, intake
from tongxi.conversations import queries
from tongxi.conversations.append import Append, Appended, Outcome
from tongxi.conversations.events import NIL
from tongxi.conversations.state import HOLDER
from tongxi.desk import service as desk
from tongxi.desk.service import AtCapacity, NotHolder, QueueEmpty, StaleEpoch
from tongxi.house import House
from tongxi.kit.errors import AppError
from tongxi.kit.ids import new_id
from tongxi.kit.live import Subscription
from tongxi.routing import service as routing
from tongxi.settings import Settings
from tongxi.sweeper import Sweeper, recover

SECONDS = 10
HELD = frozenset({AtCapacity, NotHolder, QueueEmpty, StaleEpoch})


@dataclass(slots=True)
class Sent:
    """A message in somebody's ledger."""

    conversation_id: UUID
    sender: str
    author_id: UUID
    client_id: str
    text: str
    seq: int | None = None
    """As acknowledged; None: no answer yet."""
    refused: bool = False


@dataclass(slots=True)
class Reader:
    """A screen: keeps the highest `seq` it has, reconnects from there."""

    conversation_id: UUID
    got: list[int] = field(default_factory=list)
    subscription: Subscription | None = None

    @property
    def cursor(self) -> int:
        return self.got[-1] if self.got else 0

    def deliver(self, _: UUID, entries: Sequence[Any]) -> None:
        self.got.extend(entry.seq for entry in entries)


class World:
    """Two customers, two agents with two seats each, a supervisor with one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ledger: list[Sent] = []
        self.acks: dict[UUID, list[int]] = {}
        """First acknowledgements in the order they came."""
        self.seen: dict[UUID, tuple[tuple[str, UUID | None], int]] = {}
        self.problems: list[str] = []
        self.customers: list[Customer] = []
        self.agents: list[Person] = []
        self.readers: list[Reader] = []
        self.seam: Seam

    @property
    def house(self) -> House:
        return self.seam.house

    @classmethod
    async def open(cls, database_url: str, data: Path, *, customers: int = 2) -> World:
        """Build the house on a migrated database, which is emptied."""
        from pydantic import SecretStr

        world = cls(Settings(data=data, database_url=database_url, secret=SecretStr("for tests only " * 4)))
        house = await app.build(world.settings)
        async with house.db.transaction() as tx:
            for table in ("conversation", "contact", "inbox", "app_user", "queue"):  # the rest goes with them
                await tx.execute(f"delete from {table}")
        world.seam = await furnish(house)
        for name, role, capacity in (("甲", "agent", 2), ("乙", "agent", 2), ("主管", "supervisor", 1)):
            world.agents.append(await world.seam.agent(name, role=role, capacity=capacity, online=False))
        for _ in range(customers):
            customer = await world.seam.customer()
            world.customers.append(customer)
            world.readers.append(Reader(customer.conversation_id))
            await world.connect(len(world.readers) - 1)
        return world

    async def close(self) -> None:
        await app.close(self.house)

    # ── customers ──

    def submit(self, who: int, text: str, *, again: Sent | None = None) -> tuple[Sent, asyncio.Future[None]]:
        """Send without waiting; the future is done with the answer."""
        customer = self.customers[who]
        if again is None:
            sent = Sent(customer.conversation_id, "customer", customer.contact_id, str(new_id()), text)
            self.ledger.append(sent)
        else:
            sent = again
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def stored(result: Appended | Exception) -> None:
            if isinstance(result, Appended):
                self._acknowledged(sent, result)
            if not answered.done():
                answered.set_result(None)

        incoming = intake.Incoming(customer.conversation_id, customer.contact_id, sent.client_id, text)
        intake.receive(self.house, incoming, stored)
        return sent, answered

    def _acknowledged(self, sent: Sent, result: Appended) -> None:
        if sent.seq is None:
            sent.seq = result.seq
            if result.outcome is Outcome.FRESH and sent.sender == "customer":
                self.acks.setdefault(sent.conversation_id, []).append(result.seq)
        elif sent.seq != result.seq:
            self.problems.append(f"{sent.client_id} was acknowledged as {sent.seq} and as {result.seq}")

    async def writes(self, who: int, text: str = "你好") -> None:
        """A customer writes."""
        _, answered = self.submit(who, text)
        await asyncio.wait_for(answered, SECONDS)

    async def repeats(self, who: int) -> None:
        """A customer's client repeats his newest message: the answer got lost on its way."""
        mine = [one for one in self.ledger if one.conversation_id == self.customers[who].conversation_id
                and one.sender == "customer"]  # fmt: skip
        if mine:
            _, answered = self.submit(who, mine[-1].text, again=mine[-1])
            await asyncio.wait_for(answered, SECONDS)

    async def asks_person(self, who: int) -> None:
        await self._try(self.seam.ask_person(self.customers[who]))

    async def leaves_queue(self, who: int) -> None:
        one = self.customers[who]
        await self._try(desk.leave_queue(self.house, one.conversation_id, contact_id=one.contact_id))

    async def ends(self, who: int) -> None:
        one = self.customers[who]
        await self._try(desk.end_by_customer(self.house, one.conversation_id, contact_id=one.contact_id))

    async def rates(self, who: int, resolved: bool) -> None:
        one = self.customers[who]
        episode = (await self.seam.row(one)).episode
        await self._try(desk.rate(
            self.house, one.conversation_id, contact_id=one.contact_id, episode=episode, resolved=resolved, csat=3,
            reasons=[], comment="", skipped=False,
        ))  # fmt: skip

    # ── the bot, late ──

    async def bot_late(self, who: int, *, old_epoch: bool, old_question: bool) -> None:
        """A draft comes back after the world has moved on."""
        one = self.customers[who]
        row = await self.seam.row(one)
        epoch = row.epoch - 1 if old_epoch else row.epoch
        answers = max(row.customer_seq - 1, 0) if old_question else row.customer_seq
        if not (old_epoch or old_question) and not row.customer_waits:
            return  # that would be a second answer to the same message, which the client id catches
        await self.house.writer.append(Append(
            one.conversation_id, "bot", NIL, f"turn-{answers}", "迟到的回答", epoch=epoch, answers=answers
        ))  # fmt: skip

    # ── agents ──

    async def comes(self, agent: int) -> None:
        await self.seam.connect(self.agents[agent])
        await routing.assign_waiting(self.house)

    async def goes(self, agent: int) -> None:
        """Off duty, but his socket stays."""
        await self.seam.leave(self.agents[agent])

    async def drops(self, agent: int) -> None:
        """His socket is gone and the grace time over."""
        await self.seam.vanish(self.agents[agent])
        await routing.release_absent(self.house)

    async def claims(self, agent: int, who: int, *, epoch: int | None = None, take_over: bool = False) -> bool:
        """True when he was told that he has it."""
        return await self._try(
            self.seam.claim(self.agents[agent], self.customers[who], epoch=epoch, take_over=take_over)
        )

    async def two_claim(self, who: int) -> None:
        """Both agents press the button on the same screen; at most one may hear yes."""
        row = await self.seam.row(self.customers[who])
        held_by = [agent.id for agent in self.agents[:2]]
        told = await asyncio.gather(self.claims(0, who, epoch=row.epoch), self.claims(1, who, epoch=row.epoch))
        if all(told) and row.holder_id not in held_by:
            self.problems.append("two agents were told that they hold it")

    async def takes_next(self, agent: int) -> None:
        await self._try(desk.take_next(self.house, **self.agents[agent].me))

    async def says(self, agent: int, who: int, *, old_epoch: bool = False) -> None:
        one, person = self.customers[who], self.agents[agent]
        row = await self.seam.row(one)
        sent = Sent(one.conversation_id, "agent", person.id, str(new_id()), "我看一下")
        self.ledger.append(sent)
        try:
            result = await self.seam.reply(
                person, one, sent.text, epoch=row.epoch - old_epoch, client_id=sent.client_id
            )
        except AppError:
            sent.refused = True
        else:
            self._acknowledged(sent, result)

    async def notes(self, agent: int, who: int) -> None:
        person = self.agents[agent]
        await self._try(desk.note(
            self.house, self.customers[who].conversation_id, **person.me, client_id=str(new_id()), text="备注"
        ))  # fmt: skip

    async def transfers(self, agent: int, who: int, to: int | None) -> None:
        row = await self.seam.row(self.customers[who])
        await self._try(desk.transfer(
            self.house, row.id, **self.agents[agent].me, epoch=row.epoch,
            to_agent=None if to is None else self.agents[to].id, to_queue=self.seam.queue_id if to is None else None,
        ))  # fmt: skip

    async def gives_back(self, agent: int, who: int) -> None:
        row = await self.seam.row(self.customers[who])
        await self._try(desk.give_back(self.house, row.id, **self.agents[agent].me, epoch=row.epoch))

    async def finishes(self, agent: int, who: int) -> None:
        row = await self.seam.row(self.customers[who])
        await self._try(desk.end(self.house, row.id, **self.agents[agent].me, epoch=row.epoch))

    async def wraps_up(self, agent: int, who: int) -> None:
        form = desk.WrapUp(disposition="answered", outcome="resolved")
        conversation_id = self.customers[who].conversation_id
        await self._try(desk.wrap_up(self.house, conversation_id, **self.agents[agent].me, form=form))

    # ── time, sweeper, death ──

    async def passes(self, who: int, seconds: float) -> None:
        await self.seam.shift(self.customers[who], seconds)

    async def sweeps(self) -> None:
        await Sweeper(self.house).sweep()

    async def kill(self) -> None:
        """The process dies: nothing is flushed, nobody is told."""
        house = self.house
        assert house.writer._task is not None
        house.writer._task.cancel()
        for task in list(house.live._tasks):
            task.cancel()
        await asyncio.gather(house.writer._task, *house.live._tasks, return_exceptions=True)
        if house.writer._connection is not None:
            with suppress(Exception):
                await house.writer._connection.close()
        await house.connectors.close()
        await house.db.close()
        for reader in self.readers:
            reader.subscription = None

    async def restart(self) -> None:
        """A new process on the same database; the clients come back and repeat what was not answered."""
        self.seam = Seam(await app.build(self.settings), self.seam.inbox_id, self.seam.queue_id)
        await recover(self.house)
        for n in range(len(self.readers)):
            await self.connect(n)
        for who, customer in enumerate(self.customers):
            for sent in [one for one in self.ledger if one.conversation_id == customer.conversation_id]:
                if sent.sender == "customer" and sent.seq is None:
                    _, answered = self.submit(who, sent.text, again=sent)
                    await asyncio.wait_for(answered, SECONDS)

    async def dies_while_sending(self, texts: Sequence[tuple[int, str]], turns: int) -> None:
        """Messages are under way, the loop runs `turns` times, then the process dies and comes back."""
        for who, text in texts:
            self.submit(who, text)
        for _ in range(turns):
            await asyncio.sleep(0)
        await self.kill()
        await self.restart()

    # ── screens ──

    async def connect(self, n: int, meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
        """A screen reads what it has missed, then follows; `meanwhile` happens before it follows."""
        reader = self.readers[n]
        if reader.subscription is not None:
            return
        subscription = self.house.live.subscribe(reader.conversation_id, reader.deliver, lambda *_: None)
        while True:
            async with self.house.db.transaction() as tx:
                page = await queries.entries(tx, reader.conversation_id, after=reader.cursor)
            reader.deliver(reader.conversation_id, page)
            if not page:
                break
        if meanwhile is not None:
            await meanwhile()
        subscription.start(reader.cursor)
        reader.subscription = subscription

    async def disconnect(self, n: int) -> None:
        reader = self.readers[n]
        if reader.subscription is not None:
            self.house.live.unsubscribe(reader.subscription)
            reader.subscription = None

    # ── the promises ──

    async def _try(self, act: Awaitable[Any]) -> bool:
        """Do it; a typed refusal is an answer."""
        try:
            await act
        except AppError as error:
            if error.status >= 500:
                self.problems.append(f"{error.code}: {error.detail}")
            return False
        return True

    async def check(self) -> None:
        """Raises: `AssertionError` naming every promise that is broken."""
        await self.seam.settle()
        problems = [*self.problems, *await broken(self.house.db), *await self._ledger(), *await self._rows()]
        assert problems == [], "\n".join(problems)

    async def _ledger(self) -> list[str]:
        """What was acknowledged is there once, as acknowledged; what was refused is not."""
        problems = []
        stored: dict[tuple[UUID, str, UUID, str], list[dict[str, Any]]] = {}
        for row in await self.seam.rows("select conversation_id, sender, author_id, client_id, seq, text from message"):
            key = (row["conversation_id"], row["sender"], row["author_id"], row["client_id"])
            stored.setdefault(key, []).append(row)
        for sent in self.ledger:
            found = stored.get((sent.conversation_id, sent.sender, sent.author_id, sent.client_id), [])
            if sent.refused and found:
                problems.append(f"{sent.client_id} was refused and is stored")
            if sent.seq is not None and [(one["seq"], one["text"]) for one in found] != [(sent.seq, sent.text)]:
                problems.append(f"{sent.client_id} was acknowledged as {sent.seq}, stored: {[o['seq'] for o in found]}")
            if sent.seq is None and not sent.refused:
                problems.append(f"{sent.client_id} was never answered")
        for conversation_id, acks in self.acks.items():
            if acks != sorted(set(acks)):
                problems.append(f"{conversation_id}: acknowledged in the order {acks}")
        return problems

    async def _rows(self) -> list[str]:
        """Epochs rise with the holder, the bot leaves nobody waiting, and connected screens have everything."""
        problems = []
        for customer, reader in zip(self.customers, self.readers, strict=True):
            row = await self.seam.row(customer)
            now = ((HOLDER[row.state].value, row.holder_id), row.epoch)
            before, self.seen[row.id] = self.seen.get(row.id, now), now
            if now[1] < before[1] or (now[0] != before[0] and now[1] == before[1]):
                problems.append(f"#{row.number}: {before} became {now}")
            if row.state == "bot" and row.customer_waits:
                problems.append(f"#{row.number}: the bot left {row.customer_seq} without an answer")
            expected = list(range(1, row.seq + 1))
            if reader.subscription is not None and reader.got != expected:
                problems.append(f"#{row.number}: a screen has {reader.got} of {row.seq}")
        return problems
