"""Calling the shop a fraud is a complaint; a fraud on the customer, also one in the shop's name, stays a red line."""

from __future__ import annotations

import pytest

from tongxi.signals.risk import COMPLAINT, risks


def codes(text: str) -> list[str]:
    return [reason.code for reason in risks(text)]


@pytest.mark.parametrize(
    "text",
    [
        "你们是不是骗子,我要去12315投诉",
        "你们这是诈骗",
        "你们卖假货，骗子公司",
        "骗子！退钱！",
        "无良商家骗人",
        "這家店就是騙子",
        "you are scammers, I want my money back",
        "your company is a fraud",
        "Scammers! Refund me",
        "this website is a scam",
        "is this shop a scam?",
        "I was scammed by you",
    ],
)
def test_the_shop_is_accused(text: str) -> None:
    assert COMPLAINT in codes(text)
    assert "fraud" not in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "有人冒充你们客服让我转账，是不是骗子",
        "验证码告诉骗子了怎么办",
        "我被骗了，验证码给了别人",
        "收到假冒你们的短信",
        "你们客服打电话让我共享屏幕，是骗子吗",
        "骗子转走了我卡里的钱",
        "遇到骗子了",
        "a caller claiming to be you asked for my pin, is it a scam",
        "got a phishing email with your logo",
        "is this email from your company a scam?",
        "I think I've been scammed",
    ],
)
def test_the_customer_is_cheated_by_others(text: str) -> None:
    assert "fraud" in codes(text)


def test_the_evidence_of_an_accusation_is_its_wording() -> None:
    text = "我说，你们就是骗子"
    reason = next(one for one in risks(text) if one.code == COMPLAINT)
    assert reason.span is not None
    assert text[slice(*reason.span)] == "你们就是骗子"
