"""Visitor sessions: what a token is worth, and for how long."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from tongxi.configuration import InboxSettings
from tongxi.contacts import service, visitors
from tongxi.contacts.identity import Identity, IdentityRequired
from tongxi.contacts.pages import Page
from tongxi.contacts.service import Opened, open_session, require_write
from tongxi.contacts.visitors import find_visitor, still_valid
from tongxi.kit.crypto import digest, new_token
from tongxi.kit.db import Database
from tongxi.kit.ids import new_id

pytestmark = pytest.mark.anyio


@pytest.fixture
async def inbox(db: Database) -> UUID:
    return await make_inbox(db, "shop")


async def make_inbox(db: Database, key: str) -> UUID:
    inbox_id = new_id()
    async with db.transaction() as tx:
        await tx.execute("insert into inbox (id, key, name) values (%s, %s, %s)", (inbox_id, key, key))
    return inbox_id


async def opened(
    db: Database, inbox: UUID, *, token: str | None = None, identity: Identity | None = None, locale: str = ""
) -> Opened:
    async with db.transaction() as tx:
        return await open_session(tx, inbox, token=token, identity=identity, locale=locale)


async def found(db: Database, token: str) -> visitors.Visitor | None:
    async with db.transaction() as tx:
        return await find_visitor(tx, token)


async def execute(db: Database, sql: str, *params: object) -> None:
    async with db.transaction() as tx:
        await tx.execute(sql, params)


async def value(db: Database, sql: str, *params: object) -> object:
    async with db.transaction() as tx:
        return await tx.value(sql, params)


async def test_a_new_visitor_is_an_anonymous_contact_of_his_own(db: Database, inbox: UUID) -> None:
    one, other = await opened(db, inbox, locale="zh-Hant"), await opened(db, inbox)
    assert one.visitor.contact_id != other.visitor.contact_id
    assert (one.visitor.is_verified, one.visitor.name, one.visitor.locale) == (False, "", "zh-Hant")
    assert await found(db, one.token) == one.visitor


async def test_only_the_hash_of_a_token_is_stored(db: Database, inbox: UUID) -> None:
    token = (await opened(db, inbox)).token
    assert len(token) == 43
    assert await value(db, "select count(*) from visitor_session where token_hash = %s", digest(token)) == 1
    assert await value(db, "select count(*) from visitor_session s where s::text like %s", f"%{token}%") == 0


@pytest.mark.parametrize(
    "token",
    ["", "x", pytest.param(new_token(), id="new"), "é" * 43, "\ud800", "a" * 10_000, "'; drop table contact; --"],
)
async def test_an_unknown_token_finds_nobody_and_renews_nothing(db: Database, inbox: UUID, token: str) -> None:
    assert await found(db, token) is None
    assert (await opened(db, inbox, token=token)).token != token


async def test_a_renewed_session_stays_the_same_and_lives_90_days_from_now(db: Database, inbox: UUID) -> None:
    first = await opened(db, inbox)
    await execute(db, "update visitor_session set expires_at = now() + interval '1 minute'")
    again = await opened(db, inbox, token=first.token)
    assert (again.token, again.visitor.session_id) == (first.token, first.visitor.session_id)
    assert again.visitor.contact_id == first.visitor.contact_id
    assert await value(db, "select expires_at > now() + interval '89 days' from visitor_session")


@pytest.mark.parametrize("change", ["expires_at = now()", "revoked_at = now()"])
async def test_a_dead_session_is_not_renewed(db: Database, inbox: UUID, change: str) -> None:
    first = await opened(db, inbox, identity=Identity("u_1"))
    await execute(db, f"update visitor_session set {change}")
    assert await found(db, first.token) is None
    again = await opened(db, inbox, token=first.token)
    assert again.visitor.contact_id != first.visitor.contact_id
    assert not again.visitor.is_verified


async def test_a_token_is_good_for_its_own_inbox_only(db: Database, inbox: UUID) -> None:
    first = await opened(db, inbox)
    other = await opened(db, await make_inbox(db, "other"), token=first.token)
    assert other.visitor.contact_id != first.visitor.contact_id
    assert await found(db, first.token) is not None


async def test_open_sessions_are_checked_together(db: Database, inbox: UUID) -> None:
    live, dead, expired = [(await opened(db, inbox)).visitor.session_id for _ in range(3)]
    await execute(db, "update visitor_session set revoked_at = now() where id = %s", dead)
    await execute(db, "update visitor_session set expires_at = now() where id = %s", expired)
    async with db.transaction() as tx:
        assert await still_valid(tx, [live, dead, expired, new_id()]) == {live}
        assert await still_valid(tx, []) == set()


async def test_finding_a_visitor_reads_by_index(db: Database, inbox: UUID) -> None:
    await opened(db, inbox)
    async with db.transaction() as tx:
        await tx.execute("set local enable_seqscan = off")
        plan = await tx.dicts("explain " + visitors._SELECT, (digest("x"),))
    text = "\n".join(row["QUERY PLAN"] for row in plan)
    assert "visitor_session_pkey" in text
    assert "Seq Scan" not in text


# ── who the customer is ──


async def test_a_signed_identity_finds_its_contact_on_every_device(db: Database, inbox: UUID) -> None:
    phone = await opened(db, inbox, identity=Identity("u_1", name="李雷", tier="gold"))
    desktop = await opened(db, inbox, identity=Identity("u_1", email="li@example.com"))
    assert phone.visitor.contact_id == desktop.visitor.contact_id
    assert phone.token != desktop.token
    assert desktop.visitor.is_verified
    assert desktop.visitor.name == "李雷"
    async with db.transaction() as tx:
        row = await tx.dict("select name, email, tier, is_verified, external_id from contact")
    assert row == {
        "name": "李雷", "email": "li@example.com", "tier": "gold", "is_verified": True, "external_id": "u_1"
    }  # fmt: skip


async def test_identifiers_that_look_alike_are_different_customers(db: Database, inbox: UUID) -> None:
    ids = ["u_1", "U_1", " u_1", "u_1 ", "ｕ_1", "é", "e\u0301"]
    contacts = [(await opened(db, inbox, identity=Identity(external_id))).visitor.contact_id for external_id in ids]
    assert len(set(contacts)) == len(ids)


async def test_signed_attributes_replace_and_absent_ones_stay(db: Database, inbox: UUID) -> None:
    await opened(db, inbox, identity=Identity("u_1", name="A", phone="1"))
    await opened(db, inbox, identity=Identity("u_1", name="B"))
    assert await value(db, "select name || phone from contact") == "B1"


async def test_many_sign_ins_at_once_make_one_contact(db: Database, inbox: UUID) -> None:
    made = await asyncio.gather(*(opened(db, inbox, identity=Identity("u_1")) for _ in range(20)))
    assert len({each.visitor.contact_id for each in made}) == 1


async def test_a_verified_session_stays_verified_for_its_token_only(db: Database, inbox: UUID) -> None:
    first = await opened(db, inbox, identity=Identity("u_1"))
    again = await opened(db, inbox, token=first.token)
    assert again.visitor.is_verified
    assert again.token == first.token
    assert not (await opened(db, inbox)).visitor.is_verified


async def test_signing_in_gives_a_new_token_and_the_anonymous_one_dies(db: Database, inbox: UUID) -> None:
    before = await opened(db, inbox)
    after = await opened(db, inbox, token=before.token, identity=Identity("u_1"))
    assert after.token != before.token
    assert after.merged is not None
    assert after.merged.session_id == before.visitor.session_id
    assert await found(db, before.token) is None


async def test_signing_in_again_as_the_same_keeps_the_token(db: Database, inbox: UUID) -> None:
    first = await opened(db, inbox, identity=Identity("u_1"))
    again = await opened(db, inbox, token=first.token, identity=Identity("u_1", name="N"))
    assert again.token == first.token
    assert again.visitor.name == "N"
    assert again.merged is None


async def test_another_customer_on_the_same_device_gets_nothing_of_the_first(db: Database, inbox: UUID) -> None:
    first = await opened(db, inbox, identity=Identity("u_1"))
    other = await opened(db, inbox, token=first.token, identity=Identity("u_2"))
    assert other.visitor.contact_id != first.visitor.contact_id
    assert other.merged is None
    assert await found(db, first.token) is None
    assert await value(db, "select merged_into from contact where id = %s", first.visitor.contact_id) is None


async def test_two_tabs_that_sign_in_at_once_both_get_in(db: Database, inbox: UUID) -> None:
    before = await opened(db, inbox)
    made = await asyncio.gather(*(opened(db, inbox, token=before.token, identity=Identity("u_1")) for _ in range(4)))
    assert len({each.visitor.contact_id for each in made}) == 1
    assert all(each.visitor.is_verified for each in made)
    assert sum(each.merged is not None for each in made) == 1


# ── enforced identity ──


async def test_an_inbox_that_enforces_identity_takes_writes_of_verified_sessions_only(
    db: Database, inbox: UUID
) -> None:
    anonymous, verified = await opened(db, inbox), await opened(db, inbox, identity=Identity("u_1"))
    strict, open_to_all = InboxSettings(enforce_identity=True), InboxSettings()
    for visitor in (anonymous.visitor, verified.visitor):
        require_write(visitor, open_to_all)
    require_write(verified.visitor, strict)
    with pytest.raises(IdentityRequired):
        require_write(anonymous.visitor, strict)


# ── page views ──


async def see(db: Database, visitor: visitors.Visitor, *urls: str) -> None:
    for url in urls:
        async with db.transaction() as tx:
            await service.record_page(tx, visitor, Page(url))


async def pages(db: Database, contact_id: UUID) -> list[str]:
    async with db.transaction() as tx:
        return [
            row["url"]
            for row in await tx.dicts("select url from page_view where contact_id = %s order by id", (contact_id,))
        ]


async def test_pages_are_kept_in_order_and_a_reload_is_one_view(db: Database, inbox: UUID) -> None:
    visitor = (await opened(db, inbox)).visitor
    await see(db, visitor, "https://a/1", "https://a/1", "https://a/2", "https://a/1")
    assert await pages(db, visitor.contact_id) == ["https://a/1", "https://a/2", "https://a/1"]


async def test_only_the_newest_pages_are_kept(db: Database, inbox: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_PAGES", 3)
    visitor, other = (await opened(db, inbox)).visitor, (await opened(db, inbox)).visitor
    await see(db, other, "https://b/1")
    await see(db, visitor, *(f"https://a/{n}" for n in range(6)))
    assert await pages(db, visitor.contact_id) == ["https://a/3", "https://a/4", "https://a/5"]
    assert await pages(db, other.contact_id) == ["https://b/1"]


async def test_after_opting_out_nothing_is_kept_and_what_was_kept_is_gone(db: Database, inbox: UUID) -> None:
    first = await opened(db, inbox)
    await see(db, first.visitor, "https://a/1")
    async with db.transaction() as tx:
        await service.opt_out(tx, first.visitor.contact_id, True)
    await see(db, first.visitor, "https://a/2")
    assert await pages(db, first.visitor.contact_id) == []
    visitor = await found(db, first.token)
    assert visitor is not None
    assert visitor.browsing_opt_out
    async with db.transaction() as tx:
        await service.opt_out(tx, first.visitor.contact_id, False)
    await see(db, visitor, "https://a/3")
    assert await pages(db, visitor.contact_id) == ["https://a/3"]


async def test_the_shops_consent_dialogue_counts_below_the_visitors_own_word(db: Database, inbox: UUID) -> None:
    visitor = (await opened(db, inbox)).visitor
    await see(db, visitor, "https://a/1")
    async with db.transaction() as tx:
        refused = await service.consent(tx, visitor, False)
    assert refused.browsing_opt_out
    await see(db, visitor, "https://a/2")
    assert await pages(db, visitor.contact_id) == []
    async with db.transaction() as tx:
        assert not (await service.consent(tx, visitor, True)).browsing_opt_out
        await service.opt_out(tx, visitor.contact_id, True)
        assert (await service.consent(tx, visitor, True)).browsing_opt_out
    await see(db, visitor, "https://a/3")
    assert await pages(db, visitor.contact_id) == []


async def test_pages_seen_before_signing_in_come_along_unless_somebody_opted_out(db: Database, inbox: UUID) -> None:
    before = await opened(db, inbox)
    await see(db, before.visitor, "https://a/1")
    after = await opened(db, inbox, token=before.token, identity=Identity("u_1"))
    assert await pages(db, after.visitor.contact_id) == ["https://a/1"]

    async with db.transaction() as tx:
        await service.opt_out(tx, after.visitor.contact_id, True)
    elsewhere = await opened(db, inbox)
    await see(db, elsewhere.visitor, "https://a/2")
    await opened(db, inbox, token=elsewhere.token, identity=Identity("u_1"))
    assert await value(db, "select count(*) from page_view") == 0


async def test_an_opt_out_before_signing_in_holds_afterwards(db: Database, inbox: UUID) -> None:
    known = await opened(db, inbox, identity=Identity("u_1"))
    await see(db, known.visitor, "https://a/1")
    before = await opened(db, inbox)
    async with db.transaction() as tx:
        await service.opt_out(tx, before.visitor.contact_id, True)
    after = await opened(db, inbox, token=before.token, identity=Identity("u_1"))
    assert after.visitor.browsing_opt_out
    assert await pages(db, after.visitor.contact_id) == []


async def test_an_erased_contact_takes_its_sessions_along(db: Database, inbox: UUID) -> None:
    first = await opened(db, inbox)
    await execute(db, "delete from contact where id = %s", first.visitor.contact_id)
    assert await found(db, first.token) is None


async def test_a_no_on_one_device_is_none_on_the_other(db: Database, inbox: UUID) -> None:
    phone = (await opened(db, inbox, identity=Identity("u_1"))).visitor
    desktop = (await opened(db, inbox, identity=Identity("u_1"))).visitor
    await see(db, desktop, "https://a/1")
    async with db.transaction() as tx:
        await service.consent(tx, phone, False)
    await see(db, phone, "https://a/2")
    await see(db, desktop, "https://a/3")
    assert await pages(db, desktop.contact_id) == ["https://a/1", "https://a/3"]


async def test_a_no_before_signing_in_holds_afterwards_in_this_browser(db: Database, inbox: UUID) -> None:
    before = await opened(db, inbox)
    async with db.transaction() as tx:
        await service.consent(tx, before.visitor, False)
    after = await opened(db, inbox, token=before.token, identity=Identity("u_1"))
    assert after.visitor.browsing_opt_out
    assert not (await opened(db, inbox, identity=Identity("u_1"))).visitor.browsing_opt_out
