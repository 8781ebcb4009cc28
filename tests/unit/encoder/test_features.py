"""Pieces and sentences."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tongxi.encoder.features import MAX_CHARS, pieces, segments


def test_traditional_full_width_and_capitals_give_the_same_pieces() -> None:
    np.testing.assert_array_equal(pieces("退貨 ＲＥＦＵＮＤ"), pieces("退货 refund"))


def test_forms_of_a_word_share_pieces() -> None:
    assert np.intersect1d(pieces("refunded"), pieces("refunds")).size > 3


def test_which_number_does_not_matter() -> None:
    np.testing.assert_array_equal(pieces("订单 12345"), pieces("订单 99"))


def test_a_long_text_is_read_by_its_beginning() -> None:
    np.testing.assert_array_equal(pieces("退款" * MAX_CHARS), pieces("退款" * MAX_CHARS + "发票"))


def test_a_text_without_letters_has_no_pieces() -> None:
    assert pieces("!!! … 🙂").size == 0


@given(st.text(max_size=500))
def test_pieces_are_sorted_and_different(text: str) -> None:
    found = pieces(text)
    assert (np.diff(found.astype(np.int64)) > 0).all()


def test_a_passage_is_cut_into_sentences_up_to_a_length() -> None:
    assert segments("第一句。第二句！第三句？", limit=6) == ["第一句。", "第二句！", "第三句？"]
    assert segments("One. Two. Three.", limit=100) == ["One. Two. Three."]
    assert segments(" \n ") == []


@given(st.text(max_size=300))
def test_no_letter_of_a_passage_is_lost(text: str) -> None:
    assert "".join("".join(segments(text)).split()) == "".join(text.split())
