"""What a customer's messages ask, without the courtesies around it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tongxi.bot.messages import CustomerMessage, question_of

AT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "question"),
    [
        (["你好，在吗？邮费多少，谢谢！"], "邮费多少"),
        (["Hi there, how much is shipping? Thanks a lot!"], "how much is shipping?"),
        (["你好！我的订单NC20240001，地址改成上海，谢谢"], "我的订单NC20240001，地址改成上海"),
        (["1,000 元包邮吗，谢谢"], "1,000 元包邮吗"),
        (["好的，那退货呢"], "好的，那退货呢"),
        (["谢谢，不用了"], ""),
        (["你好", "我的快递", "怎么还没到"], "我的快递怎么还没到"),
        (["你好", "谢谢"], ""),
        (["你好，谢谢"], ""),
    ],
)
def test_a_question_is_what_is_left_without_greeting_and_thanks(said: list[str], question: str) -> None:
    assert question_of([CustomerMessage(n, text, AT) for n, text in enumerate(said, start=1)]) == question
