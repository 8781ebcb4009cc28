"""What a model may speak from: good passages in the customer's language, at most three."""

from datetime import UTC, datetime

from tongxi.bot.phrasing import MAX_PASSAGES, passages
from tongxi.bot.understanding import Understanding
from tongxi.kit.ids import new_id
from tongxi.knowledge.index import Hit


def _hit(score: float, language: str = "zh") -> Hit:
    return Hit(new_id(), "退货", "", "七天内可以退货。", language, score, datetime.now(UTC), "")


def _seen(*hits: Hit, language: str = "zh") -> Understanding:
    return Understanding(text="怎么退货", language=language, seq=1, has_words=True, hits=hits)


def test_the_best_ones_are_given_and_those_far_behind_are_not() -> None:
    best, near, far = _hit(0.9), _hit(0.5), _hit(0.05)
    assert passages(_seen(best, near, far)) == [best, near]


def test_three_are_enough() -> None:
    assert len(passages(_seen(*(_hit(0.9) for _ in range(5))))) == MAX_PASSAGES


def test_passages_of_another_language_are_left_out() -> None:
    best, foreign = _hit(0.9), _hit(0.8, "en")
    assert passages(_seen(best, foreign)) == [best]


def test_a_best_passage_in_another_language_is_quoted_not_phrased() -> None:
    assert passages(_seen(_hit(0.9, "en"), _hit(0.8))) == []


def test_script_and_region_do_not_make_another_language() -> None:
    assert len(passages(_seen(_hit(0.9), language="zh-Hant"))) == 1
