"""Articles over HTTP: written by many, published by few, found by the bot at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.walk import Walk, open_walk
from tongxi.accounts.roles import Role

pytestmark = pytest.mark.anyio

NEW = {"title": "蓝牙耳机怎么配对", "body": "长按五秒。", "language": "zh"}


@pytest.fixture
async def walk(database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    async with open_walk(database_url, tmp_path) as opened:
        yield opened


class Desk:
    """A colleague at the articles."""

    def __init__(self, walk: Walk, role: Role) -> None:
        self.walk, self.role = walk, role

    async def raw(self, method: str, path: str, **options: Any) -> httpx2.Response:
        async with self.walk.http() as http:
            headers = await self.walk.cookie(self.role)
            return await http.request(method, f"/api/v1{path}", headers=headers, **options)

    async def call(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        answer = await self.raw(method, path, **options)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def editor(walk: Walk) -> Desk:
    return Desk(walk, Role.EDITOR)


@pytest.fixture
def agent(walk: Walk) -> Desk:
    return Desk(walk, Role.AGENT)


async def test_an_article_from_draft_to_archive(editor: Desk) -> None:
    knowledge = editor.walk.house.knowledge
    made = await editor.call("POST", "/articles", 201, json=NEW)
    assert (made["status"], made["version"]) == ("draft", 1)
    assert knowledge.search(NEW["title"], "zh") == []
    await editor.call("POST", f"/articles/{made['id']}/publish")
    assert knowledge.search(NEW["title"], "zh")[0].text == "长按五秒。"
    changed = await editor.call("PATCH", f"/articles/{made['id']}", json={"body": "长按十秒。", "version": 1})
    assert changed["version"] == 2
    assert knowledge.search(NEW["title"], "zh")[0].text == "长按十秒。"
    versions = (await editor.call("GET", f"/articles/{made['id']}/versions"))["items"]
    assert [(v["version"], v["body"]) for v in versions] == [(2, "长按十秒。"), (1, "长按五秒。")]
    await editor.call("POST", f"/articles/{made['id']}/unpublish")
    assert knowledge.search(NEW["title"], "zh") == []
    assert (await editor.call("DELETE", f"/articles/{made['id']}"))["status"] == "archived"
    assert (await editor.call("GET", "/articles"))["items"] == []
    assert len((await editor.call("GET", "/articles?status=archived"))["items"]) == 1


async def test_an_agent_writes_drafts_and_an_editor_publishes(agent: Desk, editor: Desk) -> None:
    made = await agent.call("POST", "/articles", 201, json=NEW)
    await agent.call("PATCH", f"/articles/{made['id']}", json={"title": "耳机配对"})
    assert (await agent.raw("POST", f"/articles/{made['id']}/publish")).status_code == 403
    await editor.call("POST", f"/articles/{made['id']}/publish")
    assert (await agent.raw("PATCH", f"/articles/{made['id']}", json={"title": "x"})).status_code == 403


async def test_two_editors_do_not_overwrite_each_other(editor: Desk) -> None:
    made = await editor.call("POST", "/articles", 201, json=NEW)
    path = f"/articles/{made['id']}"
    await editor.call("PATCH", path, json={"title": "一", "version": 1})
    refused = await editor.call("PATCH", path, 409, json={"title": "二", "version": 1})
    assert (refused["code"], refused["version"]) == ("stale_version", 2)
    same = await editor.call("PATCH", path, json={"title": "一"})
    assert same["version"] == 2


async def test_a_slug_is_taken_once(editor: Desk) -> None:
    await editor.call("POST", "/articles", 201, json={**NEW, "slug": "pair.zh"})
    assert (await editor.call("POST", "/articles", 409, json={**NEW, "slug": "pair.zh"}))["code"] == "slug_taken"


async def test_lists_are_paged_and_searched(editor: Desk) -> None:
    for number in range(5):
        await editor.call("POST", "/articles", 201, json={**NEW, "title": f"第{number}条 100%_", "body": "x" * 500})
    first = await editor.call("GET", "/articles?limit=3")
    rest = await editor.call("GET", f"/articles?limit=3&cursor={first['next']}")
    titles = [row["title"] for row in (*first["items"], *rest["items"])]
    assert titles == [f"第{number}条 100%_" for number in (4, 3, 2, 1, 0)]
    assert rest["next"] is None
    assert first["counts"] == {"draft": 5, "published": 0, "archived": 0}
    assert "body" not in first["items"][0]
    assert len((await editor.call("GET", "/articles", params={"q": "第2条"}))["items"]) == 1
    assert len((await editor.call("GET", "/articles", params={"q": "100%_"}))["items"]) == 5
    assert (await editor.call("GET", "/articles", params={"q": "%"}))["items"]
    assert (await editor.call("GET", "/articles?language=en"))["items"] == []


async def test_files_are_imported_and_answer_at_once(editor: Desk) -> None:
    files = [
        ("files", ("help/zh/hours.md", "# 营业时间\n\n九点到二十一点。".encode(), "text/markdown")),
        ("files", ("page.html", b"<html lang=en><h1>Opening hours</h1><p>Nine to nine.</p>", "text/html")),
        ("files", ("broken.pdf", b"%PDF", "application/pdf")),
    ]
    report = await editor.call("POST", "/articles/import", files=files)
    assert (report["created"], report["updated"]) == (2, 0)
    assert report["skipped"] == [{"file": "broken.pdf", "reason": "broken"}]
    found = await editor.call("GET", "/knowledge/search", params={"q": "营业时间", "language": "zh"})
    assert found["items"][0]["title"] == "营业时间"
    assert found["items"][0]["score"] > 0.6


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", "/articles", {"json": {"title": "", "body": "x", "language": "zh"}}, 422),
        ("POST", "/articles", {"json": {**NEW, "language": "fr"}}, 422),
        ("POST", "/articles", {"json": {**NEW, "other": 1}}, 422),
        ("POST", "/articles", {"json": {**NEW, "title": "a\x00b"}}, 400),
        ("POST", "/articles", {"content": b'{"title":"\\ud800","body":"x","language":"zh"}'}, 400),
        ("POST", "/articles/import", {"content": b"x"}, 400),
        ("POST", "/articles/import", {"files": [("other", ("a.md", b"x"))]}, 422),
        ("GET", "/articles/00000000-0000-0000-0000-000000000000", {}, 404),
        ("GET", "/articles/none", {}, 404),
        ("POST", "/articles/00000000-0000-0000-0000-000000000000/publish", {}, 404),
    ],
)
async def test_bad_input_is_refused(editor: Desk, method: str, path: str, options: dict[str, Any], status: int) -> None:
    answer = await editor.raw(method, path, **options)
    assert answer.status_code in ({status, 422} if status == 400 else {status}), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
