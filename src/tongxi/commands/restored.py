"""`tongxi restored`: after a restore, tell every open widget and app that what it has seen may no longer exist."""

import argparse

import psycopg

from tongxi import migrations
from tongxi.kit.ids import new_id
from tongxi.kit.server import postgres
from tongxi.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options: none."""
    parser.epilog = "Run it on the restored database before the server starts (docs/how-to/back-up.md)."


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Begin a new history and say so. The embedded database must not be in use by a server."""
    with postgres(settings.data, settings.database_url) as dsn:
        migrations.upgrade(dsn)
        with psycopg.connect(dsn) as connection:
            connection.execute(
                "insert into installation (history_id) values (%s)"
                " on conflict (id) do update set history_id = excluded.history_id",
                (new_id(),),
            )
    print("a new history begins: clients start again from what is there; restart the server if one is running")
    return 0
