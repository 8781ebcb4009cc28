"""The databases of the tests themselves: migrated, empty, apart."""

import psycopg

from tests.support.databases import Databases
from tongxi import migrations
from tongxi.kit.db import Database


async def test_a_fresh_database_has_the_newest_schema(db: Database) -> None:
    async with db.transaction() as tx:
        assert await tx.value("select version_num from alembic_version") == migrations.HEAD


def test_two_databases_do_not_see_each_other(databases: Databases) -> None:
    with databases.fresh(migrated=False) as one, databases.fresh(migrated=False) as other:
        with psycopg.connect(one) as connection:
            connection.execute("create table only_here ()")
        with psycopg.connect(other) as connection:
            assert connection.execute("select to_regclass('only_here')").fetchone() == (None,)
