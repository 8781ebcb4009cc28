"""Asking how it works is not asking to have it done."""

from __future__ import annotations

import pytest

from tongxi.signals.rule_question import asks_rule


@pytest.mark.parametrize(
    "text",
    [
        "可以改地址吗",
        "發票可以開公司抬頭嗎",
        "能不能换货",
        "換貨的運費是誰負責",
        "退货邮费谁来掏",
        "订单能取消么",
        "下单之后还能改地址吗？",
        "怎么退货",
        "退货的流程是什么",
        "我想问一下可以换颜色吗",
        "如果不合适可以退吗",
        "支持货到付款后退货吗",
        "要是坏了怎么换",
        "积分有什么用",
        "can I get my money back if it does not fit",
        "Can I cancel my order?",
        "how do I return something",
        "is it possible to change the address",
        "what is your refund policy",
        "what happens if I cancel",
        "I want to know how to return it",
        "do you accept returns after opening",
        "can orders be cancelled after payment",
    ],
)
def test_a_question_about_the_rules(text: str) -> None:
    assert asks_rule(text)


@pytest.mark.parametrize(
    "text",
    [
        "帮我退货",
        "我要退这个订单",
        "请把地址改成文三路 1 号",
        "能帮我改地址吗",
        "可以给我退款吗",
        "我想取消订单，可以吗",
        "能不能帮我开发票",
        "NC20418833 能取消吗",
        "昨天那单可以退吗",
        "马上取消",
        "退货",
        "我的订单能取消吗",
        "please cancel my order",
        "can you cancel my order for me",
        "could you change the address",
        "I want a refund",
        "I'd like to exchange this",
        "can I cancel NC20418833",
        "cancel my order",
        "help me return this",
    ],
)
def test_a_wish_to_have_it_done(text: str) -> None:
    assert not asks_rule(text)
