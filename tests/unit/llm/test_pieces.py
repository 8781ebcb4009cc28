"""Text in pieces: events, thoughts, placeholders. However it is cut, the result is the same."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.llm.masking import Masking
from tongxi.llm.protocol import ModelFailed
from tongxi.llm.sse import Event, Events
from tongxi.llm.text import Thoughts, spoken
from tongxi.signals import personal_data

STREAM = (
    ': keep-alive\n\nevent: a\r\ndata: {"x": "七天\u2028内"}\r\n\r\n'
    "data: one\ndata: two\n\nid: 7\ndata:three\r\rretry: 1\n\n"
)
EVENTS = [Event("a", '{"x": "七天\u2028内"}'), Event("", "one\ntwo"), Event("", "three")]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=200))
def test_events_are_the_same_however_the_bytes_are_cut(sizes: list[int]) -> None:
    reader, raw, found = Events(), STREAM.encode(), []
    while raw:
        size = sizes[len(raw) % len(sizes)]
        found += list(reader.take(raw[:size]))
        raw = raw[size:]
    assert found == EVENTS


@given(
    st.lists(
        st.sampled_from(["<think>", "</think>", "<thinking>", "</thinking>", "a", "<", "think", "好", ">"]), max_size=12
    ),
    st.integers(1, 5),
)
def test_thoughts_in_pieces_are_thoughts_as_a_whole(parts: list[str], size: int) -> None:
    text = "".join(parts)

    def through(step: int) -> str | None:
        gate, out = Thoughts(), ""
        for at in range(0, len(text), step):
            out += gate.take(text[at : at + step])
        try:
            return out + gate.end()
        except ModelFailed:
            return None

    assert through(size) == through(max(1, len(text)))


def test_a_thought_is_taken_out_and_half_a_thought_is_a_failure() -> None:
    assert spoken("<think>hm\nhm</think>\nYes.<thinking>x</thinking>") == "Yes."
    with pytest.raises(ModelFailed):
        spoken("Yes. <think>hm")


@dataclass(frozen=True)
class Found:
    label: str
    start: int
    end: int


def digits(text: str) -> list[Found]:
    """Every digit is private."""
    return [Found("phone", at, at + 1) for at, character in enumerate(text) if character.isdigit()]


@given(st.text("a1{}2_P ", max_size=40))
def test_what_was_hidden_comes_back(text: str) -> None:
    masking = Masking(digits)
    hidden = masking.hide(text)
    assert masking.restore(hidden) == text
    assert not {"1", "2"} & set(hidden.replace("PHONE_1", "").replace("PHONE_2", ""))


@given(st.text("a1{2}", max_size=30), st.integers(1, 7))
def test_placeholders_come_back_from_pieces(text: str, size: int) -> None:
    masking = Masking(digits)
    hidden = masking.hide(text)
    pieces = [masking.restore_piece(hidden[at : at + size]) for at in range(0, len(hidden), size)]
    assert "".join(pieces) + masking.restore_end() == text


def test_the_same_thing_has_the_same_placeholder_and_another_has_another() -> None:
    masking = Masking(digits)
    assert masking.hide("1 2 1") == "{{PHONE_1}} {{PHONE_2}} {{PHONE_1}}"
    assert masking.hide_in({"a": ["2"], "own": "2"}, but=frozenset({"own"})) == {"a": ["{{PHONE_2}}"], "own": "2"}
    assert masking.count == 2


def test_what_stands_far_into_a_long_text_is_hidden_as_well() -> None:
    text = "x" * 40_000 + "1" + "y" * 14_499 + "2"
    hidden = Masking(digits).hide(text)
    assert "1y" not in hidden.replace("PHONE_1", "")
    assert hidden.endswith("{{PHONE_2}}")
    assert Masking(personal_data.find).hide("字" * 30_000 + "电话 13812345678").endswith("{{PHONE_1}}")


def test_what_is_personal_in_a_question_is_hidden_and_the_order_number_is_not() -> None:
    hidden = Masking(personal_data.find).hide("订单 20261101123456 请打 13812345678，邮箱 li@example.com")
    assert hidden == "订单 20261101123456 请打 {{PHONE_1}}，邮箱 {{EMAIL_1}}"
