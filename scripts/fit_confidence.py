"""Fit `tongxi.knowledge.confidence.WEIGHTS`: from what BM25 gives to the share of first hits that are right.

    python scripts/fit_confidence.py INTENTS.jsonl … [--qa CORPUS.jsonl QUERIES.jsonl]

Intents (rows `{intent, zh, en, name_zh, answer_zh, …}`) become articles with 0, 5 or 20 example questions; other
phrasings are the questions, a quarter of the intents is left out as "not in the base". QA pairs are asked with and
without the passage that answers them. Titles asked as they stand count as easy questions. Prints weights, n, log
loss, calibration.
"""

from __future__ import annotations

import argparse
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from tongxi.kit.text import normalise
from tongxi.knowledge.articles import Article
from tongxi.knowledge.index import Shelf
from tongxi.knowledge.text import tokens

Row = tuple[tuple[float, ...], bool]


def article(slug: str, language: str, title: str, body: str, questions: list[str]) -> Article:
    """An article made up for this run."""
    return Article(uuid4(), slug, language, title, body, questions, "everyone", "", datetime.now(UTC))


def ask(articles: list[Article], asked: list[tuple[str, str | None]]) -> list[Row]:
    """Features of the first hit of each question, and whether it was the right one."""
    shelf = Shelf(articles)
    rows: list[Row] = []
    for text, right in asked:
        hits = shelf.search(list(dict.fromkeys(tokens(normalise(text)))), agents=False, k=1)
        if hits:
            evidence, row = hits[0]
            rows.append((evidence.features(), row.article.slug == right))
    return rows


def intents(paths: list[Path], language: str, examples: int, rng: random.Random) -> list[Row]:
    """Questions on a base made of intents."""
    articles: list[Article] = []
    asked: list[tuple[str, str | None]] = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            phrasings = list(row[language])
            rng.shuffle(phrasings)
            is_out = row["kind"] == "chitchat" or rng.random() < 0.25
            if not is_out:
                title, body = row[f"name_{language}"], row[f"answer_{language}"]
                articles.append(article(row["intent"], language, title, body, phrasings[:examples]))
                asked += [(title, row["intent"])] * 2
            asked += [(text, None if is_out else row["intent"]) for text in phrasings[examples : examples + 8]]
    return ask(articles, asked)


def pairs(corpus: Path, queries: Path, language: str, rng: random.Random) -> list[Row]:
    """Questions on passages, a third of them with the answer taken out of the base."""
    rows = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    out = {row["id"] for row in rows if rng.random() < 1 / 3}
    articles = [article(r["id"], language, r["title"], r["text"], []) for r in rows if r["id"] not in out]
    asked = []
    for line in queries.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        right = row["relevant"][0]
        asked.append((row["text"], None if right in out else right))
    return ask(articles, asked)


def fit(rows: list[Row], weights: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Logistic regression by Newton's method, ridge 1e-3, each row weighted."""
    x = np.array([features for features, _ in rows])
    y = np.array([right for _, right in rows], dtype=float)
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weights * (p - y)) + 1e-3 * beta
        hessian = (x * (weights * p * (1 - p))[:, None]).T @ x + 1e-3 * np.eye(len(beta))
        step = np.linalg.solve(hessian, gradient)
        beta -= step
        if np.abs(step).max() < 1e-8:
            break
    return beta


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("intents", type=Path, nargs="+")
    parser.add_argument("--qa", type=Path, nargs=2, metavar=("CORPUS", "QUERIES"))
    options = parser.parse_args()
    rng = random.Random(0)
    groups = [intents(options.intents, lang, n, rng) for lang in ("zh", "en") for n in (0, 5, 20)]
    if options.qa:
        corpus, queries = options.qa
        groups.append(pairs(corpus, queries, "zh", rng))
    rows = [row for group in groups for row in group]
    weights = np.concatenate([np.full(len(group), 1000 / len(group)) for group in groups])
    beta = fit(rows, weights)
    p = 1 / (1 + np.exp(-np.array([f for f, _ in rows]) @ beta))
    y = np.array([right for _, right in rows])
    loss = -np.average(np.where(y, np.log(p), np.log(1 - p)), weights=weights)
    print("WEIGHTS =", tuple(round(float(b), 3) for b in beta))
    print(f"n {len(rows)}, log loss {loss:.4f}")
    for low in np.arange(0, 1, 0.1):
        inside = (p >= low) & (p < low + 0.1)
        if inside.any():
            right = np.average(y[inside], weights=weights[inside])
            said = p[inside].mean()
            print(f"confidence {low:.1f}-{low + 0.1:.1f}: n {inside.sum():5d}, right {right:.3f}, said {said:.3f}")


if __name__ == "__main__":
    main()
