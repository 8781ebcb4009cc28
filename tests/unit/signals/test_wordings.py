"""Wordings by script: the same finds as one expression of them all; and what only looks like a curse is none."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxi.kit.text import fold
from tongxi.signals import advice, danger, risk
from tongxi.signals import mood as mood_rules
from tongxi.signals.literals import needed
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


SHIPPED = [
    part
    for wordings in (
        *danger.KINDS.values(), *risk._PATTERNS.values(), *risk._NOT.values(), *advice._SUBJECTS.values(),
        *advice._ASKS.values(), *advice._NOT.values(), *(one for _, one in (*mood_rules._LEVELS, *mood_rules._GOOD)),
        danger._MASK, danger._OVER, danger._NOW, mood_rules._CALM, mood_rules._NOT_GOOD,
    )
    for part in (wordings.han, wordings.latin)
    if part is not None
]  # fmt: skip
LINES = [
    json.loads(line)["text"]
    for name in ("signals_kept", "red_lines", "red_lines_more", "urgency_kept", "outside_tune")
    for line in (Path(__file__).parents[2] / f"data/{name}.jsonl").read_text(encoding="utf-8").splitlines()
]


def test_a_search_that_is_saved_would_have_found_nothing() -> None:
    assert len(SHIPPED) >= 60
    assert sum(part.needs is None for part in SHIPPED) <= 2
    saved = 0
    for line in LINES:
        folded = fold(line).text
        for part in SHIPPED:
            if not part.may_match(folded):
                saved += 1
                assert part.pattern.search(folded) is None, (part.pattern.pattern[:80], folded)
    assert saved > len(LINES) * len(SHIPPED) / 2


@given(st.data())
@settings(deadline=None)
def test_whatever_a_pattern_matches_holds_what_it_needs(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(SHIPPED))
    try:
        text = data.draw(st.from_regex(part.pattern))
    except re.error:  # hypothesis reads fewer forms than Python
        return
    if part.pattern.search(text):
        assert part.may_match(text)


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [
        ("refund", {"fund"}),
        ("退款|投诉", {"退款", "投诉"}),
        (r"\blaw(?:yer|suit)?s?\b", {"law"}),
        (r"(?:a|b)?cd+e", {"c"}),
        ("[甲乙]方", {"方"}),
        ("x*", None),
        (r"\d+|abc", None),
        ("(?:ab|c?)d", {"d"}),
    ],
)
def test_what_a_pattern_needs(pattern: str, pieces: set[str] | None) -> None:
    assert needed(pattern) == (None if pieces is None else frozenset(pieces))
