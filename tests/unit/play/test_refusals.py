"""What `tongxi play` says before it plays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tongxi.cli import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--url", "nonsense"), "nonsense: must start with http:// or https://"),
        (("--report", "/proc/nowhere/report.json"), "/proc/nowhere/report.json"),
    ],
)
def test_what_cannot_be_played_is_told_before_a_customer_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, str], said: str
) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "hello"}\n')
    assert main(["play", str(rows), *words]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert not told.out
