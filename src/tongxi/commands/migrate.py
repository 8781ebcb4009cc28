"""`tongxi migrate`: bring the schema up to date, for those who do it apart from the start of the server."""

import argparse

from tongxi import migrations
from tongxi.kit.server import postgres
from tongxi.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options: none."""


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Migrate, say what was done."""
    with postgres(settings.data, settings.database_url, join=True) as dsn:
        done = migrations.upgrade(dsn)
    print(f"schema {migrations.HEAD}: {'brought up to date' if done else 'nothing to do'}")
    return 0
