"""Learning: the gradient is the loss's own, meanings come together, strangers stay away; tuning does not forget."""

import numpy as np
import pytest

from tongxi.encoder import Encoder
from tongxi.encoder.corpus import Family, Meaning
from tongxi.encoder.learning import Settings, contrast, learn
from tongxi.encoder.tuning import tune

FRUIT = Meaning("fruit", zh=["苹果好吃", "香蕉真甜"], en=["apples taste good", "sweet bananas"], titles=["水果"])
WEATHER = Meaning("weather", zh=["今天下雨", "外面刮风"], en=["rainy today", "windy outside"], titles=["天气"])
SMALL = Settings(steps=120, dimensions=16, rare=1, drop=0.1, strangers=2)


def likeness(encoder: Encoder, one: str, other: str) -> float:
    a, b = encoder.encode([one, other])
    return float(a @ b)


def test_the_gradient_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(3)
    units = rng.normal(size=(2 * 3 + 2, 5)).astype(np.float32)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    gradient, _ = contrast(units, 3, 2, 4.0)
    for row, column in ((0, 1), (4, 2), (7, 3)):
        step = np.zeros_like(units)
        step[row, column] = 1e-2
        slope = (contrast(units + step, 3, 2, 4.0)[1] - contrast(units - step, 3, 2, 4.0)[1]) / 2e-2
        assert gradient[row, column] == pytest.approx(slope, abs=2e-3)


def test_texts_of_one_meaning_come_together_across_languages() -> None:
    encoder = learn([(Family("f", (FRUIT, WEATHER)), 1.0)], ["完全无关", "nothing at all"], SMALL)
    assert likeness(encoder, "苹果好吃", "sweet bananas") > likeness(encoder, "苹果好吃", "rainy today") + 0.5
    assert likeness(encoder, "苹果好吃", "nothing at all") < likeness(encoder, "苹果好吃", "香蕉真甜")


def test_the_same_seed_gives_the_same_weights() -> None:
    made = [learn([(Family("f", (FRUIT, WEATHER)), 1.0)], [], SMALL) for _ in range(2)]
    np.testing.assert_array_equal(made[0].vectors(), made[1].vectors())


def test_tuning_teaches_what_the_weights_did_not_know_and_keeps_the_rest() -> None:
    encoder = learn([(Family("f", (FRUIT, WEATHER)), 1.0)], [], SMALL)
    own = [
        Meaning("pump", zh=["增压泵嗡嗡响", "泵体异响"], titles=["噪音排查"]),
        Meaning("filter", zh=["滤芯多久换", "滤网更换周期"], titles=["耗材保养"]),
    ]
    tuned = tune(encoder, own)
    assert likeness(encoder, "增压泵嗡嗡响", "噪音排查") == 0
    assert likeness(tuned, "增压泵嗡嗡响", "噪音排查") > likeness(tuned, "增压泵嗡嗡响", "耗材保养") + 0.3
    assert likeness(tuned, "苹果好吃", "sweet bananas") == pytest.approx(
        likeness(encoder, "苹果好吃", "sweet bananas"), abs=0.02
    )


@pytest.mark.parametrize("meanings", [[], [FRUIT], [Meaning("a", zh=["一"]), Meaning("b", zh=["二"])]])
def test_too_little_to_learn_from_changes_nothing(meanings: list[Meaning]) -> None:
    encoder = learn([(Family("f", (FRUIT, WEATHER)), 1.0)], [], SMALL)
    assert tune(encoder, meanings) is encoder
