"""What the shop's people set up over the public API stands there, once, as if somebody had done it by hand."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from tests.integration.demo.test_people import demo
from tongxi.bakeoff import questions
from tongxi.client import AgentClient
from tongxi.demo import office, reviewers, seed

pytestmark = pytest.mark.anyio


async def ended(owner: AgentClient, path: str) -> dict[str, Any]:
    """The newest of a list, once it is no longer under way."""
    async with asyncio.timeout(60):
        while True:
            newest: dict[str, Any] = (await owner.call("GET", path))["items"][0]
            if newest["state"] in ("done", "failed"):
                return newest
            await asyncio.sleep(0.2)


def test_the_labelled_questions_are_a_file_a_bake_off_reads() -> None:
    read = questions.read("labelled", office.labelled().encode())
    assert len(read) >= 120
    assert {one.language for one in read} == {"zh", "en"}
    assert {slug for one in read for slug in one.relevant or ()} <= {entry["slug"] for _, entry in seed._entries()}
    assert any(one.relevant == frozenset() for one in read), "some have no answer, and not answering is right"


async def test_a_new_demo_is_set_up_once_by_real_calls(database_url: str, tmp_path: Path) -> None:
    async with demo(database_url, tmp_path / "data") as (url, shop_url, keys):
        owner = AgentClient(url, reviewers.OWNER, keys.password)
        await owner.login()
        await office.set_up(owner, shop_url)
        await office.set_up(owner, shop_url)
        run, page = await ended(owner, "/bakeoffs"), await ended(owner, "/knowledge/sources")
        assert (run["state"], run["error"]) == ("done", "")
        assert run["result"]["rows"][0]["n_answer"] >= 100
        assert page["articles"] == 1
        versions = (await owner.call("GET", "/bot/versions"))["items"]
        assert [one["version"] for one in versions] == [2, 1]
        assert all(one["changes"] and one["note"] for one in versions)
        assert len((await owner.call("GET", "/translation"))["glossary"]) == len(office.TERMS)
        # One customer asks, one reviewer judges what is drawn: nothing is, so nobody has anything to do.
        await reviewers.ask(url, "退款多久到账")
        assert not await reviewers.judge_next(owner, reviewers.truth(), random.Random(1))
        await owner.close()
