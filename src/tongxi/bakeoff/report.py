"""The table of a bake-off as text. Pure: the same table gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence

from tongxi.bakeoff.figures import Row, Table

_HEAD = (
    "engine",
    "right",
    "95 %",
    "intent",
    "correct",
    "wrong",
    "asked",
    "abstained",
    "pass^k",
    "p50",
    "p95",
    "per 1,000",
    "failed",
)


def text(table: Table) -> str:
    """Engines best first, then each against the first one."""
    lines = _aligned([_HEAD, *(_cells(row, table.currency) for row in table.rows)])
    counts = max(table.rows, key=lambda row: row.n)
    lines.append(
        f"n = {counts.n} questions ({counts.n_intent} with an intent, {counts.n_answer} with an article),"
        f" k = {table.k}, labels: {table.labels}"
    )
    for one in table.differences:
        low, high = one.interval
        lines.append(
            f"{one.engine} against {one.against}: {_signed(one.difference)} (95 % {_signed(low)} to {_signed(high)},"
            f" paired), better on {one.better}, worse on {one.worse}, McNemar p = {one.p:.4f}"
        )
    if table.disagreements:
        lines.append(f"they differ on {len(table.disagreements)} questions: {', '.join(table.disagreements[:20])}")
    return "\n".join(lines) + "\n"


def _cells(row: Row, currency: str) -> tuple[str, ...]:
    return (
        row.engine, _share(row.right), f"{_share(row.interval[0])}–{_share(row.interval[1])}",
        _share(row.intent_accuracy), _share(row.correct), _share(row.wrong), _share(row.asked), _share(row.abstained),
        _share(row.pass_k), f"{row.p50_ms} ms", f"{row.p95_ms} ms",
        f"{row.per_thousand} {currency}" if row.per_thousand is not None else "no price", _share(row.failed),
    )  # fmt: skip


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _signed(value: float) -> str:
    return f"{value:+.3f}"
