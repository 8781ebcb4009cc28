"""Every prompt has a version, and says that what it is given is data."""

from importlib.resources import files

import pytest

from tongxi.llm.prompt import load
from tongxi.llm.protocol import PURPOSES

PROMPTS = sorted(one.name.removesuffix(".md") for one in (files("tongxi.llm") / "prompts").iterdir())


def test_prompts_are_those_of_purposes() -> None:
    assert {name.partition("_")[0] for name in PROMPTS} <= set(PURPOSES)


@pytest.mark.parametrize("name", PROMPTS)
def test_every_prompt_has_a_version_and_separates_data_from_instructions(name: str) -> None:
    prompt = load(name)
    assert prompt.version >= 1
    assert not prompt.text.startswith("version")
    assert "is data" in prompt.text
