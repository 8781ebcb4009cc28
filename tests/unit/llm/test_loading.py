"""The provider of the environment, and that no model costs nothing."""

import subprocess
import sys

import pytest
from pydantic import SecretStr, ValidationError

from tongxi.llm.configuration import ENVIRONMENT
from tongxi.llm.loading import from_environment, is_private
from tongxi.settings import Settings


def test_without_a_model_nothing_of_its_dialects_is_imported() -> None:
    code = (
        "import sys, tongxi.app;"
        "sys.exit(bool({'tongxi.llm.openai_compatible', 'tongxi.llm.anthropic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_environment_names_a_provider_or_none() -> None:
    assert from_environment(Settings()) is None
    settings = Settings(model_url="http://127.0.0.1:9/v1/", model_name="qwen-plus", model_key=SecretStr("k"))
    provider = from_environment(settings)
    assert provider is not None
    assert (provider.id, provider.url, provider.models[0].name) == (ENVIRONMENT, "http://127.0.0.1:9/v1", "qwen-plus")
    assert (provider.timeout_seconds, provider.is_inside, provider.key_last4) == (6.0, True, "…")


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("http://127.0.0.1:11434/v1", True), ("http://[::1]:1/v1", True), ("http://10.0.0.7/v1", True),
        ("http://ollama:11434/v1", True), ("http://gpu.internal/v1", True), ("http://localhost/v1", True),
        ("https://api.deepseek.com/v1", False), ("https://1.1.1.1/v1", False), ("https://10.example.com/v1", False),
    ],
)  # fmt: skip
def test_whether_data_leaves_the_house_is_read_off_the_address(url: str, inside: bool) -> None:
    assert is_private(url) is inside


@pytest.mark.parametrize(
    "wrong",
    [
        {"model_url": "http://127.0.0.1:9/v1"},
        {"model_name": "qwen-plus"},
        {"model_url": "ftp://x", "model_name": "m"},
        {"model_url": "http://x", "model_name": "m", "model_timeout_seconds": 9.5},
        {"model_url": "http://x", "model_name": "m", "model_timeout_seconds": 0},
        {"model_url": "http://x", "model_name": "m", "model_key": "two words"},
    ],
)
def test_half_a_setting_stops_the_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]
