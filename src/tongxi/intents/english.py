"""The extra `english` in learning and reading intents: all-MiniLM-L6-v2, run by `tongxi.encoder.minilm`.

`tongxi eval` uses it when it is installed and the texts are English; a server when it is switched on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tongxi.encoder import english
from tongxi.intents.model import DEPTHS, Dense

NAME = english.NAME
WEIGHT = 2.0
"""How much its vectors count beside the shipped encoder's; chosen on training rows of BANKING77 and HWU64."""
ENGLISH_SHARE = 0.8


class Last:
    """Only the last layer of what `english.Part` gives: the sentence vector itself."""

    def __init__(self, part: english.Part) -> None:
        self._part = part

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """(n, 384), rows of length `WEIGHT` or zero."""
        vectors = self._part.encode(texts)[:, -english.DIMENSIONS :]
        return vectors * np.float32(WEIGHT * english.DEPTHS**0.5)


@dataclass(frozen=True, slots=True)
class Encoders:
    """An encoder of sentences, as `training.train` takes it."""

    name: str
    last: Dense
    """Its vectors as one more block of linear features."""
    depths: Dense
    """Its last layers side by side, for `Nearby`; a row of zeros for a text it cannot read."""


def sentences(made: english.Sentences, *, waits: bool = False) -> Encoders:
    """For `training.train`. `waits`: vectors are made on the spot, not when there is time."""
    part = english.Part(made, waits=waits)
    return Encoders(NAME, Last(part), part)


def encoders(made: english.Sentences, *, waits: bool = False) -> dict[str, Dense]:
    """For `IntentModel.load`."""
    given = sentences(made, waits=waits)
    return {given.name: given.last, DEPTHS: given.depths}


def is_english(texts: Sequence[str]) -> bool:
    """Whether most of the texts are plain Latin script."""
    return sum(text.isascii() for text in texts) >= ENGLISH_SHARE * max(1, len(texts))
