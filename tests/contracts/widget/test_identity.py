"""Who a customer is: signed identities, merging, signing out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.support.files import picture
from tests.support.widget import KEY, SECRET, Desk, identity
from tests.support.widget_http import MISSING, answer_as_bot, open_with, refused, upload
from tongxi.contacts import keys
from tongxi.kit.ids import new_id

pytestmark = pytest.mark.anyio


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
