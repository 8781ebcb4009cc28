"""`tongxi eval` from files to predictions: what it writes, what it refuses, when it abstains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tongxi.cli import main
from tongxi.evaluation.intent import abstains
from tongxi.evaluation.measures import calibration_error
from tongxi.evaluation.rows import NoFile, paths, read
from tongxi.intents.training import Example
from tongxi.starter import intents as starter_pack

PACK = [one for one in starter_pack() if one.domain == "ecommerce.orders"][:4]


def _file(path: Path, rows: list[Any]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


@pytest.fixture
def train(tmp_path: Path) -> Path:
    return _file(tmp_path / "train.jsonl", [{"text": t, "label": one.intent} for one in PACK for t in one.en[5:30]])


def _run(kind: str, tmp_path: Path, **files: Path | str) -> tuple[int, list[dict[str, Any]]]:
    output = tmp_path / "out.jsonl"
    words = ["eval", "--kind", kind, "--output", str(output)]
    for name, path in files.items():
        words += [f"--{name}", str(path)]
    status = main(words)
    lines = output.read_text("utf-8").splitlines() if output.exists() else []
    return status, [json.loads(line) for line in lines]


def test_every_input_gets_a_prediction_and_figures_are_told(
    tmp_path: Path, train: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"id": f"{one.intent}-{i}", "text": one.en[i], "label": one.intent} for one in PACK for i in range(5)]
    status, made = _run("intent", tmp_path, train=train, inputs=_file(tmp_path / "in.jsonl", rows))
    assert status == 0
    assert [row["id"] for row in made] == [row["id"] for row in rows]
    assert all(set(row) == {"id", "label", "score"} and 0 <= row["score"] <= 1 for row in made)
    said = capsys.readouterr().err
    assert "accuracy" in said
    assert "calibration error" in said
    assert "p95" in said


def test_a_calibration_error_is_the_mean_gap_between_what_was_claimed_and_what_was_right() -> None:
    claimed = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False, True, False])
    assert calibration_error(claimed, right) == pytest.approx((4 * 0.2 + 2 * 0.05) / 6)
    assert calibration_error(np.array([]), np.array([], bool)) == 0.0


def test_odd_texts_get_a_prediction_each(tmp_path: Path, train: Path) -> None:
    texts = ["", " ", "\0", "a\0b", "x" * 1_000_000, "🙃", "订单"]
    status, made = _run(
        "intent", tmp_path, train=train, inputs=_file(tmp_path / "in.jsonl", [{"text": t} for t in texts])
    )
    assert status == 0
    assert [row["id"] for row in made] == [str(i + 1) for i in range(len(texts))]


def test_several_files_are_one_set(tmp_path: Path) -> None:
    files = [
        _file(tmp_path / f"{one.intent}.jsonl", [{"text": t, "label": one.intent} for t in one.en]) for one in PACK
    ]
    assert len(read(paths(",".join(map(str, files))))) == sum(len(one.en) for one in PACK)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{broken", "not JSON"),
        ("[1, 2]", "not an object"),
        ('{"label": "a"}', "'text' is missing"),
        ('{"text": 5, "label": "a"}', "not a string"),
        ('{"text": "a"}', "'label' is missing"),
        ('{"text": "\\ud800", "label": "a"}', "not JSON"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(
    tmp_path: Path, train: Path, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"text": "fine", "label": "a"}\n' + line + "\n")
    status, made = _run("intent", tmp_path, train=bad, inputs=train)
    assert (status, made) == (1, [])
    error = capsys.readouterr().err
    assert "bad.jsonl, line 2" in error
    assert said in error
    assert "[bad_row]" in error


@pytest.mark.parametrize(
    ("kind", "line", "said"),
    [
        ("triage", '{"id": "1", "text": "b"}', "the id '1' is there already"),
        ("triage", '{"id": "2", "text": "b", "handoff": "yes"}', "neither 0 nor 1"),
        ("intent", '{"id": "2", "text": "b", "label": ["a"]}', "not a single value"),
        ("multilabel", '{"id": "2", "text": "b", "label": 3}', "neither a list"),
        ("retrieval", '{"id": "2", "text": "b", "relevant": null}', "not a list of ids"),
    ],
)
def test_inputs_that_cannot_be_scored_are_refused_before_anything_is_written(
    tmp_path: Path, train: Path, capsys: pytest.CaptureFixture[str], kind: str, line: str, said: str
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(b'\xef\xbb\xbf{"id": "1", "text": "fine"}\r\n' + line.encode() + b"\r\n")
    assert _run(kind, tmp_path, train=train, inputs=bad, corpus=train) == (1, [])
    error = capsys.readouterr().err
    assert "bad.jsonl, line 2" in error
    assert said in error


def test_a_missing_file_is_named(tmp_path: Path, train: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _ = _run("intent", tmp_path, train=tmp_path / "gone.jsonl", inputs=train)
    assert status == 1
    assert "gone.jsonl" in capsys.readouterr().err
    with pytest.raises(NoFile):
        read([tmp_path])


def test_what_a_kind_needs_is_said(tmp_path: Path, train: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("intent", tmp_path, inputs=train) == (1, [])
    assert "[option_missing]" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["handoff", "satisfaction", "clusters", "summary"])
def test_kinds_to_come_say_so(tmp_path: Path, train: Path, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    assert _run(kind, tmp_path, inputs=train) == (1, [])
    assert "[not_available_yet]" in capsys.readouterr().err


def test_texts_with_several_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = PACK[0], PACK[1]
    rows = [{"text": t, "label": [one.intent]} for t in one.en] + [{"text": t, "label": two.intent} for t in two.en]
    rows += [{"text": f"{a} {b}", "label": f"{one.intent}|{two.intent}"} for a, b in zip(one.en, two.en, strict=False)]
    file = _file(tmp_path / "rows.jsonl", rows)
    status, made = _run("multilabel", tmp_path, train=file, inputs=file)
    assert status == 0
    assert {one.intent, two.intent} in [set(row["label"]) for row in made]
    assert "micro-F1" in capsys.readouterr().err


def test_one_label_is_asked_for_where_there_can_be_only_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = _file(tmp_path / "rows.jsonl", [{"text": "a", "label": ["x", "y"]}])
    assert _run("intent", tmp_path, train=file, inputs=file) == (1, [])
    assert "--kind multilabel" in capsys.readouterr().err


def _rows(counts: list[int]) -> list[Example]:
    return [Example(f"text {i} {j}", f"label{i}") for i, n in enumerate(counts) for j in range(n)]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([100] * 20, False),  # plenty of every label: the labels cover everything
        ([10] * 20, False),  # a drawn sample: as many of each
        ([4, 5, 6, 8, 9, 12, 20, 25, 30, 40, 46, 50], True),  # as a running bot has them
        ([500, 900], False),  # two classes of opinion
    ],
)
def test_it_abstains_when_the_labels_leave_something_out(counts: list[int], expected: bool) -> None:
    assert abstains(_rows(counts)) is expected


def test_it_abstains_when_it_was_shown_what_is_out_of_scope() -> None:
    assert abstains([*_rows([100] * 20), Example("weather", "oos")])
    assert abstains(_rows([100] * 20), dev=[Example("weather", None)])
