"""Numbers, days of orders, addresses and changes of mind, as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from tongxi.bot.flows import addresses, amending, amounts, order_choice, order_time, replies
from tongxi.bot.flows.registry import shipped
from tongxi.bot.flows.wordings import rest_of, said_next
from tongxi.bot.memory import Offer

TODAY = date(2026, 11, 22)  # a Sunday


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("充100话费", [100]),
        ("1,200.50 元", [1200.5]),
        ("20多万吧", [200_000]),
        ("五百块", [500]),
        ("about 400k", [400_000]),
        ("two hundred yuan", [200]),
        ("half a million", [500_000]),
        ("fifty please", [50]),
        ("等一下", []),
        ("NC20418833", []),
    ],
)
def test_numbers(text: str, numbers: list[float]) -> None:
    assert amounts.numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("昨天买的那个", "2026-11-21", "2026-11-21"),
        ("前天下的单", "2026-11-20", "2026-11-20"),
        ("上周买的", "2026-11-09", "2026-11-15"),
        ("上周五拍的", "2026-11-13", "2026-11-13"),
        ("这周买的", "2026-11-16", "2026-11-22"),
        ("上个月买的", "2026-10-01", "2026-10-31"),
        ("两天前买的", "2026-11-20", "2026-11-20"),
        ("11月3号下的单", "2026-11-03", "2026-11-03"),
        ("26号买的", "2026-10-26", "2026-10-26"),
        ("the one I bought yesterday", "2026-11-21", "2026-11-21"),
        ("ordered last week", "2026-11-09", "2026-11-15"),
        ("from last friday", "2026-11-13", "2026-11-20"),
        ("bought 3 days ago", "2026-11-19", "2026-11-19"),
        ("ordered last month", "2026-10-01", "2026-10-31"),
    ],
)
def test_when_it_was_bought(text: str, first: str, last: str) -> None:
    assert order_time.meant(text, TODAY, is_asked=False) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("text", ["明天能到吗", "周三下午", "tomorrow at ten", "3号楼"])
def test_a_day_that_is_not_of_buying(text: str) -> None:
    assert order_time.meant(text, TODAY, is_asked=False) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("改地址 杭州市拱墅区湖墅南路1号", "杭州市拱墅区湖墅南路1号"),
        ("收货地址改到公司去 就是滨江区网商路699号", "滨江区网商路699号"),
        ("新疆乌鲁木齐市天山区解放北路5号", "新疆乌鲁木齐市天山区解放北路5号"),
        ("成都市武侯区人民南路4段1号", "成都市武侯区人民南路4段1号"),
        ("杭州市\n西湖区\n文二路391号", "杭州市西湖区文二路391号"),
        ("New Bond Street 5, London", "New Bond Street 5, London"),
        ("can u change the adress of my box order to Flat 12B, 88 Huashan Road, Shanghai 200040",
         "Flat 12B, 88 Huashan Road, Shanghai 200040"),
    ],
)  # fmt: skip
def test_an_address_without_the_words_around_it(text: str, address: str) -> None:
    assert addresses.find(text) == address


@pytest.mark.parametrize("text", ["还是上次那个地址", "same as last time", "13912345678"])
def test_what_is_no_address(text: str) -> None:
    assert addresses.take(text) is None


@pytest.mark.parametrize(
    ("known", "text", "value"),
    [
        ("滨江区网商路699号", "发错了，699号改成599号", "滨江区网商路599号"),
        ("Lin Trading Ltd", "change Trading to Travel", "Lin Travel Ltd"),
        ("杭州暖仓有限公司", "不是暖仓，是暖仓", "杭州暖仓有限公司"),
        ("1号楼1单元", "1改成2", None),
        ("杭州市", "改成晚上", None),
    ],
)
def test_words_put_right(known: str, text: str, value: str | None) -> None:
    assert amending.replaced(known, text) == value


ORDERS = (
    Offer(value="NC20418347", label="", words="95 白鹅绒被 200×230\nWhite goose down duvet", day="2026-11-21"),
    Offer(
        value="NC20418833",
        label="",
        words="上加水加湿器 5L\nTop-fill humidifier\n小夜灯\nnight light",
        day="2026-11-19",
    ),
    Offer(value="NC20397120", label="", words="恒温电热水壶 1.5L\nTemperature-hold kettle", day="2026-10-26"),
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("不对，是加湿器那单", "NC20418833"),
        ("那被子那个呢", "NC20418347"),
        ("昨天买的那个", "NC20418347"),
        ("最早那个呢", "NC20397120"),
        ("no, the kettle", "NC20397120"),
        ("what about the duvet", "NC20418347"),
        ("加湿器怎么清洗", None),
        ("不对", None),
        ("换成白色的", None),
        ("the other one", None),
    ],
)
def test_a_message_that_says_nothing_but_which_order(text: str, number: str | None) -> None:
    assert order_choice.points_at(text, ORDERS, TODAY) == number


@pytest.mark.parametrize("text", ["还是不去了", "算了还是留着吧", "不取消了", "changed my mind", "actually, forget it"])
def test_giving_up(text: str) -> None:
    assert replies.stops(text)


@pytest.mark.parametrize("text", ["不要白色的", "取消订单", "cancel my order", "不去掉包装"])
def test_not_giving_up(text: str) -> None:
    assert not replies.stops(text)


@pytest.mark.parametrize("text", ["yes pls", "好滴", "嗯 充吧", "行 就这样吧", "ok thx"])
def test_a_yes(text: str) -> None:
    assert replies.agrees([text])


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("请问你们家那个白鹅绒被现在有没有货呀", "白鹅绒被"),
        ("咖啡机库存还有多少", "咖啡机"),
        ("is the sunset lamp in stock?", "sunset lamp"),
        ("那玻璃冷水壶呢", "玻璃冷水壶"),
        ("查库存", ""),
    ],
)
def test_what_is_asked_for_beside_the_asking(text: str, rest: str) -> None:
    assert rest_of(shipped()["stock"][0], text) == rest


def test_going_on_to_the_next_thing() -> None:
    assert said_next("那玻璃冷水壶呢")
    assert said_next("and the kettle?")
    assert not said_next("什么时候补货")
