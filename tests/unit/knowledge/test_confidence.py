"""Chances of found entries: more evidence more chance, together at most one, and no meaning where there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.knowledge import confidence
from tongxi.knowledge.confidence import Asked, Evidence

SHORT = Asked(terms=6, known=0.9)
SHARE = st.floats(0, 1)
LIKENESS = st.floats(-1, 1)
EVIDENCE = st.builds(Evidence, SHARE, SHARE, LIKENESS, LIKENESS)


def test_a_title_asked_word_for_word_is_nearly_sure() -> None:
    assert confidence.of([Evidence(words=0.9, overlap=1, name=1, body=0.4)], SHORT)[0] > 0.95


def test_nothing_in_common_is_nearly_impossible() -> None:
    assert confidence.of([Evidence(words=0, overlap=0, name=0.05, body=0)], SHORT)[0] < 0.05


def test_a_paraphrase_is_believed_without_a_common_word() -> None:
    near, far = confidence.of([Evidence(0, 0, 0.9, 0.8), Evidence(0, 0, 0.2, 0.1)], SHORT)
    assert near > 0.6
    assert far < 0.05


def test_two_that_fit_alike_share_the_chance() -> None:
    one, other = confidence.of([Evidence(0.5, 0.6, 0.9, 0.5)] * 2, SHORT)
    assert one == pytest.approx(other)
    assert one < 0.5


def test_without_an_opinion_of_the_encoder_words_alone_count() -> None:
    asked = Asked(terms=6, known=0)
    same = [confidence.of([Evidence(0.6, 0.7, name, name)], asked)[0] for name in (0.0, 0.5, 1.0)]
    assert same == pytest.approx([same[0]] * 3)


def test_nothing_found_has_no_chances() -> None:
    assert confidence.of([], SHORT) == []


@given(st.lists(EVIDENCE, min_size=1, max_size=12), st.integers(0, 160), SHARE)
def test_chances_add_up_to_one_at_most(evidence: list[Evidence], terms: int, known: float) -> None:
    chances = confidence.of(evidence, Asked(terms, known))
    assert all(0 <= chance <= 1 for chance in chances)
    assert sum(chances) <= 1 + 1e-9


@given(EVIDENCE, st.integers(1, 30), st.floats(0, 1))
def test_more_likeness_to_the_title_never_counts_against_an_entry_found_by_few_words(
    evidence: Evidence, terms: int, more: float
) -> None:
    asked = Asked(terms, 0.8)
    weaker = evidence._replace(words=min(evidence.words, 0.4))
    closer = weaker._replace(name=max(weaker.name, more))
    assert confidence.of([closer], asked)[0] >= confidence.of([weaker], asked)[0] - 1e-9
