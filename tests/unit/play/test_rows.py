"""Which rows `tongxi play` understands, and how it says that it does not."""

import json
from pathlib import Path
from typing import Any

import pytest

from tongxi.play.rows import NotUnderstood, Row, choose, read_rows


def read(folder: Path, *values: Any, name: str = "rows.jsonl") -> list[Row]:
    file = folder / name
    lines = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_rows(file)


def test_an_utterance_with_what_should_answer_it(tmp_path: Path) -> None:
    value = {
        "text": "退款多久到",
        "lang": "zh",
        "id": "q1",
        "label": "refund",
        "relevant": ["refund_time"],
        "oos": False,
    }
    (row,) = read(tmp_path, value)
    assert row == Row("q1", ("退款多久到",), "zh", "refund", frozenset(["refund_time"]))


def turns(role: str, text: str, customer: str, other: str) -> list[dict[str, str]]:
    """A customer says a, somebody x, the customer b."""
    return [{role: who, text: said} for who, said in ((customer, "a"), (other, "x"), (customer.lower(), "b"))]


@pytest.mark.parametrize(
    "value",
    [
        {"turns": turns("role", "text", "Customer", "agent")},
        {"messages": turns("role", "content", "user", "assistant")},
        {"dialogue": turns("speaker", "utterance", "客户", "客服")},
        {"original": [["agent", "x"], ["customer", "a"], ["action", "x"], ["customer", "b"]]},
        {"turns": ["a", "b"]},
        ["a", "b"],
    ],
)
def test_transcripts_in_the_shapes_people_keep_them_in(tmp_path: Path, value: Any) -> None:
    (row,) = read(tmp_path, value)
    assert row.turns == ("a", "b")


def test_a_line_may_be_a_string_and_empty_lines_are_skipped(tmp_path: Path) -> None:
    rows = read(tmp_path, '\ufeff"where is it"', "", '  {"query": "and now\\u2028?"}')
    assert [row.turns for row in rows] == [("where is it",), ("and now\u2028?",)]
    assert [row.id for row in rows] == ["1", "3"]


def test_a_json_file_may_hold_all_rows_as_one_array(tmp_path: Path) -> None:
    assert len(read(tmp_path, [{"text": "a"}, {"text": "b"}], name="rows.json")) == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2: not JSON"),
        ("7", "line 2: int is neither"),
        ('{"body": "x"}', "line 2: expected 'text' or 'turns', found 'body'"),
        ('{"text": "  "}', "line 2: 'text' is empty"),
        ('{"turns": [{"text": "x"}]}', "line 2: a turn does not say who speaks"),
        ('{"turns": [{"role": "agent", "text": "x"}]}', "line 2: no turn of a customer"),
        ('{"turns": [{"role": "customer"}]}', "line 2: a turn of the customer has no 'text'"),
        ('{"turns": [7]}', "line 2: a turn is int"),
        ('{"text": "x", "relevant": 7}', "line 2: 'relevant' is not a list"),
    ],
)
def test_a_row_that_is_not_understood_is_named(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(NotUnderstood, match=says):
        read(tmp_path, {"text": "fine"}, line)


def test_an_empty_file_and_foreign_bytes_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotUnderstood, match="no row"):
        read(tmp_path, "")
    (tmp_path / "gbk").write_bytes('"退款"'.encode("gbk"))
    with pytest.raises(NotUnderstood, match="not UTF-8"):
        read_rows(tmp_path / "gbk")


def test_choosing_by_language_and_number() -> None:
    rows = [Row(str(n), ("x",), language) for n, language in enumerate(["zh", "en", None, "zh-Hant"])]
    assert [row.id for row in choose(rows, "zh", None, None)] == ["0", "2", "3"]
    assert [row.language for row in choose(rows, "zh", None, None)] == ["zh", "zh", "zh-Hant"]
    assert [row.id for row in choose(rows, None, 2, None)] == ["0", "1"]
    assert choose(rows, None, 2, 5) == choose(rows, None, 2, 5)
