"""`tongxi demo`: the server with the demo shop beside it and, unless told otherwise, people who use it."""

import argparse
import asyncio
import sys
from contextlib import ExitStack

from tongxi import migrations
from tongxi.commands.serve import serve
from tongxi.demo.seed import Login, seed
from tongxi.demo.start import DemoShop, start_people, start_shop
from tongxi.kit import logging
from tongxi.kit.db import Database
from tongxi.kit.server import check_address, check_folder, postgres
from tongxi.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--quiet", action="store_true", help="without simulated customers and agents")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Serve the demo until Ctrl-C or SIGTERM. An installation that is not a demo is left alone."""
    logging.configure(settings.log_level, development=settings.is_development)
    check_folder(settings.data)
    with ExitStack() as stack:
        dsn = stack.enter_context(postgres(settings.data, settings.database_url))
        check_address(settings.host, settings.port)
        migrations.upgrade(dsn)
        settings = settings.model_copy(update={"database_url": dsn})
        shop = stack.enter_context(start_shop(settings))
        settings = shop.settings(settings)
        logins = asyncio.run(_seed(dsn, settings, shop))
        _say(settings, shop, logins, quiet=args.quiet)
        if not args.quiet:
            stack.enter_context(start_people(settings, shop))
        serve(settings)
    return 0


async def _seed(dsn: str, settings: Settings, shop: DemoShop) -> list[Login]:
    db = Database(dsn)
    await db.open()
    try:
        return await seed(db, settings, shop)
    finally:
        await db.close()


def _say(settings: Settings, shop: DemoShop, logins: list[Login], *, quiet: bool) -> None:
    """Where to look and how to sign in."""
    lines = [
        "",
        "  Tongxi 同席 demo",
        "",
        f"  Shop with the widget   {shop.url}/",
        f"  Customer's full page   {settings.local_url}/chat?inbox=nuancang",
        f"  Workspace              {settings.local_url}/",
        "",
        "  Sign in with",
        *(f"    {login.email:<28} {login.password:<14} {login.role:<11} {login.name}" for login in logins),
        "",
        "  Simulated customers and agents are "
        + ("off." if quiet else "at work (marked as demo people; --quiet starts without them)."),
        "  Ctrl-C ends everything; what was written is kept.",
        "",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
