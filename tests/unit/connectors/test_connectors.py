"""Calls to outside systems: bounded, labelled when old, never raising for what a system does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from pydantic import BaseModel

from tongxi.connectors.protocol import Answer, Call, Connectors, Failure, FailureCode, Tool, ToolFailed
from tongxi.kit.clock import FakeClock

pytestmark = pytest.mark.anyio


class Ask(BaseModel):
    what: str = "x"


class Said(BaseModel):
    text: str


class Script:
    """A connector that answers as scripted: a value, or a failure to raise."""

    system = "scripted"

    def __init__(self, *script: BaseModel | Exception, effect: str = "read", delay: float = 0) -> None:
        self.script = list(script)
        self.calls: list[tuple[Call, Ask]] = []
        self.effect = effect
        self.delay = delay
        self.is_closed = False

    def tools(self) -> Sequence[Tool]:
        return (Tool("t", "test", Ask, self.effect, self._run),)  # type: ignore[arg-type]

    async def _run(self, call: Call, arguments: Ask) -> BaseModel:
        self.calls.append((call, arguments))
        if self.delay:
            await asyncio.sleep(self.delay)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        return step

    async def close(self) -> None:
        self.is_closed = True


DOWN = ToolFailed(FailureCode.UNAVAILABLE)


async def ask(connectors: Connectors, who: str = "C1", **options: object) -> Answer[Said] | Failure:
    return await connectors.call("t", Ask(), Said, contact_external_id=who, **options)  # type: ignore[arg-type]


async def test_an_answer_carries_system_and_time(clock: FakeClock) -> None:
    answer = await ask(Connectors([Script(Said(text="ok"))], clock=clock))
    assert isinstance(answer, Answer)
    assert (answer.value.text, answer.system, answer.checked_at) == ("ok", "scripted", clock.now())
    assert not answer.is_stale


async def test_a_read_is_tried_once_more(clock: FakeClock) -> None:
    script = Script(DOWN, Said(text="ok"))
    assert isinstance(await ask(Connectors([script], clock=clock)), Answer)
    assert len(script.calls) == 2


async def test_a_second_failure_is_the_answer(clock: FakeClock) -> None:
    script = Script(DOWN)
    assert await ask(Connectors([script], clock=clock)) == Failure(FailureCode.UNAVAILABLE, "scripted")
    assert len(script.calls) == 2


@pytest.mark.parametrize("code", [FailureCode.REFUSED, FailureCode.NOT_FOUND])
async def test_a_proper_no_is_not_asked_again(clock: FakeClock, code: FailureCode) -> None:
    script = Script(ToolFailed(code))
    assert await ask(Connectors([script], clock=clock)) == Failure(code, "scripted")
    assert len(script.calls) == 1


async def test_a_call_ends_after_its_timeout(clock: FakeClock) -> None:
    connectors = Connectors([Script(Said(text="late"), delay=5)], clock=clock, timeout=timedelta(seconds=0.05))
    assert await ask(connectors) == Failure(FailureCode.TIMEOUT, "scripted")


@pytest.mark.parametrize("broken", [ValueError("x"), KeyError("x"), TypeError("x"), RecursionError()])
async def test_what_cannot_be_read_is_a_bad_answer(clock: FakeClock, broken: Exception) -> None:
    if isinstance(broken, RecursionError):
        broken = ToolFailed(FailureCode.BAD_ANSWER)
    assert await ask(Connectors([Script(broken)], clock=clock)) == Failure(FailureCode.BAD_ANSWER, "scripted")


async def test_another_type_than_expected_is_a_bad_answer(clock: FakeClock) -> None:
    assert await ask(Connectors([Script(Ask())], clock=clock)) == Failure(FailureCode.BAD_ANSWER, "scripted")


async def test_a_remembered_answer_comes_labelled_when_the_system_is_down(clock: FakeClock) -> None:
    connectors = Connectors([Script(Said(text="ok"), DOWN)], clock=clock)
    await ask(connectors)
    asked_at = clock.now()
    clock.advance(minutes=6)
    answer = await ask(connectors)
    assert isinstance(answer, Answer)
    assert (answer.value.text, answer.checked_at, answer.error) == ("ok", asked_at, FailureCode.UNAVAILABLE)


async def test_old_memories_are_not_shown(clock: FakeClock) -> None:
    connectors = Connectors([Script(Said(text="ok"), DOWN)], clock=clock)
    await ask(connectors)
    clock.advance(hours=3)
    assert isinstance(await ask(connectors), Failure)


async def test_memories_are_never_shared_between_contacts(clock: FakeClock) -> None:
    connectors = Connectors([Script(Said(text="of C1"), DOWN)], clock=clock)
    await ask(connectors, "C1")
    assert isinstance(await ask(connectors, "C2"), Failure)


async def test_what_is_gone_is_forgotten(clock: FakeClock) -> None:
    connectors = Connectors([Script(Said(text="ok"), ToolFailed(FailureCode.NOT_FOUND), DOWN)], clock=clock)
    await ask(connectors)
    assert await ask(connectors) == Failure(FailureCode.NOT_FOUND, "scripted")
    assert isinstance(await ask(connectors), Failure)


async def test_a_young_memory_saves_the_call(clock: FakeClock) -> None:
    script = Script(Said(text="ok"))
    connectors = Connectors([script], clock=clock)
    await ask(connectors)
    clock.advance(seconds=4)
    await ask(connectors, max_age=timedelta(seconds=5))
    assert len(script.calls) == 1
    clock.advance(seconds=2)
    await ask(connectors, max_age=timedelta(seconds=5))
    assert len(script.calls) == 2


async def test_the_impatient_get_the_answer_next_time(clock: FakeClock) -> None:
    script = Script(Said(text="ok"), delay=0.1)
    connectors = Connectors([script], clock=clock)
    assert await ask(connectors, patience=timedelta(seconds=0.02)) == Failure(FailureCode.TIMEOUT, "scripted")
    await asyncio.sleep(0.15)
    answer = await ask(connectors, max_age=timedelta(seconds=5), patience=timedelta(seconds=0.02))
    assert isinstance(answer, Answer)
    assert len(script.calls) == 1


async def test_the_same_question_at_once_is_asked_once(clock: FakeClock) -> None:
    script = Script(Said(text="ok"), delay=0.02)
    connectors = Connectors([script], clock=clock)
    answers = await asyncio.gather(*(ask(connectors) for _ in range(10)))
    assert all(isinstance(answer, Answer) for answer in answers)
    assert len(script.calls) == 1


async def test_a_dead_system_is_left_alone_and_tried_again(clock: FakeClock) -> None:
    script = Script(DOWN)
    connectors = Connectors([script], clock=clock)
    for _ in range(5):
        await ask(connectors)
    asked = len(script.calls)
    assert await ask(connectors) == Failure(FailureCode.UNAVAILABLE, "scripted")
    assert len(script.calls) == asked
    assert connectors.health()[0].is_resting
    clock.advance(seconds=11)
    script.script = [Said(text="back")]
    assert isinstance(await ask(connectors), Answer)
    assert not connectors.health()[0].is_resting


async def test_a_write_happens_once_and_its_outcome_may_be_unknown(clock: FakeClock) -> None:
    script = Script(DOWN, effect="write")
    failure = await ask(Connectors([script], clock=clock), idempotency_key="k")
    assert failure == Failure(FailureCode.UNAVAILABLE, "scripted", is_outcome_unknown=True)
    assert [call.idempotency_key for call, _ in script.calls] == ["k"]


async def test_a_write_without_a_key_is_a_bug(clock: FakeClock) -> None:
    with pytest.raises(AssertionError):
        await ask(Connectors([Script(Said(text="ok"), effect="write")], clock=clock))


async def test_nobody_unverified_reaches_a_system(clock: FakeClock) -> None:
    with pytest.raises(AssertionError):
        await ask(Connectors([Script(Said(text="ok"))], clock=clock), who="")


async def test_a_tool_nobody_offers_is_unavailable() -> None:
    connectors = Connectors()
    assert connectors.system_of("t") is None
    assert isinstance(await ask(connectors), Failure)


def test_two_systems_cannot_offer_the_same_tool() -> None:
    with pytest.raises(ValueError, match="both offer"):
        Connectors([Script(Said(text="a")), Script(Said(text="b"))])


async def test_forgetting_a_contact(clock: FakeClock) -> None:
    connectors = Connectors([Script(Said(text="ok"), DOWN)], clock=clock)
    await ask(connectors)
    connectors.forget("C1")
    assert isinstance(await ask(connectors), Failure)


async def test_closing_ends_what_runs(clock: FakeClock) -> None:
    script = Script(Said(text="ok"), delay=60)
    connectors = Connectors([script], clock=clock)
    await ask(connectors, patience=timedelta(seconds=0.01))
    await asyncio.wait_for(connectors.close(), 1)
    assert script.is_closed
