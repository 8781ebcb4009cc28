"""An answer that is shown while it is written, and a second engine when the first breaks off."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.model_server import ModelServer, Plan, model_server
from tests.support.model_talk import FIRST, LONG, PASSAGE, TITLE, answers, reason, watch
from tests.support.seam import Seam
from tongxi.kit.ids import new_id
from tongxi.llm.configuration import Rung
from tongxi.llm.engines import Setup

# ── an answer that is shown while it is written ──


async def test_sentence_by_sentence_and_the_message_at_the_end(seam: Seam, model: ModelServer) -> None:
    model.plan = Plan(LONG, piece=3)
    customer = await seam.customer()
    drafts = watch(seam, customer)
    await seam.said(customer, TITLE)
    (answer,) = await answers(seam, customer)
    assert drafts[0] == FIRST
    assert len(drafts) >= 2
    for draft in drafts:
        assert answer.text is not None
        assert answer.text.startswith(draft)
        assert draft.endswith("。")
    assert model.asked[0]["stream"] is True


STREAM_FAULTS = {
    "no end mark": Plan(LONG, piece=3, is_done=False),
    "cut": Plan(LONG, piece=3, cut=1700),
    "error in the middle": Plan(LONG, piece=3, error_after=14),
    "stalls": Plan(LONG, piece=3, stall_after=14),
    "length": Plan(LONG, piece=3, finish="length"),
    "filtered": Plan(LONG, piece=3, finish="content_filter"),
    "becomes untrue": Plan(f"{LONG[:30]}您还会得到 500 元赔偿 [1]。祝您愉快 [1]。", piece=3),
    "malformed": Plan(body=b"data: {oops}\n\n"),
}


@pytest.mark.parametrize("fault", STREAM_FAULTS)
async def test_what_was_shown_is_taken_back_when_the_stream_fails(fault: str, seam: Seam, model: ModelServer) -> None:
    model.plan = STREAM_FAULTS[fault]
    customer = await seam.customer()
    drafts = watch(seam, customer)
    await seam.said(customer, TITLE)
    assert not drafts or drafts[-1] == ""
    assert all(draft == "" or draft.endswith("。") for draft in drafts)
    (answer,) = await answers(seam, customer)
    assert answer.text == PASSAGE
    assert reason(answer)["code"] in ("model_failed", "model_ungrounded")


async def test_a_customer_who_writes_meanwhile_sees_the_draft_go(seam: Seam, model: ModelServer) -> None:
    model.plan = Plan(LONG, piece=3, stall_after=14)
    customer, agent = await seam.customer(), await seam.agent()
    drafts = watch(seam, customer)
    await seam.write(customer, TITLE)
    async with asyncio.timeout(2):
        while not drafts:  # noqa: ASYNC110 - as the screen sees it
            await asyncio.sleep(0.005)
    await seam.said(customer, "转人工")
    assert drafts == [FIRST, ""]
    assert await answers(seam, customer) == []
    assert (await seam.row(customer)).holder_id == agent.id


async def test_nobody_watches_then_nothing_is_streamed(seam: Seam, model: ModelServer) -> None:
    await seam.said(await seam.customer(), TITLE)
    assert model.asked[0]["stream"] is False


# ── a second engine ──


async def test_the_second_engine_answers_when_the_first_breaks_off_and_both_are_recorded(
    seam: Seam, model: ModelServer
) -> None:
    async with model_server() as spare:
        spare.plan = Plan(LONG, piece=5)
        model.plan = Plan(LONG, piece=3, error_after=14)
        settings = seam.house.models.setup.settings
        mine = seam.house.models.setup.providers[0]
        other = mine.model_copy(update={"id": new_id(), "name": "本地模型", "url": spare.url, "is_inside": True})
        ladder = tuple(Rung(provider=one.id, model="test-model") for one in (mine, other))
        await seam.house.models.configure(
            Setup((mine, other), settings.model_copy(update={"ladders": {"answer": ladder}}))
        )
        customer = await seam.customer()
        drafts = watch(seam, customer)
        await seam.said(customer, TITLE)
        (answer,) = await answers(seam, customer)
        assert drafts[:2] == [FIRST, ""]
        assert drafts[-1] != ""
        assert answer.text is not None
        assert answer.text.startswith(drafts[-1])
        assert reason(answer, "model_fallback")["value"] == 1
        await seam.house.models.close()
    calls = await seam.rows("select provider, outcome, conversation_id from model_call order by id")
    assert [(row["provider"], row["outcome"]) for row in calls] == [
        ("TONGXI_MODEL_URL", "unavailable"), ("本地模型", "ok"),
    ]  # fmt: skip
    assert {row["conversation_id"] for row in calls} == {customer.conversation_id}
