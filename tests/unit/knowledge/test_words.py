"""BM25 as a share of the best a passage could have: by hand on three passages."""

import math

import pytest

from tongxi.knowledge.words import K1, B, Words

PASSAGES = [
    ["refund", "card", "refund"],
    ["refund", "invoice"],
    ["parcel", "late", "parcel", "late", "card", "home", "shop"],
]


def score(term: str, passage: list[str]) -> float:
    """The formula as published, one term and one passage."""
    holding = sum(term in one for one in PASSAGES)
    rarity = math.log(1 + (len(PASSAGES) - holding + 0.5) / (holding + 0.5))
    average = sum(map(len, PASSAGES)) / len(PASSAGES)
    count = passage.count(term)
    return rarity * count / (count + K1 * (1 - B + B * len(passage) / average))


@pytest.mark.parametrize("terms", [["refund"], ["card"], ["refund", "card"], ["late", "late", "home"]])
def test_shares_are_the_published_formula_over_each_term_at_its_best(terms: list[str]) -> None:
    best = sum(max(score(term, passage) for passage in PASSAGES) for term in terms)
    wanted = [sum(score(term, passage) for term in terms) / best for passage in PASSAGES]
    assert Words(PASSAGES).shares(terms).tolist() == pytest.approx(wanted, abs=1e-6)


def test_a_term_that_no_passage_has_counts_as_the_rarest() -> None:
    words = Words(PASSAGES)
    assert words.shares(["refund", "sofa"]).max() < 0.6 * words.shares(["refund"]).max()
    assert words.shares(["sofa"]).tolist() == [0, 0, 0]


@pytest.mark.parametrize("bags", [[], [[]], [[], []]])
def test_nothing_to_search_finds_nothing(bags: list[list[str]]) -> None:
    assert Words(bags).shares(["refund"]).tolist() == [0.0] * len(bags)


def test_an_empty_passage_among_others_gets_nothing() -> None:
    assert Words([["refund"], []]).shares(["refund"]).tolist() == [1, 0]
