"""`tongxi bakeoff` as people call it: asks, records, replays with nobody listening, and says what is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import anyio.to_thread
import orjson
import pytest

from tests.support.model_server import ModelServer, model_server
from tongxi.cli import main

ENGINE = "TONGXI_MODEL_URL:m"
KB = [
    {"id": "warranty", "title": "Length of the warranty", "text": "The warranty of a kettle lasts 24 months."},
    {"id": "care", "title": "Cleaning a kettle", "text": "A kettle is cleaned with vinegar."},
]
ASKED = [
    {"id": 1, "text": "Length of the warranty", "lang": "en", "relevant": ["warranty"]},
    {"id": 2, "text": "Cleaning a kettle", "lang": "en", "relevant": ["care"]},
    {"id": 3, "text": "what is the capital of France", "lang": "en", "relevant": [], "oos": True},
]


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server("The warranty of a kettle lasts 24 months [1].") as running:
        yield running


@pytest.fixture
def files(tmp_path: Path, database_url: str, server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, rows in (("kb.jsonl", KB), ("asked.jsonl", ASKED)):
        (tmp_path / name).write_bytes(b"\n".join(map(orjson.dumps, rows)))
    for name, value in (
        ("DATABASE_URL", database_url), ("DATA", str(tmp_path)), ("SECRET", "for tests only " * 4),
        ("MODEL_URL", server.url), ("MODEL_NAME", "m"),
    ):  # fmt: skip
        monkeypatch.setenv(f"TONGXI_{name}", value)
    return tmp_path


async def bakeoff(files: Path, *more: str) -> int:
    """Run the command beside the server of the test."""
    words = ["bakeoff", "--engines", f"none,{ENGINE}", "--k", "2", *more]
    given = words if "--file" in more else [*words, "--file", str(files / "asked.jsonl")]
    return await anyio.to_thread.run_sync(main, [*given, "--corpus", str(files / "kb.jsonl")])


@pytest.fixture(autouse=True)
def no_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs in a thread here, where handlers cannot be set."""
    monkeypatch.setattr("signal.signal", lambda *_: None)


async def test_a_recorded_bakeoff_is_replayed_byte_by_byte_with_nobody_listening(
    files: Path, server: ModelServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings = str(files / "recordings")
    assert await bakeoff(files, "--cassettes", recordings) == 0
    first = capsys.readouterr().out
    assert first.splitlines()[0].split()[:2] == ["engine", "right"]
    assert "n = 3 questions" in first
    asked = len(server.asked)
    assert asked == 4, "two questions have an article, each asked twice"
    monkeypatch.setenv("TONGXI_MODEL_URL", "http://127.0.0.1:1/v1")
    assert await bakeoff(files, "--cassettes", recordings, "--offline") == 0
    assert capsys.readouterr().out == first
    assert len(server.asked) == asked


@pytest.mark.parametrize(
    ("more", "status", "says"),
    [
        (("--offline",), 2, "needs --cassettes"),
        (("--engines", "none,nobody:m"), 1, "no such engine: nobody:m"),
        (("--file", "/dev/null"), 1, "bad_questions"),
    ],
)
async def test_wrong_use_is_said(
    files: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], status: int, says: str
) -> None:
    assert await bakeoff(files, *more) == status
    assert says in capsys.readouterr().err
