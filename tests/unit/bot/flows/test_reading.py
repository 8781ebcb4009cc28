"""Yes, no, stop, undo, and values out of what people write."""

from __future__ import annotations

from datetime import date

import pytest

from tongxi.bot.flows import dates, reading, replies
from tongxi.bot.flows.models import Slot, Words
from tongxi.bot.memory import Offer

TODAY = date(2026, 11, 21)  # a Saturday
W = Words(zh="值", en="value")


def slot(kind: str, **fields: object) -> Slot:
    return Slot.model_validate({"kind": kind, "title": W, "ask": W, **fields})


@pytest.mark.parametrize(
    "text", ["确认", "好的", "可以", "是的，没错", "嗯嗯", "OK", "yes please", "Confirm!", "没问题，改吧", "就这样吧"]
)
def test_a_yes(text: str) -> None:
    assert replies.agrees([text])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "确认一下多少钱",
        "可以的话晚点",
        "yes, but",
        "不确认",
        "好像不对",
        "确认？",
        "先不确认",
        "okay what",
        "no",
        "I said yes yesterday",
    ],
)
def test_no_yes(text: str) -> None:
    assert not replies.agrees([text])


@pytest.mark.parametrize(
    "text", ["算了", "不办了", "不改了，谢谢", "取消", "never mind", "forget it", "stop", "cancel that"]
)
def test_a_stop(text: str) -> None:
    assert replies.stops(text)


@pytest.mark.parametrize("text", ["取消订单", "不要香菜", "stop by tomorrow", "算了一下是三个", "cancel my order"])
def test_no_stop(text: str) -> None:
    assert not replies.stops(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("打 138 0013 8000 吧", "13800138000"),
        ("电话：13912345678，谢谢", "13912345678"), ("+86 13912345678", "13912345678"),
        ("+44 20 7946 0018", "+442079460018"), ("订单 NC20418833", None), ("12345", None), ("２０２６年", None),
    ],
)  # fmt: skip
def test_telephone_numbers(text: str, found: str | None) -> None:
    assert reading.find(slot("phone"), text, TODAY) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("改成杭州市西湖区文三路 90 号 3 幢 201，谢谢", "杭州市西湖区文三路 90 号 3 幢 201"),
        ("不对，应该是文三路 92 号 2 单元 301 室，杭州西湖区", "文三路 92 号 2 单元 301 室，杭州西湖区"),
        ("地址：上海市浦东新区张江路 500 弄 3 号 602 室，电话 13800138000", "上海市浦东新区张江路 500 弄 3 号 602 室"),
        ("please change the address to 12 Wenhui Road, Building 3, Hangzhou", "12 Wenhui Road, Building 3, Hangzhou"),
        ("我要改地址", None), ("你们店在哪条路", None), ("the road was long", None),
    ],
)  # fmt: skip
def test_addresses(text: str, found: str | None) -> None:
    assert reading.find(slot("address"), text, TODAY) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("明天", "2026-11-22"), ("后天下午", "2026-11-23"), ("大后天", "2026-11-24"),
        ("周三", "2026-11-25"), ("下周三", "2026-11-25"),
        ("11月30号", "2026-11-30"), ("11-25", "2026-11-25"), ("2026-12-01", "2026-12-01"),
        ("30号", "2026-11-30"), ("5号", "2026-12-05"),
        ("tomorrow", "2026-11-22"), ("the day after tomorrow", "2026-11-23"), ("next Monday", "2026-11-23"),
        ("25 November", "2026-11-25"),
        ("Dec 1st", "2026-12-01"), ("wed", "2026-11-25"), ("2月30日", None), ("3号楼", None), ("很快", None),
    ],
)  # fmt: skip
def test_days(text: str, found: str | None) -> None:
    assert reading.find(slot("date"), text, TODAY) == found


def test_a_time_among_those_that_are_free() -> None:
    offers = [Offer(value=w, label=w, words=w) for w in ("2026-11-25T09:00", "2026-11-25T14:00", "2026-11-26T14:00")]
    assert [one.value for one in dates.by_time("周三下午两点", offers, TODAY)] == ["2026-11-25T14:00"]
    assert [one.value for one in dates.by_time("Thursday at 2pm", offers, TODAY)] == ["2026-11-26T14:00"]
    assert len(dates.by_time("下午", offers, TODAY)) == 2
    assert dates.by_time("随便", offers, TODAY) == []


def test_a_choice_by_name_place_and_beginning() -> None:
    options = [
        {"value": "no", "zh": "没有", "en": "None", "words": ["没", "no"]},
        {"value": "yes", "zh": "有", "en": "Yes", "words": ["漏电", "smoke"]},
    ]
    it = slot("choice", options=options)
    offers = [
        Offer(value="no", label="没有", words="None\n没\nno"),
        Offer(value="yes", label="有", words="Yes\n漏电\nsmoke"),
    ]
    assert reading.take(it, "没有漏电", TODAY, offers) == "no"
    assert reading.take(it, "漏电了", TODAY, offers) == "yes"
    assert reading.take(it, "第二个", TODAY, offers) == "yes"
    assert reading.take(it, "不清楚", TODAY, offers) is None


def test_rules_of_a_slot() -> None:
    assert not reading.valid(slot("date", days_ahead=[1, 14]), "2026-11-21", TODAY)
    assert reading.valid(slot("date", days_ahead=[1, 14]), "2026-12-05", TODAY)
    assert not reading.valid(slot("amount", at_most=100), "200.00", TODAY)
    assert not reading.valid(slot("text", min_chars=4), "短", TODAY)
    tax = slot("text", pattern="[0-9A-Z]{15,20}")
    assert reading.find(tax, "税号是 91330106ma2cfabc1x 吧", TODAY) == "91330106MA2CFABC1X"
