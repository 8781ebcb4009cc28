"""Which messages ask for something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.desk.wishes import is_wish


@pytest.mark.parametrize(
    "text",
    ["我要退货", "退款", "发票怎么开", "我要退货，转人工", "吸尘器充不上电", "Where is my parcel?", "refund please",
     "talk to a person, my kettle leaks", "不对，我问的是换货"],
)  # fmt: skip
def test_asks_for_something(text: str) -> None:
    assert is_wish(text)


@pytest.mark.parametrize(
    "text",
    ["转人工", "我要转人工", "请帮我转人工客服", "你好", "好的谢谢", "是", "不用了", "123456", "……", "", "human please",
     "I want to talk to a person", "不对，气死我了，转人工"],
)  # fmt: skip
def test_asks_for_nothing_an_agent_could_do(text: str) -> None:
    assert not is_wish(text)


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    is_wish(text)
