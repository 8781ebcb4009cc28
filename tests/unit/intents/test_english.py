"""The extra for English in learning intents: when it is used, what it adds, and that nothing changes without it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from tongxi.encoder import english as vectors
from tongxi.encoder.minilm import DEPTHS, DIMENSIONS
from tongxi.intents import IntentModel, english
from tongxi.intents.model import Unfit
from tongxi.intents.nearby import Nearby, Space, chosen, weights_of
from tongxi.intents.training import Example, train

TOPICS = {"cash": ("money", "cash", "funds", "coins"), "card": ("card", "plastic", "visa", "chip")}
FRAMES = (
    "where is my {}", "i lost my {}", "send me {} please", "is the {} there yet", "{} did not come", "about {}",
    "what happened to the {}", "give me the {}", "need {} today", "my {} is gone", "tell me of {}", "{}?",
)  # fmt: skip
HIDDEN = ("funds", "chip")
"""Words that stand in no example: only their vectors tell what they mean."""


class Meaning:
    """Stands in for the sentence encoder: it knows which topic a word is of."""

    def __init__(self) -> None:
        self.read = 0

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.read += len(texts)
        made = np.full((len(texts), DEPTHS, DIMENSIONS), 0.01, np.float32)
        for row, text in zip(made, texts, strict=True):
            row[:, 2 + len(text) % 40] = 0.3
            for place, words in enumerate(TOPICS.values()):
                row[:, place] = any(word in text for word in words)
        made /= np.linalg.norm(made, axis=2, keepdims=True)
        return made


def _labels() -> list[str]:
    return [*TOPICS, *(f"other{n}" for n in range(8))]


def _examples() -> list[Example]:
    known = [
        Example(frame.format(word), topic)
        for topic, words in TOPICS.items()
        for word in words
        if word not in HIDDEN
        for frame in FRAMES
    ]
    return [*known, *(Example(f"{frame.format(f'thing{n}')}", f"other{n}") for n in range(8) for frame in FRAMES[:4])]


@pytest.fixture(scope="module")
def sentences() -> vectors.Sentences:
    return vectors.Sentences(Meaning, waits=True)


@pytest.fixture(scope="module")
def model(sentences: vectors.Sentences) -> IntentModel:
    return train(_examples(), sentences=english.sentences(sentences, waits=True))


def test_it_is_used_for_english_texts_only() -> None:
    assert english.is_english(["where is my order", "refund please"])
    assert not english.is_english(["退款什么时候到", "where is my order"])


def test_the_linear_block_carries_its_weight(sentences: vectors.Sentences) -> None:
    last = english.sentences(sentences, waits=True).last.encode(["my card", "我的卡"])
    assert last.shape == (2, DIMENSIONS)
    assert np.linalg.norm(last[0]) == pytest.approx(english.WEIGHT, rel=1e-5)
    assert not last[1].any()


def test_words_that_were_never_seen_are_understood_by_their_meaning(model: IntentModel) -> None:
    plain = train(_examples())
    asked = [(frame.format(word), topic) for topic, word in zip(TOPICS, HIDDEN, strict=True) for frame in FRAMES]
    with_extra = sum(model.read(text).guesses[0].intent == topic for text, topic in asked)
    without = sum(plain.read(text).guesses[0].intent == topic for text, topic in asked)
    assert with_extra == len(asked)
    assert without < len(asked)


def test_what_it_cannot_read_is_read_without_it(model: IntentModel) -> None:
    reading = model.read("卡在哪里")
    assert sum(guess.probability for guess in reading.guesses) <= 1.001


def test_a_stored_model_reads_the_same(model: IntentModel, sentences: vectors.Sentences) -> None:
    again = IntentModel.load(model.dump(), english.encoders(sentences, waits=True))
    before, after = model.read("where are my funds"), again.read("where are my funds")
    assert [guess.intent for guess in before.guesses] == [guess.intent for guess in after.guesses]
    assert before.guesses[0].probability == pytest.approx(after.guesses[0].probability, abs=0.01)
    assert before.out_of_scope == pytest.approx(after.out_of_scope, abs=0.02)


def test_a_model_learnt_with_it_is_not_read_without(model: IntentModel) -> None:
    with pytest.raises(Unfit):
        IntentModel.load(model.dump(), {})


def test_few_english_texts_are_not_learnt_from(sentences: vectors.Sentences) -> None:
    few = [Example(text, label) for label in _labels()[:3] for text in (f"say {label}", f"do {label}")]
    assert train(few, sentences=english.sentences(sentences, waits=True)).nearby is None


def test_examples_get_their_own_label_back() -> None:
    rng = np.random.default_rng(0)
    codes = np.repeat(np.arange(4), 12)
    vectors_ = rng.normal(size=(48, DEPTHS * DIMENSIONS)).astype(np.float32)
    space = Space.of(vectors_, codes)
    rows = space.rows(vectors_)
    near = Nearby(space, rows, weights_of(rows, codes, 4), share=1.0, alone=2.0, usual=0.5)
    scores, nearest = near.added(np.zeros((48, 4), np.float32), vectors_)
    assert (scores.argmax(axis=1) == codes).all()
    assert nearest == pytest.approx(np.ones(48), abs=1e-3)
    linear = np.ones((1, 4), np.float32)
    scores, nearest = near.added(linear, np.zeros((1, DEPTHS * DIMENSIONS), np.float32))
    assert (scores == 2).all()
    assert nearest[0] == 0.5


def test_of_too_many_examples_each_label_keeps_as_many() -> None:
    codes = np.array([0] * 20 + [1] * 3 + [2] * 5)
    kept = codes[chosen(codes, most=9)]
    assert np.bincount(kept).tolist() == [3, 3, 3]
    assert len(chosen(codes, most=100)) == 28
