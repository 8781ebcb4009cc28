"""Files a customer sends: taken in, shown, refused, thrown away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from tests.support.files import docx, picture, png_of
from tests.support.widget import Desk
from tests.support.widget_http import MISSING, add_agent, refused, upload
from tongxi.attachments import service as attachments
from tongxi.kit.errors import NotFound
from tongxi.kit.ids import new_id

pytestmark = pytest.mark.anyio


async def test_a_picture_is_taken_in_and_shown_by_its_link(shop: Desk) -> None:
    session = await shop.session()
    answer = await upload(shop, session["token"], picture(), "收据.jpeg")
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert set(file) == {"id", "name", "mime", "size", "width", "height", "url"}
    assert (file["name"], file["mime"], file["width"], file["height"]) == ("收据.png", "image/png", 30, 20)
    shown = await shop.http.get(file["url"])
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline;")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["cache-control"].startswith("private")
    assert shown.headers["cross-origin-resource-policy"] == "cross-origin"
    assert len(shown.content) == file["size"]


@pytest.mark.parametrize(
    ("data", "name", "mime"),
    [(b"=1+1,2\n", "a.csv", "text/csv"), (b"hello", "a.txt", "text/plain"), (docx(), "a.docx", "application/vnd")],
)
async def test_other_files_are_for_downloading(shop: Desk, data: bytes, name: str, mime: str) -> None:
    session = await shop.session()
    file = (await upload(shop, session["token"], data, name)).json()
    assert (file["width"], file["height"]) == (None, None)
    shown = await shop.call("GET", f"attachments/{file['id']}", session["token"])
    assert shown.headers["content-disposition"].startswith("attachment;")
    assert shown.headers["content-type"].startswith(mime)
    assert shown.content == data


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.png"),
        (b"<html><script>alert(1)</script>", "a.html"),
        (b"<html><script>alert(1)</script>", "a.txt"),
        (b"MZ\x90\x00", "a.png"),
        (png_of(60_000, 60_000), "bomb.png"),
        (docx({"word/media/a.png": b"\0" * 40_000_000}), "bomb.docx"),
        (docx({"word/vbaProject.bin": b"x"}), "macro.docx"),
        (b"", "empty.txt"),
        (picture()[:50], "cut.png"),
    ],
)
async def test_dangerous_files_are_refused_and_leave_nothing(
    shop: Desk, data: bytes, name: str, tmp_path: Path
) -> None:
    session = await shop.session()
    problem = refused(await upload(shop, session["token"], data, name, "image/png"), 422, "invalid")
    assert problem["reason"]
    assert await shop.value("select count(*) from attachment") == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_a_file_of_more_than_20_mb_is_too_large(shop: Desk) -> None:
    session = await shop.session()
    for size in (20 * 1024 * 1024 + 1, 21 * 1024 * 1024):
        refused(await upload(shop, session["token"], b"a" * size, "a.txt"), 413, "too_large")

    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(24):
            yield b"a" * 1024 * 1024

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    refused(
        await shop.call("POST", "attachments", session["token"], content=endless(), headers=headers), 413, "too_large"
    )
    assert await shop.value("select count(*) from attachment") == 0


async def test_what_is_no_upload_is_refused(shop: Desk) -> None:
    token = (await shop.session())["token"]
    refused(await shop.call("POST", "attachments", token, json={"file": "x"}), 400, "malformed")
    headers = {"Content-Type": "multipart/form-data"}
    refused(await shop.call("POST", "attachments", token, content=b"x", headers=headers), 400, "malformed")
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    refused(await shop.call("POST", "attachments", token, content=b"nonsense", headers=headers), 400, "malformed")
    refused(await shop.call("POST", "attachments", token, files={"other": ("a.txt", b"x")}), 422, "invalid")
    two = [("file", ("a.txt", b"x")), ("file", ("b.txt", b"y"))]
    refused(await shop.call("POST", "attachments", token, files=two), 400, "malformed")


@pytest.mark.parametrize("name", ["../../../etc/passwd.txt", "..\\..\\x.txt", "a\u202etxt.exe.txt", "a\r\nX: y.txt"])
async def test_a_name_that_plays_tricks_is_kept_harmless(shop: Desk, name: str, tmp_path: Path) -> None:
    session = await shop.session()
    body = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\nhello\r\n--x--\r\n'
    if "\r\n" in name:
        body = body.replace(name, name.replace("\r\n", "%0D%0A"))
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await shop.call("POST", "attachments", session["token"], content=body.encode(), headers=headers)
    kept = answer.json()["name"]
    assert not {"/", "\\", "\r", "\n", "\u202e"} & set(kept)
    shown = await shop.http.get(answer.json()["url"])
    assert shown.text == "hello"
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert kept not in str(stored[0])


async def test_an_attachment_is_read_by_its_owner_only(shop: Desk) -> None:
    owner, stranger = await shop.session(), await shop.session()
    file = (await upload(shop, owner["token"], picture(), "a.png")).json()
    missing = refused(await shop.call("GET", f"attachments/{MISSING}", stranger["token"]), 404, "not_found")
    path = f"attachments/{file['id']}"
    assert refused(await shop.call("GET", path, stranger["token"]), 404, "not_found") == missing
    other = (await upload(shop, stranger["token"], picture(), "b.png")).json()
    for mark in (other["url"].partition("?s=")[2], file["url"].partition("?s=")[2][:-1] + "_", "", "x"):
        answer = await shop.http.get(f"/api/v1/widget/{path}", params={"s": mark})
        refused(answer, 401, "unauthenticated")


async def test_a_message_carries_only_its_senders_files(shop: Desk) -> None:
    owner, stranger = await shop.session(), await shop.session()
    conversation, foreign = await shop.write(owner["token"]), await shop.write(stranger["token"])
    ids = [UUID((await upload(shop, owner["token"], picture(), f"{n}.png")).json()["id"]) for n in range(2)]
    sender, thief = (attachments.Uploader(contact_id=UUID(each["contact"]["id"])) for each in (owner, stranger))
    async with shop.house.db.transaction() as tx:
        carried = await attachments.attach(tx, [ids[1], ids[0], ids[1]], conversation, sender)
        assert [item["name"] for item in carried] == ["1.png", "0.png"]
        assert await attachments.attach(tx, ids, conversation, sender), "a repeat is fine"
        assert await attachments.attach(tx, [], conversation, sender) == []
    for wrong in (
        (ids, conversation, thief),
        ([*ids, new_id()], conversation, sender),
        (ids, foreign, sender),
        (ids, conversation, attachments.Uploader()),
    ):
        with pytest.raises(NotFound):
            async with shop.house.db.transaction() as tx:
                await attachments.attach(tx, *wrong)


async def test_a_customer_reads_what_the_agent_sent_into_his_conversation(shop: Desk) -> None:
    owner, stranger = await shop.session(), await shop.session()
    conversation = await shop.write(owner["token"])
    agent = await add_agent(shop)
    uploader = attachments.Uploader(user_id=agent)
    quota = attachments.Quota(10, 10_000_000)
    from tongxi.api.attachments import storage

    file = await attachments.upload(
        shop.house.db, storage(shop.house), picture(), "a.png", uploader=uploader, quota=quota
    )
    path = f"attachments/{file.id}"
    refused(await shop.call("GET", path, owner["token"]), 404, "not_found")
    async with shop.house.db.transaction() as tx:
        await attachments.attach(tx, [file.id], conversation, uploader)
    assert (await shop.call("GET", path, owner["token"])).status_code == 200
    refused(await shop.call("GET", path, stranger["token"]), 404, "not_found")


async def test_a_day_has_room_for_so_many_files(shop: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongxi.api.attachments.CUSTOMER_QUOTA", attachments.Quota(3, 1_000_000))
    session, other = await shop.session(), await shop.session()
    answers = await asyncio.gather(*(upload(shop, session["token"], b"x", f"{n}.txt") for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [429] * 5
    assert "retry-after" in refused_first(answers).headers
    assert (await upload(shop, other["token"], b"x", "a.txt")).status_code == 201


def refused_first(answers: list[httpx2.Response]) -> httpx2.Response:
    return next(answer for answer in answers if answer.status_code == 429)


async def test_uploads_nobody_sent_are_thrown_away(shop: Desk, tmp_path: Path) -> None:
    session = await shop.session()
    conversation = await shop.write(session["token"])
    old, sent, fresh = [UUID((await upload(shop, session["token"], b"x", f"{n}.txt")).json()["id"]) for n in range(3)]
    from tongxi.api.attachments import storage

    async with shop.house.db.transaction() as tx:
        await tx.execute("update attachment set created_at = now() - interval '2 days' where id <> %s", (fresh,))
        await attachments.attach(
            tx, [sent], conversation, attachments.Uploader(contact_id=UUID(session["contact"]["id"]))
        )
    async with shop.house.db.transaction() as tx:
        assert await attachments.discard_unused(tx, storage(shop.house)) == 1
    assert await shop.value("select count(*) from attachment where id = any(%s)", [old]) == 0
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2
