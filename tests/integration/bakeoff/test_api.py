"""Bake-offs through the API: own judged answers become the questions; the run goes on by itself and ends honestly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
from fastapi import FastAPI
from psycopg.types.json import Jsonb

from tests.support.model_server import ModelServer, Plan, data_of, model_server
from tests.support.office import Client, Office
from tests.support.seam import Seam, furnish, opened
from tongxi.accounts.roles import Role
from tongxi.api import auth, bakeoff, errors, models
from tongxi.api.security import Guard
from tongxi.bakeoff import jobs
from tongxi.kit.ids import new_id

TITLE = "保修多久"
BODY = "电热水壶自购买之日起保修二十四个月。"
WAIT_SECONDS = 10


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server("电热水壶自购买之日起保修二十四个月 [1]。") as running:
        yield running


@pytest.fixture
async def seam(database_url: str, tmp_path: Path, server: ModelServer) -> AsyncIterator[Seam]:
    async with opened(database_url, tmp_path, model_url=server.url, model_name="m") as house:
        made = await furnish(house)
        await made.article(TITLE, BODY, slug="warranty.zh")
        yield made


async def opened_office(seam: Seam) -> Office:
    app = FastAPI()
    app.add_middleware(Guard)
    errors.install(app)
    for router in (auth.router, models.router, bakeoff.router):
        app.include_router(router)
    app.state.house = seam.house
    return Office(app, seam.house, cast("Any", seam.house.clock))


async def owner(seam: Seam) -> Client:
    return await (await opened_office(seam)).signed_in(Role.OWNER)


async def ended(client: Client, run_id: str) -> dict[str, Any]:
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            run: dict[str, Any] = await client.call("GET", f"/bakeoffs/{run_id}", status=200)
            if run["state"] != "running":
                return run
            await asyncio.sleep(0.05)


FILE = "\n".join(
    orjson.dumps({"id": n, "text": TITLE, "relevant": ["warranty"], "lang": "zh"}).decode() for n in range(6)
)
ENGINE = "TONGXI_MODEL_URL:m"
SHORTER = Plan("电热水壶保修二十四个月 [1]。")


async def test_a_run_on_given_questions_ends_with_its_table(seam: Seam, server: ModelServer) -> None:
    client = await owner(seam)
    body = {"engines": ["none", ENGINE], "k": 2, "questions": FILE}
    begun = await client.call("POST", "/bakeoffs", json=body, status=201)
    assert (begun["state"], begun["total"]) == ("running", 24)
    run = await ended(client, begun["id"])
    assert (run["state"], run["error"], run["done"]) == ("done", "", 24)
    rows = {row["engine"]: row for row in run["result"]["rows"]}
    assert rows["none"]["correct"] == rows[ENGINE]["correct"] == 1.0
    assert run["result"]["labels"] == "file"
    shown = await client.call("GET", "/models", status=200)
    assert shown["none"]["figures"]["correct"] == 1.0
    assert await seam.rows("select 1 from model_call") == [], "a measurement is not on the customers' bill"


async def test_own_answers_that_were_judged_are_the_questions_and_leave_masked(seam: Seam, server: ModelServer) -> None:
    customer = await seam.customer()
    await seam.said(customer, f"我 13987651234 买的壶，{TITLE}")
    answer = [one for one in await seam.entries(customer) if one.type == "message_sent" and one.actor.kind == "bot"][-1]
    article = answer.content["sources"][0]["article_id"]
    await seam.execute(
        "insert into answer_feedback (conversation_id, seq, helpful) values (%s, %s, true)",
        customer.conversation_id, answer.seq,
    )  # fmt: skip
    setup = seam.house.models.setup
    outside = setup.providers[0].model_copy(update={"is_inside": False})
    await seam.house.models.configure(type(setup)((outside,), setup.settings, keys=setup.keys))
    server.asked.clear()
    client = await owner(seam)
    assert (await client.call("GET", "/bakeoffs", status=200))["judged"] == 1
    begun = await client.call("POST", "/bakeoffs", json={"engines": ["none", ENGINE]}, status=201)
    run = await ended(client, begun["id"])
    assert run["result"]["labels"] == "judged"
    rows = {row["engine"]: row for row in run["result"]["rows"]}
    assert rows["none"]["correct"] == 1.0
    assert article
    assert "13987651234" not in str(server.asked)
    assert "{{PHONE_1}}" in data_of(server.asked[-1])["question"]


async def test_people_judge_blind_what_the_engines_say_differently(seam: Seam, server: ModelServer) -> None:
    """Nobody labelled these questions; two colleagues say which answers are right, and the table follows."""
    server.plan = SHORTER
    for text in (TITLE, f"{TITLE}呢"):
        await seam.said(await seam.customer(), text)
    office = await opened_office(seam)
    client, agent = await office.signed_in(Role.OWNER), await office.signed_in(Role.AGENT)
    body = {"engines": ["none", ENGINE], "own": "unjudged"}
    run = await ended(client, (await client.call("POST", "/bakeoffs", json=body, status=201))["id"])
    assert run["result"]["labels"] == "unjudged"
    assert run["result"]["blind"] == {"disputed": 2, "judged": 0, "undecided": 0, "people": 0}
    assert [row["n"] for row in run["result"]["rows"]] == [0, 0], "nothing is known yet"
    seen = set()
    for left in (2, 1):
        page = await agent.call("GET", "/comparisons", status=200)
        item = page["item"]
        assert page["waiting"] == left
        assert ENGINE not in str(page)
        assert "none" not in str(page)
        assert len(item["answers"]) == 2
        seen.add(item["question"])
        (model,) = (at for at, one in enumerate(item["answers"]) if "自购买" not in one["text"])
        await agent.call("POST", f"/comparisons/{item['id']}", json={"right": [model]}, status=204)
        await agent.refused("POST", f"/comparisons/{item['id']}", 409, "judged_already", json={"right": []})
    assert seen == {TITLE, f"{TITLE}呢"}
    assert (await agent.call("GET", "/comparisons", status=200)) == {"item": None, "waiting": 0}
    result = (await client.call("GET", f"/bakeoffs/{run['id']}", status=200))["result"]
    assert result["blind"] == {"disputed": 2, "judged": 2, "undecided": 0, "people": 1}
    rows = {row["engine"]: row for row in result["rows"]}
    assert (rows[ENGINE]["correct"], rows["none"]["wrong"]) == (1.0, 1.0)
    (difference,) = result["differences"]
    assert (difference["against"], difference["wrong"]["difference"]) == ("none", -1.0)
    # A second person holds the opposite of one of them, and skips the other.
    item = (await client.call("GET", "/comparisons", status=200))["item"]
    (quoted,) = (at for at, one in enumerate(item["answers"]) if "自购买" in one["text"])
    await client.call("POST", f"/comparisons/{item['id']}", json={"right": [quoted]}, status=204)
    item = (await client.call("GET", "/comparisons", status=200))["item"]
    await client.refused("POST", f"/comparisons/{item['id']}", 422, "invalid", json={"right": [2]})
    await client.call("POST", f"/comparisons/{item['id']}", json={"right": None}, status=204)
    result = (await client.call("GET", f"/bakeoffs/{run['id']}", status=200))["result"]
    assert result["blind"] == {"disputed": 2, "judged": 1, "undecided": 1, "people": 2}
    kept = await seam.rows("select shown, right_ones, user_id, at from bakeoff_judgement")
    assert len(kept) == 4
    assert all(sorted(row["shown"]) == [0, 1] and row["at"] for row in kept)
    # The same answers in another run are not shown again, and count there as well.
    again = await ended(client, (await client.call("POST", "/bakeoffs", json=body, status=201))["id"])
    assert again["result"]["blind"] == {"disputed": 2, "judged": 1, "undecided": 1, "people": 2}
    assert (await agent.call("GET", "/comparisons", status=200))["waiting"] == 0


async def test_a_comparison_of_a_colleagues_conversation_is_not_there(seam: Seam, server: ModelServer) -> None:
    server.plan = SHORTER
    customer = await seam.customer()
    await seam.said(customer, TITLE)
    office = await opened_office(seam)
    client, agent = await office.signed_in(Role.OWNER), await office.signed_in(Role.AGENT)
    await ended(
        client,
        (await client.call("POST", "/bakeoffs", json={"engines": ["none", ENGINE], "own": "unjudged"}, status=201))[
            "id"
        ],
    )
    item = (await agent.call("GET", "/comparisons", status=200))["item"]
    await seam.claim(await seam.agent(), customer)
    assert (await agent.call("GET", "/comparisons", status=200))["item"] is None
    await agent.refused("POST", f"/comparisons/{item['id']}", 404, "not_found", json={"right": []})


async def test_only_one_runs_at_a_time_and_it_can_be_stopped(seam: Seam, server: ModelServer) -> None:
    server.plan = Plan(hang=True)
    client = await owner(seam)
    body = {"engines": [ENGINE], "questions": FILE}
    begun = await client.call("POST", "/bakeoffs", json=body, status=201)
    await client.refused("POST", "/bakeoffs", 409, "bakeoff_running", json=body)
    stopped = await client.call("POST", f"/bakeoffs/{begun['id']}/cancel", status=200)
    assert stopped["state"] == "cancelled"
    await client.call("POST", "/bakeoffs", json=body | {"engines": ["none"]}, status=201)


async def test_a_run_whose_process_died_is_said_to_be_interrupted(seam: Seam) -> None:
    await seam.execute(
        "insert into bakeoff_run (id, engines, source, k, beat_at) values (%s, %s, %s, 1, now() - interval '1 hour')",
        new_id(), Jsonb(["none"]), Jsonb({}),
    )  # fmt: skip
    async with seam.house.db.transaction() as tx:
        assert await jobs.bury(tx) == 1
        (row,) = await jobs.runs(tx, limit=5, after=None)
    assert (row["state"], row["error"]) == ("failed", "interrupted")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"engines": ["nobody:m"]}, "invalid"),
        ({"engines": []}, "invalid"),
        ({"engines": ["none"], "k": 99}, "invalid"),
        ({"engines": ["none"], "questions": "{oops"}, "bad_questions"),
        ({"engines": ["none"], "questions": None}, "bad_questions"),
    ],
)
async def test_what_cannot_be_run_is_refused(seam: Seam, body: dict[str, Any], code: str) -> None:
    client = await owner(seam)
    await client.refused("POST", "/bakeoffs", 422, code, json={"questions": FILE} | body)
    assert await seam.rows("select 1 from bakeoff_run") == []
