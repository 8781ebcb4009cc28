"""A small model of the same make as the extra's, with random weights, in files as its package has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from tongxi.encoder.minilm import DIMENSIONS, LAYERS
from tongxi.settings import ENGLISH_PACKAGE

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "where", "is", "my", "card", "?"]
WIDE = 32
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def tensors(rng: np.random.Generator) -> dict[str, Floats]:
    """Random weights of the model's shapes, but for a narrower inner layer and a small vocabulary."""
    made: dict[str, Doubles] = {}

    def linear(name: str, rows: int, columns: int) -> None:
        made[f"{name}.weight"] = rng.normal(size=(rows, columns), scale=columns**-0.5)
        made[f"{name}.bias"] = rng.normal(size=rows, scale=0.1)

    def norm(name: str) -> None:
        made[f"{name}.weight"], made[f"{name}.bias"] = (
            1 + rng.normal(size=DIMENSIONS) / 10,
            rng.normal(size=DIMENSIONS) / 10,
        )

    for name, rows in (("word", len(PIECES)), ("position", 512), ("token_type", 2)):
        made[f"embeddings.{name}_embeddings.weight"] = rng.normal(size=(rows, DIMENSIONS))
    norm("embeddings.LayerNorm")
    for n in range(LAYERS):
        layer = f"encoder.layer.{n}."
        for part in ("query", "key", "value"):
            linear(f"{layer}attention.self.{part}", DIMENSIONS, DIMENSIONS)
        linear(f"{layer}attention.output.dense", DIMENSIONS, DIMENSIONS)
        norm(f"{layer}attention.output.LayerNorm")
        linear(f"{layer}intermediate.dense", WIDE, DIMENSIONS)
        linear(f"{layer}output.dense", DIMENSIONS, WIDE)
        norm(f"{layer}output.LayerNorm")
    return {name: value.astype("<f4") for name, value in made.items()}


def write(folder: Path, held: dict[str, Floats]) -> None:
    """The files as the package has them."""
    header, data = {}, b""
    for name, value in held.items():
        header[name] = {"dtype": "F32", "shape": value.shape, "data_offsets": [len(data), len(data) + value.nbytes]}
        data += value.tobytes()
    head = orjson.dumps(header)
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + data)
    (folder / "vocab.txt").write_text("\n".join(PIECES), encoding="utf-8")


def package(folder: Path) -> None:
    """A package in this folder that looks like the extra's."""
    model = folder / ENGLISH_PACKAGE / "model"
    model.mkdir(parents=True)
    (model.parent / "__init__.py").touch()
    write(model, tensors(np.random.default_rng(1)))
