"""Who asks where an order is, and who only uses the same words."""

from __future__ import annotations

import pytest

from tongxi.signals.order_wish import wants_order_status

WISHES = [
    "我的订单到哪了",
    "我的快递到哪了",
    "查物流",
    "帮我查一下我的订单",
    "物流怎么不动了",
    "我的加湿器什么时候到",
    "怎么还不发货",
    "订单号20240703，进行到哪个环节了",
    "請幫我查一下訂單目前的狀態",
    "件貨而家去到邊",
    "还有几天能到",
    "在派送了吗",
    "运单号发我一下",
    "where is my order?",
    "Track my parcel please",
    "when will my kettle arrive",
    "has my order shipped yet",
    "hi is my pillow on the way",
    "order status",
    "my package never arrived",
    "I'd like to know the current status of my purchase",
    "WHERE'S MY PARCEL",
]
NOT = [
    "怎么下单",
    "现在拍什么时候发",
    "快递一般几天到",
    "包邮吗",
    "怎么修改收货地址",
    "我想取消订单",
    "退款多久到账",
    "退的那双靴子到哪了",
    "换货要多久",
    "发什么快递",
    "修好了没有",
    "门店在哪里",
    "优惠券在哪里领",
    "发票在哪里下载",
    "验证码没收到",
    "can I track how many calories",
    "how do I place an order",
    "how long does delivery take",
    "where is my refund",
    "where are my points",
    "how do I return my order",
    "cancel my order",
    "track my flight",
    "do you ship to Germany",
    "",
    "。",
]


@pytest.mark.parametrize("text", WISHES)
def test_asks_where_an_order_is(text: str) -> None:
    reason = wants_order_status(text)
    assert reason is not None
    assert reason.span is not None
    start, end = reason.span
    assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("text", NOT)
def test_asks_something_else(text: str) -> None:
    assert wants_order_status(text) is None


def test_the_span_is_in_the_original_text() -> None:
    text = "您好！　ＷＨＥＲＥ　ＩＳ　ＭＹ　ＯＲＤＥＲ"
    reason = wants_order_status(text)
    assert reason is not None
    assert reason.span is not None
    assert text[reason.span[0] : reason.span[1]].startswith("ＷＨＥＲＥ")


def test_a_very_long_text_takes_no_time() -> None:
    assert wants_order_status("我的" * 100_000) is None
    assert wants_order_status("where is my " * 50_000) is not None
