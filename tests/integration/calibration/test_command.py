"""`tongxi calibrate` on a real database."""

from __future__ import annotations

from pathlib import Path

import orjson
import psycopg
import pytest

from tongxi import cli


@pytest.fixture
def told(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation on the test's database."""
    monkeypatch.setenv("TONGXI_DATABASE_URL", database_url)
    monkeypatch.setenv("TONGXI_DATA", str(tmp_path / "data"))
    return database_url


def _publish(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "insert into article (id, language, title, body, status, collection)"
            " values (gen_random_uuid(), 'zh', '退货', '7 天内。', 'published', '售后')"
        )


def test_nothing_to_promise_yet(told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calibrate"]) == 0
    assert "publish articles first" in capsys.readouterr().out


def test_a_group_nobody_audited_says_what_is_missing(told: str, capsys: pytest.CaptureFixture[str]) -> None:
    _publish(told)
    assert cli.main(["calibrate"]) == 1
    said = capsys.readouterr().out
    assert "售后.zh: not audited: a conservative default, no promise" in said
    assert "answers to audit for a promise: at least 90" in said
    assert cli.main(["calibrate", "--group", "售后.zh", "--json"]) == 1
    (shown,) = orjson.loads(capsys.readouterr().out)
    assert (shown["state"], shown["certificate"], shown["labels_missing"]) == ("conservative", None, 90)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--group", "售后.zh", "--plan", "100"], "too_few_answers"),
        (["--group", "nothing.zh", "--plan", "100"], "unknown_group"),
        (["--group", "nothing.zh"], "unknown_group"),
        (["--group", "售后.zh", "--certify"], "not_found"),
    ],
)
def test_what_cannot_be_is_said_with_its_code(
    told: str, words: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _publish(told)
    assert cli.main(["calibrate", *words]) == 1
    assert f"[{code}]" in capsys.readouterr().err
