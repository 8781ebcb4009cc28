"""Promises in an agent's words, and when they are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.desk.promises import promises_in, sentences

AT = datetime(2026, 1, 8, 8, tzinfo=UTC)  # a Thursday, 16:00 in Shanghai


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("我们会在 24 小时内给您答复。", AT + timedelta(hours=24)),
        ("半小时内回电给您", AT + timedelta(minutes=30)),
        ("退款两天之内到账", AT + timedelta(days=2)),
        ("三个工作日内原路退回", AT + timedelta(days=5)),
        ("1-3 个工作日内处理完", AT + timedelta(days=5)),
        ("一周内寄出新的", AT + timedelta(days=7)),
        ("今天下班前给您消息", datetime(2026, 1, 8, 16, tzinfo=UTC)),
        ("明天之前一定寄出", datetime(2026, 1, 9, 16, tzinfo=UTC)),
        ("We will get back to you within 2 days.", AT + timedelta(days=2)),
        ("You should receive it in 3 to 5 business days", AT + timedelta(days=7)),
        ("I will call you by tomorrow", datetime(2026, 1, 9, 16, tzinfo=UTC)),
        ("Within an hour we send the label", AT + timedelta(hours=1)),
    ],
)
def test_found_and_dated(text: str, due: datetime) -> None:
    [(said, when)] = promises_in(text, AT, "Asia/Shanghai")
    assert said == text
    assert when == due


@pytest.mark.parametrize(
    "text",
    [
        "您是 24 小时内下的单吗？",
        "不能保证 24 小时内到",
        "您可以在 7 天内申请退货",
        "You have to return it within 30 days.",
        "I cannot promise an answer within 2 days",
        "好的，马上",
        "订单 20260108 已发货",
        "",
    ],
)
def test_no_promise(text: str) -> None:
    assert promises_in(text, AT, "Asia/Shanghai") == []


def test_only_the_sentence_that_promises_is_quoted() -> None:
    text = "查到了。仓库已经收到退货，24 小时内退款。请放心！"
    assert [said for said, _ in promises_in(text, AT, "UTC")] == ["仓库已经收到退货，24 小时内退款。"]


def test_english_sentences_are_told_apart() -> None:
    assert sentences("I checked it. We refund within 2 days. Anything else?") == [
        "I checked it.",
        "We refund within 2 days.",
        "Anything else?",
    ]


@given(st.text(max_size=400))
def test_any_text_is_read_and_quoted_as_it_stands(text: str) -> None:
    for said, due in promises_in(text, AT, "Asia/Shanghai"):
        assert said in text
        assert due >= AT
