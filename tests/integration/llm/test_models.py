"""Engine after engine: retries, rests, budgets, fallbacks, masking, against servers that misbehave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

import pytest
from pydantic import BaseModel

from tests.support.model_server import ModelServer, Plan, model_server
from tests.support.models import MODEL, Book, models, provider, quirky
from tongxi.llm.asking import FAILURES
from tongxi.llm.configuration import ModelSettings, PricedModel, Rung
from tongxi.llm.engines import Setup
from tongxi.llm.models import Models
from tongxi.llm.protocol import Completion, Delta, FailureCode, Message, ModelFailed, Started

ASK = (Message("system", "You phrase."), Message("user", "How long?"))
PRICED = (PricedModel(name=MODEL, input=Decimal(10), output=Decimal(100), currency="CNY"),)
"""100 tokens in and 20 out cost 0.003."""


@pytest.fixture
async def first() -> AsyncIterator[ModelServer]:
    async with model_server("from the first") as running:
        yield running


@pytest.fixture
async def second() -> AsyncIterator[ModelServer]:
    async with model_server("from the second") as running:
        yield running


async def text(made: Models, **options: object) -> str:
    return (await made.complete("answer", ASK, **options)).text  # type: ignore[arg-type]


async def failure(made: Models, **options: object) -> ModelFailed:
    with pytest.raises(ModelFailed) as failed:
        await text(made, **options)
    return failed.value


# ── order, retries, rest ──


async def test_without_an_engine_there_is_no_model() -> None:
    made = await models()
    assert not made.has("answer")
    assert (await failure(made)).code is FailureCode.NO_MODEL


@pytest.mark.parametrize(
    "plan", [Plan(status=500), Plan(hang=True), Plan(status=401), Plan("half", finish="length")], ids=str
)
async def test_when_the_first_engine_fails_the_second_answers_and_both_are_recorded(
    first: ModelServer, second: ModelServer, plan: Plan
) -> None:
    first.plan, book = plan, Book()
    made = await models(provider(first), provider(second, "second"), book=book)
    answer = await made.complete("answer", ASK)
    assert (answer.text, answer.provider, answer.rung) == ("from the second", "second", 1)
    assert [(call.provider, call.outcome == "ok", call.rung) for call in book.calls] == [
        ("first", False, 0), ("second", True, 1),
    ]  # fmt: skip
    await made.close()


async def test_a_provider_that_is_switched_off_is_not_asked(first: ModelServer, second: ModelServer) -> None:
    made = await models(provider(first, is_active=False), provider(second, "second"))
    assert await text(made) == "from the second"
    assert first.asked == []
    await made.close()


async def test_a_passing_fault_is_tried_again_at_the_same_engine(first: ModelServer) -> None:
    first.script, book = [Plan(status=500), Plan(status=429)], Book()
    made = await models(provider(first, retries=2, timeout_seconds=5), book=book)
    assert await text(made) == "from the first"
    assert [(call.tries, call.outcome) for call in book.calls] == [(3, "ok")]
    await made.close()


FINAL = [
    Plan(status=400), Plan(status=401), Plan(status=404), Plan(status=402),
    Plan(status=429, code="insufficient_quota"), Plan("x", finish="length"),
]  # fmt: skip


@pytest.mark.parametrize("plan", FINAL, ids=str)
async def test_what_will_not_get_better_is_not_tried_again(first: ModelServer, plan: Plan) -> None:
    first.plan = plan
    made = await models(provider(first, retries=3, timeout_seconds=5))
    await failure(made)
    assert len(first.asked) == 1
    await made.close()


async def test_the_pause_a_provider_asks_for_is_kept(first: ModelServer) -> None:
    first.script = [Plan(status=429, headers=(("Retry-After", "0.3"),))]
    made = await models(provider(first, retries=1, timeout_seconds=5))
    started = time.monotonic()
    assert await text(made) == "from the first"
    assert time.monotonic() - started >= 0.3
    await made.close()


async def test_a_pause_that_is_too_long_is_spent_at_the_next_engine(first: ModelServer, second: ModelServer) -> None:
    first.plan = Plan(status=429, headers=(("Retry-After", "30"),))
    made = await models(provider(first, retries=3), provider(second, "second"))
    assert await text(made) == "from the second"
    assert await text(made) == "from the second"
    assert len(first.asked) == 1
    await made.close()


async def test_after_some_failures_in_a_row_an_engine_is_left_alone(first: ModelServer) -> None:
    first.plan, book = Plan(status=500), Book()
    made = await models(provider(first), book=book)
    for _ in range(FAILURES):
        await failure(made)
    assert (await failure(made)).code is FailureCode.RESTING
    assert len(first.asked) == FAILURES
    assert book.outcomes[-1] == "resting"
    assert made.is_resting(made.engines("answer")[0], "answer")
    await made.close()


async def test_a_question_the_model_refuses_does_not_count_against_it(first: ModelServer) -> None:
    first.plan = Plan("", finish="content_filter")
    made = await models(provider(first))
    for _ in range(FAILURES + 2):
        assert (await failure(made)).code is FailureCode.REFUSED
    assert len(first.asked) == FAILURES + 2
    await made.close()


async def test_purposes_rest_apart(first: ModelServer) -> None:
    first.plan = Plan(status=500)
    made = await models(provider(first))
    for _ in range(FAILURES):
        await failure(made)
    first.plan = Plan("understood")
    assert (await made.complete("understand", ASK)).text == "understood"
    await made.close()


async def test_the_time_is_shared_so_that_the_second_engine_has_some(first: ModelServer, second: ModelServer) -> None:
    first.plan = Plan(hang=True)
    made = await models(provider(first, timeout_seconds=30), provider(second, "second", timeout_seconds=30))
    started = time.monotonic()
    assert await text(made, seconds=3) == "from the second"
    assert time.monotonic() - started < 3
    await made.close()


async def test_nobody_waits_longer_than_he_said(first: ModelServer) -> None:
    first.plan = Plan(hang=True)
    made = await models(provider(first, timeout_seconds=30))
    started = time.monotonic()
    assert (await failure(made, seconds=0.3)).code is FailureCode.TIMEOUT
    assert time.monotonic() - started < 10
    await made.close()


async def test_a_caller_who_leaves_ends_the_request(first: ModelServer) -> None:
    first.plan, book = Plan(hang=True), Book()
    arrived = asyncio.Event()
    first.on_asked = arrived.set
    made = await models(provider(first), book=book)
    task = asyncio.ensure_future(text(made))
    await asyncio.wait_for(arrived.wait(), 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.05)
    assert (first.given_up, book.outcomes) == (1, ["stopped"])
    await made.close()


async def test_a_change_of_settings_holds_from_the_next_question_on(first: ModelServer, second: ModelServer) -> None:
    one, two = provider(first), provider(second, "second")
    made = await models(one, two)
    assert await text(made) == "from the first"
    ladder = (Rung(provider=two.id, model=MODEL),)
    await made.configure(Setup((one, two), ModelSettings(ladders={"answer": ladder})))
    assert await text(made) == "from the second"
    await made.close()


# ── streams ──


async def items(made: Models) -> list[object]:
    return [item async for item in made.stream("answer", ASK)]


async def test_a_stream_that_breaks_begins_anew_at_the_next_engine(first: ModelServer, second: ModelServer) -> None:
    first.plan, book = Plan("from the first", error_after=3), Book()
    made = await models(provider(first), provider(second, "second"), book=book)
    seen = await items(made)
    starts = [n for n, item in enumerate(seen) if isinstance(item, Started)]
    assert len(starts) == 2
    assert "".join(item.text for item in seen[: starts[1]] if isinstance(item, Delta)).startswith("from")
    assert "".join(item.text for item in seen[starts[1] :] if isinstance(item, Delta)) == "from the second"
    assert isinstance(seen[-1], Completion)
    assert (seen[-1].text, seen[-1].rung) == ("from the second", 1)
    assert book.outcomes == ["unavailable", "ok"]
    await made.close()


async def test_a_stream_is_not_repeated_at_the_same_engine_once_something_was_passed_on(first: ModelServer) -> None:
    first.plan = Plan("from the first", error_after=3)
    made = await models(provider(first, retries=3))
    with pytest.raises(ModelFailed):
        await items(made)
    assert len(first.asked) == 1
    await made.close()


async def test_who_leaves_a_stream_ends_the_request(first: ModelServer) -> None:
    first.plan, book = Plan("from the first", stall_after=3), Book()
    made = await models(provider(first), book=book)
    async with aclosing(made.stream("answer", ASK)) as stream:
        async for item in stream:
            if isinstance(item, Delta):
                break
    await asyncio.sleep(0.05)
    assert (first.given_up, book.outcomes) == (1, ["stopped"])
    await made.close()


# ── money ──


async def test_a_call_is_counted_with_its_cost(first: ModelServer) -> None:
    book, conversation_id = Book(), uuid4()
    made = await models(provider(first, models=PRICED), book=book)
    answer = await made.complete("answer", ASK, conversation_id=conversation_id)
    assert answer.cost is not None
    assert (answer.cost.amount, answer.cost.currency) == (Decimal("0.003"), "CNY")
    assert (book.calls[0].spent, book.calls[0].conversation_id) == (Decimal("0.003"), conversation_id)
    await made.close()


async def test_other_currencies_count_at_their_rate(first: ModelServer) -> None:
    book = Book()
    dollars = (PricedModel(name=MODEL, input=Decimal(10), output=Decimal(100), currency="USD"),)
    made = await models(provider(first, models=dollars), book=book, rates={"USD": "7"})
    await made.complete("answer", ASK)
    assert book.calls[0].spent == Decimal("0.021")
    await made.close()


async def test_when_the_day_s_budget_is_spent_a_model_that_costs_nothing_answers(
    first: ModelServer, second: ModelServer
) -> None:
    book = Book()
    made = await models(provider(first, models=PRICED), provider(second, "second"), book=book, per_day="0.05")
    answers = [await text(made) for _ in range(6)]
    assert answers[0] == "from the first"
    assert answers[-1] == "from the second"
    assert "budget" in book.outcomes
    assert sum((call.spent for call in book.calls), Decimal(0)) <= Decimal("0.05")
    await made.close()


async def test_a_conversation_has_a_budget_of_its_own(first: ModelServer) -> None:
    made = await models(provider(first, models=PRICED), per_conversation="0.042")
    dear, other = uuid4(), uuid4()
    assert await text(made, conversation_id=dear) == "from the first"
    assert (await failure(made, conversation_id=dear)).code is FailureCode.BUDGET
    assert await text(made, conversation_id=other) == "from the first"
    await made.close()


async def test_many_calls_at_once_do_not_outrun_the_budget(first: ModelServer) -> None:
    book = Book()
    made = await models(provider(first, models=PRICED), book=book, per_day="0.1")
    await asyncio.gather(*(text(made) for _ in range(20)), return_exceptions=True)
    assert book.outcomes.count("budget") >= 17
    assert sum((call.spent for call in book.calls), Decimal(0)) <= Decimal("0.1")
    await made.close()


# ── personal data ──


@dataclass(frozen=True)
class Found:
    label: str
    start: int
    end: int


def phones(value: str) -> list[Found]:
    """Finds one number."""
    number = "13812345678"
    return [Found("phone", at, at + len(number)) for at in range(len(value)) if value.startswith(number, at)]


async def leave_the_house(made: Models) -> None:
    """The same server, but as if it were somebody else's; reachable all the same, because this is a test."""
    providers = tuple(one.model_copy(update={"is_inside": False}) for one in made.setup.providers)
    connect = made._asker._connect
    made._asker._connect = lambda one: connect(one.model_copy(update={"is_inside": True}))
    await made.configure(Setup(providers, made.setup.settings))


@pytest.mark.parametrize("stream", [False, True])
async def test_personal_data_does_not_leave_the_house_and_comes_back(first: ModelServer, stream: bool) -> None:
    first.plan = Plan("We call {{PHONE_1}} and {{PHONE_9}}.", piece=3)
    made = await models(provider(first), find=phones)
    await leave_the_house(made)
    ask = (*ASK, Message("user", "Call 13812345678, I said 13812345678"))
    if stream:
        pieces = [item async for item in made.stream("answer", ask)]
        answer = "".join(item.text for item in pieces if isinstance(item, Delta))
        assert isinstance(pieces[-1], Completion)
        assert pieces[-1].text == answer
    else:
        answer = (await made.complete("answer", ask)).text
    assert answer == "We call 13812345678 and {{PHONE_9}}."
    assert "13812345678" not in str(first.asked)
    assert first.asked[0]["messages"][-1]["content"] == "Call {{PHONE_1}}, I said {{PHONE_1}}"
    await made.close()


async def test_the_shop_s_own_passages_are_not_masked_and_nothing_is_within_the_house(first: ModelServer) -> None:
    made = await models(provider(first), find=phones)
    data = {"question": "Call 13812345678", "passages": [{"text": "Our number is 13812345678"}]}
    await made.compose("answer", data)
    assert first.data == data
    await leave_the_house(made)
    await made.compose("answer", data)
    assert first.data == data | {"question": "Call {{PHONE_1}}"}
    await made.close()


# ── structured output, vectors ──


class Read(BaseModel):
    intent: str


@pytest.mark.parametrize("mode", ["schema", "object", "words"])
async def test_an_answer_in_a_given_form_is_read(first: ModelServer, mode: str) -> None:
    first.plan = Plan('```json\n{"intent": "returns"}\n```')
    made = await models(provider(first, quirks=quirky(json_mode=mode)))
    answer = await made.complete("understand", ASK, output=Read)
    assert answer.value == Read(intent="returns")
    body = first.asked[0]
    assert ("response_format" in body) == (mode != "words")
    assert ("JSON Schema" in str(body["messages"])) == (mode != "schema")
    await made.close()


@pytest.mark.parametrize("wrong", ["returns", '{"intent": 7}', '{"intent": "ret', "[]", "{}"])
async def test_an_answer_in_another_form_leads_to_the_next_engine(
    first: ModelServer, second: ModelServer, wrong: str
) -> None:
    first.plan, second.plan = Plan(wrong), Plan('{"intent": "returns"}')
    made = await models(provider(first), provider(second, "second"))
    assert (await made.complete("understand", ASK, output=Read)).provider == "second"
    await made.close()


async def test_vectors_come_in_the_order_of_the_texts_however_many_requests_they_take(first: ModelServer) -> None:
    texts = [f"text {n}" for n in range(7)]
    made = await models(provider(first, quirks=quirky(embed_batch=3)))
    together = await made.embed(texts)
    assert len(first.asked) == 3
    assert together == [(await made.embed([one]))[0] for one in texts]
    await made.close()


@pytest.mark.parametrize("body", [b'{"data": []}', b'{"data": [{"index": 1, "embedding": [1.0]}]}', b"{}"])
async def test_vectors_that_do_not_fit_the_texts_are_a_failure(first: ModelServer, body: bytes) -> None:
    first.plan = Plan(body=body)
    made = await models(provider(first))
    with pytest.raises(ModelFailed) as failed:
        await made.embed(["one"])
    assert failed.value.code is FailureCode.BAD_ANSWER
    await made.close()


async def test_a_question_that_runs_ends_as_it_began_when_the_provider_is_changed(first: ModelServer) -> None:
    one = provider(first, timeout_seconds=5, first_seconds=5)
    first.plan = Plan("from the first", first=0.3)
    made = await models(one)
    arrived = asyncio.Event()
    first.on_asked = arrived.set
    asking = asyncio.ensure_future(text(made))
    await asyncio.wait_for(arrived.wait(), 2)
    await made.configure(Setup((one.model_copy(update={"name": "renamed"}),), made.setup.settings))
    assert await asking == "from the first"
    assert (await made.complete("answer", ASK)).provider == "renamed"
    await made.close()
