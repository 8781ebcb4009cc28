"""Every purpose has a prompt with a version."""

from typing import get_args

import pytest

from tongxi.llm.prompt import load
from tongxi.llm.protocol import Purpose


@pytest.mark.parametrize("purpose", get_args(Purpose))
def test_every_purpose_has_a_versioned_prompt(purpose: str) -> None:
    prompt = load(purpose)
    assert prompt.version >= 1
    assert prompt.text
    assert not prompt.text.startswith("version")
