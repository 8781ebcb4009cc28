"""A file of labelled answers, with and without the product's own search; and the command that reads it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tongxi import cli
from tongxi.calibration import labelled
from tongxi.calibration.labelled import Answer, BadLabels


def _jsonl(rows: list[dict[str, object]]) -> bytes:
    return b"\n".join(orjson.dumps(row) for row in rows)


def test_rows_with_scores_need_no_search() -> None:
    rows = labelled.rows_of("a.jsonl", _jsonl([{"id": 1, "score": 0.8, "wrong": 0}, {"id": 2, "score": 1, "wrong": 1}]))
    assert labelled.answers("a.jsonl", rows) == [Answer("all", 0.8, False), Answer("all", 1.0, True)]


def test_a_spreadsheet_is_read_by_its_head_line() -> None:
    rows = labelled.rows_of(
        "a.csv", "id,group,score,wrong\n1,退货.zh,0.7,wrong\n2,退货.zh,0.9,right\n".encode("utf-8-sig")
    )
    assert labelled.answers("a.csv", rows) == [Answer("退货.zh", 0.7, True), Answer("退货.zh", 0.9, False)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no rows"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"{", "line 1: not JSON"),
        (b"[1]", "line 1: not an object"),
        (b'{"score": 2, "wrong": 0}', "row 1: score 2 is not between 0 and 1"),
        (b'{"score": "high", "wrong": 0}', "row 1: score 'high' is no number"),
        (b'{"score": 0.5, "wrong": "maybe"}', "row 1: wrong is 'maybe', not 0 or 1"),
        (b'{"score": 0.5}', "row 1: needs score and wrong"),
        (b'{"text": "x", "relevant": 5}', "row 1: needs score and wrong"),
        (b'{"id": 1, "score": 0.5, "wrong": 0}\n{"id": 1, "score": 0.5, "wrong": 0}', "row 2: id 1 stands twice"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_taken(data: bytes, said: str) -> None:
    with pytest.raises(BadLabels, match=r"a\.jsonl") as caught:
        labelled.answers("a.jsonl", labelled.rows_of("a.jsonl", data))
    assert said in caught.value.detail


def test_verdicts_from_outside_name_answer_and_rater() -> None:
    row = {"sample": "00000000-0000-0000-0000-000000000001", "rater": "A@shop.example ", "verdict": "wrong"}
    (rating,) = labelled.ratings("v.csv", [row])
    assert (rating.rater, rating.verdict) == ("a@shop.example", "wrong")
    with pytest.raises(BadLabels, match="row 1"):
        labelled.ratings("v.csv", [row | {"verdict": "fine"}])


def test_groups_are_tested_each_by_itself() -> None:
    given = [Answer("a.zh", 0.9, False)] * 100 + [Answer("b.zh", 0.9, False)] * 40 + [Answer("b.zh", 0.1, True)] * 9
    first, second = labelled.report(given, alpha=0.05, delta=0.05)
    assert (first.result.threshold, first.labels_missing) == (0.40, 0)
    assert (second.result.threshold, second.labels_missing, second.given) == (None, 50, 49)
    assert second.per_conversation == 0.40, "another promise: one wrong in 50 conversations at most, answered or not"


def test_the_command_works_without_a_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_bytes(_jsonl([{"id": i, "score": 0.6 + i / 1000, "wrong": i < 5} for i in range(300)]))
    assert cli.main(["calibrate", "--labels", str(path)]) == 0
    assert "certified from confidence 0.4: 5 of 300 wrong, upper bound 0.0347 at 95%" in capsys.readouterr().out
    assert cli.main(["calibrate", "--labels", str(path), "--alpha", "0.01", "--json"]) == 1
    (shown,) = orjson.loads(capsys.readouterr().out)
    assert (shown["state"], shown["threshold"], len(shown["curve"])) == ("person_only", None, 25)


def test_the_command_asks_the_products_own_search(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base, path = tmp_path / "base.jsonl", tmp_path / "asked.jsonl"
    base.write_bytes(
        _jsonl(
            [
                {"id": "refund", "title": "How long does a refund take", "text": "Three days.", "language": "en"},
                {"id": "pairing", "title": "Pair the headphones", "text": "Hold five seconds.", "language": "en"},
            ]
        )
    )
    path.write_bytes(
        _jsonl(
            [{"id": i, "text": "How long does a refund take?", "relevant": ["refund"], "lang": "en"} for i in range(95)]
        )
    )
    assert cli.main(["calibrate", "--labels", str(path), "--corpus", str(base), "--json"]) == 0
    (shown,) = orjson.loads(capsys.readouterr().out)
    assert (shown["n"], shown["wrong"]) == (95, 0)


@pytest.mark.parametrize("words", [["--plan", "100"], ["--certify"]])
def test_wrong_use_is_said_before_anything_happens(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calibrate", *words]) == 2
    assert "tongxi calibrate:" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named_with_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calibrate", "--labels", "nowhere.jsonl"]) == 1
    assert capsys.readouterr().err == "tongxi: cannot use nowhere.jsonl: No such file or directory [no_file]\n"


def test_ids_in_one_cell_of_a_spreadsheet_are_several() -> None:
    rows = labelled.rows_of("a.csv", b"id,text,relevant\n1,refund,fee|refund\n2,refund,fee\n")
    scored = labelled.answers("a.csv", rows, lambda *_: ("refund", 0.9))
    assert [one.wrong for one in scored] == [False, True]


def test_a_line_break_of_unicode_inside_a_text_ends_no_row() -> None:
    rows = labelled.rows_of("a.jsonl", '{"id": 1, "text": "a\u2028b", "score": 1, "wrong": 0}\r\n'.encode())
    assert len(labelled.answers("a.jsonl", rows)) == 1
