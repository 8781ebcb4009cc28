"""The encoder: paraphrases near, in both languages and scripts; weights that are not weights are refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxi.encoder import Encoder, NotWeights, shipped


def likeness(one: str, other: str) -> float:
    a, b = shipped().encode([one, other])
    return float(a @ b)


@pytest.mark.parametrize(
    ("asked", "right", "wrong"),
    [
        ("钱啥时候能回到我卡上", "退款多久到账", "如何开发票"),
        ("my stuff came smashed", "Item arrived damaged", "How do I get an invoice?"),
        ("东西在路上摔烂了", "Item arrived damaged", "How long does a refund take?"),
        ("how do I get rid of my account", "如何注销账号", "如何投诉"),
    ],
)
def test_a_question_lies_nearer_to_its_answer_than_to_another(asked: str, right: str, wrong: str) -> None:
    assert likeness(asked, right) > likeness(asked, wrong) + 0.2


def test_traditional_and_simplified_are_the_same() -> None:
    assert likeness("退貨運費誰出", "退货运费谁出") == pytest.approx(1, abs=1e-6)


def test_a_text_without_known_pieces_is_a_zero_row() -> None:
    rows = shipped().encode(["", "!!! ", "ОченьРедкоеСлово", "退款"])
    assert rows.shape == (4, shipped().dimensions)
    assert not rows[:3].any()
    assert np.linalg.norm(rows[3]) == pytest.approx(1, abs=1e-6)


def test_nothing_to_encode_is_no_row() -> None:
    assert shipped().encode([]).shape == (0, shipped().dimensions)


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_every_text_has_a_vector_of_length_one_or_none(text: str) -> None:
    length = float(np.linalg.norm(shipped().encode([text])[0]))
    assert length == pytest.approx(1, abs=1e-5) or length == 0


def test_weights_come_back_as_they_were_saved(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    made = Encoder.of(np.array([3, 70, 4_000_000_000], dtype=np.uint32), rng.normal(size=(3, 8)).astype(np.float32))
    made.save(tmp_path / "w")
    back = Encoder.load(tmp_path / "w")
    assert (back.hashes == made.hashes).all()
    np.testing.assert_array_equal(back.vectors(), made.vectors())


@pytest.mark.parametrize("data", [b"", b"TXENC", b"something else that is long enough", b"TXENC\x01\0\0" + bytes(20)])
def test_what_is_not_weights_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "w").write_bytes(data)
    with pytest.raises(NotWeights):
        Encoder.load(tmp_path / "w")
