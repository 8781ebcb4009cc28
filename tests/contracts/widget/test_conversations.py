"""What customers, their sessions and colleagues may read of a conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest
from psycopg.types.json import Jsonb

from tests.support.files import picture
from tests.support.widget import SECRET, Desk, identity
from tests.support.widget_http import MISSING, add_agent, answer_as_bot, refused, upload
from tongxi.attachments import service as attachments
from tongxi.conversations.append import Append
from tongxi.kit.ids import new_id

pytestmark = pytest.mark.anyio


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


# ── what colleagues see ──


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
