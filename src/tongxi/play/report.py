"""What came of it, with figures one may quote: shares with 95 % intervals, percentiles, examples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import sqrt
from typing import Any

from tongxi.play.customers import OUTCOMES, Played, Turn
from tongxi.play.rows import Row

EXAMPLES = 10
NAMES = {
    "answered": "answered",
    "asked_back": "asked back",
    "did_not_know": "said it does not know",
    "handed_off": "handed off",
    "error": "error",
    "silent": "silent",
}


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share, 0…1. Source: Wilson (1927), score interval without continuity correction."""
    if n == 0:
        return 0.0, 1.0
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def percentile(ordered: Sequence[float], share: float) -> float:
    """Nearest-rank percentile of an ascending sequence; `share` in 0…1."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(played: Played, *, source: str, url: str, inbox: str) -> dict[str, Any]:
    """The report as plain data."""
    turns = [turn for _, turns in played.rows for turn in turns]
    counts = Counter(turn.outcome for turn in turns)
    quoting = sum(1 for turn in turns if turn.outcome == "answered" and turn.sources)
    examples: dict[str, list[dict[str, Any]]] = {name: [] for name in OUTCOMES}
    for row, its in played.rows:
        for turn in its:
            if len(examples[turn.outcome]) < EXAMPLES:
                examples[turn.outcome].append(_example(row, turn))
    return {
        "file": source,
        "url": url,
        "inbox": inbox,
        "was_interrupted": played.was_interrupted,
        "seconds": round(played.seconds, 1),
        "customers": len(played.rows),
        "messages": len(turns),
        "reconnects": played.reconnects,
        "counts": {name: _share(counts[name], len(turns)) for name in OUTCOMES},
        "answered_with_source": _share(quoting, len(turns)),
        "relevance": _relevance(played),
        "latency_ms": {
            "ack": _latency([turn.ack_ms for turn in turns]),
            "first_reply": _latency([turn.reply_ms for turn in turns]),
        },
        "errors": dict(Counter(turn.error for turn in turns if turn.error).most_common()),
        "examples": examples,
        "rows": [
            {"id": row.id, "label": row.label, "turns": [_example(row, turn) for turn in its]}
            for row, its in played.rows
        ],
    }


def text(result: dict[str, Any]) -> str:
    """The report for a terminal."""
    interrupted = "  INTERRUPTED: a partial report" if result["was_interrupted"] else ""
    played = f"{result['customers']} customers, {result['messages']} messages, {result['reconnects']} reconnects"
    lines = [
        f"{result['file']} → {result['url']} (inbox {result['inbox']}){interrupted}",
        f"{played}; {result['seconds']} s",
        "",
    ]
    for name in OUTCOMES:
        lines.append(f"  {NAMES[name]:<24}{_percent(result['counts'][name])}")
        if name == "answered":
            lines.append(f"  {'  of these with a source':<24}{_percent(result['answered_with_source'])}")
    if relevance := result["relevance"]:
        lines += [
            "",
            "where the relevant article is known:",
            _line("answers quoting it", relevance["answers_citing_relevant"], "answers with a source"),
            _line("answered with it", relevance["answered_with_relevant"], "what it could answer"),
            _line("answered though nothing fits", relevance["answered_out_of_scope"], "what is out of scope"),
        ]
    lines += ["", f"  {'ms':<14}{'n':>7}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}"]
    for name, figures in result["latency_ms"].items():
        cells = "".join(f"{figures[key]:>9.1f}" for key in ("p50", "p95", "p99", "max")) if figures["n"] else ""
        lines.append(f"  {name.replace('_', ' '):<14}{figures['n']:>7}{cells}")
    if result["errors"]:
        lines += ["", "errors: " + ", ".join(f"{code} × {n}" for code, n in result["errors"].items())]
    for name, examples in result["examples"].items():
        if examples:
            lines += ["", f"{NAMES[name]}, for example:"]
            lines += [f"  {_short(one['text'], 60)}  →  {_short(one['reply'] or one['error'], 90)}" for one in examples]
    return "\n".join(lines) + "\n"


def _relevance(played: Played) -> dict[str, Any] | None:
    """How well answers quote what they should; None when no row says what that is."""
    known = [(row, turns) for row, turns in played.rows if row.relevant is not None and turns]
    if not known:
        return None
    answerable = [(row, turns) for row, turns in known if row.relevant]
    quoting = [(row, _cited(turns)) for row, turns in answerable if _cited(turns)]
    right = sum(1 for row, cited in quoting if {_plain(slug) for slug in row.relevant or ()} & cited)
    outside = [turns for row, turns in known if not row.relevant]
    wrong = sum(1 for turns in outside if _cited(turns))
    return {
        "answers_citing_relevant": _share(right, len(quoting)),
        "answered_with_relevant": _share(right, len(answerable)),
        "answered_out_of_scope": _share(wrong, len(outside)),
    }


def _cited(turns: list[Turn]) -> frozenset[str]:
    return frozenset(_plain(source) for turn in turns if turn.outcome == "answered" for source in turn.sources)


def _plain(slug: str) -> str:
    """A slug as a file may name it: without folder, language and punctuation, which an import may have changed."""
    name = slug.rpartition("/")[2].lower()
    return re.sub(r"[\W_]+", "", re.sub(r"\.(zh|en)$", "", name))


def _share(hits: int, n: int) -> dict[str, Any]:
    low, high = wilson(hits, n)
    return {
        "n": hits,
        "of": n,
        "share": round(hits / n, 4) if n else None,
        "low": round(low, 4),
        "high": round(high, 4),
    }


def _latency(values: Sequence[float | None]) -> dict[str, Any]:
    ordered = sorted(value for value in values if value is not None)
    if not ordered:
        return {"n": 0}
    shares = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
    figures = {name: round(percentile(ordered, share), 1) for name, share in shares.items()}
    return {"n": len(ordered), **figures, "max": round(ordered[-1], 1)}


def _example(row: Row, turn: Turn) -> dict[str, Any]:
    return {
        "id": row.id,
        "text": turn.text,
        "outcome": turn.outcome,
        "reply": turn.reply,
        "sources": turn.sources,
        "error": turn.error,
        "ack_ms": None if turn.ack_ms is None else round(turn.ack_ms, 1),
        "reply_ms": None if turn.reply_ms is None else round(turn.reply_ms, 1),
    }


def _line(name: str, share: dict[str, Any], of: str) -> str:
    return f"  {name:<30}{_percent(share)}  of {of}"


def _percent(share: dict[str, Any]) -> str:
    if not share["of"]:
        return f"{share['n']:>6} of 0"
    return (
        f"{share['n']:>6} of {share['of']:<6}{share['share']:>7.1%}   (95 %: {share['low']:.1%} – {share['high']:.1%})"
    )


def _short(value: str, length: int) -> str:
    line = " ".join(value.split())
    return line if len(line) <= length else line[: length - 1] + "…"
