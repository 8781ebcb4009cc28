"""Words of opinion and feeling: counted by group, turned round by a negation, learnt from where they help."""

from __future__ import annotations

import re
from importlib.resources import files

import numpy as np
import pytest

from tongxi.intents import IntentModel, opinion
from tongxi.intents.training import JUDGED, Example, train

PRAISED = ("干净", "热情", "好吃", "便宜", "漂亮", "满意", "spotless", "friendly", "delicious", "quick")
BLAMED = ("肮脏", "冷漠", "难吃", "昂贵", "破损", "失望", "filthy", "rude", "inedible", "slow")


def _of(text: str) -> dict[str, float]:
    return {name: float(n) for name, n in zip(opinion.names(), opinion.rows([text])[0], strict=True) if n}


def test_every_line_of_the_list_is_a_group_of_words() -> None:
    lines = files("tongxi.intents").joinpath("opinion.txt").read_text(encoding="utf-8").splitlines()
    groups = [line.split() for line in lines if not line.startswith("#")]
    assert all(re.fullmatch("[a-z_]+", code) and sign in ("+", "-", "0") and words for code, sign, *words in groups)
    assert len({code for code, *_ in groups}) == len(groups)


@pytest.mark.parametrize(("text", "sign"), [*((w, 1) for w in PRAISED), *((w, -1) for w in BLAMED)])
def test_words_speak_for_praise_or_blame(text: str, sign: int) -> None:
    assert np.sign(_of(text)["balance all"]) == sign


@pytest.mark.parametrize(
    ("text", "denied"), [("房间不干净", "!clean"), ("没有霉味", "!smell"), ("the room was not very clean", "!clean")]
)
def test_a_negation_turns_a_word_round(text: str, denied: str) -> None:
    assert denied in _of(text)
    assert np.sign(_of(text)["balance all"]) == (1 if denied == "!smell" else -1)


def test_a_negation_reaches_no_further_than_its_clause() -> None:
    assert "clean" in _of("价格不贵，房间干净")


def test_traditional_characters_count_like_simplified_ones() -> None:
    assert _of("房間很乾淨，服務熱情") == _of("房间很干净，服务热情")


def test_a_latin_word_is_not_found_inside_another() -> None:
    assert _of("unfriendliest latecomers") == {}


def test_the_last_sentence_counts_by_itself() -> None:
    said = _of("房间干净。服务态度恶劣。")
    assert said["balance first"] > 0 > said["balance last"]


@pytest.mark.parametrize("text", ["", " ", "\0", "2024", "……"])
def test_a_text_without_such_words_says_nothing(text: str) -> None:
    assert _of(text) == {}


GOOD, BAD = ("clean", "friendly", "tasty", "splendid", "joy"), ("dirty", "rude", "inedible", "broken", "let_down")


def _judged(part: int) -> list[Example]:
    """One text for each Chinese word of some groups; `part` 0 or 1 has every other word."""
    made = []
    for line in files("tongxi.intents").joinpath("opinion.txt").read_text(encoding="utf-8").splitlines():
        code, _, *words = line.split()
        if code in GOOD + BAD:
            chinese = [word for word in words if not word.isascii()][part::2]
            made += [Example(f"第{i}天：{word}", "good" if code in GOOD else "bad") for i, word in enumerate(chinese)]
    return made


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return train(_judged(0))


def test_words_no_example_has_are_judged_by_their_group(model: IntentModel) -> None:
    assert len(_judged(0)) >= JUDGED
    assert model.opinion is not None
    read = [model.read(e.text).guesses[0].intent == e.label for e in _judged(1)]
    assert np.mean(read) >= 0.9


def test_storing_keeps_what_words_say(model: IntentModel) -> None:
    again = IntentModel.load(model.dump(), {})
    for text in ("很干净", "太失望了"):
        assert again.scores([text])[0] == pytest.approx(model.scores([text])[0], abs=1e-2)


def test_words_of_another_version_say_nothing() -> None:
    here = opinion.names()[0]
    held = opinion.Opinion(("gone", here), np.array([[5.0, 5.0], [1.0, 2.0]], np.float32))
    assert held.scores(["干净"])[0] == pytest.approx(np.log1p(1) * np.array([1.0, 2.0]))


def test_few_examples_are_learnt_without_the_list() -> None:
    assert train(_judged(0)[:: len(_judged(0)) // JUDGED + 2]).opinion is None
