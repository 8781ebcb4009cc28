"""Wordings by script: the same finds as one expression of them all; and what only looks like a curse is none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.signals.mood import mood
from tongxi.signals.wordings import any_of

PARTS = (r"退款|(?<!不)投诉", r"(?<!\d)12315(?!\d)", r"\brefund\b|\blawyers?\b", r"!{3}")
BOTH = any_of(*PARTS)


@given(st.text(alphabet="退款投诉不12345 refundlawyers!,。", max_size=30))
def test_apart_they_find_what_they_find_together(text: str) -> None:
    together = re.compile("|".join(PARTS))
    assert (BOTH.search(text) is None) == (together.search(text) is None)
    assert len(BOTH.mask(text)) == len(text)
    assert BOTH.search(BOTH.mask(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "别打我的电话，打我妈的",
        "is it USB-C or Lightning",
        "垃圾箱旁边那家店几点开",
        "讲得清楚，不忽悠人，难得",
        "那是老妈的账号",
    ],
)
def test_words_inside_other_words_are_no_curse(text: str) -> None:
    assert mood(text) > -3


@pytest.mark.parametrize(
    "text", ["妈的，又没货", "妈的智障", "ffs it's broken again", "谢谢你全家", "你个sb客服", "买了个寂寞"]
)
def test_curses_are_seen_for_what_they_are(text: str) -> None:
    assert mood(text) == -3
