"""What it brings that intents and search agree (`tongxi.bot.agreement`): with and without, on labelled questions.

    python scripts/measure_agreement.py src/tongxi/demo/labelled.tsv
    python scripts/measure_agreement.py --corpus KB_ZH.jsonl KB_EN.jsonl -- QUERIES.jsonl

Questions are rows `language<TAB>entry<TAB>text` (no entry: nothing answers it) about the demo shop, or those of
`tongxi eval --kind retrieval` about `--corpus`. Intents are those of the starter pack that the demo switches on. Every
question is asked twice: of the whole base, and of the base without its entry, where every answer is wrong.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import yaml

from tongxi import starter
from tongxi.bot.agreement import Agreeing
from tongxi.configuration.bot import BotLimits
from tongxi.encoder.corpus import strangers
from tongxi.intents import worker
from tongxi.intents.model import Reading
from tongxi.intents.training import Example, train
from tongxi.knowledge.articles import Article
from tongxi.knowledge.evaluate import articles as corpus_articles
from tongxi.knowledge.index import Knowledge

AT = datetime(2026, 1, 1, tzinfo=UTC)
Question = tuple[str, tuple[str, ...], str]
"""Language, entries that answer it, text."""


def demo_articles() -> list[Article]:
    """The demo shop's entries in both languages."""
    made = []
    for file in sorted((files("tongxi.demo") / "knowledge").iterdir(), key=lambda one: one.name):
        for entry in yaml.safe_load(file.read_text("utf-8")) if file.name.endswith(".yaml") else ():
            for language in ("zh", "en"):
                slug, said = f"{entry['slug']}.{language}", entry[language]
                made.append(
                    Article(uuid4(), slug, language, said["title"], said["body"], said["questions"], "everyone", "", AT)
                )
    return made


def questions(path: Path) -> Iterator[Question]:
    """Rows of a TSV or JSONL file."""
    for line in path.read_text("utf-8").splitlines():
        if path.suffix == ".jsonl":
            row = json.loads(line)
            yield row["lang"], tuple(row["relevant"]), row["text"]
        else:
            language, entry, text = line.split("\t")
            yield language, (entry,) if entry else (), text


class Intents:
    """Learnt here and now from the starter pack."""

    def __init__(self) -> None:
        chosen = [one for one in starter.intents() if one.domain.startswith("ecommerce.")]
        rows = sorted({(text, one.intent) for one in chosen for text, _ in one.examples()})
        self._model = train([Example(*row) for row in rows], encoders=worker.encoders(), strangers=strangers())

    def read(self, text: str, language: str = "") -> Reading:
        """One model reads all languages."""
        del language
        return self._model.read(text)

    def codes(self) -> Sequence[str]:
        """Of all intents."""
        return self._model.labels

    @cache  # noqa: B019 - there is one, as long as the program
    def wanted_by(self, texts: tuple[str, ...]) -> dict[str, float]:
        """What the names of an article want."""
        return self._model.wanted_by(texts)


def measured(name: str, asked: Sequence[tuple[Question, Knowledge, bool]], read: Intents | None) -> str:
    """One line: right first, and what is answered at the delivered threshold."""
    at, first, count = BotLimits().answer_at, 0, 0
    answered = {"there": [0, 0, 0], "taken out": [0, 0, 0], "out of scope": [0, 0, 0]}
    for (language, entries, text), knowledge, is_there in asked:
        search = Agreeing(knowledge, read) if read else knowledge
        best = next(iter(search.search(text, language)), None)
        is_right = best is not None and is_there and best.slug.removesuffix(f".{best.language}") in entries
        kind = answered["there" if is_there else "taken out" if entries else "out of scope"]
        kind[0] += 1
        if is_there:
            first, count = first + is_right, count + 1
        if best is not None and best.score >= at:
            kind[1] += 1
            kind[2] += not is_right
    shares = " · ".join(f"{kind} {n[1]} of {n[0]}, wrong {n[2]}" for kind, n in answered.items())
    return f"{name}: right first {first / max(1, count):.3f} · answered: {shares}"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--corpus", type=Path, nargs="+")
    options = parser.parse_args()
    if options.corpus:
        found = [article for path in options.corpus for article in corpus_articles(path.name, path.read_bytes())]
    else:
        found = demo_articles()
    whole = Knowledge()
    whole.replace(found)
    without: dict[tuple[str, ...], Knowledge] = {}
    asked: list[tuple[Question, Knowledge, bool]] = []
    for one in questions(options.questions):
        asked.append((one, whole, bool(one[1])))
        if one[1]:
            if one[1] not in without:
                without[one[1]] = Knowledge()
                without[one[1]].replace([article for article in found if article.twin not in one[1]])
            asked.append((one, without[one[1]], False))
    read = Intents()
    print(measured("search alone", asked, None))
    print(measured("with the intents", asked, read))


if __name__ == "__main__":
    main()
