"""The shipped linear detectors: one byte a weight, read once, a sum of rows a message.

Learnt by scripts/fit_signals.py from text written for this project (CC0); figures in docs/reference/signals.md. An
archive holds, for each head, `<head>.weights` (BUCKETS, labels) int8, `<head>.scale` and `<head>.bias` (labels,).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from tongxi.signals.features import columns


@dataclass(frozen=True, slots=True)
class Head:
    """A linear classifier over hashed pieces."""

    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]

    def logits(self, found: NDArray[np.int64]) -> NDArray[np.float32]:
        """Log-odds of each label: (labels,); pieces weigh 1/√n so that long texts do not shout."""
        if not len(found):
            return self.bias
        total = self.weights[found].sum(axis=0, dtype=np.int32)
        logits: NDArray[np.float32] = total.astype(np.float32) * (self.scale / np.float32(np.sqrt(len(found))))
        return logits + self.bias


@cache
def heads() -> dict[str, Head]:
    """Every shipped head by name."""
    with as_file(files("tongxi") / "signals" / "signals.npz") as path, np.load(path, allow_pickle=False) as stored:
        names = sorted({name.rsplit(".", 1)[0] for name in stored.files})
        return {
            name: Head(stored[f"{name}.weights"], stored[f"{name}.scale"], stored[f"{name}.bias"]) for name in names
        }


def shares(name: str, text: str) -> NDArray[np.float32]:
    """Probabilities of the labels of a head, 0…1: (labels,), adding to 1."""
    logits = heads()[name].logits(columns(text))
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)
