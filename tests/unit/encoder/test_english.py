"""English sentence vectors of a process: noted, made aside, remembered."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from tongxi.encoder.english import CACHE_SIZE, MAX_NOTED, Part, Sentences, concerns
from tongxi.encoder.minilm import DEPTHS, DIMENSIONS

pytestmark = pytest.mark.anyio


class Model:
    """Stands in for the model; it can be held up, and it can fail."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.may_go = threading.Event()
        self.may_go.set()
        self.fails = False

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.may_go.wait(10)
        if self.fails:
            raise MemoryError
        self.read += texts
        made = np.zeros((len(texts), DEPTHS, DIMENSIONS), np.float32)
        for row, text in zip(made, texts, strict=True):
            row[:, len(text) % DIMENSIONS] = 1
        return made


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("where’s my €5 refund – now?", True), ("Ｗhere is it", True), ("café au lait", True), ("退款", False),
        ("我的 iPhone 坏了", False), ("12345", False), ("", False), ("где", False), ("👍", False),
    ],
)  # fmt: skip
def test_it_is_asked_about_latin_script_only(text: str, expected: bool) -> None:
    assert concerns(text) is expected


async def test_who_asks_does_not_wait_and_finds_it_the_next_time(model: Model) -> None:
    sentences = Sentences(lambda: model, patience_seconds=30)
    assert sentences.held("Where is it") is None
    assert sentences.held("退款") is None
    assert sentences.awaits("where is it")
    assert await sentences.supply()
    assert model.read == ["where is it"]
    found = sentences.held("where IS it")
    assert found is not None
    assert found.shape == (DEPTHS, DIMENSIONS)
    assert not await sentences.supply()
    sentences.close()


async def test_what_takes_longer_than_the_patience_is_there_later(model: Model) -> None:
    sentences = Sentences(lambda: model, patience_seconds=0)
    model.may_go.clear()
    sentences.held("where is it")
    assert not await sentences.supply()
    model.may_go.set()
    sentences.held("something else")
    sentences.patience_seconds = 30
    assert await sentences.supply()  # one thread: the earlier one is done by now
    assert sentences.held("where is it") is not None
    sentences.close()


async def test_a_failure_changes_nothing(model: Model) -> None:
    sentences = Sentences(lambda: model, patience_seconds=30)
    model.fails = True
    sentences.held("where is it")
    assert not await sentences.supply()
    model.fails = False
    assert sentences.held("where is it") is None
    assert await sentences.supply()
    sentences.close()


async def test_memory_is_bounded(model: Model) -> None:
    sentences = Sentences(lambda: model, patience_seconds=30)
    for n in range(2 * MAX_NOTED):
        sentences.held(f"question {n}")
    assert await sentences.supply()
    assert len(model.read) == MAX_NOTED
    await sentences.prepare([f"many {n}" for n in range(CACHE_SIZE + 10)])
    assert sentences.held("question 0") is None
    assert sentences.held(f"many {CACHE_SIZE + 9}") is not None
    sentences.close()


def test_a_command_has_it_at_once_and_makes_it_once(model: Model) -> None:
    sentences = Sentences(lambda: model, waits=True)
    assert sentences.held("where is it") is not None
    rows = sentences.made(["where is it", "退款", "my card"])
    assert rows[:, 0].any(axis=1).tolist() == [True, False, True]
    assert model.read == ["where is it", "my card"]


def test_as_features_its_rows_have_length_one_or_are_missing(model: Model) -> None:
    part = Part(Sentences(lambda: model))
    assert not part.encode(["where is it"]).any()
    rows = Part(Sentences(lambda: model, waits=True), waits=True).encode(["where is it", "退款"])
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0])
