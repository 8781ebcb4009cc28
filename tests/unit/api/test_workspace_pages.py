"""How the workspace's files are served: one page for its addresses, hashed files for ever, nothing of the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tongxi.api import errors, workspace_pages


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>同席</title>")
    (tmp_path / "assets" / "index-Ab12.js").write_text("export {}")
    monkeypatch.setattr(workspace_pages, "_FILES", tmp_path)
    app = FastAPI()
    errors.install(app)
    app.include_router(workspace_pages.router)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/", "/inbox", "/inbox/10423", "/settings/inboxes/x", "/login", "/invitations/a-token", "/me"]
)
def test_every_screen_gets_the_page_and_asks_for_it_again_next_time(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "同席" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/ws/agent", "/widget.js", "/widget/x", "/chat", "/inboxes", "/etc"]
)
def test_addresses_of_others_are_left_alone(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "同席" not in answer.text


def test_hashed_files_never_change(client: TestClient) -> None:
    answer = client.get("/assets/index-Ab12.js")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("name", ["none.js", "..%2findex.html", ".env", "index.html", "%2e%2e/index.html"])
def test_nothing_but_built_files_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == 404


def test_the_server_knows_every_screen_of_the_router() -> None:
    source = Path("web/workspace/src/router.tsx").read_text(encoding="utf-8")
    first = {match.split("/")[1] for match in re.findall(r'path: "(/[a-z][^"]*)"', source)}
    assert first == set(workspace_pages._SCREENS)
