"""`tongxi restored`: what clients have seen of the history before a restore is no longer believed."""

from __future__ import annotations

import argparse
from pathlib import Path

import psycopg

from tongxi.commands import restored
from tongxi.settings import Settings


def test_every_restore_begins_another_history(database_url: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url=database_url)
    seen = set()
    for _ in range(2):  # also in a database no server has run on
        assert restored.run(argparse.Namespace(), settings) == 0
        with psycopg.connect(database_url) as connection:
            seen |= set(connection.execute("select history_id from installation").fetchall())
    assert len(seen) == 2
