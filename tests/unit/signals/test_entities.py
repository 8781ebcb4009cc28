"""Values in a message, made definite. Today is Thursday, 8 October 2026."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxi.signals.entities import entities
from tongxi.signals.numerals import number

TODAY = date(2026, 10, 8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我想约明天下午三点", [("date", "2026-10-09"), ("time", "15:00")]),
        ("下周二上午10点半行吗", [("date", "2026-10-13"), ("time", "10:30")]),
        ("10月8号买的两件衣服,一共三百二十块", [("date", "2026-10-08"), ("quantity", "2"), ("amount", "320.00 CNY")]),
        ("後天晚上八點", [("date", "2026-10-10"), ("time", "20:00")]),
        ("下个月3号", [("date", "2026-11-03")]),
        ("三天前下的单,花了299.9元", [("date", "2026-10-05"), ("amount", "299.90 CNY")]),
        ("十二块五", [("amount", "12.50 CNY")]),
        ("1.2万元", [("amount", "12000.00 CNY")]),
        ("周五", [("date", "2026-10-09")]),
        ("凌晨12点", [("time", "00:00")]),
        ("next Tuesday at 3pm", [("date", "2026-10-13"), ("time", "15:00")]),
        ("tomorrow at noon", [("date", "2026-10-09"), ("time", "12:00")]),
        ("on March 3rd at 3:30 pm", [("date", "2027-03-03"), ("time", "15:30")]),
        ("in two weeks", [("date", "2026-10-22")]),
        ("half past three", [("time", "03:30")]),
        ("2 boxes of tea, $25.99", [("quantity", "2"), ("amount", "25.99 USD")]),
        ("order #10023, two pairs", [("order_number", "10023"), ("quantity", "2")]),
        ("单号SF1380057746213", [("order_number", "SF1380057746213")]),
        ("订单 20260518001384 什么时候发", [("order_number", "20260518001384")]),
        ("電話0912-345-678", [("phone", "0912345678")]),
        ("my email is a.b@example.com", [("email", "a.b@example.com")]),
        ("I bought the Aurora Lamp", [("product", "Aurora Lamp")]),
        ("等了三个半小时,第一次来,五号楼", []),
        ("", []),
    ],
)
def test_values(text: str, expected: list[tuple[str, str]]) -> None:
    found = entities(text, "zh", TODAY, ["Aurora Lamp", "Lamp"])
    assert [(one.kind, one.value) for one in found] == expected


def test_an_address_is_one_value() -> None:
    text = "地址改为北京市海淀区上庄家园18号院3号楼2单元502"
    (found,) = entities(text, "zh", TODAY)
    assert (found.kind, text[found.start : found.end]) == ("address", "北京市海淀区上庄家园18号院3号楼2单元502")


def test_day_and_month_follow_the_language() -> None:
    assert entities("3/4/2026", "en", TODAY)[0].value == "2026-04-03"
    assert entities("3/4/2026", "zh", TODAY)[0].value == "2026-03-04"
    assert entities("25/4/2026", "zh", TODAY)[0].value == "2026-04-25"


@pytest.mark.parametrize(
    ("written", "value"),
    [("十二", 12), ("两百五", 250), ("三百零二", 302), ("一千二", 1200), ("两万", 20_000), ("二〇"[:1], 2)],
)
def test_numerals(written: str, value: int) -> None:
    assert number(written) == value


@given(st.text(alphabet="明天下周一二三四五十百千万点半月号块元个件:./-0123456789 ap mnextoday$¥#", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_is_an_error(text: str) -> None:
    for one in entities(text, "zh", TODAY):
        assert 0 <= one.start < one.end <= len(text)
