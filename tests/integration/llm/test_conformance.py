"""One suite for every provider preset, over real HTTP: a finished text, or a failure that says which."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from tests.support.model_server import ModelServer, Plan, model_server
from tests.support.models import MODEL, Book, models, provider
from tongxi.llm.configuration import Preset, presets
from tongxi.llm.http import MAX_BYTES
from tongxi.llm.models import Models
from tongxi.llm.protocol import Completion, Delta, FailureCode, Message, ModelFailed, Started, ToolSpec

PATIENCE = 10
"""Seconds after which a failure came too late, whatever else the machine does; the time of an engine is far less."""
TEXT = "七天内可以退货 [1]。Within 7 days [1]."
ASK = (Message("system", "You phrase one reply."), Message("user", "How long?"))
LOOK = ToolSpec("look_up", "Looks something up", {"type": "object", "properties": {"q": {"type": "string"}}})


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server(TEXT) as running:
        yield running


@pytest.fixture(params=presets(), ids=lambda preset: preset.code)
def preset(request: pytest.FixtureRequest) -> Preset:
    chosen: Preset = request.param
    return chosen


@pytest.fixture
async def asked(server: ModelServer, preset: Preset) -> AsyncIterator[Models]:
    calm: dict[str, Any] = {"timeout_seconds": PATIENCE, "first_seconds": PATIENCE, "idle_seconds": PATIENCE}
    made = await models(provider(server, kind=preset.kind, quirks=preset.quirks, **calm))
    yield made
    await made.close()


@pytest.fixture(params=["openai", "anthropic", "custom"])
async def faulty(server: ModelServer, request: pytest.FixtureRequest) -> AsyncIterator[Models]:
    """One preset for each way of reading an answer: the others differ in what is sent."""
    (chosen,) = [preset for preset in presets() if preset.code == request.param]
    made = await models(provider(server, kind=chosen.kind, quirks=chosen.quirks))
    yield made
    await made.close()


async def streamed(made: Models, **options: Any) -> tuple[str, Completion]:
    """The pieces put together, and the whole at the end."""
    pieces: list[str] = []
    async for item in made.stream("answer", ASK, **options):
        match item:
            case Started():
                pieces.clear()
            case Delta(text):
                pieces.append(text)
            case Completion():
                return "".join(pieces), item
    raise AssertionError("a stream ends with the whole answer or a failure")


async def fails(made: Models, *, stream: bool) -> ModelFailed:
    with pytest.raises(ModelFailed) as failed:
        await (streamed(made) if stream else made.complete("answer", ASK))
    return failed.value


# ── what goes right ──


async def test_a_finished_text_is_given_with_what_it_cost(asked: Models) -> None:
    answer = await asked.complete("answer", ASK)
    assert (answer.text, answer.model, answer.provider) == (TEXT, MODEL, "first")
    assert (answer.usage.input, answer.usage.output) == (100, 20)
    assert 0 < answer.seconds < 1


@pytest.mark.parametrize("piece", [1, 3, 7, 1000])
async def test_a_stream_gives_the_same_text(asked: Models, server: ModelServer, piece: int) -> None:
    server.plan = Plan(TEXT, piece=piece, comments=True)
    pieces, whole = await streamed(asked)
    assert pieces == whole.text == TEXT
    assert (whole.usage.input, whole.usage.output) == (100, 20)


@pytest.mark.parametrize("stream", [False, True])
async def test_the_key_goes_where_the_provider_wants_it(
    asked: Models, server: ModelServer, preset: Preset, stream: bool
) -> None:
    await (streamed(asked) if stream else asked.complete("answer", ASK))
    headers = server.headers[0]
    if preset.kind == "anthropic":
        assert headers["x-api-key"] == "sk-test"
        assert headers["anthropic-version"] == "2023-06-01"
    elif preset.code == "azure":
        assert headers["api-key"] == "sk-test"
        assert "authorization" not in headers
    else:
        assert headers["authorization"] == "Bearer sk-test"


@pytest.mark.parametrize("stream", [False, True])
async def test_thoughts_are_shown_to_nobody(asked: Models, server: ModelServer, stream: bool) -> None:
    server.plan = Plan(f"<think>the customer is\nangry</think>\n{TEXT}", thoughts="SECRET-THOUGHT", piece=2)
    pieces, whole = await streamed(asked) if stream else ("", await asked.complete("answer", ASK))
    assert whole.text == TEXT
    assert "SECRET" not in pieces + whole.text
    assert "angry" not in pieces + whole.text
    assert pieces.strip() == (TEXT if stream else "")


@pytest.mark.parametrize("plan", [Plan(piece=3), Plan(piece=3, has_index=False), Plan(is_whole=True)], ids=str)
@pytest.mark.parametrize("stream", [False, True])
async def test_tool_calls_are_put_together_from_their_fragments(
    asked: Models, server: ModelServer, plan: Plan, stream: bool
) -> None:
    calls = (("look_up", '{"q": "退货"}'), ("look_up", '{"q": "发票"}'))
    server.plan = Plan(calls=calls, piece=plan.piece, has_index=plan.has_index, is_whole=plan.is_whole, comments=stream)
    answer = (await streamed(asked, tools=[LOOK]))[1] if stream else await asked.complete("answer", ASK, tools=[LOOK])
    assert [(call.name, orjson.loads(call.arguments)) for call in answer.calls] == [
        (name, orjson.loads(arguments)) for name, arguments in calls
    ]
    assert len({call.id for call in answer.calls}) == 2


async def test_results_of_tools_go_back_in_the_provider_s_form(
    asked: Models, server: ModelServer, preset: Preset
) -> None:
    server.plan = Plan(calls=(("look_up", '{"q": "退货"}'),))
    first = await asked.complete("answer", ASK, tools=[LOOK])
    server.plan = Plan(TEXT)
    back = [
        *ASK,
        Message("assistant", "", first.calls),
        Message("tool", "no such thing", call_id=first.calls[0].id, is_error=True),
    ]
    await asked.complete("answer", back, tools=[LOOK])
    sent = server.asked[-1]["messages"]
    if preset.kind == "anthropic":
        assert sent[-2]["content"][0] | {"id": ""} == {
            "type": "tool_use", "id": "", "name": "look_up", "input": {"q": "退货"},
        }  # fmt: skip
        assert sent[-1]["content"][0]["type"] == "tool_result"
        assert sent[-1]["content"][0]["is_error"] is True
    else:
        assert sent[-2]["tool_calls"][0]["function"]["name"] == "look_up"
        assert sent[-1] == {"role": "tool", "tool_call_id": first.calls[0].id, "content": "no such thing"}


async def test_names_of_models_can_be_asked_for(asked: Models) -> None:
    assert await asked.offered(asked.setup.providers[0]) == ["model-a", "model-b"]


# ── what goes wrong ──

EVERYWHERE = {
    "rate limited": (Plan(status=429), FailureCode.RATE_LIMITED),
    "no credit": (Plan(status=429, code="insufficient_quota"), FailureCode.QUOTA),
    "no balance": (Plan(status=402), FailureCode.QUOTA),
    "unpaid": (Plan(status=400, code="Arrearage"), FailureCode.QUOTA),
    "fault": (Plan(status=500), FailureCode.UNAVAILABLE),
    "overloaded": (Plan(status=529, code="overloaded_error"), FailureCode.UNAVAILABLE),
    "wrong key": (Plan(status=401), FailureCode.KEY),
    "may not": (Plan(status=403), FailureCode.KEY),
    "no such model": (Plan(status=404), FailureCode.NOT_FOUND),
    "content inspection": (Plan(status=400, code="data_inspection_failed"), FailureCode.REFUSED),
    "redirect": (Plan(status=302, headers=(("Location", "http://127.0.0.1:1/"),)), FailureCode.UNAVAILABLE),
    "hangs": (Plan(hang=True), FailureCode.TIMEOUT),
    "slow first byte": (Plan(TEXT, first=3), FailureCode.TIMEOUT),
    "empty": (Plan(""), FailureCode.BAD_ANSWER),
    "blank": (Plan(" \n "), FailureCode.BAD_ANSWER),
    "unfinished thought": (Plan("<think>hm, the customer"), FailureCode.CUT),
    "thoughts only": (Plan("<think>hm</think>\n"), FailureCode.BAD_ANSWER),
    "length": (Plan("Within 7", finish="length"), FailureCode.CUT),
    "length in a tool call": (Plan("", calls=(("look_up", '{"q":'),), finish="length"), FailureCode.CUT),
    "filtered": (Plan("Within", finish="content_filter"), FailureCode.REFUSED),
    "no finish": (Plan(TEXT, finish=None), FailureCode.CUT),
    "endless": (Plan("七天" * MAX_BYTES, piece=20_000), FailureCode.BAD_ANSWER),
    "nameless tool": (Plan("", calls=(("", "{}"),)), FailureCode.BAD_ANSWER),
}
WHOLE = {
    "drips": (Plan("x" * 200, drip=0.02), FailureCode.TIMEOUT),
    "cut": (Plan(TEXT, cut=40), FailureCode.CUT),
    "no body": (Plan(cut=0), FailureCode.CUT),
    "not json": (Plan(body=b"<html>busy</html>"), FailureCode.BAD_ANSWER),
    "half json": (Plan(body=b'{"choices": [{"message": {"content": "Within'), FailureCode.BAD_ANSWER),
    "another shape": (Plan(body=b'{"choices": "none", "content": "none"}'), FailureCode.BAD_ANSWER),
    "a list": (Plan(body=b"[]"), FailureCode.BAD_ANSWER),
    "a number": (Plan(body=b"7"), FailureCode.BAD_ANSWER),
}
STREAM = {
    "no end mark": (Plan(TEXT, is_done=False), FailureCode.CUT),
    "cut": (Plan(TEXT, cut=500), FailureCode.CUT),
    "cut at once": (Plan(TEXT, cut=0), FailureCode.CUT),
    "stalls": (Plan(TEXT, stall_after=3), FailureCode.TIMEOUT),
    "error in the middle": (Plan(TEXT, error_after=4), FailureCode.UNAVAILABLE),
    "no credit in the middle": (Plan(TEXT, error_after=4, code="insufficient_quota"), FailureCode.QUOTA),
    "not a stream": (Plan(body=b'{"choices": []}'), FailureCode.BAD_ANSWER),
}


@pytest.mark.parametrize("name", [*EVERYWHERE, *WHOLE])
async def test_a_whole_answer_that_goes_wrong_is_a_failure_in_time(
    name: str, faulty: Models, server: ModelServer
) -> None:
    server.plan, code = (EVERYWHERE | WHOLE)[name]
    started = time.monotonic()
    assert (await fails(faulty, stream=False)).code is code
    assert time.monotonic() - started < PATIENCE


@pytest.mark.parametrize("name", [*EVERYWHERE, *STREAM])
async def test_a_stream_that_goes_wrong_is_a_failure_in_time(name: str, faulty: Models, server: ModelServer) -> None:
    server.plan, code = (EVERYWHERE | STREAM)[name]
    started = time.monotonic()
    assert (await fails(faulty, stream=True)).code is code
    assert time.monotonic() - started < PATIENCE


async def test_a_stream_without_its_count_of_tokens_was_cut_where_the_provider_always_counts(
    asked: Models, server: ModelServer, preset: Preset
) -> None:
    server.plan = Plan(TEXT, usage=None)
    if preset.quirks.usage_ends_stream:
        assert (await fails(asked, stream=True)).code is FailureCode.CUT
    else:
        assert (await streamed(asked))[0] == TEXT


async def test_what_a_failing_provider_says_is_told_but_never_logged(
    asked: Models, server: ModelServer, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    server.plan = Plan(status=401)
    assert "sk-secret-of-somebody" in (await fails(asked, stream=False)).message
    told = caplog.text + "".join(capfd.readouterr())
    assert "secret" not in told
    assert "sk-test" not in told


async def test_nothing_listens(preset: Preset) -> None:
    nobody = ModelServer(port=1)
    made = await models(provider(nobody, kind=preset.kind, quirks=preset.quirks))
    assert (await fails(made, stream=False)).code is FailureCode.UNAVAILABLE
    assert (await fails(made, stream=True)).code is FailureCode.UNAVAILABLE
    await made.close()


async def test_an_address_of_the_own_network_is_not_opened_unless_it_is_said_to_be_one(
    server: ModelServer, preset: Preset
) -> None:
    made = await models(provider(server, kind=preset.kind, is_inside=False))
    assert (await fails(made, stream=False)).code is FailureCode.ADDRESS
    assert server.asked == []
    await made.close()


async def test_every_call_is_recorded_without_a_word_of_it(server: ModelServer, preset: Preset) -> None:
    book = Book()
    made = await models(provider(server, kind=preset.kind, quirks=preset.quirks), book=book)
    await made.complete("answer", ASK)
    await streamed(made)
    server.plan = Plan(status=500)
    await fails(made, stream=False)
    assert book.outcomes == ["ok", "ok", "unavailable"]
    assert TEXT not in repr(book.calls)
    assert "How long" not in repr(book.calls)
    await made.close()


# ── what each preset sends ──


@pytest.mark.parametrize("stream", [False, True])
async def test_nothing_is_sent_that_the_provider_refuses(
    asked: Models, server: ModelServer, preset: Preset, stream: bool
) -> None:
    await (streamed(asked) if stream else asked.complete("answer", ASK))
    body = server.asked[0]
    if preset.kind == "anthropic":
        assert set(body) == {"model", "max_tokens", "messages", "system", "stream"}
        return
    expected = {"model", "messages", "stream", *preset.quirks.body}
    assert set(body) == expected | ({"stream_options"} if stream else set())
    assert body["model"] == MODEL
    assert [message["role"] for message in body["messages"]] == ["system", "user"]


async def test_limits_and_extra_fields_have_the_provider_s_names(
    asked: Models, server: ModelServer, preset: Preset
) -> None:
    await asked.complete("answer", ASK, max_tokens=77)
    body = server.asked[0]
    limit = "max_tokens" if preset.kind == "anthropic" else preset.quirks.token_limit
    assert body[limit] == 77
    if preset.code.startswith("dashscope"):
        assert body["enable_thinking"] is False
    if preset.code in ("openai", "azure"):
        assert "max_tokens" not in body


def test_presets_have_addresses_and_no_model_names() -> None:
    codes = [preset.code for preset in presets()]
    assert {"openai", "anthropic", "azure", "deepseek", "dashscope", "qianfan", "moonshot", "ollama", "vllm"} <= set(
        codes
    )
    assert len(codes) == len(set(codes))
    for preset in presets():
        assert preset.url.startswith("http") or preset.code == "custom"
        assert preset.is_inside == preset.url.startswith("http://127.0.0.1")
