"""Versioned values."""

import asyncio

import pytest
from pydantic import BaseModel

from tongxi.configuration import store
from tongxi.kit.db import Database


class _Limits(BaseModel):
    most: int = 3


async def test_each_save_is_a_version_and_old_ones_stay_readable(db: Database) -> None:
    async with db.transaction() as tx:
        assert await store.read(tx, "limits", _Limits) == store.Versioned(0, _Limits())
        assert await store.save(tx, "limits", _Limits(most=4), author_id=None, after=0) == 1
        assert await store.save(tx, "limits", _Limits(most=5), author_id=None, after=1) == 2
        assert (await store.read(tx, "limits", _Limits)).value.most == 5
        assert (await store.read(tx, "limits", _Limits, version=1)).value.most == 4
        with pytest.raises(store.StaleVersion):
            await store.save(tx, "limits", _Limits(most=6), author_id=None, after=1)


async def test_of_two_who_save_at_once_one_is_told(db: Database) -> None:
    async def save(most: int) -> int:
        async with db.transaction() as tx:
            return await store.save(tx, "limits", _Limits(most=most), author_id=None, after=0)

    results = await asyncio.gather(*(save(n) for n in range(4)), return_exceptions=True)
    assert [result for result in results if result == 1] == [1]
    assert sum(isinstance(result, store.StaleVersion) for result in results) == 3
