"""The promise over HTTP: fixed by an administrator, judged blind by agents, shown to whoever may read settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.integration.calibration.conftest import GROUP, Shop
from tests.support.seam import Seam
from tests.support.walk import Walk, open_walk
from tongxi.accounts.roles import Role
from tongxi.kit.ids import new_id

pytestmark = pytest.mark.anyio


@pytest.fixture
async def walk(database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    async with open_walk(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def open_shop(walk: Walk) -> Shop:
    """The shop, answered by 120 conversations."""
    (inbox,) = await _rows(walk, "select id from inbox limit 1")
    seam = Seam(walk.house, inbox["id"], new_id())
    ids = []
    for collection, title in (("returns", "退货"), ("invoices", "发票")):
        ids.append(new_id())
        await seam.execute(
            "insert into article (id, slug, language, title, body, status, collection, published_at)"
            " values (%s, %s, 'zh', %s, %s, 'published', %s, now())",
            ids[-1], f"{collection}.zh", title, f"{title}：签收后 7 天内。", collection,
        )  # fmt: skip
    await walk.house.knowledge.load(walk.house.db)
    shop = Shop(seam, [], ids[0], ids[1])
    await shop.answers(120)
    return shop


async def _rows(walk: Walk, sql: str) -> list[dict[str, Any]]:
    async with walk.house.db.transaction() as tx:
        return await tx.dicts(sql)


async def _call(walk: Walk, role: Role, method: str, path: str, status: int = 200, **options: Any) -> Any:
    async with walk.http() as http:
        answer: httpx2.Response = await http.request(
            method, f"/api/v1{path}", headers=await walk.cookie(role), **options
        )
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def test_from_a_plan_over_blind_labels_to_a_certificate(walk: Walk, open_shop: Shop) -> None:
    await walk.house.calibration.load(walk.house.db)
    before = await _call(walk, Role.ADMIN, "GET", "/calibration")
    topics = {one["group"]: one["state"] for one in before["items"] if one["flow"] is None}
    assert topics == {GROUP: "conservative", "invoices.zh": "conservative"}
    flows = {one["group"]: one for one in before["items"] if one["flow"] is not None}
    assert "write:cancel_order" in flows
    assert "write:order_status" not in flows, "it changes nothing"
    assert {one["state"] for one in flows.values()} == {"conservative"}
    assert flows["write:cancel_order"]["goal"] == {"alpha": 0.01, "delta": 0.05, "needed": 299}
    plan = await _call(walk, Role.ADMIN, "POST", "/calibration/plans", 201, json={"group": GROUP, "n": 100})
    assert plan["n"] == 100
    refused = await _call(walk, Role.ADMIN, "POST", f"/calibration/plans/{plan['id']}/certify", 409)
    assert (refused["code"], refused["missing"]) == ("labels_missing", 100)
    for role in (Role.AGENT, Role.SUPERVISOR):
        judged = 0
        while (queue := await _call(walk, role, "GET", "/calibration/queue"))["item"] is not None:
            item = queue["item"]
            assert "score" not in item
            assert "kind" not in item
            assert item["before"][-1] == {"by": "customer", "text": "能退吗", "erased": False}
            verdict = "wrong" if item["source"]["title"] == "发票" else "right"
            await _call(walk, role, "POST", f"/calibration/samples/{item['id']}/label", json={"verdict": verdict})
            judged += 1
        assert judged == 110, "a hundred drawn, ten planted"
    done = await _call(walk, Role.OWNER, "POST", f"/calibration/plans/{plan['id']}/certify")
    assert (done["threshold"], done["n"], done["wrong"]) == (0.40, 100, 0)
    shown = await _call(walk, Role.AUDITOR, "GET", f"/calibration/groups/{GROUP}")
    assert (shown["state"], shown["certificate"]["kappa"], shown["certificate"]["overlooked"]) == ("certified", 1.0, 0)
    assert len(shown["curve"]) == 25
    assert next(one for one in shown["choices"] if one["alpha"] == 0.05)["threshold"] == 0.40
    assert next(one for one in shown["choices"] if one["alpha"] == 0.01)["threshold"] is None


async def test_a_second_word_of_the_same_person_is_not_a_second_person(walk: Walk, open_shop: Shop) -> None:
    await _call(walk, Role.ADMIN, "POST", "/calibration/plans", 201, json={"group": GROUP, "n": 100})
    item = (await _call(walk, Role.AGENT, "GET", "/calibration/queue"))["item"]
    path = f"/calibration/samples/{item['id']}/label"
    assert await _call(walk, Role.AGENT, "POST", path, json={"verdict": "right"}) == {"missing": 1}
    assert await _call(walk, Role.AGENT, "POST", path, json={"verdict": "wrong"}) == {"missing": 1}
    assert await _call(walk, Role.OWNER, "POST", path, json={"verdict": "wrong"}) == {"missing": 0}
    assert (await _call(walk, Role.OWNER, "POST", path, 409, json={"verdict": "right"}))["code"] == "already_settled"


async def test_a_verdict_in_the_thread(walk: Walk, open_shop: Shop) -> None:
    (row,) = await _rows(walk, "select id from conversation limit 1")
    path = f"/conversations/{row['id']}/answers/2/verdict"
    assert await _call(walk, Role.AGENT, "POST", path, json={"verdict": "wrong"}) == {"counts": False}
    mine = await _call(walk, Role.AGENT, "GET", f"/conversations/{row['id']}/verdicts")
    assert mine == {"items": {"2": "wrong"}}
    await _call(
        walk, Role.AGENT, "POST", f"/conversations/{row['id']}/answers/1/verdict", 404, json={"verdict": "wrong"}
    )


async def test_what_cannot_be_is_refused_with_its_code(walk: Walk, open_shop: Shop) -> None:
    async def code(method: str, path: str, status: int, **options: Any) -> str:
        return str((await _call(walk, Role.OWNER, method, path, status, **options))["code"])

    assert await code("POST", "/calibration/plans", 404, json={"group": "nothing.zh"}) == "unknown_group"
    assert await code("POST", "/calibration/plans", 409, json={"group": "invoices.zh"}) == "too_few_answers"
    assert await code("POST", "/calibration/plans", 422, json={"group": "a b"}) == "invalid"
    assert await code("POST", "/calibration/plans", 422, json={"group": GROUP, "grid": [0.1]}) == "invalid"
    assert await code("GET", "/calibration/groups/nothing.zh", 404) == "not_found"
    assert await code("POST", f"/calibration/samples/{uuid4()}/label", 404, json={"verdict": "right"}) == "not_found"
    assert await code("POST", f"/calibration/alarms/{uuid4()}/seen", 404) == "not_found"
    assert await code("DELETE", f"/calibration/plans/{uuid4()}", 404) == "not_found"
