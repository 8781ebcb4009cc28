"""What a frame and a message may be."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.api.errors import Malformed, TooLarge
from tongxi.api.frames import (
    MAX_CLIENT_ID,
    MAX_TEXT,
    client_id_of,
    conversation_of,
    error_frame,
    ids_of,
    parse,
    text_of,
)
from tongxi.api.socket import MAX_FRAME
from tongxi.kit.errors import AppError, Conflict, Invalid, NotFound


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"1", b'"t"', b"{}", b'{"t":1}', b'{"t":null}', b"\xff\xfe", b'{"t":"a"', b"nan"]
)
def test_not_a_frame(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse(data)


def test_lone_surrogates_are_refused() -> None:
    with pytest.raises(Malformed):
        parse(b'{"t":"send","text":"\\ud800"}')


def test_a_frame_at_the_limit_and_one_beyond() -> None:
    head = b'{"t":"send","text":"'
    room = MAX_FRAME - len(head) - 2
    assert parse(head + b"x" * room + b'"}')["t"] == "send"
    with pytest.raises(TooLarge):
        parse(head + b"x" * (room + 1) + b'"}')


@given(st.binary(max_size=300))
def test_any_bytes_give_a_frame_or_a_typed_error(data: bytes) -> None:
    try:
        frame = parse(data)
    except (Malformed, TooLarge):
        return
    assert isinstance(frame["t"], str)


@given(st.dictionaries(st.text(max_size=5), st.one_of(st.text(), st.integers(-(2**31), 2**31), st.none()), max_size=4))
def test_a_frame_comes_through_whole(fields: dict[str, Any]) -> None:
    frame = fields | {"t": "x"}
    try:
        data = orjson.dumps(frame)
    except orjson.JSONEncodeError:  # a lone surrogate
        return
    assert parse(data) == frame


@pytest.mark.parametrize("text", ["你好", " a ", "x" * MAX_TEXT, "𠮷" * MAX_TEXT, "<b>", "\n\t1"])
def test_text_is_kept_as_received(text: str) -> None:
    assert text_of(text) == text


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (None, Invalid), (1, Invalid), (["a"], Invalid), ("a\x00", Malformed), ("x" * (MAX_TEXT + 1), TooLarge),
        ("", Invalid), (" \n\u3000", Invalid),
    ],
)  # fmt: skip
def test_text_that_is_none(text: Any, error: type[AppError]) -> None:
    with pytest.raises(error):
        text_of(text)


def test_with_files_there_need_be_no_text() -> None:
    assert text_of("", may_be_empty=True) == ""


@pytest.mark.parametrize("value", [None, "", 7, "x" * (MAX_CLIENT_ID + 1), "a\x00"])
def test_no_client_id(value: Any) -> None:
    with pytest.raises(Invalid):
        client_id_of(value)


def test_client_id() -> None:
    assert client_id_of("x" * MAX_CLIENT_ID) == "x" * MAX_CLIENT_ID


def test_ids() -> None:
    one = uuid4()
    assert ids_of(None) == []
    assert ids_of([str(one)]) == [one]
    for wrong in ("x", [1], ["x"], [None], [str(one)] * 11, {"a": 1}):
        with pytest.raises(Invalid):
            ids_of(wrong)


def test_a_conversation_that_is_no_id_is_as_unknown_as_a_foreign_one() -> None:
    one = uuid4()
    assert conversation_of(None) is None
    assert conversation_of(str(one)) == one
    not_ids: list[Any] = [1, "x", [], ""]
    for wrong in not_ids:
        with pytest.raises(NotFound):
            conversation_of(wrong)


def test_an_error_names_what_it_is_about() -> None:
    frame = orjson.loads(error_frame(Conflict("no", holder={"kind": "agent"}, epoch=3), "c1"))
    assert frame == {
        "t": "error",
        "code": "conflict",
        "detail": "no",
        "holder": {"kind": "agent"},
        "epoch": 3,
        "id": "c1",
    }
    assert "id" not in orjson.loads(error_frame(NotFound()))
