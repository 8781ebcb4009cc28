"""`tongxi calibrate`: how many wrong answers can be promised, group by group, and what is still missing."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

import orjson

from tongxi import migrations
from tongxi.calibration import labelled, overview, presenting, service, versions
from tongxi.calibration.labelled import Report
from tongxi.calibration.plan import ALPHA, DELTA
from tongxi.calibration.standing import Calibration
from tongxi.configuration.current_bot import CurrentBot
from tongxi.encoder import english
from tongxi.encoder.encoder import own
from tongxi.kit.clock import SystemClock
from tongxi.kit.db import Database
from tongxi.kit.server import postgres
from tongxi.knowledge import evaluate
from tongxi.knowledge.index import Knowledge
from tongxi.settings import Settings

STATES = {
    "certified": "certified",
    "conservative": "not audited: a conservative default, no promise",
    "expired": "certificate no longer valid: a conservative default, no promise",
    "alarm": "ALARM: more wrong answers than promised",
    "person_only": "no threshold passed: answers are a person's",
}


WRITE_STATES = STATES | {
    "conservative": "too few audited: only after the customer's yes, no promise",
    "expired": "certificate no longer valid: only after the customer's yes, no promise",
    "alarm": "ALARM: more wrong changes than promised, people make them",
    "person_only": "the test was not passed: people make the changes",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--group", help="only this group, as returns.zh or write:cancel_order")
    parser.add_argument("--labels", type=Path, help="labelled answers (CSV or JSONL) instead of the database's")
    parser.add_argument(
        "--corpus", type=Path, nargs="+", default=[], help="knowledge that questions in --labels are asked of"
    )
    parser.add_argument("--alpha", type=_share, default=None, help=f"promised share of wrong answers ({ALPHA})")
    parser.add_argument("--delta", type=_share, default=None, help=f"chance that the promise is wrong ({DELTA})")
    parser.add_argument("--plan", type=_count, metavar="N", help="fix a plan for --group and draw up to N answers")
    parser.add_argument("--certify", action="store_true", help="test the open plan of --group")
    parser.add_argument(
        "--export", type=Path, metavar="FILE", help="write the open answers of --group for raters (CSV)"
    )
    parser.add_argument("--import", dest="ratings", type=Path, metavar="FILE", help="verdicts on drawn answers")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Carry it out: 0 when every topic shown is certified and no flow failed, 1 otherwise."""
    if (args.plan is not None or args.certify or args.export is not None) and not args.group:
        print("tongxi calibrate: --plan, --export and --certify need --group", file=sys.stderr)
        return 2
    if args.labels is not None:
        return _from_file(args, settings)
    with postgres(settings.data, settings.database_url, join=True) as dsn:
        migrations.upgrade(dsn)
        items = asyncio.run(_from_database(dsn, settings, args))
    if args.json:
        print(orjson.dumps(items, default=str, option=orjson.OPT_INDENT_2).decode())
    else:
        _print(items, every=args.group is not None)
    return 0 if all(_is_fine(item) for item in items) else 1


def _is_fine(item: dict[str, Any]) -> bool:
    """Certified; or a flow nobody has audited enough, which then asks for the customer's yes, as ever."""
    return item["state"] == "certified" or (item["flow"] is not None and item["state"] == "conservative")


def _print(items: list[dict[str, Any]], *, every: bool) -> None:
    """Topics, then flows that change something; of those with nothing to tell only how many, unless `every`."""
    topics = [item for item in items if item["flow"] is None]
    flows = [item for item in items if item["flow"] is not None]
    told = [item for item in flows if every or item["plan"] or item["certificate"]]
    for item in [*topics, *told]:
        print(_lines(item))
    if not topics and not every:
        print("no topic: publish articles first")
    if quiet := len(flows) - len(told):
        least = max(item["labels_missing"] for item in flows)
        print(
            f"changes of {quiet} flows: {WRITE_STATES['conservative']}"
            f" (a promise needs at least {least} audited changes of one flow)"
        )


def _from_file(args: argparse.Namespace, settings: Settings) -> int:
    alpha, delta = args.alpha or ALPHA, args.delta or DELTA
    rows = labelled.rows_of(args.labels.name, args.labels.read_bytes())
    given = labelled.answers(args.labels.name, rows, _search(args.corpus, settings) if args.corpus else None)
    reports = labelled.report(given, alpha=alpha, delta=delta, group=args.group)
    if args.json:
        print(orjson.dumps([_data(one) for one in reports], option=orjson.OPT_INDENT_2).decode())
    else:
        for one in reports:
            print(_report(one))
    return 0 if all(one.result.threshold is not None for one in reports) else 1


def _search(corpus: list[Path], settings: Settings) -> labelled.Search:
    sentences = english.at_once() if settings.english else None
    knowledge = Knowledge(encoder=own(settings.data), sentences=sentences)
    knowledge.replace([one for path in corpus for one in evaluate.articles(path.name, path.read_bytes())])

    def search(question: str, language: str) -> tuple[str | None, float]:
        hits = knowledge.search(question, language)
        return (hits[0].slug.removesuffix(f".{hits[0].language}"), hits[0].score) if hits else (None, 0.0)

    return search


async def _from_database(dsn: str, settings: Settings, args: argparse.Namespace) -> list[dict[str, Any]]:
    db, clock, bot = Database(dsn), SystemClock(), CurrentBot()
    await db.open()
    try:
        await bot.load(db)
        calibration = Calibration(clock, settings, bot=bot)
        await calibration.load(db)
        async with db.transaction() as tx:
            running = await versions.read(tx, settings)
            if args.ratings is not None:
                rows = labelled.rows_of(args.ratings.name, args.ratings.read_bytes())
                taken = await service.import_ratings(tx, labelled.ratings(args.ratings.name, rows), at=clock.now())
                print(f"{taken} verdicts taken", file=sys.stderr)
            if args.plan is not None:
                alpha, delta = calibration.goal(args.group)
                await service.fix(
                    tx, running, args.group, alpha=args.alpha or alpha, delta=args.delta or delta, n=args.plan,
                    author=None, at=clock.now(),
                )  # fmt: skip
            if args.export is not None:
                labelled.write_sheet(args.export, await presenting.sheet(tx, args.group))
            if args.certify:
                await service.issue_open(tx, args.group, running, at=clock.now())
        await calibration.load(db)
        async with db.transaction() as tx:
            items = await overview.groups(tx, calibration, at=clock.now())
        found = [item for item in items if args.group in (None, item["group"])]
        if args.group and not found:
            raise service.UnknownGroup
        return found
    finally:
        await db.close()


def _lines(item: dict[str, Any]) -> str:
    """A group of the database in a few lines."""
    certificate, plan, alarm = item["certificate"], item["plan"], item["alarm"]
    is_write = item["flow"] is not None
    what = "changes" if is_write else "answers"
    lines = [f"{item['group']}: {(WRITE_STATES if is_write else STATES)[item['state']]}"]
    if item["changed"]:
        lines.append(f"  changed since: {', '.join(item['changed'])}")
    if not is_write:
        lines.append(
            "  the bot answers from confidence " + ("–" if item["threshold"] is None else f"{item['threshold']:.3g}")
        )
    if certificate and certificate["threshold"] is not None:
        lines.append(
            f"  with {1 - certificate['delta']:.0%} confidence at most {certificate['alpha']:.3g} of the {what} were"
            f" wrong: {certificate['wrong']} of {certificate['n']}, upper bound {certificate['bound']:.4f},"
            f" coverage {certificate['coverage']:.0%}, until {certificate['expires_at']:%Y-%m-%d}"
        )
    if alarm:
        to = "stopped answering" if alarm["to_threshold"] is None else f"tightened to {alarm['to_threshold']:.3g}"
        lines.append(f"  alarm {alarm['at']:%Y-%m-%d %H:%M}: {alarm['wrong']} wrong in {alarm['audits']} audits, {to}")
    if plan:
        lines.append(
            f"  plan of {plan['fixed_at']:%Y-%m-%d}: {plan['settled']} of {plan['drawn']} {what} settled,"
            f" {plan['labels_missing']} labels needed"
        )
    elif item["labels_missing"]:
        lines.append(f"  {what} to audit for a promise: at least {item['labels_missing']}")
    return "\n".join(lines)


def _report(one: Report) -> str:
    """A group of a file in a few lines."""
    found = one.result
    head = f"{found.group}: {one.given} rows, {found.n} at or above the loosest threshold"
    average = "none" if one.per_conversation is None else f"{one.per_conversation:.3g}"
    other = (
        f"\n  wrong answers per conversation, answered or not, at most {found.alpha:.3g} on average from confidence"
        f" {average}: an expectation, not the accuracy of answers"
    )
    if found.threshold is None or found.bound is None:
        loosest = found.curve[-1]
        missing = f", at least {one.labels_missing} more answers needed" if one.labels_missing else ""
        return (
            f"{head}\n  person only: no threshold keeps wrong answers at or below {found.alpha:.3g} with"
            f" {1 - found.delta:.0%} confidence ({loosest.wrong} of {loosest.answered} wrong){missing}{other}"
        )
    return (
        f"{head}\n  certified from confidence {found.threshold:.3g}: {found.wrong} of {found.answered} wrong,"
        f" upper bound {found.bound:.4f} at {1 - found.delta:.0%},"
        f" coverage {found.answered / one.given:.0%} of all rows{other}"
    )


def _data(one: Report) -> dict[str, Any]:
    found = one.result
    return {
        "group": found.group, "state": "person_only" if found.threshold is None else "certified",
        "alpha": found.alpha, "delta": found.delta, "rows": one.given, "n": found.answered, "wrong": found.wrong,
        "threshold": found.threshold, "bound": found.bound, "coverage": found.answered / one.given,
        "labels_missing": one.labels_missing, "per_conversation_threshold": one.per_conversation,
        "curve": [point.data() for point in found.curve],
    }  # fmt: skip


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= service.MAX_N:
        raise argparse.ArgumentTypeError(f"must lie between 1 and {service.MAX_N}")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value <= 0.5:
        raise argparse.ArgumentTypeError("must lie above 0 and at or below 0.5")
    return value
