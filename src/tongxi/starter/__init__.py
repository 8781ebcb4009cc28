"""The starter pack: 226 intents with phrasings and sample answers, read from its file when asked for (README.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import orjson

__all__ = ["StarterIntent", "intents"]


@dataclass(frozen=True, slots=True)
class StarterIntent:
    """One intent of the pack."""

    intent: str
    domain: str
    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    zh: list[str]
    zh_hant: list[str]
    en: list[str]
    answer_zh: str
    """Markdown, with places in braces to be filled in."""
    answer_en: str
    kind: Literal["question", "task", "complaint", "chitchat"]
    slots: list[str]

    def examples(self) -> Iterator[tuple[str, str]]:
        """Phrasings with their language, `zh` or `en`, without repetition."""
        seen: set[str] = set()
        for language, texts in (("zh", self.zh), ("zh", self.zh_hant), ("en", self.en)):
            for text in texts:
                if text not in seen:
                    seen.add(text)
                    yield text, language


def intents() -> Iterator[StarterIntent]:
    """The intents of the pack, in its order. Read anew each time: it is needed on one screen."""
    with (files("tongxi") / "starter" / "intents.jsonl").open("rb") as file:
        for line in file:
            yield StarterIntent(**orjson.loads(line))
