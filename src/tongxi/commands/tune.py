"""`tongxi tune`: the encoder learns this installation's own words from its articles and from confirmed answers."""

import argparse
import asyncio
import time
from uuid import UUID

from tongxi import migrations
from tongxi.encoder.encoder import own_weights
from tongxi.kit.db import Database, Transaction
from tongxi.kit.server import postgres
from tongxi.knowledge.articles import Article
from tongxi.knowledge.queries import published
from tongxi.knowledge.teaching import teach
from tongxi.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--forget", action="store_true", help="go back to the weights that come with the product")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Tune and keep the weights in the data folder; a server reads them at its next start."""
    path = own_weights(settings.data)
    if args.forget:
        path.unlink(missing_ok=True)
        print("the weights that come with the product are used from the next start")
        return 0
    with postgres(settings.data, settings.database_url, join=True) as dsn:
        migrations.upgrade(dsn)
        articles, questions = asyncio.run(_read(dsn))
    began = time.perf_counter()
    if teach(articles, questions, settings.data):
        seconds = time.perf_counter() - began
        print(
            f"learnt from {len(articles)} articles and {len(questions)} confirmed questions in {seconds:.1f} s: {path}"
        )
        print("used from the next start of the server; promised error rates are to be checked anew (tongxi calibrate)")
        return 0
    print("too little to learn from: two published articles with example questions or text are the least")
    return 1


async def _read(dsn: str) -> tuple[list[Article], list[tuple[UUID, str]]]:
    db = Database(dsn)
    await db.open()
    try:
        async with db.transaction() as tx:
            return await published(tx), await confirmed(tx)
    finally:
        await db.close()


async def confirmed(tx: Transaction) -> list[tuple[UUID, str]]:
    """Articles whose quotation people judged right, with the customer's words before it, newest first."""
    rows = await tx.dicts(
        "select s.article_id, q.text from calibration_sample s"
        " cross join lateral (select m.text from message m where m.conversation_id = s.conversation_id"
        "   and m.seq < s.seq and m.sender = 'customer' and m.erased_at is null order by m.seq desc limit 1) q"
        " where s.verdict = 'right' and s.kind <> 'planted' and s.article_id is not null"
        " order by s.settled_at desc nulls last limit 20000"
    )
    return [(row["article_id"], row["text"]) for row in rows]
