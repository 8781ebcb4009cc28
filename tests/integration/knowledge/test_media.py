"""Pictures, videos and files of articles: kept once, versioned with the text, shown to whom the article is for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.support import files
from tests.support.walk import Walk, open_walk
from tongxi import housekeeping
from tongxi.accounts.roles import Role
from tongxi.api.attachments import links
from tongxi.house import House
from tongxi.kit.ids import new_id
from tongxi.knowledge.importing import ImportReport, import_files

pytestmark = pytest.mark.anyio

PICTURE = files.picture("PNG", (200, 100))


@pytest.fixture
async def walk(database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    async with open_walk(database_url, tmp_path) as opened:
        yield opened


class Desk:
    """An editor, and a customer's browser."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    async def raw(self, method: str, path: str, role: Role = Role.EDITOR, **options: Any) -> httpx2.Response:
        async with self.walk.http() as http:
            headers = {**await self.walk.cookie(role), **options.pop("headers", {})}
            return await http.request(method, f"/api/v1{path}", headers=headers, **options)

    async def call(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        answer = await self.raw(method, path, **options)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def put_in(self, data: bytes = PICTURE, name: str = "label.png") -> dict[str, Any]:
        made: dict[str, Any] = await self.call("POST", "/media", 201, files={"file": (name, data)})
        return made

    async def article(self, body: str, **more: Any) -> dict[str, Any]:
        new = {"title": "Where is the serial number", "language": "en", "body": body, **more}
        made: dict[str, Any] = await self.call("POST", "/articles", 201, json=new)
        return made

    async def publish(self, article: dict[str, Any]) -> None:
        await self.call("POST", f"/articles/{article['id']}/publish")

    async def seen(self, media_id: str, **headers: str) -> httpx2.Response:
        """As the widget asks for it, by its signed address."""
        house = self.walk.house
        url = links(house).signer(new_id(), house.clock.now())(media_id, "media")
        async with self.walk.http() as http:
            return await http.get(url, headers=headers)


@pytest.fixture
def desk(walk: Walk) -> Desk:
    return Desk(walk)


async def test_a_picture_is_versioned_with_its_article(desk: Desk) -> None:
    first, second = await desk.put_in(), await desk.put_in(files.picture("JPEG", (80, 60)), "lid.jpg")
    assert (first["width"], first["height"], first["mime"]) == (200, 100, "image/png")
    article = await desk.article(f'Below.\n\n![The label](media:{first["id"]} "Back of the kettle")')
    assert [one["id"] for one in article["media"]] == [first["id"]]
    changed = await desk.call(
        "PATCH", f"/articles/{article['id']}", json={"body": f"Above.\n\n![The lid](media:{second['id']})"}
    )
    assert [one["id"] for one in changed["media"]] == [second["id"]]
    versions = (await desk.call("GET", f"/articles/{article['id']}/versions"))["items"]
    assert [[one["name"] for one in version["media"]] for version in versions] == [["lid.jpg"], ["label.png"]]
    await desk.publish(article)
    await desk.call("DELETE", f"/articles/{article['id']}")
    old = await desk.raw("GET", versions[1]["media"][0]["url"].removeprefix("/api/v1"))
    assert (old.status_code, old.headers["content-type"]) == (200, "image/png"), "an archived version shows its own"


async def test_customers_see_it_while_a_published_article_for_them_shows_it(desk: Desk) -> None:
    media_id = (await desk.put_in())["id"]
    body = f"Below.\n\n![The label](media:{media_id})"
    assert (await desk.seen(media_id)).status_code == 404, "nothing refers to it"
    secret = await desk.article(body, audience="agents", title="For agents")
    await desk.publish(secret)
    assert (await desk.seen(media_id)).status_code == 404, "an article for agents only is none of theirs"
    public = await desk.article(body)
    assert (await desk.seen(media_id)).status_code == 404, "a draft is not published"
    await desk.publish(public)
    seen = await desk.seen(media_id)
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/png")
    await desk.call("PATCH", f"/articles/{public['id']}", json={"valid_until": "2020-01-01"})
    assert (await desk.seen(media_id)).status_code == 404, "no longer valid"
    await desk.call("PATCH", f"/articles/{public['id']}", json={"valid_until": None})
    assert (await desk.seen(media_id)).status_code == 200
    await desk.call("PATCH", f"/articles/{public['id']}", json={"body": "Gone."})
    assert (await desk.seen(media_id)).status_code == 404, "only an older version shows it"


async def test_it_is_sent_as_a_file_and_nothing_else(desk: Desk) -> None:
    film = (await desk.put_in(files.mp4(), "film.mp4"))["id"]
    sheet = (await desk.put_in(files.pdf(), "sheet.pdf"))["id"]
    article = await desk.article(f"See.\n\n![A film](media:{film})\n\n![A sheet](media:{sheet})")
    await desk.publish(article)
    seen = await desk.seen(film)
    assert seen.headers["content-type"] == "video/mp4"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in seen.headers["content-security-policy"]
    assert seen.headers["cache-control"] == "private, max-age=600"
    assert seen.headers["cross-origin-resource-policy"] == "cross-origin"
    again = await desk.seen(film, **{"If-None-Match": seen.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    part = await desk.seen(film, Range="bytes=4-7")
    assert (part.status_code, part.content) == (206, b"ftyp"), "players ask for parts"
    assert (await desk.seen(sheet)).headers["content-disposition"].startswith("attachment;")


async def test_a_signature_for_what_people_sent_does_not_open_media(desk: Desk) -> None:
    media_id = (await desk.put_in())["id"]
    await desk.publish(await desk.article(f"Below.\n\n![The label](media:{media_id})"))
    house = desk.walk.house
    url = links(house).signer(new_id(), house.clock.now())(media_id, "attachments").replace("attachments", "media")
    async with desk.walk.http() as http:
        assert (await http.get(url)).status_code == 401


@pytest.mark.parametrize(
    ("data", "name", "status", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", 422, "media_type"),
        (b"<html><script>x()</script>", "a.png", 422, "media_type"),
        (PICTURE[:60], "a.png", 422, "damaged"),
        (files.png_of(9_000, 9_000), "a.png", 422, "pixels"),
        (b"", "a.png", 422, "empty"),
    ],
)
async def test_what_cannot_stand_in_an_article_is_refused(
    desk: Desk, data: bytes, name: str, status: int, reason: str
) -> None:
    refused = await desk.call("POST", "/media", status, files={"file": (name, data)})
    assert (refused["code"], refused["reason"]) == ("invalid", reason)


async def test_an_article_names_files_that_are_here_and_not_too_many(desk: Desk) -> None:
    new = {"title": "T", "language": "en"}
    refused = await desk.call("POST", "/articles", 422, json={**new, "body": f"x\n\n![y](media:{uuid4()})"})
    assert refused["code"] == "unknown_media"
    many = "\n\n".join(f"![y](media:{uuid4()})" for _ in range(31))
    assert (await desk.call("POST", "/articles", 422, json={**new, "body": many}))["code"] == "too_many_media"
    media_id = (await desk.put_in())["id"]
    async with desk.walk.house.db.transaction() as tx:
        await tx.execute("update media set size = 70000000")
    heavy = await desk.call("POST", "/articles", 422, json={**new, "body": f"x\n\n![y](media:{media_id})"})
    assert heavy["code"] == "media_too_large"
    async with desk.walk.house.db.reading() as tx:
        assert await tx.value("select count(*) from article") == 0, "nothing is stored by half"


async def test_the_search_finds_what_a_picture_shows_and_gives_it(desk: Desk) -> None:
    media_id = (await desk.put_in())["id"]
    body = f'Turn it over.\n\n![A silver label](media:{media_id} "Underneath the handle")\n\n## Warranty\n\nTwo years.'
    await desk.publish(await desk.article(body))
    [hit] = (await desk.call("GET", "/knowledge/search?q=silver label underneath&language=en"))["items"]
    assert hit["text"] == "Turn it over."
    assert [(one["alt"], one["url"]) for one in hit["media"]] == [("A silver label", f"/api/v1/media/{media_id}")]
    [other] = (await desk.call("GET", "/knowledge/search?q=warranty years&language=en"))["items"]
    assert other["media"] == [], "a picture belongs to its passage, not to every one"


async def test_the_same_file_is_kept_once_and_thrown_away_when_nothing_names_it(desk: Desk) -> None:
    house = desk.walk.house
    one, same = await desk.put_in(), await desk.put_in(name="copy.png")
    assert one["id"] == same["id"]
    other = await desk.put_in(files.picture("PNG", (50, 40)))
    await desk.article(f"x\n\n![y](media:{one['id']})")
    root = house.shelf.storage.root
    assert sum(path.is_file() for path in root.rglob("*")) == 2
    await housekeeping.tidy(house)
    assert (await desk.raw("GET", f"/media/{other['id']}")).status_code == 200, "an editor may still be writing"
    async with house.db.transaction() as tx:
        await tx.execute("update media set kept_at = kept_at - interval '3 days'")
    await housekeeping.tidy(house)
    assert (await desk.raw("GET", f"/media/{other['id']}")).status_code == 404
    assert (await desk.raw("GET", f"/media/{one['id']}")).status_code == 200
    assert sum(path.is_file() for path in root.rglob("*")) == 1


async def test_a_file_lost_from_the_disk_comes_back_with_the_same_content(desk: Desk) -> None:
    one = await desk.put_in()
    for path in desk.walk.house.shelf.storage.root.rglob("*"):
        if path.is_file():
            path.unlink()
    assert (await desk.raw("GET", f"/media/{one['id']}")).status_code == 404
    assert (await desk.put_in())["id"] == one["id"]
    assert (await desk.raw("GET", f"/media/{one['id']}")).status_code == 200


# ── import ──
async def bring(house: House, *given: tuple[str, bytes]) -> ImportReport:
    report = await import_files(house.db, given, publish=True, author=None, keep=partial(house.shelf.keep, author=None))
    await house.knowledge.load(house.db)
    return report


GUIDE = b"""---
language: en
---
# Clean the kettle

Fill it with vinegar.

![The mark](img/mark.png "Up to here")

![Lost](img/lost.png)

![Broken](/img/broken.jpg) ![Far](https://x.example/a.png)
"""


async def test_a_folder_brings_its_pictures_and_says_which_are_missing(house: House) -> None:
    report = await bring(
        house, ("help/clean.md", GUIDE), ("help/img/Mark.PNG", PICTURE), ("img/broken.jpg", b"\xff\xd8\xff nothing"),
        ("help/img/other.png", files.picture()),
    )  # fmt: skip
    assert (report.created, [one["reason"] for one in report.data()["skipped"]]) == (1, ["unused_picture"])
    assert report.data()["pictures"] == [
        {"file": "help/clean.md", "picture": "img/lost.png", "reason": "picture_missing", "line": 10},
        {"file": "help/clean.md", "picture": "/img/broken.jpg", "reason": "picture_damaged", "line": 12},
        {"file": "help/clean.md", "picture": "https://x.example/a.png", "reason": "picture_elsewhere", "line": 12},
    ]
    [hit] = house.knowledge.search("clean the kettle with vinegar", "en")
    assert hit.text == "Fill it with vinegar."
    assert [(one["alt"], one["caption"], one["width"]) for one in hit.media] == [("The mark", "Up to here", 200)]
    again = await bring(house, ("help/clean.md", GUIDE), ("help/img/mark.png", PICTURE))
    assert (again.updated, again.unchanged) == (0, 1), "the same picture is the same text"


async def test_a_zip_file_is_a_folder(house: House) -> None:
    packed = files.zipped(
        {"help/clean.md": GUIDE, "help/img/mark.png": PICTURE, "help/in.zip": files.zipped({"a": b"b"})}
    )
    report = await bring(house, ("help.zip", packed), ("bad.zip", b"PK\x03\x04 no"))
    assert report.created == 1
    assert {one["file"]: one["reason"] for one in report.data()["skipped"]} == {
        "help/in.zip": "zip_in_zip", "bad.zip": "broken",
    }  # fmt: skip
    assert len(house.knowledge.search("clean the kettle", "en")[0].media) == 1


async def test_a_text_with_more_pictures_than_an_article_holds_keeps_the_first(house: House) -> None:
    shown = {f"{n}.png": files.picture("PNG", (40 + n, 40)) for n in range(32)}
    text = "# Many\n\nText.\n\n" + "\n\n".join(f"![{name}]({name})" for name in shown)
    report = await bring(house, ("many.md", text.encode()), *shown.items())
    assert [one["reason"] for one in report.data()["pictures"]] == ["too_many_media"] * 2
    async with house.db.reading() as tx:
        assert await tx.value("select count(*) from article_media") == 30
