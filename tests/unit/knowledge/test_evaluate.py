"""The evaluation command counts what it says it counts."""

from pathlib import Path

import pytest

from tongxi.knowledge.evaluate import auroc, main, wilson

KB = '{"id":"a","title":"Refund time","text":"Three days."}\n{"id":"b","title":"Invoice","text":"In the centre."}\n'
QUERIES = (
    '{"id":"1","text":"refund time","lang":"en","relevant":["a"]}\n'
    '{"id":"2","text":"invoice","lang":"en","relevant":["b"]}\n'
    '{"id":"3","text":"write a poem","lang":"en","relevant":[],"oos":true}\n'
)


def test_the_command_prints_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kb_en.jsonl").write_text(KB)
    (tmp_path / "q.jsonl").write_text(QUERIES)
    assert main([str(tmp_path / "kb_en.jsonl"), str(tmp_path / "q.jsonl")]) == 0
    shown = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert float(shown["hit_at_1"]) == 1
    assert float(shown["auroc"]) == 1
    assert (shown["n"], shown["n_out"]) == ("2", "1")


def test_without_the_encoder_only_words_find(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kb_en.jsonl").write_text(KB)
    (tmp_path / "q.jsonl").write_text('{"id":"1","text":"when am I reimbursed","lang":"en","relevant":["a"]}\n')
    hits = []
    for more in ([], ["--words-only"]):
        assert main([str(tmp_path / "kb_en.jsonl"), str(tmp_path / "q.jsonl"), *more]) == 0
        hits.append(float(dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())["hit_at_1"]))
    assert hits == [1, 0]


def test_the_interval_of_a_rate() -> None:
    low, high = wilson(0.9, 40)
    assert (round(low, 3), round(high, 3)) == (0.769, 0.960)
    assert wilson(0.0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("inside", "outside", "value"), [([1.0], [0.0], 1.0), ([0.0], [1.0], 0.0), ([0.5], [0.5], 0.5), ([], [1.0], None)]
)
def test_auroc(inside: list[float], outside: list[float], value: float | None) -> None:
    assert auroc(inside, outside) == value
