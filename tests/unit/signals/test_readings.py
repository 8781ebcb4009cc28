"""The learnt readings of danger, anger and complexity: what was measured on lines kept apart holds, and by example."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxi.evaluation import complexity as judged
from tongxi.evaluation import outside
from tongxi.evaluation import upset as moods
from tongxi.evaluation.score import Score
from tongxi.signals.complexity import FEATURES, LEVELS, complexity
from tongxi.signals.danger_reading import danger_share
from tongxi.signals.mood import mood
from tongxi.signals.risk import COMPLAINT, risks
from tongxi.signals.upset import felt, upset
from tongxi.signals.urgency import urgency

DATA = Path(__file__).parents[2] / "data"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def shares(scores: list[Score]) -> dict[tuple[str, str], float]:
    return {(one.of, one.measure): one.value if one.hits is None else one.hits / one.n for one in scores}


def test_danger_that_no_rule_foresaw_is_seen() -> None:
    found = shares(list(outside.scores(rows("outside_kept.jsonl"))))
    assert found["outside, critical", "recall"] >= 0.87
    assert found["outside, critical", "false alarms"] <= 0.07
    assert found["outside, threat", "false alarms"] <= 0.2


def test_lines_of_danger_once_known_are_never_missed() -> None:
    lines = [line.split("|", 1) for line in (DATA / "danger_lines.txt").read_text(encoding="utf-8").splitlines()]
    assert [text for holds, text in lines if holds == "1" and urgency(text).level != "critical"] == []
    calm = [text for holds, text in lines if holds == "0"]
    assert sum(urgency(text).level == "critical" for text in calm) / len(calm) <= 0.03


def test_danger_in_one_sentence_of_a_long_message_is_shown() -> None:
    calm = "我上周买的电饭煲到了，包装很好，颜色也喜欢，想问一下怎么预约煮粥。"
    text = f"{calm}对了，我爸修你们的灯摔下来，后脑勺着地，叫他不应。{calm}"
    share, span = danger_share(text)
    assert share >= 0.35
    assert "摔下来" in text[slice(*span)]
    assert len(text[slice(*span)]) < len(text)


def test_a_fall_of_the_mood_is_seen_where_one_turn_alone_is_not() -> None:
    found = shares(list(moods.falls(rows("mood_falls_kept.jsonl"))))
    assert found["mood, with the fall", "recall"] >= 0.7
    assert found["mood, with the fall", "recall"] > found["mood, one turn alone", "recall"]
    assert found["mood, with the fall", "false transfers"] <= 0.03


@pytest.mark.parametrize("text", ["如何投诉？", "到底是选M还是选L", "what's the complaints process"])
def test_a_wording_of_displeasure_meant_otherwise_is_no_fall(text: str) -> None:
    assert felt(text) > -2
    assert COMPLAINT not in {reason.code for reason in risks(text)}


@pytest.mark.parametrize("text", ["12345", "12315", "订单尾号12315", "我想查一下我的投诉进度", "曝光补偿怎么调"])
def test_a_number_or_the_procedure_is_no_threat(text: str) -> None:
    assert COMPLAINT not in {reason.code for reason in risks(text)}


@pytest.mark.parametrize("text", ["再不处理我打12345", "我已经投诉到12315了", "I will file a complaint", "法院见"])
def test_a_threat_stays_one(text: str) -> None:
    assert COMPLAINT in {reason.code for reason in risks(text)}


def test_sarcasm_lowers_the_mood_that_wordings_do_not() -> None:
    text = "you took the money quick enough"
    assert mood(text) > -2
    assert felt(text) <= -2
    assert upset("") == 0.0


def test_complexity_is_told_apart_and_calibrated() -> None:
    found = shares(list(judged.scores(judged.halves(DATA)[1])))
    assert found["complexity", "macro-F1"] >= 0.9
    assert found["complexity", "complex taken for simple"] == 0
    assert found["complexity", "calibration error"] <= 0.15


def test_answers_that_did_not_help_make_it_more_complex_and_are_named() -> None:
    first, later = complexity("要退款"), complexity("要退款", 3)
    assert (first.level, first.because) == ("simple", ())
    assert later.score > first.score
    assert "attempts" in later.because


@given(st.text(max_size=400), st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_any_text_has_a_level_and_known_causes(text: str, failed: int) -> None:
    found = complexity(text, failed)
    assert found.level in LEVELS
    assert 0 <= found.score <= 1
    assert set(found.because) <= set(FEATURES)
    assert 0 <= danger_share(text)[0] <= 1
    assert -3 <= felt(text) <= 2
