"""The command line: every command can be asked for help, failures are a line and a status."""

import pytest

from tongxi.cli import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    assert left.value.code == 0
    assert COMMANDS[name][1].split()[0].lower() in capsys.readouterr().out.lower()


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert [name for name in COMMANDS if name not in said] == []


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TONGXI_PORT", "eighty")
    assert main(["migrate"]) == 2
    assert "TONGXI_PORT" in capsys.readouterr().err


def test_an_expected_failure_is_one_line_with_its_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TONGXI_DATABASE_URL", "postgresql://127.0.0.1:1/none")
    assert main(["migrate"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "[database_unreachable]" in said
