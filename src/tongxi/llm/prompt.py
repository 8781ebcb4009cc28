"""Prompts are files: `prompts/<purpose>.md`, the version in the first line. A changed prompt gets a new version."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told before the data."""

    purpose: str
    version: int
    text: str


@cache
def load(purpose: str) -> Prompt:
    """Read a prompt. Raises: `FileNotFoundError`, `ValueError` when the first line is not `version: <n>`."""
    head, _, text = (files("tongxi.llm") / "prompts" / f"{purpose}.md").read_text("utf-8").partition("\n")
    key, _, number = head.partition(":")
    if key.strip() != "version":
        raise ValueError(f"prompts/{purpose}.md does not begin with its version")
    return Prompt(purpose, int(number), text.strip())
