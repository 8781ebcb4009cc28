"""Plain mode: the same facts, measurably shorter; on when the customer asks and the business heeds it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxi.bot import plain
from tongxi.bot.memory import Memory
from tongxi.signals.plain_wish import wants_plain

ZH = (
    "自签收之日起七天内，商品完好且不影响二次销售的，均可申请无理由退货，退款将在仓库收到退回商品并审核通过后的3个工作日内原路返回。"
    "运费由买家承担（质量问题除外），如需上门取件，请在订单页面提交申请。"
)
EN = (
    "Items may be returned within 14 days of delivery, provided that they are unused and in their original packaging,"
    " and the refund is made within 5 business days after we have received the parcel. Return shipping is paid by the"
    " customer unless the item is faulty."
)


@pytest.mark.parametrize(("text", "language"), [(ZH, "zh"), (EN, "en")])
def test_sentences_are_half_as_long(text: str, language: str) -> None:
    assert plain.length(plain.simplify(text, language), language) <= plain.length(text, language) / 2


@pytest.mark.parametrize(("text", "language"), [(ZH, "zh"), (EN, "en")])
def test_numbers_and_conditions_stay(text: str, language: str) -> None:
    said = plain.simplify(text, language)
    assert re.findall(r"\d+", said) == re.findall(r"\d+", text)
    assert ("质量问题除外" in said) if language == "zh" else ("unless the item is faulty" in said)


def test_lists_keep_their_lines_and_names_their_names() -> None:
    assert plain.simplify("- 支付宝\n- 微信支付", "zh") == "- 支付宝\n- 微信支付"


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_nothing_but_known_words_and_breaks_changes(text: str) -> None:
    known = any(word in text for word, _ in plain._WORDS["zh"])
    squeezed = re.sub(r"\s", "", text)
    assert known or re.sub(r"\s", "", plain.simplify(text, "zh")) == squeezed


@pytest.mark.parametrize(
    "text",
    ["说慢点", "看不懂", "字大一点", "太复杂了,简单点说", "我年纪大了", "睇唔明呀",
     "use simpler words please", "bigger text please", "I don't understand this"],
)  # fmt: skip
def test_the_wish_is_heard(text: str) -> None:
    reason = wants_plain(text)
    assert reason is not None
    assert reason.span is not None


@pytest.mark.parametrize("text", ["我的订单呢", "说明书看不懂", "where is my order", "easy returns?", "字号怎么选"])
def test_other_wishes_are_not_it(text: str) -> None:
    assert wants_plain(text) is None


def test_the_business_decides_whether_it_is_heeded() -> None:
    wish = plain.asked(["看不懂"], "auto")
    assert plain.heeded(Memory(), wish, "auto").plain
    assert plain.heeded(Memory(plain=True), None, "auto").plain
    assert not plain.heeded(Memory(plain=True), plain.asked(["看不懂"], "off"), "off").plain
    assert plain.heeded(Memory(), None, "always").plain
