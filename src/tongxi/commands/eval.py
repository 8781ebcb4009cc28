"""`tongxi eval`: the product's engines on files of rows; predictions to a file, a summary to standard error.

Needs neither database nor server. How to use it and what is measured: docs/how-to/evaluate.md.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from tongxi.evaluation import rows
from tongxi.evaluation.labels import fault
from tongxi.evaluation.measures import Figure
from tongxi.evaluation.rows import Row
from tongxi.kit.errors import AppError
from tongxi.settings import Settings

KINDS = ("intent", "retrieval", "multilabel", "handoff", "satisfaction", "triage", "clusters", "summary")
LATER = frozenset({"handoff", "satisfaction", "clusters", "summary"})
OPTIONS = ("train", "dev", "corpus", "inputs", "output")


class NotAvailableYet(AppError):
    """This kind of evaluation arrives with the feature it measures."""

    code = "not_available_yet"
    status = 501


class OptionMissing(AppError):
    """This kind needs an option that was not given."""

    code = "option_missing"
    status = 422


@dataclass(frozen=True, slots=True)
class Files:
    """What was read."""

    inputs: Sequence[Row]
    train: Sequence[Row] = ()
    dev: Sequence[Row] = ()
    corpus: Sequence[Row] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--kind", choices=KINDS, required=True, help="what is asked of the rows")
    parser.add_argument("--train", metavar="FILES", help="rows to learn from, JSON Lines; several separated by commas")
    parser.add_argument("--dev", metavar="FILES", help="rows to choose limits on; not learnt from by kind intent")
    parser.add_argument("--corpus", metavar="FILES", help="articles or passages to find (kind retrieval)")
    parser.add_argument("--inputs", metavar="FILES", required=True, help="rows to answer")
    parser.add_argument("--output", metavar="FILE", type=Path, required=True, help="where the predictions go")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Predict, write, summarise; 1 when a file or a row cannot be used, 2 on wrong use."""
    del settings
    kind: str = args.kind
    if kind in LATER:
        raise NotAvailableYet(f"--kind {kind} is not available yet", kind=kind)
    files = _read(args, kind)
    seconds: list[float] = []
    began = time.perf_counter()
    predicted = list(_timed(_engine(kind)(files), seconds))
    total = time.perf_counter() - began
    rows.write(args.output, predicted)
    print(_summary(kind, len(predicted), total, seconds), file=sys.stderr)
    for figure in _figures(kind)(files.inputs, predicted):
        print(figure, file=sys.stderr)
    return 0


def _read(args: argparse.Namespace, kind: str) -> Files:
    needs = {"intent": ("train",), "multilabel": ("train",), "retrieval": ("corpus",)}.get(kind, ())
    for option in needs:
        if not getattr(args, option):
            raise OptionMissing(f"--kind {kind} needs --{option}", option=option)
    label = ("text", "label") if kind in ("intent", "multilabel") else ("text",)
    return Files(
        inputs=rows.read_inputs(rows.paths(args.inputs), partial(fault, kind)),
        train=rows.read(rows.paths(args.train), needs=label),
        dev=rows.read(rows.paths(args.dev), needs=label),
        corpus=rows.read(rows.paths(args.corpus), needs=("id", "text")),
    )


def _engine(kind: str) -> Callable[[Files], Iterator[dict[str, Any]]]:
    module = import_module(f"tongxi.evaluation.{kind}")
    if kind == "retrieval":
        return lambda files: module.predict(files.corpus, files.inputs, files.train, files.dev)
    return lambda files: module.predict(files.inputs, files.train, files.dev)


def _figures(kind: str) -> Callable[[Sequence[Row], Sequence[dict[str, Any]]], list[Figure]]:
    made: Callable[[Sequence[Row], Sequence[dict[str, Any]]], list[Figure]]
    if kind in ("intent", "multilabel"):
        made = import_module(f"tongxi.evaluation.{kind}").figures
    else:
        made = getattr(import_module("tongxi.evaluation.scored"), kind)
    return made


def _timed(predictions: Iterator[dict[str, Any]], seconds: list[float]) -> Iterator[dict[str, Any]]:
    """Pass on, noting how long each took. The first one includes learning."""
    while True:
        began = time.perf_counter()
        one = next(predictions, None)
        if one is None:
            return
        seconds.append(time.perf_counter() - began)
        yield one


def _summary(kind: str, n: int, total: float, seconds: list[float]) -> str:
    later = sorted(seconds[1:]) or [0.0]
    middle, high = (1000 * later[min(len(later) - 1, int(share * len(later)))] for share in (0.5, 0.95))
    first = seconds[0] if seconds else 0.0
    return (
        f"{kind}: n {n}, {total:.1f} s in all, {first:.1f} s until the first prediction (learning included),"
        f" p50 {middle:.2f} ms, p95 {high:.2f} ms a row, {_peak_mb():.0f} MB at most"
    )


def _peak_mb() -> float:
    """The most memory the process held, in megabytes; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
