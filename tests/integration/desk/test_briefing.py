"""The briefing and the wrap-up draft of real conversations, over HTTP."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from tests.support.seam import Customer, Person, Seam
from tongxi.accounts import sessions
from tongxi.api import auth, briefing, errors
from tongxi.conversations.service import end
from tongxi.desk import service as desk


class Cited(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    seq: int


class Known(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: str
    label: str
    value: str
    seq: int | None
    verified: bool


class Point(BaseModel):
    model_config = ConfigDict(extra="forbid")
    seq: int
    at: str
    level: int
    word: str


class Tried(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: str
    what: str
    ok: bool | None
    cause: str | None
    seq: int


class Next(BaseModel):
    model_config = ConfigDict(extra="forbid")
    code: str
    params: dict[str, Any]
    text: str


class Briefing(BaseModel):
    """The protocol's shape."""

    model_config = ConfigDict(extra="forbid")
    wish: Cited | None
    known: list[Known]
    mood: list[Point]
    tried: list[Tried]
    why: dict[str, Any] | None
    next: Next | None
    generated_at: str


class Desk:
    def __init__(self, seam: Seam) -> None:
        self.seam = seam
        self.app = FastAPI()
        errors.install(self.app)
        self.app.include_router(briefing.router)
        self.app.state.house = seam.house

    async def get(self, person: Person, customer: Customer, what: str, *, status: int = 200) -> dict[str, Any]:
        house = self.seam.house
        async with house.db.transaction() as tx:
            token = await sessions.start(tx, person.id, at=house.clock.now())
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(self.app), base_url="http://t.test") as http:
            answer = await http.get(
                f"/api/v1/conversations/{customer.conversation_id}/{what}",
                headers={"Cookie": f"{auth.cookie_name(house)}={token}"},
            )
        assert answer.status_code == status, answer.text
        result: dict[str, Any] = answer.json()
        return result


@pytest.fixture
async def at_desk(seam: Seam) -> Desk:
    return Desk(seam)


async def test_says_what_was_wanted_tried_and_why(seam: Seam, at_desk: Desk) -> None:
    agent = await seam.agent()
    await seam.article("退货政策", "签收后七天内可以申请退货，商品要完好。")
    customer = await seam.customer(name="王芳")
    await seam.said(customer, "你好")
    asked = await seam.said(customer, "退货政策是什么")
    await seam.said(customer, "不对，气死我了，转人工")
    got = Briefing.model_validate(await at_desk.get(agent, customer, "briefing"))
    assert got.wish == Cited(text="退货政策是什么", seq=asked.seq)
    assert [(one.code, one.value, one.verified) for one in got.known] == [("name", "王芳", False)]
    assert [point.level for point in got.mood] == [0, 0, -3]
    [answered] = got.tried
    assert (answered.what, answered.ok, answered.cause) == ("退货政策", False, "says_wrong")
    assert got.why is not None
    assert got.why["choice"] == "hand_off"
    assert {reason["code"] for reason in got.why["reasons"]} & {"asks_for_human", "angry"}
    assert got.next is not None
    types = await seam.types(customer)
    for seq in [point.seq for point in got.mood]:
        assert types[seq - 1] == "message_received"
    assert types[answered.seq - 1] == "message_sent"
    assert types[got.why["seq"] - 1] == "handed_off"


async def test_wanting_a_person_does_not_make_an_answer_wrong(seam: Seam, at_desk: Desk) -> None:
    agent = await seam.agent()
    await seam.article("退货政策", "签收后七天内可以申请退货，商品要完好。")
    customer = await seam.customer()
    await seam.said(customer, "退货政策是什么")
    await seam.said(customer, "转人工")
    [answered] = Briefing.model_validate(await at_desk.get(agent, customer, "briefing")).tried
    assert (answered.what, answered.ok, answered.cause) == ("退货政策", None, None)


async def test_nothing_said_nothing_invented(seam: Seam, at_desk: Desk) -> None:
    agent = await seam.agent(online=False)
    customer = await seam.customer()
    got = Briefing.model_validate(await at_desk.get(agent, customer, "briefing"))
    assert (got.wish, got.known, got.mood, got.tried, got.why, got.next) == (None, [], [], [], None, None)


async def test_the_wish_for_a_person_is_not_the_wish(seam: Seam, at_desk: Desk) -> None:
    agent = await seam.agent()
    customer = await seam.customer()
    await seam.said(customer, "转人工")
    got = Briefing.model_validate(await at_desk.get(agent, customer, "briefing"))
    assert got.wish is None
    more = await seam.said(customer, "我的吸尘器充不上电")
    got = Briefing.model_validate(await at_desk.get(agent, customer, "briefing"))
    assert got.wish == Cited(text="我的吸尘器充不上电", seq=more.seq)


async def test_a_new_episode_starts_afresh(seam: Seam, at_desk: Desk) -> None:
    agent = await seam.agent(online=False)
    customer = await seam.customer()
    await seam.said(customer, "我要退货")
    await desk.end_by_customer(seam.house, customer.conversation_id, contact_id=customer.contact_id)
    again = await seam.said(customer, "发票怎么开")
    got = Briefing.model_validate(await at_desk.get(agent, customer, "briefing"))
    assert got.wish == Cited(text="发票怎么开", seq=again.seq)
    assert [point.seq for point in got.mood] == [again.seq]


async def test_slots_name_the_entry_they_come_from(seam: Seam, at_desk: Desk) -> None:
    agent = await seam.agent()
    customer = await seam.customer(verified=True)
    named = await seam.store(customer, "查一下 TX20260108 到哪了")
    await seam.execute(
        """update conversation set slots = '{"order": {"value": "TX20260108", "verified": true}}' where id = %s""",
        customer.conversation_id,
    )
    await seam.ask_person(customer)
    got = Briefing.model_validate(await at_desk.get(agent, customer, "briefing"))
    [order, shop_id] = got.known
    assert (order.code, order.value, order.seq, order.verified) == ("order", "TX20260108", named.seq, True)
    assert (shop_id.code, shop_id.verified) == ("external_id", True)
    assert got.next is not None
    assert (got.next.code, got.next.params) == ("check_order", {"order": "TX20260108"})


async def test_a_promise_made_off_hours_is_kept_first(seam: Seam, at_desk: Desk) -> None:
    agent = await seam.agent(online=False)
    customer = await seam.customer()
    await seam.said(customer, "我要退货，转人工")
    got = Briefing.model_validate(await at_desk.get(agent, customer, "briefing"))
    assert got.why is not None
    assert got.next is not None
    assert got.next.code == "keep_promise"
    assert got.wish is not None
    assert got.wish.text == "我要退货，转人工"


async def test_labels_speak_the_readers_language(seam: Seam, at_desk: Desk) -> None:
    agent = await seam.agent()
    await seam.execute("update app_user set locale = 'en' where id = %s", agent.id)
    customer = await seam.customer(name="王芳")
    await seam.said(customer, "我要退货，转人工")
    got = Briefing.model_validate(await at_desk.get(agent, customer, "briefing"))
    assert got.known[0].label == "Name"
    assert got.mood[0].word == "Calm"


async def test_a_colleagues_conversation_is_not_there(seam: Seam, at_desk: Desk) -> None:
    mine, other = await seam.agent("甲"), await seam.agent("乙")
    boss = await seam.agent("主管", role="supervisor")
    customer = await seam.held(mine)
    for what in ("briefing", "wrap-up"):
        assert (await at_desk.get(other, customer, what, status=404))["code"] == "not_found"
        await at_desk.get(boss, customer, what)
        await at_desk.get(mine, customer, what)


async def test_erased_text_is_not_quoted(seam: Seam, at_desk: Desk) -> None:
    agent = await seam.agent()
    customer = await seam.held(agent)
    await seam.execute(
        "update message set text = '', erased_at = now() where conversation_id = %s and sender = 'customer'",
        customer.conversation_id,
    )
    got = Briefing.model_validate(await at_desk.get(agent, customer, "briefing"))
    assert (got.wish, got.mood) == (None, [])


async def test_the_wrap_up_is_drafted_from_what_was_said(seam: Seam, at_desk: Desk) -> None:
    agent = await seam.agent()
    await seam.article("退款时间", "退款在审核通过后三个工作日内原路退回。", slug="refund-time.zh")
    customer = await seam.customer()
    wish = await seam.said(customer, "退款时间要多久")
    await seam.said(customer, "转人工")
    row = await seam.row(customer)
    assert row.holder_id == agent.id
    await seam.reply(agent, customer, "您好")
    await seam.reply(agent, customer, "查到仓库昨天已经收到退回的商品。请问是原来的卡吗？")
    promised = await seam.reply(agent, customer, "我们会在 24 小时内给您退款。")
    await seam.store(customer, "好的谢谢")
    row = await seam.row(customer)
    await desk.end(seam.house, customer.conversation_id, **agent.me, epoch=row.epoch)
    got = await at_desk.get(agent, customer, "wrap-up")
    assert got.keys() == {"disposition", "outcome", "summary", "tags", "promises"}
    assert got["disposition"] == "refund"
    assert got["outcome"] == "follow_up"
    assert 3 <= len(got["summary"]) <= 5
    texts = [one["text"] for one in got["summary"]]
    assert texts[0] == "诉求：退款时间要多久"
    assert "座席：查到仓库昨天已经收到退回的商品。" in texts
    assert "承诺：我们会在 24 小时内给您退款。" in texts
    assert got["summary"][0]["seq"] == wish.seq
    [promise] = got["promises"]
    assert promise["seq"] == promised.seq
    assert promise["due"] > promised.at.isoformat()
    assert got["tags"] == ["退款时间"]
    form = desk.WrapUp(
        disposition=got["disposition"], outcome=got["outcome"], summary="\n".join(texts), tags=got["tags"]
    )
    await desk.wrap_up(seam.house, customer.conversation_id, **agent.me, form=form)
    assert (await seam.row(customer)).state == "closed"


async def test_the_rating_decides_the_outcome(seam: Seam, at_desk: Desk) -> None:
    agent = await seam.agent()
    customer = await seam.held(agent)
    async with seam.house.db.transaction() as tx:
        from tongxi.conversations import log
        from tongxi.conversations.events import Actor

        conversation = await log.hold(tx, customer.conversation_id)
        await end(
            tx, seam.house.live, conversation, seam.house.inboxes.get(seam.inbox_id),
            actor=Actor(kind="customer", id=customer.contact_id), cause="customer", at=seam.house.clock.now(),
        )  # fmt: skip
    assert (await at_desk.get(agent, customer, "wrap-up"))["outcome"] is None
    await desk.rate(
        seam.house, customer.conversation_id, contact_id=customer.contact_id, episode=1, resolved=True, csat=5,
        reasons=[], comment="", skipped=False,
    )  # fmt: skip
    assert (await at_desk.get(agent, customer, "wrap-up"))["outcome"] == "resolved"
