"""The checks can fail: five bugs, each planted on purpose, each seen by the world's own promises.

For each bug a directed story that passes on the product as it is and fails with the bug, and the random machine,
which has to find it by itself. The outcome is kept in docs/explanation/how-we-know.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from tests.integration.conversations.test_seam_machine import Machine, machine  # noqa: F401 - a fixture
from tests.support.world import World
from tongxi.conversations import append as message_path
from tongxi.conversations.append import Appended, Outcome, Writer
from tongxi.conversations.state import State
from tongxi.desk import service as desk
from tongxi.kit.live import Subscription

Plant = Callable[[pytest.MonkeyPatch, str], None]
Story = Callable[[World], Awaitable[None]]


# ── the bugs ──


def no_dedupe(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """A repeat is stored like a new message; the database's own constraint has to go too, or it would save us."""
    _edit(monkeypatch, "when d.id is not null then 'duplicate'", "")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("alter table message drop constraint message_conversation_id_sender_author_id_client_id_key")


def late_bot(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """What the bot thought goes out although the world has moved on."""
    _edit(monkeypatch, "when i.sender = 'bot' and (h.state <> 'bot' or h.epoch <> i.epoch) then 'not_holder'", "")
    _edit(monkeypatch, "when i.sender = 'bot' and h.customer_seq <> i.answers then 'superseded'", "")


def double_claim(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """Whoever claims gets it, whatever he saw and whoever has it."""
    take = desk._take

    async def careless(*args: Any, **options: Any) -> None:
        await take(*args, **options | {"epoch": None, "may_take_over": True})

    monkeypatch.setattr(desk, "_take", careless)


def ack_before_commit(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """The customer is told "stored" when the message is only in memory."""
    submit = Writer.submit

    def hasty(self: Writer, item: message_path.Append, done: message_path.Done) -> None:
        if item.sender != "customer":
            submit(self, item, done)
            return
        with psycopg.connect(database_url) as connection:
            row = connection.execute("select seq from conversation where id = %s", (item.conversation_id,)).fetchone()
        assert row is not None
        seq = row[0] + 1
        at = datetime.now(UTC)
        done(Appended(Outcome.FRESH, seq, item.message_id, at, True, State.ACTIVE, 1, 0, 0, None))
        submit(self, item, lambda _: None)

    monkeypatch.setattr(Writer, "submit", hasty)


def lost_on_disconnect(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """What is committed while a screen comes back never reaches it."""

    def forgetful(self: Subscription, cursor: int) -> None:
        self.cursor, self._syncing, self._dirty = cursor, False, False

    monkeypatch.setattr(Subscription, "start", forgetful)


def _edit(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    assert old in message_path._STATEMENT, "the statement has changed: plant the bug anew"
    monkeypatch.setattr(message_path, "_STATEMENT", message_path._STATEMENT.replace(old, new))


# ── the stories ──


async def repeats(world: World) -> None:
    await world.writes(0, "你好")
    await world.repeats(0)


async def speaks_late(world: World) -> None:
    await world.comes(0)
    await world.writes(0, "我要退货")
    await world.seam.settle()
    await world.claims(0, 0)
    await world.writes(0, "在吗")
    await world.bot_late(0, old_epoch=True, old_question=False)


async def answers_the_old_question(world: World) -> None:
    await world.writes(0, "我要退货")
    await world.seam.settle()
    await world.bot_late(0, old_epoch=False, old_question=True)


async def both_claim(world: World) -> None:
    await world.comes(0)
    await world.comes(1)
    await world.writes(0, "我要退货")
    await world.seam.settle()
    await world.two_claim(0)


async def dies(world: World) -> None:
    await world.writes(0, "你好")
    await world.seam.settle()
    await world.dies_while_sending([(0, "在吗"), (1, "转人工")], 0)


async def comes_back(world: World) -> None:
    await world.comes(0)
    await world.claims(0, 0)  # so that no answer of the bot follows and brings the missing entry with it
    await world.disconnect(0)
    await world.connect(0, lambda: world.writes(0, "我要退货"))


BUGS: list[tuple[Plant, Story, str]] = [
    (no_dedupe, repeats, "is stored 2 times"),
    (late_bot, speaks_late, "the bot spoke while active"),
    (late_bot, answers_the_old_question, "the bot answered turn-"),
    (double_claim, both_claim, "two agents were told that they hold it"),
    (ack_before_commit, dies, r"stored: \[\]"),
    (lost_on_disconnect, comes_back, "a screen has"),
]


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    opened = await World.open(database_url, tmp_path)
    yield opened
    await opened.close()


@pytest.mark.parametrize(("plant", "story", "seen"), BUGS, ids=lambda one: getattr(one, "__name__", ""))
async def test_the_story_fails_with_the_bug_and_only_with_it(
    plant: Plant, story: Story, seen: str, world: World, database_url: str, tmp_path: Path
) -> None:
    await story(world)
    await world.check()
    with pytest.MonkeyPatch.context() as monkeypatch:
        plant(monkeypatch, database_url)
        broken = await World.open(database_url, tmp_path)
        try:
            await story(broken)
            with pytest.raises(AssertionError, match=seen):
                await broken.check()
        finally:
            await broken.close()


@pytest.mark.timeout(200)
@pytest.mark.parametrize(
    "plant", list(dict.fromkeys(bug[0] for bug in BUGS)), ids=lambda one: getattr(one, "__name__", "")
)
def test_the_random_machine_finds_the_bug(
    plant: Plant,
    machine: type[Machine],  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch, machine.database_url)
    with pytest.raises((AssertionError, Flaky)):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=60, stateful_step_count=25, deadline=None, derandomize=True, phases=[Phase.generate],
                database=None, suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
