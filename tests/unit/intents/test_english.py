"""The extra for English: when it is used, and what its vectors are."""

from __future__ import annotations

from typing import Any

import numpy as np

from tongxi.intents.english import WEIGHT, English, is_english


class Double:
    """Stands in for the sentence encoder."""

    def encode(self, texts: list[str], **options: Any) -> list[list[float]]:
        assert options["normalize_embeddings"]
        return [[1.0] + [0.0] * 383 for _ in texts]


def test_it_is_used_for_english_texts_only() -> None:
    assert is_english(["where is my order", "refund please"])
    assert not is_english(["退款什么时候到", "where is my order"])


def test_its_vectors_carry_their_weight() -> None:
    vectors = English(Double()).encode(["a", "b"])
    assert vectors.shape == (2, 384)
    assert np.linalg.norm(vectors[0]) == WEIGHT
    assert English(Double()).encode([]).shape == (0, 384)
