"""The intents have their say in what the search found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.support.demo_knowledge import article_id, demo_knowledge
from tongxi.bot.agreement import LEAST_INTENTS, Agreeing, weighed
from tongxi.intents.model import Guess, Reading


class Told:
    """Intents that read as they are told to."""

    def __init__(self, reading: Reading, about: Mapping[str, str], known: int = 130) -> None:
        """`about`: what a title is read to want."""
        self.reading, self.about, self.known = reading, about, known
        self.asked: list[str] = []

    def read(self, text: str, language: str = "") -> Reading:
        self.asked.append(text)
        return self.reading

    def codes(self) -> Sequence[str]:
        return ("",) * self.known

    def wanted_by(self, texts: Sequence[str]) -> Mapping[str, float]:
        return {self.about[texts[0]]: 1.0} if texts[0] in self.about else {}


PAYING = Reading((Guess("payment_methods", 0.97),), 0.1)
NAMES = {"支持哪些付款方式": "payment_methods", "付款失败怎么办": "payment_failed"}
QUESTION = "收不收数字人民币"


def test_an_article_that_both_point_to_is_answered_from_and_one_that_only_the_search_found_is_not() -> None:
    knowledge = demo_knowledge()
    alone = knowledge.search(QUESTION, "zh")
    agreed = Agreeing(knowledge, Told(PAYING, NAMES)).search(QUESTION, "zh")
    opposed = Agreeing(knowledge, Told(Reading((Guess("payment_failed", 0.97),), 0.1), NAMES)).search(QUESTION, "zh")
    assert agreed[0].slug == alone[0].slug == "payment-methods.zh"
    assert alone[0].score < 0.7 <= agreed[0].score
    assert next(hit.score for hit in opposed if hit.slug == "payment-methods.zh") < alone[0].score


@pytest.mark.parametrize(
    ("reading", "known"), [(Reading(), 130), (PAYING, LEAST_INTENTS - 1)], ids=["nothing learnt", "too few to tell"]
)
def test_without_intents_to_go_by_the_search_keeps_its_order(reading: Reading, known: int) -> None:
    knowledge = demo_knowledge()
    found = Agreeing(knowledge, Told(reading, {}, known)).search(QUESTION, "zh")
    assert [hit.slug for hit in found] == [hit.slug for hit in knowledge.search(QUESTION, "zh")]


def test_a_text_is_read_once_in_a_turn_and_nothing_is_read_where_nothing_is_found() -> None:
    told = Told(PAYING, NAMES)
    both = Agreeing(demo_knowledge(), told)
    both.read(QUESTION)
    both.search(QUESTION, "zh")
    both.search(QUESTION, "zh", k=2)
    both.search("……", "zh")
    assert told.asked == [QUESTION]
    assert both.title(str(article_id("payment-methods.zh"))) == "支持哪些付款方式"


def test_scores_stay_chances() -> None:
    scores = weighed([0.5, 0.2], [1.0, 0.0], 0.0)
    assert scores[0] > 0.5
    assert scores[1] < 0.2
    assert sum(scores) < 1
    assert weighed([0.6, 0.2], [0.1, 0.9], 0.0)[1] > weighed([0.6, 0.2], [0.1, 0.9], 1.0)[1]
    assert weighed([1.0], [0.0], 0.0) == [1.0]
    assert weighed([0.0], [1.0], 0.0) == [0.0]
