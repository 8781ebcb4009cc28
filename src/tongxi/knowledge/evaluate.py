"""How well the search finds: `python -m tongxi.knowledge.evaluate KB.jsonl QUERIES.jsonl [--language zh]`.

KB rows `{id, title, text, language?}`; query rows `{id, text, lang?, relevant: [ids], oos?}`. Prints hit@1 (95 %
interval), hit@3, hit@5, recall@10, how well confidence tells in-scope from out-of-scope questions (AUROC), what is
answered at the bot's threshold and how much of that is right, and the time of a search.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import numpy as np
import orjson

from tongxi.encoder import Encoder
from tongxi.knowledge.articles import Article
from tongxi.knowledge.index import Hit, Knowledge
from tongxi.knowledge.reading import decode, read, slugify

BLANK = Encoder(np.empty(0, np.uint32), np.empty((0, 1), np.int8), np.empty(0, np.float32))
"""Knows nothing: what is left is the word search."""
_NAMES = UUID("6f1c1d6e-2f0e-4a56-9a0c-3f5f4dd9b8f1")


@dataclass(frozen=True, slots=True)
class Query:
    """A question with the ids of the articles that answer it; none: out of scope."""

    text: str
    relevant: frozenset[str]
    language: str


@dataclass(frozen=True, slots=True)
class Result:
    """Figures of one run; shares are 0…1, None where there is nothing to count."""

    n: int
    hit_at_1: float
    low: float
    """Of `hit_at_1`, 95 % (Wilson)."""
    high: float
    hit_at_3: float
    hit_at_5: float
    recall_at_10: float
    n_out: int
    auroc: float | None
    """Chance that a question in scope gets more confidence than one out of scope."""
    answered: float
    """Share of all questions at or above the threshold."""
    right: float | None
    """Share of those whose first hit is relevant."""
    median_ms: float
    p99_ms: float


def articles(name: str, data: bytes) -> list[Article]:
    """A knowledge base file as articles; ids are made from the file's own."""
    now = datetime.now(UTC)
    return [
        Article(uuid5(_NAMES, e.slug), e.slug, e.language, e.title, e.body, e.questions, e.audience, name, now)
        for e in read(name, data)
    ]


def queries(data: bytes) -> list[Query]:
    """A query file."""
    rows: list[dict[str, Any]] = [orjson.loads(line) for line in decode(data).splitlines() if line.strip()]
    return [
        Query(
            str(row["text"]),
            frozenset(slugify(str(one)) for one in row.get("relevant") or ()),
            str(row.get("lang") or "en"),
        )
        for row in rows
    ]


def evaluate(knowledge: Knowledge, asked: Sequence[Query], *, threshold: float) -> Result:
    """Search every question and count."""
    found: list[list[Hit]] = []
    seconds: list[float] = []
    for query in asked:
        began = time.perf_counter()
        found.append(knowledge.search(query.text, query.language, k=10))
        seconds.append(time.perf_counter() - began)
    ranked = [[_id(hit) for hit in hits] for hits in found]
    scores = [hits[0].score if hits else 0.0 for hits in found]
    inside = [i for i, query in enumerate(asked) if query.relevant]
    outside = [i for i, query in enumerate(asked) if not query.relevant]
    answered = [i for i, score in enumerate(scores) if score >= threshold]
    recalls = [len(asked[i].relevant & set(ranked[i])) / len(asked[i].relevant) for i in inside]
    right = sum(bool(ranked[i][:1]) and ranked[i][0] in asked[i].relevant for i in answered)
    seconds.sort()

    def hit_at(k: int) -> float:
        return sum(bool(asked[i].relevant & set(ranked[i][:k])) for i in inside) / max(1, len(inside))

    return Result(
        n=len(inside),
        hit_at_1=hit_at(1),
        low=wilson(hit_at(1), len(inside))[0],
        high=wilson(hit_at(1), len(inside))[1],
        hit_at_3=hit_at(3),
        hit_at_5=hit_at(5),
        recall_at_10=sum(recalls) / max(1, len(recalls)),
        n_out=len(outside),
        auroc=auroc([scores[i] for i in inside], [scores[i] for i in outside]),
        answered=len(answered) / max(1, len(asked)),
        right=right / len(answered) if answered else None,
        median_ms=1000 * seconds[len(seconds) // 2],
        p99_ms=1000 * seconds[math.ceil(0.99 * len(seconds)) - 1],
    )


def auroc(inside: Sequence[float], outside: Sequence[float]) -> float | None:
    """Chance that a value of `inside` is above one of `outside`; a tie counts half."""
    if not inside or not outside:
        return None
    wins = sum((a > b) + 0.5 * (a == b) for a in inside for b in outside)
    return wins / (len(inside) * len(outside))


def wilson(rate: float, n: int) -> tuple[float, float]:
    """Interval that holds the true rate with 95 % confidence; 0…1 where nothing was counted.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    if n == 0:
        return 0.0, 1.0
    z = 1.96
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _id(hit: Hit) -> str:
    return hit.slug.removesuffix(f".{hit.language}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kb", type=Path, nargs="+", help="knowledge base files, then the query file")
    parser.add_argument("queries", type=Path)
    parser.add_argument("--language", help="only questions in this language")
    parser.add_argument("--threshold", type=float, default=0.7, help="confidence from which the bot answers")
    parser.add_argument("--words-only", action="store_true", help="search without the encoder")
    options = parser.parse_args(argv)
    knowledge = Knowledge(encoder=BLANK if options.words_only else None)
    knowledge.replace([article for path in options.kb for article in articles(path.name, path.read_bytes())])
    asked = [q for q in queries(options.queries.read_bytes()) if options.language in (None, q.language)]
    if not asked:
        parser.error("no question in that language")
    result = evaluate(knowledge, asked, threshold=options.threshold)
    shown = {name: getattr(result, name) for name in Result.__slots__}
    sys.stdout.write("".join(f"{k:<13} {v if v is None else round(v, 4)}\n" for k, v in shown.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
