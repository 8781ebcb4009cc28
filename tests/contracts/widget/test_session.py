"""Sessions, page views and feedback of the widget over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.support.widget import KEY, ORIGIN, Desk, identity
from tests.support.widget_http import answer_as_bot, refused
from tongxi.api import visitors

pytestmark = pytest.mark.anyio


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
