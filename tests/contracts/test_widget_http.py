"""The customer side over HTTP, as docs/reference/protocol.md promises it, on the real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from psycopg.types.json import Jsonb

from tests.support.files import docx, picture, png_of
from tests.support.widget import KEY, ORIGIN, SECRET, Desk, desk, identity
from tongxi.api import visitors
from tongxi.attachments import service as attachments
from tongxi.contacts import keys
from tongxi.conversations.append import Append
from tongxi.conversations.events import NIL
from tongxi.kit.db import Database
from tongxi.kit.errors import NotFound
from tongxi.kit.ids import new_id

pytestmark = pytest.mark.anyio

MISSING = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
async def shop(shared_database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    database = Database(shared_database_url)
    await database.open()
    try:
        async with desk(database, tmp_path) as made:
            yield made
    finally:
        await database.close()


def refused(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The one error shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    return problem


async def open_with(shop: Desk, token: str | None = None, *, identity: str) -> httpx2.Response:
    body = {"inbox": KEY, "identity": identity} | ({"token": token} if token else {})
    return await shop.http.post("/api/v1/widget/session", json=body)


async def answer_as_bot(shop: Desk, conversation: UUID, text: str = "答") -> int:
    row = await shop.value("select customer_seq from conversation where id = %s", conversation)
    epoch = await shop.value("select epoch from conversation where id = %s", conversation)
    appended = await shop.house.writer.append(
        Append(conversation, "bot", NIL, str(new_id()), text, epoch=epoch, answers=row)
    )
    return appended.seq


# ── session ──


async def test_a_session_answers_with_all_the_widget_needs(shop: Desk) -> None:
    session = await shop.session(locale="en-GB")
    assert set(session) == {
        "token", "expires_at", "history", "contact", "inbox", "conversation", "browsing_opt_out"
    }  # fmt: skip
    assert set(session["contact"]) == {"id", "name", "verified"}
    assert set(session["inbox"]) == {
        "key", "name", "persona", "brand_color", "locales", "welcome", "guided_questions", "hours", "enforce_identity"
    }  # fmt: skip
    assert session["inbox"]["hours"] == {"open": True, "opens_at": None, "promise": None}
    assert session["inbox"]["welcome"].startswith("Hello")
    assert session["conversation"] is None
    assert session["history"] == str(shop.house.history_id)
    datetime.fromisoformat(session["expires_at"])


async def test_outside_business_hours_the_widget_is_told_when_people_are_back(shop: Desk) -> None:
    await shop.set(hours={"timezone": "UTC", "week": {"mon": [{"start": "00:00", "end": "00:01"}]}})
    hours = (await shop.session())["inbox"]["hours"]
    assert hours["open"] is False
    assert datetime.fromisoformat(hours["opens_at"]) < datetime.fromisoformat(hours["promise"])


async def test_a_session_is_renewed_with_its_conversation(shop: Desk) -> None:
    first = await shop.session()
    conversation = await shop.write(first["token"])
    again = await shop.session(token=first["token"])
    assert again["token"] == first["token"]
    assert again["contact"] == first["contact"]
    assert again["conversation"]["id"] == str(conversation)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"]
)
async def test_a_foreign_site_may_not_embed_the_inbox(shop: Desk, origin: str) -> None:
    answer = await shop.http.post("/api/v1/widget/session", json={"inbox": KEY}, headers={"Origin": origin})
    refused(answer, 403, "origin_refused")
    assert await shop.value("select count(*) from contact") == 0


async def test_a_site_of_another_inbox_may_not_embed_this_one(shop: Desk) -> None:
    await shop.add_inbox("other", allowed_origins=["https://other.example"])
    headers = {"Origin": "https://other.example"}
    refused(await shop.http.post("/api/v1/widget/session", json={"inbox": KEY}, headers=headers), 403, "origin_refused")
    answer = await shop.http.post("/api/v1/widget/session", json={"inbox": "other"}, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://other.example"


async def test_our_own_pages_and_programs_may(shop: Desk) -> None:
    for headers in ({}, {"Origin": "http://testserver"}, {"Origin": ORIGIN}):
        answer = await shop.http.post("/api/v1/widget/session", json={"inbox": KEY}, headers=headers)
        assert answer.status_code == 200


async def test_an_unknown_or_inactive_inbox_is_not_found(shop: Desk) -> None:
    refused(await shop.http.post("/api/v1/widget/session", json={"inbox": "none"}), 404, "not_found")
    async with shop.house.db.transaction() as tx:
        await tx.execute("update inbox set is_active = false")
        await shop.house.inboxes.load(tx)
    refused(await shop.http.post("/api/v1/widget/session", json={"inbox": KEY}), 404, "not_found")


@pytest.mark.parametrize(
    "body",
    [{}, [], {"inbox": 5}, {"inbox": KEY, "token": 1}, {"inbox": KEY, "identity": ["x"]}, {"inbox": KEY, "page": "x"},
     {"inbox": KEY, "token": "x" * 201}, {"inbox": KEY, "browsing_consent": "maybe"}, {"inbox": "x" * 101}],
)  # fmt: skip
async def test_a_body_of_the_wrong_shape_is_invalid(shop: Desk, body: Any) -> None:
    problem = refused(await shop.http.post("/api/v1/widget/session", json=body), 422, "invalid")
    assert problem["errors"]
    assert await shop.value("select count(*) from contact") == 0


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"inbox":"a\\u0000"}', b'{"inbox":"\\ud800"}', b"not json"])
async def test_a_body_that_is_no_text_is_malformed(shop: Desk, raw: bytes) -> None:
    answer = await shop.http.post("/api/v1/widget/session", content=raw, headers={"Content-Type": "application/json"})
    refused(answer, 400, "malformed")


async def test_claims_beside_the_token_are_never_believed(shop: Desk) -> None:
    known = await shop.session(identity=identity("u_1", name="李雷"))
    body = {
        "identifier": "u_1", "external_id": "u_1", "user_id": "u_1", "identifier_hash": "0" * 64,
        "name": "Mallory", "email": "m@evil.example", "contact_id": known["contact"]["id"], "verified": True,
    }  # fmt: skip
    session = await shop.session(**body)
    assert session["contact"]["id"] != known["contact"]["id"]
    assert session["contact"] == {"id": session["contact"]["id"], "name": "", "verified": False}
    assert await shop.value("select name from contact where external_id = 'u_1'") == "李雷"


async def test_too_many_sessions_from_one_address_have_to_wait(shop: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.house.settings = shop.house.settings.model_copy(update={"rate_limit_factor": 3 / visitors.NEW_SESSIONS.times})
    for _ in range(3):
        await shop.session()
    answer = await shop.http.post("/api/v1/widget/session", json={"inbox": KEY})
    problem = refused(answer, 429, "rate_limited")
    assert int(answer.headers["retry-after"]) == problem["retry_after"] >= 1
    assert await shop.value("select count(*) from contact") == 3


# ── identity (shared/protocols/identity-verification.md) ──


async def test_a_signed_customer_is_verified_and_the_token_is_new(shop: Desk) -> None:
    before = await shop.session()
    after = await shop.session(token=before["token"], identity=identity(name="李雷", tier="gold"))
    assert after["contact"]["verified"] is True
    assert after["contact"]["name"] == "李雷"
    assert after["token"] != before["token"]
    refused(await shop.call("GET", "conversations", before["token"]), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (lambda: identity(secret="some other secret that is long enough"), "signature"),
        (lambda: identity(exp=1), "expired"),
        (lambda: identity(exp=99999999999), "too_far_ahead"),
        (lambda: identity(without="exp"), "claims"),
        (lambda: identity(nbf=99999999999), "not_yet_valid"),
        (lambda: identity(aud="other"), "audience"),
        (lambda: identity(without="aud"), "claims"),
        (lambda: identity(""), "subject"),
        (lambda: identity(header={"kid": "k0"}), "key"),
        (lambda: identity(header={"jku": "https://evil.example"}), "header"),
        (lambda: "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1XzEyMyJ9.", "algorithm"),
        (lambda: identity(x="y" * 5000), "too_large"),
        (lambda: "nonsense", "malformed"),
    ],
)
async def test_a_bad_identity_is_refused_and_changes_nothing(shop: Desk, token: Any, reason: str) -> None:
    before = await shop.session()
    problem = refused(await open_with(shop, before["token"], identity=token()), 401, "identity_invalid")
    assert problem["reason"] == reason
    assert await shop.value("select count(*) from contact") == 1
    assert (await shop.session(token=before["token"]))["contact"] == before["contact"]


async def test_each_inbox_has_keys_and_an_audience_of_its_own(shop: Desk) -> None:
    await shop.add_inbox("other", secrets={"k9": "the secret of the other shop, also long enough"})
    refused(
        await open_with(shop, identity=identity(secret="the secret of the other shop, also long enough")),
        401,
        "identity_invalid",
    )
    body = {"inbox": "other", "identity": identity(secret=SECRET, aud="other")}
    refused(await shop.http.post("/api/v1/widget/session", json=body), 401, "identity_invalid")


async def test_after_a_rotation_the_old_key_counts_once_more(shop: Desk) -> None:
    async def rotate() -> str:
        async with shop.house.db.transaction() as tx:
            return (await keys.rotate(tx, shop.house.vault, shop.inbox_id, at=shop.house.clock.now()))[1]

    newer = await rotate()
    for secret in (SECRET, newer):
        await shop.session(identity=identity(secret=secret))
    await rotate()
    await shop.session(identity=identity(secret=newer))
    refused(await open_with(shop, identity=identity(secret=SECRET)), 401, "identity_invalid")


async def test_a_key_moved_to_another_inbox_does_not_open(shop: Desk) -> None:
    other = await shop.add_inbox("other", secrets={"k9": "the secret of the other shop, also long enough"})
    async with shop.house.db.transaction() as tx:
        await tx.execute(
            "update inbox set identity_keys = (select identity_keys from inbox where key = %s) where id = %s",
            (KEY, other),
        )
    answer = await shop.http.post("/api/v1/widget/session", json={"inbox": "other", "identity": identity(aud="other")})
    refused(answer, 401, "identity_invalid")


# ── merge ──


async def test_signing_in_brings_along_what_was_written_in_this_session(shop: Desk) -> None:
    before = await shop.session()
    conversation = await shop.write(before["token"], "还没登录")
    after = await shop.session(token=before["token"], identity=identity())
    assert after["conversation"]["id"] == str(conversation)
    page = (await shop.call("GET", f"conversations/{conversation}/entries", after["token"])).json()
    assert [entry["text"] for entry in page["entries"]] == ["还没登录"]
    facts = await shop.value(
        "select array_agg(type order by seq) from log_entry where conversation_id = %s", conversation
    )
    assert facts == ["started", "message_received", "contact_merged"]
    merged = await shop.value("select merged_into from contact where id = %s", UUID(before["contact"]["id"]))
    assert str(merged) == after["contact"]["id"]


async def test_a_message_repeated_after_signing_in_is_still_one_message(shop: Desk) -> None:
    before = await shop.session()
    conversation = await shop.write(before["token"], client_id="same")
    after = await shop.session(token=before["token"], identity=identity())
    assert await shop.write(after["token"], client_id="same") == conversation
    assert await shop.value("select count(*) from message") == 1


async def test_a_message_under_way_while_signing_in_reaches_the_known_contact(shop: Desk) -> None:
    before = await shop.session()
    visitor = await shop.visitor(before["token"])
    after = await shop.session(token=before["token"], identity=identity())
    conversation = await shop.write_as(visitor)
    listed = (await shop.call("GET", "conversations", after["token"])).json()["items"]
    assert [view["id"] for view in listed] == [str(conversation)]


async def test_what_another_device_wrote_anonymously_stays_there(shop: Desk) -> None:
    phone, desktop = await shop.session(), await shop.session()
    on_phone = await shop.write(phone["token"], "on the phone")
    on_desktop = await shop.write(desktop["token"], "on the desktop")
    signed_in = await shop.session(token=desktop["token"], identity=identity())
    listed = (await shop.call("GET", "conversations", signed_in["token"])).json()["items"]
    assert [view["id"] for view in listed] == [str(on_desktop)]
    refused(await shop.call("GET", f"conversations/{on_phone}/entries", signed_in["token"]), 404, "not_found")


async def test_a_conversation_of_another_session_of_the_contact_is_not_moved(shop: Desk) -> None:
    before = await shop.session()
    conversation = await shop.write(before["token"])
    async with shop.house.db.transaction() as tx:
        await tx.execute("update conversation set session_id = %s where id = %s", (new_id(), conversation))
    after = await shop.session(token=before["token"], identity=identity())
    assert after["conversation"] is None


async def test_customers_who_share_a_device_do_not_share_conversations(shop: Desk) -> None:
    first = await shop.session(identity=identity("u_1"))
    conversation = await shop.write(first["token"], "secret of u_1")
    second = await shop.session(token=first["token"], identity=identity("u_2"))
    assert second["conversation"] is None
    refused(await shop.call("GET", f"conversations/{conversation}/entries", second["token"]), 404, "not_found")
    back = await shop.session(token=second["token"], identity=identity("u_1"))
    assert back["conversation"]["id"] == str(conversation)


async def test_uploads_before_signing_in_come_along(shop: Desk) -> None:
    before = await shop.session()
    file = (await upload(shop, before["token"], picture(), "a.png")).json()
    after = await shop.session(token=before["token"], identity=identity())
    assert (await shop.call("GET", f"attachments/{file['id']}", after["token"])).status_code == 200
    assert (await shop.http.get(file["url"])).status_code == 404, "the link was the anonymous contact's"


# ── sign-out ──


async def test_signing_out_kills_the_token_everywhere(shop: Desk) -> None:
    session = await shop.session(identity=identity())
    conversation = await shop.write(session["token"])
    assert (await shop.call("DELETE", "session", session["token"])).status_code == 204
    for method, path, body in every_call(conversation):
        refused(await shop.call(method, path, session["token"], **body), 401, "unauthenticated")
    again = await shop.session(token=session["token"])
    assert again["contact"]["verified"] is False
    assert again["conversation"] is None


def every_call(conversation: UUID | str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("DELETE", "session", {}),
        ("GET", "conversations", {}),
        ("GET", f"conversations/{conversation}/entries", {}),
        ("POST", "pages", {"json": {"url": "https://shop.example/"}}),
        ("PUT", "browsing", {"json": {"opt_out": True}}),
        ("POST", "feedback", {"json": {"conversation": str(conversation), "seq": 1, "helpful": True}}),
        ("POST", "attachments", {"files": {"file": ("a.txt", b"x", "text/plain")}}),
        ("GET", f"attachments/{MISSING}", {}),
    ]


@pytest.mark.parametrize("token", [None, "", "x", "a" * 43, "é" * 43])
async def test_without_a_valid_token_every_call_is_unauthenticated(shop: Desk, token: str | None) -> None:
    for method, path, body in every_call(MISSING):
        headers = {b"Authorization": f"Bearer {token}".encode()} if token is not None else {}
        answer = await shop.http.request(method, f"/api/v1/widget/{path}", headers=headers, **body)
        refused(answer, 401, "unauthenticated")


async def test_an_inbox_that_enforces_identity_refuses_every_anonymous_write(shop: Desk) -> None:
    before = await shop.session()
    conversation = await shop.write(before["token"])
    seq = await answer_as_bot(shop, conversation)
    await shop.set(enforce_identity=True)
    session = await shop.session(token=before["token"], page={"url": "https://shop.example/"})
    assert session["inbox"]["enforce_identity"] is True
    assert await shop.value("select count(*) from page_view") == 0
    writes = [call for call in every_call(conversation) if call[0] in ("POST", "PUT")]
    assert len(writes) == 4
    for method, path, body in writes:
        refused(await shop.call(method, path, before["token"], **body), 401, "identity_required")
    assert (await shop.call("GET", "conversations", before["token"])).status_code == 200

    verified = await shop.session(token=before["token"], identity=identity())
    feedback = {"conversation": str(conversation), "seq": seq, "helpful": True}
    assert (await shop.call("POST", "feedback", verified["token"], json=feedback)).status_code == 204


# ── own conversations ──


async def test_a_stranger_gets_the_same_answer_for_foreign_and_for_missing(shop: Desk) -> None:
    owner, stranger = await shop.session(), await shop.session()
    conversation = await shop.write(owner["token"])
    seq = await answer_as_bot(shop, conversation)
    for id_ in (conversation, MISSING):
        problem = refused(await shop.call("GET", f"conversations/{id_}/entries", stranger["token"]), 404, "not_found")
        body = {"conversation": str(id_), "seq": seq, "helpful": True}
        assert refused(await shop.call("POST", "feedback", stranger["token"], json=body), 404, "not_found") == problem
    assert (await shop.call("GET", "conversations", stranger["token"])).json() == {"items": []}
    refused(await shop.call("GET", "conversations/none/entries", stranger["token"]), 404, "not_found")


async def test_a_session_of_another_inbox_does_not_read_this_one(shop: Desk) -> None:
    await shop.add_inbox("other", secrets={"k1": SECRET})
    here = await shop.session(identity=identity())
    conversation = await shop.write(here["token"])
    there = await shop.session(inbox="other", identity=identity(aud="other"))
    assert there["contact"]["id"] == here["contact"]["id"], "the same customer of the same business"
    assert there["conversation"] is None
    refused(await shop.call("GET", f"conversations/{conversation}/entries", there["token"]), 404, "not_found")


async def test_entries_come_in_pages_both_ways(shop: Desk) -> None:
    session = await shop.session()
    for n in range(5):
        conversation = await shop.write(session["token"], f"m{n}", client_id=str(n))
    path = f"conversations/{conversation}/entries"

    async def texts(**query: int) -> tuple[list[str], bool]:
        page = (await shop.call("GET", path, session["token"], params=query)).json()
        return [entry["text"] for entry in page["entries"]], page["more"]

    assert await texts(limit=2) == (["m0", "m1"], True)
    assert await texts(after=3, limit=3) == (["m2", "m3", "m4"], False)
    assert await texts(before=5, limit=2) == (["m1", "m2"], True)
    for query in ({"limit": 0}, {"limit": 201}, {"after": -1}, {"before": "x"}, {"after": 2**70}):
        refused(await shop.call("GET", path, session["token"], params=query), 422, "invalid")


async def test_notes_and_facts_are_not_the_customers_to_see(shop: Desk) -> None:
    session = await shop.session()
    conversation = await shop.write(session["token"])
    agent = await add_agent(shop)
    await shop.house.writer.append(Append(conversation, "agent", agent, "n1", "internal note", is_note=True))
    answer = await shop.call("GET", f"conversations/{conversation}/entries", session["token"])
    assert "internal note" not in answer.text
    assert {entry["type"] for entry in answer.json()["entries"]} == {"message"}


# ── pages ──


async def test_a_page_view_is_kept_without_what_may_be_secret(shop: Desk) -> None:
    session = await shop.session(
        page={"url": "https://me:pw@shop.example/a#token", "title": "首页", "referrer": "javascript:x"}
    )
    body = {"url": "https://shop.example/b?x=1", "title": "<b>商品</b>"}
    assert (await shop.call("POST", "pages", session["token"], json=body)).status_code == 204
    rows = await shop.value("select array_agg(url || '|' || title || '|' || referrer order by id) from page_view")
    assert rows == ["https://shop.example/a|首页|", "https://shop.example/b?x=1|<b>商品</b>|"]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", "https://a/" + "x" * 2000]
)
async def test_a_page_address_of_another_kind_is_invalid(shop: Desk, url: str) -> None:
    session = await shop.session(page={"url": url, "title": 5})
    refused(await shop.call("POST", "pages", session["token"], json={"url": url}), 422, "invalid")
    assert await shop.value("select count(*) from page_view") == 0


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
async def test_a_browser_that_asks_not_to_be_tracked_is_not(shop: Desk, header: str) -> None:
    page = {"url": "https://shop.example/"}
    answer = await shop.http.post("/api/v1/widget/session", json={"inbox": KEY, "page": page}, headers={header: "1"})
    token = answer.json()["token"]
    assert (await shop.call("POST", "pages", token, json=page, headers={header: "1"})).status_code == 204
    assert await shop.value("select count(*) from page_view") == 0


async def test_opting_out_deletes_and_stops(shop: Desk) -> None:
    session = await shop.session(page={"url": "https://shop.example/1"})
    assert (await shop.call("PUT", "browsing", session["token"], json={"opt_out": True})).json() == {"opt_out": True}
    await shop.call("POST", "pages", session["token"], json={"url": "https://shop.example/2"})
    again = await shop.session(token=session["token"], page={"url": "https://shop.example/3"}, browsing_consent=True)
    assert again["browsing_opt_out"] is True
    assert await shop.value("select count(*) from page_view") == 0


async def test_without_consent_nothing_is_kept(shop: Desk) -> None:
    session = await shop.session(page={"url": "https://shop.example/1"}, browsing_consent=False)
    assert session["browsing_opt_out"] is True
    await shop.call("POST", "pages", session["token"], json={"url": "https://shop.example/2"})
    assert await shop.value("select count(*) from page_view") == 0
    agreed = await shop.session(token=session["token"], page={"url": "https://shop.example/3"}, browsing_consent=True)
    assert agreed["browsing_opt_out"] is False
    assert await shop.value("select count(*) from page_view") == 1


# ── feedback ──


async def test_the_last_word_on_a_bot_answer_counts(shop: Desk) -> None:
    session = await shop.session()
    conversation = await shop.write(session["token"])
    seq = await answer_as_bot(shop, conversation)
    for helpful in (True, True, False):
        body = {"conversation": str(conversation), "seq": seq, "helpful": helpful}
        assert (await shop.call("POST", "feedback", session["token"], json=body)).status_code == 204
    assert await shop.value("select helpful from answer_feedback") is False
    assert await shop.value("select count(*) from log_entry where type = 'answer_rated'") == 2


async def test_only_answers_of_the_bot_can_be_rated(shop: Desk) -> None:
    session = await shop.session()
    conversation = await shop.write(session["token"])
    for seq in (1, 2, 99):
        body = {"conversation": str(conversation), "seq": seq, "helpful": True}
        refused(await shop.call("POST", "feedback", session["token"], json=body), 404, "not_found")
    for wrong in (0, -1, 2**70, "x"):
        body = {"conversation": str(conversation), "seq": wrong, "helpful": True}
        refused(await shop.call("POST", "feedback", session["token"], json=body), 422, "invalid")


# ── uploads ──


async def upload(shop: Desk, token: str, data: bytes, name: str, mime: str = "text/html") -> httpx2.Response:
    return await shop.call("POST", "attachments", token, files={"file": (name, data, mime)})


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


# ── what colleagues see ──


async def add_agent(shop: Desk, role: str = "agent") -> UUID:
    agent = new_id()
    async with shop.house.db.transaction() as tx:
        await tx.execute(
            "insert into app_user (id, email, name, role) values (%s, %s, %s, %s)",
            (agent, f"{agent}@example.com", "Mei", role),
        )
    return agent


async def as_colleague(shop: Desk, user: UUID, path: str, **options: Any) -> httpx2.Response:
    from tongxi.accounts import sessions

    async with shop.house.db.transaction() as tx:
        token = await sessions.start(tx, user, at=shop.house.clock.now())
    method = "POST" if "files" in options else "GET"
    headers = {"Cookie": f"tongxi={token}", "X-Tongxi": "1", "Origin": "http://testserver"}
    return await shop.http.request(method, f"/api/v1/{path}", headers=headers, **options)


async def hold(shop: Desk, conversation: UUID, agent: UUID) -> None:
    async with shop.house.db.transaction() as tx:
        await tx.execute(
            "update conversation set state = 'active', responsible = 'agent', holder_id = %s where id = %s",
            (agent, conversation),
        )


async def test_an_agent_sees_who_the_customer_is_and_how_we_know(shop: Desk) -> None:
    session = await shop.session(identity=identity(name="李雷", tier="gold"), page={"url": "https://shop.example/1"})
    await shop.write(session["token"])
    contact_id = session["contact"]["id"]
    async with shop.house.db.transaction() as tx:
        await tx.execute("update contact set phone = '138', attributes = attributes || %s", (Jsonb({"vip": "yes"}),))
    agent = await add_agent(shop)
    found = (await as_colleague(shop, agent, f"contacts/{contact_id}")).json()
    assert (found["name"], found["verified"], found["tier"]) == ("李雷", True, "gold")
    assert found["marks"] == {"name": "verified", "tier": "verified", "external_id": "verified", "phone": "claimed"}
    assert found["attributes"] == {"vip": "yes"}
    assert [page["url"] for page in found["pages"]] == ["https://shop.example/1"]
    assert [row["state"] for row in found["conversations"]] == ["bot"]
    datetime.fromisoformat(found["created_at"])


async def test_a_merged_contact_answers_as_the_one_it_became(shop: Desk) -> None:
    before = await shop.session()
    await shop.write(before["token"])
    after = await shop.session(token=before["token"], identity=identity())
    agent = await add_agent(shop)
    found = (await as_colleague(shop, agent, f"contacts/{before['contact']['id']}")).json()
    assert found["id"] == after["contact"]["id"]


async def test_history_and_pages_come_in_pages_with_their_outcome(shop: Desk) -> None:
    session = await shop.session(identity=identity())
    contact_id = session["contact"]["id"]
    first = await shop.write(session["token"])
    async with shop.house.db.transaction() as tx:
        await tx.execute(
            "update episode set ended_at = now(), outcome = 'solved', disposition = 'refund', summary = 'S'"
        )
        await tx.execute("update conversation set state = 'closed', responsible = null, next_action_at = null")
        second = new_id()
        await tx.execute(
            "insert into conversation (id, inbox_id, contact_id, responsible, next_action_at)"
            " values (%s, %s, %s, 'customer', now())",
            (second, shop.inbox_id, UUID(contact_id)),
        )
    for n in range(3):
        await shop.call("POST", "pages", session["token"], json={"url": f"https://shop.example/{n}"})
    agent = await add_agent(shop)
    one = (await as_colleague(shop, agent, f"contacts/{contact_id}/history?limit=1")).json()
    assert [row["id"] for row in one["items"]] == [str(second)]
    two = (await as_colleague(shop, agent, f"contacts/{contact_id}/history?limit=1&cursor={one['next']}")).json()
    assert [(row["id"], row["outcome"], row["summary"]) for row in two["items"]] == [(str(first), "solved", "S")]
    assert two["next"] is None
    seen = (await as_colleague(shop, agent, f"contacts/{contact_id}/pages?limit=2")).json()
    assert [row["url"][-1] for row in seen["items"]] == ["2", "1"]
    rest = (await as_colleague(shop, agent, f"contacts/{contact_id}/pages?cursor={seen['next']}")).json()
    assert [row["url"][-1] for row in rest["items"]] == ["0"]


async def test_what_another_agent_holds_is_read_by_him_and_supervisors(shop: Desk) -> None:
    session = await shop.session()
    conversation = await shop.write(session["token"])
    file = UUID((await upload(shop, session["token"], picture(), "a.png")).json()["id"])
    async with shop.house.db.transaction() as tx:
        await attachments.attach(
            tx, [file], conversation, attachments.Uploader(contact_id=UUID(session["contact"]["id"]))
        )
    holder, colleague, supervisor = await add_agent(shop), await add_agent(shop), await add_agent(shop, "supervisor")
    await hold(shop, conversation, holder)
    for path in (f"contacts/{session['contact']['id']}", f"attachments/{file}"):
        assert (await as_colleague(shop, holder, path)).status_code == 200
        assert (await as_colleague(shop, supervisor, path)).status_code == 200
        refused(await as_colleague(shop, colleague, path), 404, "not_found")
        for role in ("admin", "editor", "auditor"):
            refused(await as_colleague(shop, await add_agent(shop, role), path), 403, "forbidden")
        refused(await shop.http.get(f"/api/v1/{path}"), 401, "unauthenticated")


async def test_of_a_conversation_somebody_else_holds_only_the_frame_is_listed(shop: Desk) -> None:
    session = await shop.session(identity=identity())
    held = await shop.write(session["token"])
    agent, colleague = await add_agent(shop), await add_agent(shop)
    await hold(shop, held, agent)
    async with shop.house.db.transaction() as tx:
        await tx.execute("update episode set summary = 'not for you'")
        await tx.execute(
            "insert into conversation (id, inbox_id, contact_id, responsible, next_action_at)"
            " values (%s, %s, %s, 'customer', now())",
            (new_id(), shop.inbox_id, UUID(session["contact"]["id"])),
        )
    answer = await as_colleague(shop, colleague, f"contacts/{session['contact']['id']}/history")
    assert "not for you" not in answer.text
    assert [row["readable"] for row in answer.json()["items"]] == [True, False]


async def test_an_agent_uploads_and_reads_his_own_file(shop: Desk) -> None:
    agent, colleague = await add_agent(shop), await add_agent(shop)
    answer = await as_colleague(shop, agent, "attachments", files={"file": ("a.png", picture(), "image/png")})
    assert answer.status_code == 201, answer.text
    file = answer.json()
    path = file["url"].removeprefix("/api/v1/")
    assert (await as_colleague(shop, agent, path)).status_code == 200
    refused(await as_colleague(shop, colleague, path), 404, "not_found")
    refused(
        await as_colleague(shop, await add_agent(shop, "auditor"), "attachments", files={"file": b"x"}),
        403,
        "forbidden",
    )


# ── housekeeping ──


async def test_what_is_dead_is_tidied_away(shop: Desk) -> None:
    from tongxi import housekeeping

    old, live = await shop.session(), await shop.session()
    await shop.call("DELETE", "session", old["token"])
    async with shop.house.db.transaction() as tx:
        await tx.execute(
            "update visitor_session set revoked_at = now() - interval '31 days' where revoked_at is not null"
        )
    await housekeeping.tidy(shop.house)
    assert await shop.value("select count(*) from visitor_session") == 1
    assert (await shop.call("GET", "conversations", live["token"])).status_code == 200
