"""Fit `tongxi.knowledge.confidence`: from the evidence of a search to the chance that a hit is right.

    python scripts/fit_confidence.py STARTER --english SET.jsonl … --pairs CORPUS.jsonl QUERIES.jsonl \\
        --outside SET.jsonl [--sentences]

In each of three turns an encoder is trained that does not know a sixth of the intents at all, and of another sixth
knows only other phrasings, never the title and answer. These two sixths become knowledge bases of 15, 40 and 75 entries
with 0, 3 or 10 example questions, in zh, en or both; the questions are phrasings no training has seen. Out of scope
are: intents that are not in the base, texts no shop answers (a third of them never trained on), and the out-of-scope
rows of `--outside`. Passages of `--pairs` are asked with a third of them removed. Prints weights, n, log loss and
calibration; every figure is of one turn's questions by weights fitted on the other two.

With `--sentences` the weights for the extra `english` are fitted: English questions on bases in en, in zh and en, and
with a third of the entries in zh only.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from tongxi.encoder import Encoder, english
from tongxi.encoder.corpus import SAME, Family, Meaning, fillers, is_kept_apart, strangers
from tongxi.encoder.features import segments
from tongxi.encoder.learning import Settings, learn
from tongxi.encoder.training import families
from tongxi.kit.text import normalise
from tongxi.knowledge.articles import Article
from tongxi.knowledge.confidence import BLIND, ENGLISH, SEEING, Asked, Evidence
from tongxi.knowledge.library import Library
from tongxi.knowledge.query import Query

TURNS = 3
TODAY = date(2026, 1, 1)
RIDGE = 1e-5
Sentence = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts to unit vectors (n, dimensions); zero rows for what is not English."""
WRITTEN = (("zh",), ("en",), ("zh", "en"))
WRITTEN_ENGLISH = (("en",), ("zh", "en"), ("zh", "en", "some"))
"""Languages of a base's entries; `some`: a third of them in the first only."""


def remembered(model: english.Sentences) -> Sentence:
    """Sentence vectors of texts, each made once."""
    held: dict[str, npt.NDArray[np.float32]] = {}

    def made(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        missing = list(dict.fromkeys(text for text in texts if text not in held))
        held.update(zip(missing, model.made(missing)[:, -1], strict=True))
        return np.stack([held[text] for text in texts])

    return made


@dataclass(frozen=True)
class Case:
    """One question: what speaks for each candidate, and which is right."""

    evidence: list[Evidence]
    asked: Asked
    right: int | None
    """Place of the right candidate; none when it is not among them."""
    group: str


@dataclass(frozen=True)
class Intent:
    """A row of the starter corpus."""

    name: str
    row: dict[str, Any]
    is_chat: bool

    def fresh(self, language: str) -> list[str]:
        """Phrasings that no encoder of this script has learnt from."""
        rows = self.row["zh"] + self.row["zh_hant"] if language == "zh" else self.row["en"]
        return [text for text in rows if is_fresh(text)]

    def every(self, language: str) -> list[str]:
        """All phrasings."""
        rows: list[str] = self.row[language]
        return rows

    def article(self, language: str, questions: Sequence[str]) -> Article:
        """The intent as an entry of a knowledge base."""
        body = clean(self.row[f"answer_{language}"])
        title = self.row[f"name_{language}"]
        at = datetime(2026, 1, 1, tzinfo=UTC)
        return Article(uuid4(), f"{self.name}.{language}", language, title, body, questions, "everyone", "", at)


def clean(text: str) -> str:
    """An answer without its slots."""
    while "{" in text and "}" in text[text.index("{") :]:
        start = text.index("{")
        text = text[:start] + text[text.index("}", start) + 1 :]
    return text


def is_fresh(text: str) -> bool:
    """Kept from the encoders of this script: the twelfth nobody learns from, and one more."""
    return is_kept_apart(text) or crc32(text.encode()) % 12 == 1


def intents(folder: Path) -> list[Intent]:
    """All intents, near pairs merged into the first."""
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "intent" in row and row["intent"] not in SAME:
                found[row["intent"]] = Intent(row["intent"], row, row["kind"] == "chitchat")
    return list(found.values())


def sixth(name: str) -> int:
    """Which sixth of the intents this is in."""
    return crc32(name.encode()) % (2 * TURNS)


def turn_encoder(
    turn: int, everything: Sequence[Intent], taught: Sequence[tuple[Family, float]], steps: int
) -> Encoder:
    """An encoder that does not know sixth 2·turn, and of sixth 2·turn+1 neither titles nor answers."""
    untitled = {
        text
        for intent in everything
        if sixth(intent.name) == 2 * turn + 1
        for lang in ("zh", "en")
        for answer in [clean(intent.row[f"answer_{lang}"])]
        for text in (intent.row[f"name_{lang}"], answer, *segments(answer))
    }
    first = taught[0][0]
    meanings = tuple(
        Meaning(
            m.name,
            [t for t in m.zh if not is_fresh(t)],
            [t for t in m.en if not is_fresh(t)],
            [t for t in m.titles if t not in untitled],
        )
        for m in first.meanings
        if sixth(m.name) != 2 * turn
    )
    kept = [text for text in strangers() if crc32(text.encode()) % TURNS != turn]
    shares = [(Family(first.name, meanings), taught[0][1]), *taught[1:]]
    return learn(shares, kept, replace(Settings(), steps=steps, seed=turn))


def cases(
    library: Library,
    encoder: Encoder,
    asked: Sequence[tuple[str, str | None, str]],
    language: str,
    group: str,
    sentence: Sentence | None = None,
) -> Iterator[Case]:
    """Search every question, with meaning and with words alone."""
    if sentence:
        texts = library.english_texts()
        library.see(dict(zip(texts, sentence(list(texts.values())), strict=True)))
    for text, right, kind in asked:
        query = Query.of(normalise(text), encoder, sentence([normalise(text)])[0] if sentence else None)
        for seen in (query, replace(query, vector=np.zeros_like(query.vector), known=0.0)):
            found = library.search(seen, language, TODAY, agents=False, k=12)
            if found:
                names = [one.article.slug or "" for one in found]
                place = next((n for n, name in enumerate(names) if name.rpartition(".")[0] == right), None)
                evidence = [one.evidence for one in found]
                yield Case(evidence, found[0].asked, place, f"{group} {kind}")


def bases(
    turn: int,
    everything: Sequence[Intent],
    encoder: Encoder,
    outside: Sequence[str],
    rng: random.Random,
    sentence: Sentence | None = None,
) -> Iterator[Case]:
    """Knowledge bases of intents whose titles and answers the encoder has not seen, or not the intent at all."""
    entries = {
        "unknown": [i for i in everything if sixth(i.name) == 2 * turn and not i.is_chat],
        "known": [i for i in everything if sixth(i.name) == 2 * turn + 1 and not i.is_chat],
    }
    others = [i for i in everything if sixth(i.name) // 2 != turn]
    odd = [text for text in strangers() if crc32(text.encode()) % TURNS == turn]
    for size in (15, 40, 75):
        for examples in (0, 0, 3, 10):
            for written in WRITTEN_ENGLISH if sentence else WRITTEN:
                pool = entries["known"] + entries["unknown"]
                if size < 75:
                    pool = rng.sample(entries["known"], min(len(entries["known"]), size * 2 // 3))
                    pool += rng.sample(entries["unknown"], min(len(entries["unknown"]), size // 3))
                articles, used = [], set()
                for intent in pool:
                    is_first_only = "some" in written and rng.random() < 1 / 3
                    for lang in written[: 1 if is_first_only else 2]:
                        questions = rng.sample(intent.every(lang), examples)
                        used.update(questions)
                        articles.append(intent.article(lang, questions))
                library = Library(articles, encoder)
                inside = {intent.name for intent in pool}
                for lang in ("en",) if sentence else ("zh", "en"):
                    asked: list[tuple[str, str | None, str]] = []
                    for intent in pool:
                        kind = "known" if sixth(intent.name) % 2 else "unknown"
                        fresh = [t for t in intent.fresh(lang) if t not in used]
                        asked += [(t, intent.name, kind) for t in rng.sample(fresh, min(3, len(fresh)))]
                        if rng.random() < 0.15:
                            asked.append((intent.row[f"name_{lang}"], intent.name, kind))
                    near = [i for i in others + entries["known"] + entries["unknown"] if i.name not in inside]
                    for intent in rng.sample(near, min(len(near), len(pool) // 2)):
                        fresh = intent.fresh(lang)
                        asked += [(t, None, "absent") for t in rng.sample(fresh, min(1, len(fresh)))]
                    far = [t for t in odd if t.isascii() == (lang == "en")] + (list(outside) if lang == "en" else [])
                    asked += [(t, None, "stranger") for t in rng.sample(far, min(len(far), 1 + len(pool) // 3))]
                    around = [t for t in fillers() if t.isascii() == (lang == "en")]
                    # A quarter of the questions comes with a greeting or a remark.
                    comma = ", " if lang == "en" else "，"
                    asked = [
                        (f"{rng.choice(around)}{comma}{text}" if rng.random() < 0.25 else text, right, kind)
                        for text, right, kind in asked
                    ]
                    yield from cases(library, encoder, asked, lang, f"{turn}", sentence)


def pairs(turn: int, corpus: Path, queries: Path, encoder: Encoder, rng: random.Random) -> Iterator[Case]:
    """Questions on passages, a third of them with the answer taken out of the base."""
    rows = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    out = {row["id"] for row in rows if rng.random() < 1 / 3}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    articles = [
        Article(uuid4(), f"{r['id']}.zh", "zh", r["title"], r["text"], [], "everyone", "", at)
        for r in rows
        if r["id"] not in out
    ]
    asked: list[tuple[str, str | None, str]] = []
    for line in queries.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        right = row["relevant"][0]
        asked.append((row["text"], None if right in out else right, "passages"))
    yield from cases(Library(articles, encoder), encoder, rng.sample(asked, min(len(asked), 300)), "zh", f"{turn}")


SHARES = {"known": 0.42, "unknown": 0.18, "absent": 0.15, "stranger": 0.1, "passages": 0.15}
"""How much each kind of question counts."""


class Data:
    """Cases as arrays: `entry` (cases, 12, features), `none` (cases, features), `right` (cases,), 12 = none of them."""

    def __init__(self, made: Sequence[Case]) -> None:
        widest = 12
        self.is_english = made[0].asked.has_sentence
        self.entry = np.zeros((len(made), widest, len((ENGLISH if self.is_english else SEEING).entry)))
        self.there = np.zeros((len(made), widest), dtype=bool)
        self.none = np.array([case.asked.features() for case in made])
        self.right = np.array([widest if case.right is None else case.right for case in made])
        for n, case in enumerate(made):
            self.entry[n, : len(case.evidence)] = [
                e.all_features(case.asked.terms) if self.is_english else e.features(case.asked.terms)
                for e in case.evidence
            ]
            self.there[n, : len(case.evidence)] = True
        kinds = [case.group.split()[1] for case in made]
        counts = {kind: kinds.count(kind) for kind in set(kinds)}
        self.weight = np.array([SHARES[kind] / counts[kind] for kind in kinds])

    def chances(self, beta: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """(cases, 13)."""
        split = self.entry.shape[2]
        z = np.concatenate([self.entry @ beta[:split], (self.none @ beta[split:])[:, None]], axis=1)
        z[:, :-1][~self.there] = -np.inf
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        chances: npt.NDArray[np.float64] = p / p.sum(axis=1, keepdims=True)
        return chances

    def loss(self, beta: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        """Weighted log loss with ridge, and its gradient."""
        p = self.chances(beta)
        rows = np.arange(len(p))
        value = -float((self.weight * np.log(p[rows, self.right] + 1e-12)).sum()) + RIDGE * float(beta @ beta) / 2
        p[rows, self.right] -= 1
        p *= self.weight[:, None]
        entry = np.einsum("nc,ncf->f", p[:, :-1], self.entry)
        return value, np.concatenate([entry, p[:, -1] @ self.none]) + RIDGE * beta


def fit(data: Data) -> npt.NDArray[np.float64]:
    """Weights by maximum likelihood."""
    start = np.zeros(data.entry.shape[2] + data.none.shape[1])
    return np.asarray(minimize(data.loss, start, jac=True, method="L-BFGS-B").x)


def report(name: str, made: Sequence[Case]) -> None:
    """Fit, and print what cross-fitted weights say."""
    whole = Data(made)
    beta = fit(whole)
    split = whole.entry.shape[2]
    if whole.is_english:
        base = SEEING if made[0].asked.known else BLIND
        p = whole.chances(np.array([*base.entry, *[0.0] * (split - len(base.entry)), *base.none]))
        best = p[:, :-1].argmax(axis=1)
        sure, right = p[np.arange(len(p)), best] >= 0.6, best == whole.right
        print(f"{name} without sentence vectors:")
        for kind in SHARES:
            own_kind = np.array([case.group.split()[1] == kind for case in made])
            if own_kind.any():
                answered = own_kind & sure
                print(f"  {kind:9s} right first {right[own_kind].mean():.3f}, at 0.6 answered ", end="")
                print(f"{answered.sum() / own_kind.sum():.3f}, wrong {1 - right[answered].mean():.3f}")
    print(f"{name}: entry = {beta[:split].round(2).tolist()}, none = {beta[split:].round(2).tolist()}")
    first, said, weight, kinds = [], [], [], []
    loss = 0.0
    for turn in range(TURNS):
        other = fit(Data([case for case in made if not case.group.startswith(str(turn))]))
        own = [case for case in made if case.group.startswith(str(turn))]
        data = Data(own)
        p = data.chances(other)
        loss += -float((data.weight * np.log(p[np.arange(len(p)), data.right] + 1e-12)).sum()) / TURNS
        best = p[:, :-1].argmax(axis=1)
        first += list(best == data.right)
        said += list(p[np.arange(len(p)), best])
        weight += list(data.weight)
        kinds += [case.group.split()[1] for case in own]
    right, chance, share = np.array(first), np.array(said), np.array(weight)
    print(f"  n {len(made)}, log loss {loss:.3f}, right first {np.average(right, weights=share):.3f}")
    for low in np.arange(0, 1, 0.1):
        inside = (chance >= low) & (chance < low + 0.1)
        if inside.any():
            print(
                f"  said {low:.1f}-{low + 0.1:.1f}: n {inside.sum():6d}, "
                f"right {np.average(right[inside], weights=share[inside]):.3f}"
            )
    for kind in SHARES:
        own_kind = np.array([k == kind for k in kinds])
        if own_kind.any():
            sure = own_kind & (chance >= 0.6)
            wrong = 1 - right[sure].mean() if sure.any() else 0.0
            print(f"  {kind:9s} n {own_kind.sum():6d}: right first {right[own_kind].mean():.3f}, ", end="")
            print(f"at 0.6 answered {sure.sum() / own_kind.sum():.3f}, wrong {wrong:.3f}")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("starter", type=Path)
    parser.add_argument("--english", type=Path, nargs="*", default=[])
    parser.add_argument("--pairs", type=Path, nargs=2, metavar=("CORPUS", "QUERIES"))
    parser.add_argument("--outside", type=Path, help="set of rows {text, label} with label oos")
    parser.add_argument("--sentences", action="store_true", help="fit the weights for the extra english")
    parser.add_argument("--steps", type=int, default=Settings.steps)
    parser.add_argument("--keep", type=Path, help="folder for the encoders of the turns, read where they are there")
    options = parser.parse_args()
    everything = intents(options.starter)
    taught = families([options.starter, *options.english])
    outside: list[str] = []
    if options.outside:
        rows = [json.loads(line) for line in options.outside.read_text(encoding="utf-8").splitlines()]
        outside = [row["text"] for row in rows if row["label"] == "oos"]
    rng = random.Random(0)
    sentence = remembered(english.at_once()) if options.sentences else None
    made: list[Case] = []
    for turn in range(TURNS):
        path = options.keep / f"turn-{turn}.weights" if options.keep else None
        if path is not None and path.exists():
            encoder = Encoder.load(path)
        else:
            encoder = turn_encoder(turn, everything, taught, options.steps)
            if path is not None:
                encoder.save(path)
        made += bases(turn, everything, encoder, outside, rng, sentence)
        if options.pairs and not sentence:
            made += pairs(turn, options.pairs[0], options.pairs[1], encoder, rng)
        print(f"turn {turn}: {len(made)} cases", flush=True)
    names = ("ENGLISH", "ENGLISH_BLIND") if sentence else ("SEEING", "BLIND")
    made = [case for case in made if case.asked.has_sentence == bool(sentence)]
    report(names[0], [case for case in made if case.asked.known > 0])
    report(names[1], [case for case in made if case.asked.known == 0])


if __name__ == "__main__":
    main()
