"""Which model is asked, and that none costs nothing."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from tongxi.kit.breaker import Breaker
from tongxi.kit.clock import SystemClock
from tongxi.llm.models import connect
from tongxi.settings import Settings


def test_without_a_model_there_is_none() -> None:
    assert connect(Settings(), SystemClock(), Breaker()) is None


def test_without_a_model_nothing_of_it_is_imported() -> None:
    code = "import sys, tongxi.app; sys.exit('tongxi.llm.openai_compatible' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_with_a_model_it_is_named() -> None:
    settings = Settings(model_url="http://127.0.0.1:9/v1/", model_name="qwen-plus", model_key=SecretStr("k"))
    models = connect(settings, SystemClock(), Breaker())
    assert models is not None
    assert (models.name, models.timeout) == ("qwen-plus", 6.0)
    await models.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"model_url": "http://127.0.0.1:9/v1"},
        {"model_name": "qwen-plus"},
        {"model_url": "ftp://x", "model_name": "m"},
        {"model_url": "http://x", "model_name": "m", "model_timeout_seconds": 9.5},
        {"model_url": "http://x", "model_name": "m", "model_timeout_seconds": 0},
    ],
)
def test_half_a_setting_stops_the_start(wrong: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]
