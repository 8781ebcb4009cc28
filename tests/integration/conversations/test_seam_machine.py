"""Everything that can happen to a conversation, in random order and at once, on the real database.

After every step all promises are checked (`tests.support.invariants`, `World.check`). docs/explanation/how-we-know.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from psycopg import sql

from tests.support import network
from tests.support.world import World

EXAMPLES = 20
STEPS = 25

who = st.integers(0, 1)
agent = st.integers(0, 1)
anyone = st.integers(0, 2)
texts = st.sampled_from(
    ["你好", "我要退货", "转人工", "hello", "where is my order", "talk to a person", "太差了！！！", "谢谢", "😀", "　"]
)


class Machine(RuleBasedStateMachine):
    """Drives a `World`; set `database_url` and `data` before it runs."""

    database_url = ""
    data = Path()

    def __init__(self) -> None:
        super().__init__()
        self.loop = network.new_loop()
        self.world: World | None = None

    def run(self, what: Awaitable[Any]) -> None:
        async def within() -> None:
            async with asyncio.timeout(30):
                await what

        self.loop.run_until_complete(within())

    @property
    def w(self) -> World:
        assert self.world is not None
        return self.world

    @initialize(on_duty=st.sets(anyone, max_size=3))
    def opens(self, on_duty: set[int]) -> None:
        async def open_() -> None:
            self.world = await World.open(self.database_url, self.data)
            for one in sorted(on_duty):
                await self.world.comes(one)

        self.run(open_())

    def teardown(self) -> None:
        if self.world is not None:
            self.run(self.world.close())
        self.loop.close()

    @invariant()
    def every_promise_holds(self) -> None:
        if self.world is not None:
            self.run(self.world.check())

    # customers
    @rule(one=who, text=texts)
    def customer_writes(self, one: int, text: str) -> None:
        self.run(self.w.writes(one, text))

    @rule(one=who)
    def customer_repeats(self, one: int) -> None:
        self.run(self.w.repeats(one))

    @rule(one=who)
    def customer_asks_for_a_person(self, one: int) -> None:
        self.run(self.w.asks_person(one))

    @rule(one=who)
    def customer_leaves_the_queue(self, one: int) -> None:
        self.run(self.w.leaves_queue(one))

    @rule(one=who)
    def customer_ends(self, one: int) -> None:
        self.run(self.w.ends(one))

    @rule(one=who, resolved=st.booleans())
    def customer_rates(self, one: int, resolved: bool) -> None:
        self.run(self.w.rates(one, resolved))

    @rule(one=who, back=st.booleans())
    def screen_reconnects(self, one: int, back: bool) -> None:
        self.run(self.w.connect(one) if back else self.w.disconnect(one))

    @rule(one=who, text=texts)
    def screen_reconnects_while_a_message_comes(self, one: int, text: str) -> None:
        async def both() -> None:
            await self.w.disconnect(one)
            await self.w.connect(one, lambda: self.w.writes(one, text))

        self.run(both())

    # the bot
    @rule(one=who, old_epoch=st.booleans(), old_question=st.booleans())
    def bot_is_late(self, one: int, old_epoch: bool, old_question: bool) -> None:
        if old_epoch or old_question:
            self.run(self.w.bot_late(one, old_epoch=old_epoch, old_question=old_question))

    # people
    @rule(one=anyone)
    def agent_comes(self, one: int) -> None:
        self.run(self.w.comes(one))

    @rule(one=anyone)
    def agent_goes(self, one: int) -> None:
        self.run(self.w.goes(one))

    @rule(one=anyone)
    def agent_drops(self, one: int) -> None:
        self.run(self.w.drops(one))

    @rule(one=agent, of=who)
    def agent_claims(self, one: int, of: int) -> None:
        self.run(self.w.claims(one, of))

    @rule(of=who)
    def two_agents_claim(self, of: int) -> None:
        self.run(self.w.two_claim(of))

    @rule(one=agent)
    def agent_takes_the_next(self, one: int) -> None:
        self.run(self.w.takes_next(one))

    @rule(one=anyone, of=who, old_epoch=st.booleans())
    def agent_says(self, one: int, of: int, old_epoch: bool) -> None:
        self.run(self.w.says(one, of, old_epoch=old_epoch))

    @rule(one=anyone, of=who)
    def agent_notes(self, one: int, of: int) -> None:
        self.run(self.w.notes(one, of))

    @rule(one=anyone, of=who, to=st.one_of(st.none(), anyone))
    def agent_transfers(self, one: int, of: int, to: int | None) -> None:
        self.run(self.w.transfers(one, of, to))

    @rule(one=anyone, of=who)
    def agent_gives_back(self, one: int, of: int) -> None:
        self.run(self.w.gives_back(one, of))

    @rule(one=anyone, of=who)
    def agent_ends(self, one: int, of: int) -> None:
        self.run(self.w.finishes(one, of))

    @rule(one=anyone, of=who)
    def agent_wraps_up(self, one: int, of: int) -> None:
        self.run(self.w.wraps_up(one, of))

    @rule(of=who)
    def supervisor_takes_over(self, of: int) -> None:
        self.run(self.w.claims(2, of, take_over=True))

    # all at once
    @rule(of=who, text=texts, acts=st.lists(st.integers(0, 8), min_size=2, max_size=5))
    def all_at_once(self, of: int, text: str, acts: list[int]) -> None:
        w = self.w
        everything = (
            lambda: w.writes(of, text),
            lambda: w.asks_person(of),
            lambda: w.claims(0, of),
            lambda: w.claims(2, of, take_over=True),
            lambda: w.says(0, of),
            lambda: w.finishes(0, of),
            lambda: w.gives_back(0, of),
            lambda: w.sweeps(),
            lambda: w.ends(of),
        )

        async def together() -> None:
            await asyncio.gather(w.writes(of, text), *(everything[n]() for n in acts))

        self.run(together())

    # time and death
    @rule(of=who, seconds=st.sampled_from([6, 25, 61, 200, 1900]))
    def time_passes(self, of: int, seconds: int) -> None:
        async def both() -> None:
            await self.w.passes(of, seconds)
            await self.w.sweeps()

        self.run(both())

    @rule()
    def sweeper_runs(self) -> None:
        self.run(self.w.sweeps())

    @rule(sends=st.lists(st.tuples(who, texts), max_size=4), turns=st.integers(0, 12))
    def process_dies(self, sends: list[tuple[int, str]], turns: int) -> None:
        self.run(self.w.dies_while_sending(sends, turns))


@pytest.fixture
def machine(database_url: str, tmp_path: Path) -> Iterator[type[Machine]]:
    """The machine on a database that does not wait for the disk: processes die here, the database does not."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("alter database {} set synchronous_commit = off").format(name))
    Machine.database_url, Machine.data = database_url, tmp_path
    yield Machine
    Machine.database_url = ""


@pytest.mark.timeout(300)
def test_every_promise_holds_whatever_happens(machine: type[Machine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
