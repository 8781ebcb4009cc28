"""Texts as word pieces: what the model was taught to read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.encoder.wordpiece import WordPieces, words

PIECES = ["[UNK]", "[CLS]", "[SEP]", "re", "##fund", "##s", "my", "card", "!", "退", "caf", "##e"]
READ = WordPieces(PIECES)


def pieces(text: str, limit: int = 50) -> list[str]:
    return [PIECES[number] for number in READ.numbers(text, limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Refunds!", ["[CLS]", "re", "##fund", "##s", "!", "[SEP]"]),
        ("MY\tcard", ["[CLS]", "my", "card", "[SEP]"]),
        ("Café", ["[CLS]", "caf", "##e", "[SEP]"]),
        ("退款", ["[CLS]", "退", "[UNK]", "[SEP]"]),
        ("refundx", ["[CLS]", "[UNK]", "[SEP]"]),
        ("m" * 101, ["[CLS]", "[UNK]", "[SEP]"]),
        ("", ["[CLS]", "[SEP]"]),
    ],
)
def test_the_longest_piece_comes_first(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_a_long_text_is_cut_and_still_ends() -> None:
    assert pieces("my card " * 50, limit=6) == ["[CLS]", "my", "card", "my", "card", "[SEP]"]


def test_marks_stand_alone_and_control_characters_are_left_out() -> None:
    assert words("don't—“stop”\x00\u200b now") == ["don", "'", "t", "—", "“", "stop", "”", "now"]


def test_final_sigma_is_lowered_letter_by_letter() -> None:
    assert words("ΑΣ İ") == ["ας"[0] + "σ", "i"]


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    numbers = READ.numbers(text, 20)
    assert 2 <= len(numbers) <= 20
    assert numbers[0] == 1
    assert numbers[-1] == 2
