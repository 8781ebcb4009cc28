"""The environment: defaults, bad values, the generated secret."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tongxi.settings import Settings


def test_nothing_needs_to_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TONGXI_DATABASE_URL", raising=False)
    settings = Settings()
    assert (settings.host, settings.port, settings.database_url) == ("127.0.0.1", 8000, None)
    assert settings.local_url == "http://127.0.0.1:8000"
    assert not settings.is_development


def test_the_environment_is_read_and_an_empty_value_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGXI_PORT", "")
    monkeypatch.setenv("TONGXI_HOST", "0.0.0.0")
    monkeypatch.setenv("TONGXI_TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16")
    monkeypatch.setenv("TONGXI_PUBLIC_URL", "https://help.example.com/")
    settings = Settings()
    assert settings.port == 8000
    assert settings.trusted_proxies == ("10.0.0.1", "10.1.0.0/16")
    assert settings.local_url == "https://help.example.com"


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "70000"), ("PUBLIC_URL", "help.example.com"), ("SECRET", "short"), ("ENVIRONMENT", "test")],
)
def test_a_value_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"TONGXI_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    key = settings.secret_key()
    assert len(key) >= 32
    assert Settings(data=tmp_path / "data").secret_key() == key
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in (tmp_path / "data").iterdir()) == ["secret"]


def test_secrets_do_not_show() -> None:
    shown = repr(Settings(secret="s" * 40, database_url="postgresql://u:word@h/d"))
    assert "ssss" not in shown
    assert "word" not in shown
