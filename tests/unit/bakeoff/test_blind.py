"""Blind judging: who sees what in which order, what most people say, and what that makes of the table."""

from __future__ import annotations

import random

from tongxi.bakeoff import blind
from tongxi.bakeoff.blind import Judgement
from tongxi.bakeoff.figures import Outcome, Told, table

SEVEN = Told("answered", "7 天内可以退", "退货")
TWENTY = Told("answered", "20 天内可以退", "退货")
SILENT = Told("abstained")


def said(*told: Told) -> dict[str, list[Outcome]]:
    return {f"engine {at}": [Outcome(told=one, cost=0.0)] for at, one in enumerate(told)}


def test_the_same_words_are_one_answer_and_no_dispute() -> None:
    assert len(blind.answers(said(SEVEN, Told("answered", "７ 天内可以退"), TWENTY))) == 2
    assert blind.is_disputed(said(SEVEN, SEVEN)) is False
    assert blind.is_disputed(said(SEVEN, SILENT)) is True


def test_what_a_label_decides_is_not_put_to_people() -> None:
    labelled = {"a": [Outcome(answer="correct", told=SEVEN)], "b": [Outcome(answer="wrong", told=TWENTY)]}
    assert blind.is_disputed(labelled) is False
    assert blind.is_disputed(labelled | {"c": [Outcome(told=SILENT)]}) is True


def test_everybody_has_an_order_of_his_own_that_stays() -> None:
    orders = [tuple(blind.order(2, "question", who)) for who in range(200)]
    assert orders == [tuple(blind.order(2, "question", who)) for who in range(200)]
    assert 70 < orders.count((0, 1)) < 130


def test_a_pair_is_known_again_in_another_run_whoever_came_first() -> None:
    assert blind.pair("能退吗", [SEVEN, TWENTY]) == blind.pair("能退吗", [TWENTY, SEVEN])
    assert blind.pair("能退吗", [SEVEN, TWENTY]) != blind.pair("能退吗", [SEVEN, SILENT])


def test_most_people_decide_and_a_tie_decides_nothing() -> None:
    given = [Judgement((1, 0), (0,)), Judgement((0, 1), (0, 1)), Judgement((0, 1), ())]
    assert blind.verdicts(given) == {0: True, 1: False}
    assert blind.verdicts(given[:2]) == {0: True, 1: None}


def test_a_verdict_fills_what_has_no_label_and_leaves_the_rest() -> None:
    answers, verdict = [SEVEN, TWENTY, SILENT], {0: True, 1: False, 2: True}
    made = [blind.labelled(Outcome(told=one), answers, verdict) for one in answers]
    assert [(one.answer, one.is_right) for one in made] == [("correct", True), ("wrong", False), ("abstained", True)]
    kept = Outcome(answer="correct", told=TWENTY)
    assert blind.labelled(kept, answers, verdict) is kept
    assert blind.labelled(Outcome(told=SEVEN), answers, {0: None}).is_right is None
    assert blind.read(blind.data(made[0])) == made[0]


def test_planted_quality_comes_out_of_blind_labels_with_a_paired_interval() -> None:
    """One engine is right nine times in ten, the other six; two raters slip now and then."""
    chance = random.Random(7)
    good, poor = [], []
    for at in range(300):
        right = Told("answered", f"right {at}")
        wrong = Told("answered", f"wrong {at}")
        mine = {"good": right if chance.random() < 0.9 else wrong, "poor": right if chance.random() < 0.6 else wrong}
        runs = {engine: [Outcome(told=told, cost=0.0)] for engine, told in mine.items()}
        answers = blind.answers(runs)
        given = []
        for rater in range(3):
            shown = tuple(blind.order(len(answers), at, rater))
            slips = chance.random() < 0.05
            given.append(Judgement(shown, tuple(one for one in shown if (answers[one] == right) is not slips)))
        verdict = blind.verdicts(given)
        good.append([blind.labelled(runs["good"][0], answers, verdict)])
        poor.append([blind.labelled(runs["poor"][0], answers, verdict)])
    made = table([str(at) for at in range(300)], {"poor": poor, "good": good}, k=1, currency="CNY", labels="unjudged")
    (difference,) = made.differences
    assert difference.correct is not None
    assert difference.wrong is not None
    assert difference.correct.interval[0] <= 0.3 <= difference.correct.interval[1]
    assert difference.wrong.difference == -difference.correct.difference
    best = made.rows[0]
    assert best.engine == "good"
    assert best.correct_interval is not None
    assert best.correct_interval[0] <= 0.9 <= best.correct_interval[1]
