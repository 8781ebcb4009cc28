"""`tongxi bakeoff`: which engine, or none, does best on one's own questions; recorded, and replayed without network."""

import argparse
import asyncio
import sys
from pathlib import Path

import orjson

from tongxi import migrations
from tongxi.bakeoff import questions, report
from tongxi.bakeoff.cassettes import Cassettes
from tongxi.bakeoff.figures import Table
from tongxi.bakeoff.local import asker, reader
from tongxi.bakeoff.questions import Question
from tongxi.bakeoff.run import NONE, Plan
from tongxi.bakeoff.run import run as run_plan
from tongxi.bot.flows.registry import Flows
from tongxi.configuration.current_bot import CurrentBot
from tongxi.encoder import english
from tongxi.encoder.encoder import own
from tongxi.intents.live import Intents
from tongxi.kit.clock import SystemClock
from tongxi.kit.crypto import Vault
from tongxi.kit.db import Database
from tongxi.kit.errors import Invalid
from tongxi.kit.server import postgres
from tongxi.knowledge import evaluate
from tongxi.knowledge.index import Knowledge
from tongxi.llm.loading import HouseModels
from tongxi.settings import Settings
from tongxi.signals import personal_data


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--engines", required=True, type=lambda value: value.split(","),
        help="none and <provider>:<model> of Settings → Language models, comma-separated; compared with the first",
    )  # fmt: skip
    parser.add_argument("--file", type=Path, help="labelled questions (JSONL) instead of one's own conversations")
    parser.add_argument(
        "--corpus", type=Path, nargs="+", default=[], help="articles --file names, instead of one's own"
    )
    parser.add_argument("--train", type=Path, help="labelled messages (JSONL) to learn the intents from")
    parser.add_argument("--k", type=int, default=1, choices=range(1, 17), metavar="K", help="runs of each question (1)")
    parser.add_argument("--limit", type=_count, default=200, help="at most so many of one's own questions (200)")
    parser.add_argument("--cassettes", type=Path, help="folder of recorded answers: read, and added to")
    parser.add_argument("--offline", action="store_true", help="ask nobody: everything has to be in --cassettes")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Ask everything and print the table."""
    if args.offline and not args.cassettes:
        print("tongxi bakeoff: --offline needs --cassettes", file=sys.stderr)
        return 2
    with postgres(settings.data, settings.database_url, join=True) as dsn:
        migrations.upgrade(dsn)
        table = asyncio.run(_compare(args, settings, dsn))
    if args.json:
        print(orjson.dumps(table.model_dump(), option=orjson.OPT_INDENT_2).decode())
    else:
        print(report.text(table), end="")
    return 0


async def _compare(args: argparse.Namespace, settings: Settings, dsn: str) -> Table:
    clock, db = SystemClock(), Database(dsn)
    await db.open()
    models = HouseModels(settings, db, Vault(settings.secret_key()), clock, personal_data.find)
    try:
        await models.load(db)
        unknown = [name for name in args.engines if name != NONE and models.setup.named(name) is None]
        if unknown:
            known = ", ".join(one.name for one in models.setup.providers if one.is_active) or "none yet"
            raise Invalid(f"no such engine: {', '.join(unknown)}; providers: {known}")
        asked = await _questions(args, db)
        sentences = english.at_once() if settings.english else None
        knowledge, bot = Knowledge(clock, own(settings.data), sentences), CurrentBot()
        flows, intents = Flows(), Intents(sentences=sentences)
        if args.corpus:
            rows = [row for path in args.corpus for row in evaluate.articles(path.name, path.read_bytes())]
            knowledge.replace(rows)
        else:
            await knowledge.load(db)
            await intents.load(db)
        await bot.load(db)
        await flows.load(db)
        learnt = questions.examples(args.train.name, args.train.read_bytes()) if args.train else []
        read, choices = reader(asked, learnt)
        plan = Plan(
            questions=asked, engines=list(dict.fromkeys(args.engines)), k=args.k,
            local=asker(knowledge, bot.settings, read, flows=flows, intents=intents), intents=choices,
            setup=models.setup,
            cassettes=Cassettes(args.cassettes, is_offline=args.offline), clock=clock,
            labels="file" if args.file else "judged", find_personal_data=personal_data.find,
            persona=bot.settings.persona,
        )  # fmt: skip
        total = len(asked) * len(plan.engines) * args.k
        return await run_plan(plan, progress=lambda done: _say(done, total))
    finally:
        await models.close()
        await db.close()


async def _questions(args: argparse.Namespace, db: Database) -> list[Question]:
    if args.file:
        return questions.read(args.file.name, args.file.read_bytes())
    async with db.reading() as tx:
        found = await questions.judged(tx, limit=args.limit)
    if not found:
        raise questions.BadQuestions("no answer of your own was judged yet; give a file of labelled questions (--file)")
    return found


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= questions.MAX_QUESTIONS:
        raise argparse.ArgumentTypeError(f"must lie between 1 and {questions.MAX_QUESTIONS}")
    return value


def _say(done: int, total: int) -> None:
    """Progress, on a screen only."""
    if sys.stderr.isatty():
        print(f"\r{done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
