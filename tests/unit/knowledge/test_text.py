"""Search terms."""

import pytest

from tongxi.knowledge.text import stem, tokens


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("退款多久到账", {"退款", "到账", "退", "账"}),
        ("return policies", {"return", "policy"}),
        ("my 2 invoices", {"2", "invoic"}),
    ],
)
def test_terms_of_a_question(text: str, terms: set[str]) -> None:
    assert terms <= set(tokens(text))


def test_words_without_meaning_are_no_terms() -> None:
    assert tokens("please can you tell me how") == []
    assert tokens("请问可以吗") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("refund", "refunds"),
        ("refunded", "refunding"),
        ("policy", "policies"),
        ("cancel", "cancelled"),
        ("ship", "shipping"),
    ],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one).rstrip("l") == stem(other).rstrip("l")
