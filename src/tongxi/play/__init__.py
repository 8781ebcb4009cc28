"""`tongxi play`: human-written utterances or transcripts from a file become real customers over the public protocol."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from tongxi.play.customers import NoServer, Plan, look, play
from tongxi.play.report import report, text
from tongxi.play.rows import NotUnderstood, choose, read_rows
from tongxi.settings import Settings

__all__ = ["add_arguments", "run"]

EPILOG = """\
rows, one JSON value a line:
  {"text": "…", "lang"?: "zh", "id"?: "…", "label"?: "…", "relevant"?: ["article-slug"]}   one utterance
  {"turns": [{"role": "customer", "text": "…"}, …]}                                       a transcript
  ["…", "…"] or "…"                                                                       a customer's turns

An utterance or transcript is one customer. `relevant` names the articles (by slug) an answer should quote; an empty
list says that none has the answer.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `tongxi play`."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", type=Path, help="JSON Lines, UTF-8")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of the server (default: %(default)s)")
    parser.add_argument("--inbox", default="nuancang", help="key of the inbox to write to (default: the demo's)")
    parser.add_argument("--concurrency", type=int, default=50, help="customers at once (default: %(default)s)")
    parser.add_argument("--language", help="play the rows of this language only, e.g. zh; rows without one count as it")
    parser.add_argument("--limit", type=int, help="play this many rows: the first, or with --seed a random choice")
    parser.add_argument(
        "--pause", type=_span, default=(0.0, 0.0), metavar="A-B", help="seconds a customer types before each message"
    )
    parser.add_argument("--timeout", type=float, default=30, help="seconds to wait for an answer (%(default)s)")
    parser.add_argument("--end", action="store_true", help="end each conversation afterwards, also those in the queue")
    parser.add_argument("--report", type=Path, help="also write the report, with a line per row, as JSON")
    parser.add_argument("--seed", type=int, help="of the choice of rows and of the pauses")


def run(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001 - every command gets them
    """Play the file and print the report; exit code 0 when every customer got an answer.

    1: some did not; 2: a file cannot be used, or there is no such server or inbox; 130: interrupted (the report
    covers what was played).
    """
    try:
        rows = choose(read_rows(arguments.file), arguments.language, arguments.limit, arguments.seed)
        if arguments.report:
            arguments.report.touch()
        asyncio.run(look(arguments.url, arguments.inbox))
    except NotUnderstood as error:
        sys.stderr.write(f"{arguments.file}: {error}\n")
        return 2
    except (NoServer, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    plan = Plan(
        url=arguments.url,
        inbox=arguments.inbox,
        concurrency=max(1, arguments.concurrency),
        pause=arguments.pause,
        timeout=arguments.timeout,
        ends=arguments.end,
        seed=arguments.seed,
    )
    played = asyncio.run(play(rows, plan, sys.stderr if sys.stderr.isatty() else None))
    result = report(played, source=str(arguments.file), url=arguments.url, inbox=arguments.inbox)
    sys.stdout.write(text(result))
    if arguments.report:
        arguments.report.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if played.was_interrupted:
        return 130
    return 1 if result["counts"]["error"]["n"] or result["counts"]["silent"]["n"] else 0


def _span(value: str) -> tuple[float, float]:
    low, _, high = value.partition("-")
    try:
        span = (float(low), float(high or low))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not of the form 3-4") from None
    if not 0 <= span[0] <= span[1]:
        raise argparse.ArgumentTypeError(f"{value!r}: the first number must not be above the second")
    return span
