"""Intents learnt from a handful of examples: what is read, what is refused, what survives storing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from tongxi.encoder.corpus import strangers
from tongxi.intents import OUT, IntentModel
from tongxi.intents.model import Unfit
from tongxi.intents.training import Example, TooFew, train
from tongxi.starter import intents as starter_pack

PACK = [one for one in starter_pack() if one.domain in ("ecommerce.orders", "ecommerce.aftersales")][:12]
HELD = 6


class Letters:
    """An encoder of 26 numbers: how often each letter occurs."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        made = np.zeros((len(texts), 26), np.float32)
        for row, text in zip(made, texts, strict=True):
            for letter in text.lower():
                if "a" <= letter <= "z":
                    row[ord(letter) - 97] += 1
            row /= max(1e-9, float(np.linalg.norm(row)))
        return made


def _examples(*languages: str) -> list[Example]:
    return [
        Example(text, one.intent)
        for one in PACK
        for language in languages
        for text in (one.zh if language == "zh" else one.en)[HELD:]
    ]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return train(_examples("zh", "en"), strangers=strangers()[::2])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_phrasings_that_were_not_learnt_are_recognised(model: IntentModel, language: str) -> None:
    asked = [(t, one.intent) for one in PACK for t in (one.zh if language == "zh" else one.en)[:HELD]]
    right = sum(model.read(text).guesses[0].intent == code for text, code in asked)
    assert right / len(asked) >= 0.6


def test_names_that_mean_the_same_want_one_intent_together(model: IntentModel) -> None:
    wanted = model.wanted_by(PACK[0].zh[:HELD])
    assert max(wanted, key=lambda code: wanted[code]) == PACK[0].intent
    assert 0 < sum(wanted.values()) <= 1.0001
    assert model.wanted_by([]) == {}


def test_traditional_characters_are_read_like_simplified_ones(model: IntentModel) -> None:
    assert model.read("訂單怎麼取消").guesses == model.read("订单怎么取消").guesses


def test_probabilities_are_those_of_the_guesses(model: IntentModel) -> None:
    guesses = model.read("我要退货").guesses
    assert len(guesses) <= 5
    assert [g.probability for g in guesses] == sorted((g.probability for g in guesses), reverse=True)
    assert sum(g.probability for g in guesses) <= 1 + 1e-5


def test_sure_guesses_are_right_more_often_than_doubtful_ones(model: IntentModel) -> None:
    asked = [(t, one.intent) for one in PACK for t in (*one.zh[:HELD], *one.en[:HELD])]
    read = [(model.read(text).guesses[0], code) for text, code in asked]
    sure = [guess.intent == code for guess, code in read if guess.probability >= 0.8]
    doubtful = [guess.intent == code for guess, code in read if guess.probability < 0.5]
    assert np.mean(sure) > 0.8
    assert np.mean(doubtful) < np.mean(sure)


STRANGERS = (
    "珠穆朗玛峰有多高", "写一首关于秋天的诗", "明天上海会下雨吗", "世界杯冠军是谁", "帮我翻译成法语", "给我讲个笑话",
    "write a haiku about autumn", "who painted the mona lisa", "is it going to rain tomorrow", "solve this equation",
)  # fmt: skip


def test_most_of_what_no_intent_covers_is_out_of_scope(model: IntentModel) -> None:
    assert sum(model.read(text).out_of_scope >= OUT for text in STRANGERS) >= 0.8 * len(STRANGERS)


@pytest.mark.parametrize("text", ["", " ", "\0\0", "！？…", "🙃"])
def test_what_has_no_words_is_out_of_scope(model: IntentModel, text: str) -> None:
    assert model.read(text).out_of_scope >= OUT


def test_learnt_phrasings_are_in_scope(model: IntentModel) -> None:
    learnt = [one.zh[HELD] for one in PACK] + [one.en[HELD] for one in PACK]
    assert sum(model.read(text).out_of_scope < OUT for text in learnt) >= 0.9 * len(learnt)


def test_two_requests_in_one_message_are_both_named() -> None:
    model = train(
        [
            Example(text, label)
            for label, texts in {
                "refund": ["我要退款", "把钱退给我", "申请退款", "怎么退款", "给我退款吧"],
                "invoice": ["我要开发票", "发票怎么开", "给我开张发票", "可以开票吗", "开发票"],
                "address": ["我要改地址", "收货地址写错了", "帮我改一下地址", "地址能改吗", "修改收货地址"],
            }.items()
            for text in texts
        ]
    )
    assert model.read("帮我改一下收货地址，另外给我开张发票").several == ("address", "invoice")
    assert model.read("我要退款").several == ()


def test_storing_keeps_what_was_learnt(model: IntentModel) -> None:
    again = IntentModel.load(model.dump(), {})
    for text in ("我要退货", "where is my parcel", "今天天气怎么样"):
        before, after = model.read(text), again.read(text)
        assert [g.intent for g in after.guesses] == [g.intent for g in before.guesses]
        assert after.out_of_scope == pytest.approx(before.out_of_scope, abs=0.02)


def test_a_model_is_not_read_without_the_encoder_it_was_learnt_with() -> None:
    examples = [Example(f"{word} please", label) for label, word in (("a", "refund"), ("b", "invoice")) for _ in "12"]
    model = train([*examples, Example("a refund", "a"), Example("an invoice", "b")], encoders={"letters": Letters()})
    assert IntentModel.load(model.dump(), {"letters": Letters()}).read("refund").guesses[0].intent == "a"
    with pytest.raises(Unfit, match="letters"):
        IntentModel.load(model.dump(), {})


def test_what_is_no_stored_model_is_refused() -> None:
    with pytest.raises(Unfit):
        IntentModel.load(b"PK\x03\x04 nonsense", {})


def test_learning_twice_gives_the_same_model() -> None:
    examples = _examples("zh")[:200]
    assert train(examples).read("我要退货") == train(examples).read("我要退货")


@pytest.mark.parametrize("examples", [[], [Example("hello", "a")], [Example("a", "x"), Example("b", None)]])
def test_one_intent_is_nothing_to_tell_apart(examples: list[Example]) -> None:
    with pytest.raises(TooFew):
        train(examples)


def test_two_intents_with_one_example_each_are_enough() -> None:
    model = train([Example("cancel my order", "cancel"), Example("开发票", "invoice")])
    assert model.read("please cancel the order").guesses[0].intent == "cancel"


def test_examples_of_out_of_scope_are_no_intent() -> None:
    inside = [Example(text, one.intent) for one in PACK[:4] for text in one.en]
    outside = ["how tall is mount everest", "tell me a joke", "what is the weather in paris", "sing a song for me"]
    model = train([*inside, *(Example(text, None) for text in outside)])
    assert all(guess.intent for guess in model.read("tell me a joke").guesses)
    assert model.read("tell me another joke").out_of_scope > model.read(PACK[0].en[0]).out_of_scope


def test_a_very_long_text_is_read_by_its_beginning_and_end(model: IntentModel) -> None:
    text = "我要退货。" + "啊" * 1_000_000
    assert model.read(text).guesses
