"""What the encoder learns from: groups of texts with one meaning, and texts that mean nothing a shop answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from zlib import crc32

from tongxi.encoder.features import segments

SAME = {"wholesale_inquiry": "bulk_purchase", "restock_reminder": "stock_restock"}
"""Intents of the starter corpus that ask the same."""
OUT_OF_SCOPE = frozenset({"oos", "NO_NODES_DETECTED"})
FEW = 4
"""A label with fewer texts teaches nothing."""

_SLOT = re.compile(r"\{[^{}]*\}")


@dataclass(slots=True)
class Meaning:
    """Texts that should lie close together."""

    name: str
    zh: list[str] = field(default_factory=list)
    en: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    """How knowledge puts it, in any language: names, questions of help pages, sentences of answers."""

    def texts(self) -> Iterator[str]:
        """All of them."""
        yield from self.zh
        yield from self.en
        yield from self.titles


@dataclass(frozen=True, slots=True)
class Family:
    """Meanings that are told apart from one another; those of two families may overlap."""

    name: str
    meanings: tuple[Meaning, ...]


def starter(folder: Path) -> Family:
    """The starter corpus (`*.jsonl` with `intent` rows), with the titles and meanings that come with the encoder."""
    found: dict[str, Meaning] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "intent" not in row:
                continue
            name = SAME.get(row["intent"], row["intent"])
            meaning = found.setdefault(name, Meaning(name))
            meaning.zh += [text for text in (*row["zh"], *row["zh_hant"]) if not is_kept_apart(text)]
            meaning.en += [text for text in row["en"] if not is_kept_apart(text)]
            for language in ("zh", "en"):
                answer = _SLOT.sub("", row[f"answer_{language}"])
                meaning.titles += [row[f"name_{language}"], row[f"about_{language}"], *segments(answer)]
    for name, zh, en in _own("titles.txt"):
        if name in found:
            # A help page's question is what a search compares with: it counts double.
            found[name].titles += 2 * [*zh, *en]
    for name, zh, en in _own("meanings.txt"):
        if name not in found:
            found[name] = Meaning(name, titles=[*zh[:4], *en[:4]])
        found[name].zh += zh
        found[name].en += en
    return Family("starter", tuple(found.values()))


def is_kept_apart(text: str) -> bool:
    """Whether a phrasing of the starter corpus is never learnt from, so that it can check: one in twelve, by hash."""
    return crc32(text.encode()) % 12 == 0


def labelled(path: Path, language: str = "en") -> Family:
    """A public set of rows `{text, label}`; out-of-scope rows and rare labels are left out."""
    found: dict[str, Meaning] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        label = str(row["label"])
        if label not in OUT_OF_SCOPE:
            meaning = found.setdefault(label, Meaning(label, titles=[label.replace("_", " ")]))
            (meaning.zh if language == "zh" else meaning.en).append(row["text"])
    return Family(path.parent.name, tuple(m for m in found.values() if len(m.zh) + len(m.en) >= FEW))


def strangers() -> list[str]:
    """Texts that no help page answers: weather, homework, jokes, medicine, code."""
    return _lines("strangers.txt")


def fillers() -> list[str]:
    """What people say around a question: greetings, thanks, how they came to ask."""
    return _lines("fillers.txt")


def _own(name: str) -> Iterator[tuple[str, list[str], list[str]]]:
    for line in _lines(name):
        meaning, zh, en = line.split(" | ")
        yield SAME.get(meaning, meaning), zh.split(" / "), en.split(" / ")


def _lines(name: str) -> list[str]:
    text = (files("tongxi") / "encoder" / "corpus" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
