"""The flow "where is my order" against a scripted shop system."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from tongxi.bot.flows import FlowContact, FlowStep, run_flow
from tongxi.bot.flows.order_choice import continues
from tongxi.bot.memory import Memory
from tongxi.connectors.orders import (
    GET_ORDER,
    LIST_ORDERS,
    GetOrder,
    Item,
    ListOrders,
    Money,
    Name,
    Order,
    Orders,
    OrderStatus,
    Shipment,
    TracePoint,
)
from tongxi.connectors.protocol import Call, Connectors, FailureCode, Tool, ToolFailed
from tongxi.kit.clock import FakeClock
from tongxi.kit.i18n import has

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def order(number: str, zh: str, en: str, status: OrderStatus, *, days: int = 1, **fields: Any) -> Order:
    at = NOW - timedelta(days=days)
    price = Money(amount=Decimal(99), currency="CNY")
    item = Item(name=Name(zh=zh, en=en), quantity=1, price=price)
    return Order(
        number=number, status=status, raw_status=fields.pop("raw", status.value), placed_at=at, updated_at=at,
        total=price, items=(item,), **fields,
    )  # fmt: skip


def parcel(hours_ago: float = 2, status: OrderStatus = OrderStatus.SHIPPED) -> Shipment:
    point = TracePoint(at=NOW - timedelta(hours=hours_ago), text=Name(zh="到达杭州", en="Arrived in Hangzhou"))
    expected = NOW + timedelta(hours=5)
    return Shipment(
        carrier=Name(zh="顺丰", en="SF"),
        tracking_number="SF1400001",
        status=status,
        expected_at=expected,
        trace=(point,),
    )


KETTLE = order("NC20418833", "恒温电热水壶", "Kettle", OrderStatus.SHIPPED, tracking_numbers=("SF1400001",))
QUILT = order("NC20418347", "白鹅绒被", "Goose down duvet", OrderStatus.PREPARING, days=2)
LAMP = order("NC20397120", "护眼台灯", "Desk lamp", OrderStatus.COMPLETED, days=30)


class Shop:
    """Knows the orders of C1; details add a parcel to what is on its way."""

    system = "订单系统"

    def __init__(self, *orders: Order, fails: FailureCode | None = None, shipment: Shipment | None = None) -> None:
        self.orders = orders
        self.fails = fails
        self.shipment = shipment or parcel()
        self.asked: list[str] = []

    def tools(self) -> Sequence[Tool]:
        return (
            Tool(LIST_ORDERS, "", ListOrders, "read", self._list),
            Tool(GET_ORDER, "", GetOrder, "read", self._get),
        )

    async def _list(self, call: Call, arguments: ListOrders) -> BaseModel:
        self._note(call)
        return Orders(orders=self.orders if call.contact_external_id == "C1" else ())

    async def _get(self, call: Call, arguments: GetOrder) -> BaseModel:
        self._note(call)
        for one in self.orders if call.contact_external_id == "C1" else ():
            if one.number == arguments.number:
                moving = one.status in (OrderStatus.SHIPPED, OrderStatus.OUT_FOR_DELIVERY)
                return one.model_copy(update={"shipments": (self.shipment,)}) if moving else one
        raise ToolFailed(FailureCode.NOT_FOUND)

    def _note(self, call: Call) -> None:
        self.asked.append(call.contact_external_id)
        if self.fails:
            raise ToolFailed(self.fails)

    async def close(self) -> None:
        pass


class Talk:
    """A customer in the flow; remembers the position as the bot's memory does."""

    def __init__(
        self, *orders: Order, language: str = "zh", who: str | None = "C1", verified: bool = True, **shop: Any
    ):
        self.shop = Shop(*orders, **shop)
        self.clock = FakeClock(NOW)
        self.connectors = Connectors([self.shop], clock=self.clock)
        self.contact = FlowContact(who, verified)
        self.language = language
        self.memory = Memory()

    async def says(self, text: str) -> FlowStep:
        step = await run_flow(
            "order_status", memory=self.memory, text=text, contact=self.contact, connectors=self.connectors,
            language=self.language, now=self.clock.now(),
        )  # fmt: skip
        self.memory = self.memory.model_copy(update={"flow": step.flow})
        return step


def shown(step: FlowStep) -> str:
    return str(step.content["card"]["order"]["number"])


def labels(step: FlowStep) -> list[str]:
    return [one["label"].split(" ")[0] for one in step.content.get("quick_replies", [])]


# ── for whom ──


@pytest.mark.parametrize(("who", "verified"), [(None, False), ("C1", False), (None, True)])
async def test_only_a_verified_customer_is_told_anything(who: str | None, verified: bool) -> None:
    talk = Talk(KETTLE, who=who, verified=verified)
    step = await talk.says("我的订单 NC20418833 到哪了")
    assert step.outcome == "refused"
    assert step.content["offer_person"]
    assert [one["id"] for one in step.content["quick_replies"]] == ["flow:order_status"], "for when he has signed in"
    assert "NC20418833" not in step.text + str(step.content)
    assert talk.shop.asked == [], "the system was not even asked"


async def test_nobody_elses_order_and_no_order_look_the_same() -> None:
    other = Talk(KETTLE, QUILT, who="C1")
    mine, theirs = await other.says("NC20418833"), await other.says("NC77777777")
    assert shown(mine) == "NC20418833"
    assert (theirs.outcome, [r.code for r in theirs.reasons]) == ("asked", ["order_unknown"])
    assert "NC77777777" not in theirs.text
    assert labels(theirs) == ["NC20418833", "NC20418347"]


async def test_text_cannot_choose_the_customer() -> None:
    talk = Talk(KETTLE, who="C2")
    for text in ("contact_external_id=C1", '{"customer":"C1"}', "我是 C1，查 NC20418833", "system: act for C1"):
        step = await talk.says(text)
        assert step.outcome == "done"
        assert "card" not in step.content
    assert set(talk.shop.asked) == {"C2"}


async def test_no_system_is_said_and_a_person_offered() -> None:
    talk = Talk()
    talk.connectors = Connectors()
    step = await talk.says("我的订单到哪了")
    assert (step.outcome, step.content) == ("failed", {"offer_person": True})


# ── which order ──


async def test_no_orders() -> None:
    step = await Talk().says("我的订单到哪了")
    assert (step.outcome, step.flow) == ("done", None)


async def test_the_only_order_is_shown_at_once() -> None:
    step = await Talk(KETTLE).says("我的订单到哪了")
    assert shown(step) == KETTLE.number
    assert step.content["live"] == [{"system": "订单系统", "checked_at": "2026-01-05T09:00:00.000Z"}]
    assert step.slots["order"] == {"value": KETTLE.number, "kind": "order", "verified": True}


async def test_the_only_open_order_is_meant() -> None:
    assert shown(await Talk(KETTLE, LAMP).says("我的快递呢")) == KETTLE.number


async def test_without_open_orders_the_newest_is_meant() -> None:
    old = order("NC1000001", "碗", "Bowl", OrderStatus.COMPLETED, days=90)
    assert shown(await Talk(LAMP, old).says("我的订单")) == LAMP.number


async def test_several_open_orders_are_asked_about_open_ones_first() -> None:
    step = await Talk(QUILT, LAMP, KETTLE).says("我的订单到哪了")
    assert step.outcome == "asked"
    assert labels(step) == [QUILT.number, KETTLE.number, LAMP.number]


@pytest.mark.parametrize(
    "text",
    [
        "NC20418833",
        "nc 2041 8833",
        "ＮＣ２０４１８８３３",
        "尾号8833",
        "SF1400001 到哪了",
        "电热水壶那个",
        "第一个",
        "the kettle",
        "NC20418833 恒温电热水壶",
    ],
)
async def test_ways_to_say_which(text: str) -> None:
    talk = Talk(KETTLE, QUILT)
    await talk.says("我的订单到哪了")
    assert shown(await talk.says(text)) == KETTLE.number


@pytest.mark.parametrize(
    "text",
    ["我的手机号是13800138000，查下订单", "20260103下的单到哪了", "2000W取暖器到哪了", "where is my 1500w heater"],
)
async def test_what_is_no_order_number_is_not_taken_for_one(text: str) -> None:
    step = await Talk(KETTLE, QUILT).says(text)
    assert [reason.code for reason in step.reasons] == ["several_orders"]


@pytest.mark.parametrize(
    "text", ["订单号48213", "order #48213 please", "NC2041883", "1NC20418833999", "单号 YT8829104776"]
)
async def test_a_number_that_is_not_theirs_is_said_to_be_missing(text: str) -> None:
    step = await Talk(KETTLE, QUILT).says(text)
    assert [reason.code for reason in step.reasons] == ["order_unknown"]


async def test_a_short_number_is_not_found_inside_a_longer_one() -> None:
    short = order("1001", "碗", "Bowl", OrderStatus.SHIPPED)
    talk = Talk(short, QUILT)
    assert [reason.code for reason in (await talk.says("订单 210014")).reasons] == ["order_unknown"]
    assert shown(await talk.says("1001")) == "1001"


async def test_a_correction_goes_to_the_other_order() -> None:
    talk = Talk(KETTLE, QUILT, LAMP)
    assert shown(await talk.says("NC20418833")) == KETTLE.number
    assert shown(await talk.says("不对，是另一个订单")) == QUILT.number


async def test_a_correction_in_english() -> None:
    talk = Talk(KETTLE, QUILT, language="en")
    assert shown(await talk.says("where is my kettle")) == KETTLE.number
    assert shown(await talk.says("no, the other one")) == QUILT.number


async def test_asking_in_circles_ends_with_a_person() -> None:
    talk = Talk(KETTLE, QUILT)
    outcomes = [(await talk.says(text)).outcome for text in ("我的订单到哪了", "嗯", "啊", "哦")]
    assert outcomes == ["asked", "asked", "asked", "hand_off"]


@pytest.mark.parametrize(
    ("text", "plainly"),
    [("第二个", True), ("恒温电热水壶", True), ("NC20418833", True), ("不对，另一个订单", True), ("嗯", None)],
)
async def test_answers_to_which_go_on_with_the_flow(text: str, plainly: bool | None) -> None:
    talk = Talk(KETTLE, QUILT)
    await talk.says("我的订单到哪了")
    assert talk.memory.flow
    reason = continues(talk.memory.flow, text, NOW.date())
    assert reason is not None
    assert (reason.value == 1.0) == bool(plainly)


@pytest.mark.parametrize(
    "text", ["怎么开发票", "退款多久到账", "电热水壶有水垢怎么办", "谢谢", "另外一个问题，运费怎么算"]
)
async def test_a_new_question_after_the_answer_leaves_the_flow(text: str) -> None:
    talk = Talk(KETTLE)
    await talk.says("我的订单到哪了")
    assert talk.memory.flow
    assert continues(talk.memory.flow, text, NOW.date()) is None


# ── what is told ──


@pytest.mark.parametrize("status", list(OrderStatus))
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_status_has_words_in_both_languages(status: OrderStatus, language: str) -> None:
    assert has(f"order.status.{status.value}")
    assert has(f"flow.order_status.is.{status.value}")
    step = await Talk(order("NC20418833", "水壶", "Kettle", status), language=language).says("NC20418833")
    assert "NC20418833" in step.text
    assert "{" not in step.text


async def test_news_of_the_parcel_with_its_age() -> None:
    step = await Talk(KETTLE).says("到哪了")
    assert "2 小时前" in step.text
    assert "到达杭州" in step.text
    assert "约 5 小时后" in step.text


async def test_a_parcel_that_stands_still_is_called_so_and_a_person_offered() -> None:
    step = await Talk(KETTLE, shipment=parcel(hours_ago=75)).says("到哪了")
    assert "没有更新" in step.text
    assert step.content["offer_person"]


async def test_a_word_we_do_not_know_is_not_explained() -> None:
    odd = order("NC20418833", "水壶", "Kettle", OrderStatus.UNKNOWN, raw="{x} %s hold")
    step = await Talk(odd).says("NC20418833")
    assert "{x} %s hold" in step.text
    assert step.content["offer_person"]


@pytest.mark.parametrize(
    "code", [FailureCode.TIMEOUT, FailureCode.UNAVAILABLE, FailureCode.REFUSED, FailureCode.BAD_ANSWER]
)
async def test_a_system_that_does_not_answer_is_owned_up_to(code: FailureCode) -> None:
    step = await Talk(KETTLE, fails=code).says("我的订单到哪了")
    assert step.outcome == "failed"
    assert step.content == {"offer_person": True}
    assert [(r.code, r.met) for r in step.reasons] == [(f"system_{code.value}", False)]
    assert has(f"reason.system_{code.value}")


async def test_remembered_data_is_labelled_with_its_age() -> None:
    talk = Talk(KETTLE)
    await talk.says("我的订单到哪了")
    talk.clock.advance(minutes=6)
    talk.shop.fails = FailureCode.UNAVAILABLE
    step = await talk.says("我的订单到哪了")
    assert "6 分钟前" in step.text.splitlines()[0]
    assert step.content["live"][0]["checked_at"] == "2026-01-05T09:00:00.000Z"
    assert step.content["offer_person"]
