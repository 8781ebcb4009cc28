"""How well the bot answers on given knowledge: start the product, import files, play files at it, print the reports.

python -m benchmarks.answers --knowledge kb_zh.jsonl kb_en.jsonl --play queries_dev.jsonl
python -m benchmarks.answers --knowledge corpus.jsonl --play banking77.jsonl --limit 1000 --seed 1 --markdown out.md
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.figures import machine
from benchmarks.product import Product, allow_many_sockets
from benchmarks.stage import stage
from tongxi.play.customers import OUTCOMES, Plan, play
from tongxi.play.report import NAMES, report, text
from tongxi.play.rows import choose, read_rows


async def measure(product: Product, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """One report per played file."""
    results = []
    async with stage(product, arguments.knowledge) as scene:
        for file in arguments.play:
            rows = choose(read_rows(file), arguments.language, arguments.limit, arguments.seed)
            plan = Plan(scene.url, scene.inbox, arguments.concurrency, ends=True, seed=arguments.seed)
            result = report(
                await play(rows, plan), source=f"{file.parent.name}/{file.name}", url=scene.url, inbox=scene.inbox
            )
            sys.stdout.write(text(result) + "\n")
            results.append(result)
    return results


def markdown(results: list[dict[str, Any]], command: str) -> str:
    """The block for docs/benchmarks.md."""
    about = " · ".join(f"{name} {value}" for name, value in machine().items())
    lines = [f"`{command}`", "", about, ""]
    lines += ["| | " + " | ".join(result["file"] for result in results) + " |", "|---" * (len(results) + 1) + "|"]
    lines.append("| messages | " + " | ".join(f"{result['messages']:,}" for result in results) + " |")
    shares: list[tuple[str, list[dict[str, Any] | None]]] = [
        (NAMES[name], [result["counts"][name] for result in results]) for name in OUTCOMES
    ]
    shares.insert(1, ("of these with a source", [result["answered_with_source"] for result in results]))
    for key, name in (
        ("answers_citing_relevant", "answers that quote the relevant article"),
        ("answered_with_relevant", "answered with it, of what it could answer"),
        ("answered_out_of_scope", "answered though nothing fits"),
    ):
        shares.append((name, [(result["relevance"] or {}).get(key) for result in results]))
    lines += [
        f"| {name} | " + " | ".join(map(_cell, values)) + " |" for name, values in shares if any(map(_cell, values))
    ]
    for name in ("ack", "first_reply"):
        values = [result["latency_ms"][name] for result in results]
        cells = [
            " / ".join(f"{value[key]:.0f}" for key in ("p50", "p95", "p99")) if value["n"] else "" for value in values
        ]
        lines.append(f"| {name.replace('_', ' ')}, ms p50 / p95 / p99 | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(share: dict[str, Any] | None) -> str:
    if not share or not share["of"]:
        return ""
    return f"{share['n']} of {share['of']} = {share['share']:.1%} ({share['low']:.1%} – {share['high']:.1%})"


def main() -> int:
    """Exit code 0 when every customer got an answer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--knowledge", type=Path, nargs="+", required=True)
    parser.add_argument("--play", type=Path, nargs="+", required=True)
    parser.add_argument("--language")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    allow_many_sockets()
    folder = Path(tempfile.mkdtemp(prefix="tongxi-answers-"))
    folder.chmod(0o711)
    product = Product(folder / "data")
    try:
        product.start()
        results = asyncio.run(measure(product, arguments))
    finally:
        product.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if arguments.markdown:
        arguments.markdown.write_text(
            markdown(results, " ".join(["python -m benchmarks.answers", *sys.argv[1:]])), encoding="utf-8"
        )
    return int(any(result["counts"][name]["n"] for result in results for name in ("error", "silent")))


if __name__ == "__main__":
    sys.exit(main())
