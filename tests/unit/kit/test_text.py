"""Folding for matching: idempotent, total, and with the way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.kit.text import fold, normalise


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("退貨  運費\n誰付", "退货 运费 谁付"),
        ("  Hello\tWorld ", "hello world"),
        ("㎏", "kg"),
        ("", ""),
    ],
)
def test_forms_are_one(text: str, folded: str) -> None:
    assert normalise(text) == folded


@given(st.text(max_size=200))
def test_normalising_twice_is_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(max_size=200))
def test_every_folded_character_has_a_place(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.places)
    assert all(0 <= place < len(text) for place in folded.places)


@pytest.mark.parametrize(
    ("text", "word"), [("ｍｙ 轉人工 pls", "转人工"), ("㎏㎏ 轉人工", "转人工"), ("转人工", "转人工")]
)
def test_a_span_points_into_the_original(text: str, word: str) -> None:
    folded = fold(text)
    start = folded.text.index(word)
    low, high = folded.span(start, start + len(word))
    assert normalise(text[low:high]) == word
