"""Signing in and out, sessions, wrong passwords."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.support.office import PASSWORD, Office, office
from tongxi.accounts import passwords, service, sessions
from tongxi.accounts.roles import Role
from tongxi.api.auth import cookie_name
from tongxi.kit.crypto import digest

EMAIL = "agent@shop.example"


async def test_sign_in_gives_me_and_a_cookie_scripts_cannot_read(desk: Office) -> None:
    await desk.user(Role.AGENT)
    client = desk.client()
    answer = await client.http.post("/auth/login", json={"email": " Agent@Shop.example ", "password": PASSWORD})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("tongxi=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    me = await client.call("GET", "/auth/me", status=200)
    assert me["email"] == EMAIL
    assert me["role"] == "agent"
    assert "conversations.answer" in me["permissions"]
    assert me["presence"] == "away"
    assert await desk.actions() == ["session.started"]


async def test_with_tls_the_cookie_is_bound_to_the_host(database_url: str, tmp_path: object) -> None:
    async with office(database_url, tmp_path, public_url="https://help.shop.example") as desk:  # type: ignore[arg-type]
        await desk.user(Role.AGENT)
        client = desk.client(base="https://help.shop.example")
        answer = await client.http.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-tongxi=")
        assert "Secure" in cookie
        assert "Domain" not in cookie
        assert answer.headers["strict-transport-security"]
        await client.call("GET", "/auth/me", status=200)


@pytest.mark.parametrize(
    ("email", "password"),
    [(EMAIL, "not the password"), ("nobody@shop.example", PASSWORD), ("", ""), (EMAIL, "x" * 900)],
)
async def test_the_refusal_does_not_say_what_was_wrong(desk: Office, email: str, password: str) -> None:
    await desk.user(Role.AGENT)
    problem = await desk.client().refused(
        "POST", "/auth/login", 401, "unauthenticated", json={"email": email, "password": password}
    )
    assert problem["detail"] == "The e-mail address or the password is wrong."


async def test_a_switched_off_account_is_refused_like_a_wrong_password(desk: Office) -> None:
    user = await desk.user(Role.AGENT)
    async with desk.house.db.transaction() as tx:
        await tx.execute("update app_user set is_active = false where id = %s", (user,))
    await desk.client().refused(
        "POST", "/auth/login", 401, "unauthenticated", json={"email": EMAIL, "password": PASSWORD}
    )


async def test_wrong_passwords_make_the_account_wait_whether_it_exists_or_not(desk: Office) -> None:
    await desk.user(Role.AGENT)
    for email in (EMAIL, "nobody@shop.example"):
        wrong = {"email": email, "password": "wrong wrong wrong"}
        for _ in range(5):
            await desk.client().refused("POST", "/auth/login", 401, "unauthenticated", json=wrong)
        problem = await desk.client().refused("POST", "/auth/login", 429, "rate_limited", json=wrong)
        assert problem["retry_after"] == 15
    right = {"email": EMAIL, "password": PASSWORD}
    answer = await desk.client().http.post("/auth/login", json=right)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "15"
    desk.clock.advance(seconds=16)
    await desk.client().call("POST", "/auth/login", json=right, status=200)
    assert await desk.rows("select 1 from login_failure where key like 'account:%%' and failures > 5") == []


async def test_many_guesses_at_once_count_as_many(desk: Office) -> None:
    await desk.user(Role.AGENT)
    wrong = {"email": EMAIL, "password": "wrong wrong wrong"}
    answers = await asyncio.gather(
        *(desk.client(address=f"198.51.100.{n}").http.post("/auth/login", json=wrong) for n in range(12))
    )
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


async def test_one_address_that_tries_many_accounts_has_to_wait(desk: Office) -> None:
    for n in range(20):
        await desk.client().call(
            "POST", "/auth/login", json={"email": f"{n}@shop.example", "password": "guess"}, status=401
        )
    await desk.client().refused(
        "POST", "/auth/login", 429, "rate_limited", json={"email": "x@shop.example", "password": "guess"}
    )
    other = desk.client(address="198.51.100.9")
    await other.call("POST", "/auth/login", json={"email": "y@shop.example", "password": "guess"}, status=401)


async def test_signing_in_again_ends_the_session_before(desk: Office) -> None:
    await desk.user(Role.AGENT)
    client = desk.client()
    await client.login(EMAIL)
    first = client.http.cookies["tongxi"]
    await client.login(EMAIL)
    assert client.http.cookies["tongxi"] != first
    assert len(await desk.rows("select 1 from user_session")) == 1


async def test_a_session_of_a_switched_off_account_is_dead_however_that_came(desk: Office) -> None:
    client = await desk.signed_in(Role.AGENT)
    async with desk.house.db.transaction() as tx:
        await tx.execute("update app_user set is_active = false")
    await client.refused("GET", "/auth/me", 401, "unauthenticated")


async def test_signing_out_ends_the_session_on_the_server(desk: Office) -> None:
    client = await desk.signed_in(Role.AGENT)
    token = client.http.cookies["tongxi"]
    await client.call("POST", "/auth/logout", status=204)
    thief = desk.client()
    thief.http.cookies.set("tongxi", token)
    await thief.refused("GET", "/auth/me", 401, "unauthenticated")


async def test_sessions_end_after_twelve_idle_hours_and_after_seven_days(desk: Office) -> None:
    idle = await desk.signed_in(Role.AGENT)
    busy = await desk.signed_in(Role.SUPERVISOR)
    for _ in range(15):
        desk.clock.advance(hours=11)
        await busy.call("GET", "/auth/me", status=200)
    await idle.refused("GET", "/auth/me", 401, "unauthenticated")
    desk.clock.advance(hours=11)
    await busy.refused("GET", "/auth/me", 401, "unauthenticated")


async def test_the_token_is_nowhere_in_the_database(desk: Office) -> None:
    client = await desk.signed_in(Role.AGENT)
    token = client.http.cookies["tongxi"]
    [row] = await desk.rows("select token_hash from user_session")
    assert token.encode() not in bytes(row["token_hash"])
    assert len(row["token_hash"]) == 32


async def test_changing_the_password_ends_every_other_session(desk: Office) -> None:
    client, other = desk.client(), desk.client()
    await desk.user(Role.AGENT)
    await client.login(EMAIL)
    await other.login(EMAIL)
    await client.refused(
        "POST", "/auth/password", 401, "unauthenticated", json={"old": "wrong", "new": "another long password"}
    )
    problem = await client.refused(
        "POST", "/auth/password", 422, "weak_password", json={"old": PASSWORD, "new": "short"}
    )
    assert problem["reason"] == "too_short"
    before = client.http.cookies["tongxi"]
    await client.call("POST", "/auth/password", json={"old": PASSWORD, "new": "another long password"}, status=204)
    assert client.http.cookies["tongxi"] != before
    await client.call("GET", "/auth/me", status=200)
    await other.refused("GET", "/auth/me", 401, "unauthenticated")
    await other.login(EMAIL, "another long password")


async def test_sessions_are_listed_and_ended(desk: Office) -> None:
    await desk.user(Role.AGENT)
    here, there, gone = desk.client(), desk.client(address="198.51.100.1"), desk.client()
    for client in (here, there, gone):
        await client.login(EMAIL)
    items = (await here.call("GET", "/auth/sessions", status=200))["items"]
    assert [item["current"] for item in items].count(True) == 1
    assert {item["ip"] for item in items} == {"203.0.113.7", "198.51.100.1"}
    one = next(item for item in items if item["ip"] == "198.51.100.1")
    await here.call("DELETE", f"/auth/sessions/{one['id']}", status=204)
    await there.refused("GET", "/auth/me", 401, "unauthenticated")
    await here.call("DELETE", "/auth/sessions", status=204)
    await gone.refused("GET", "/auth/me", 401, "unauthenticated")
    await here.call("GET", "/auth/me", status=200)
    await here.refused("DELETE", "/auth/sessions/0011", 404, "not_found")


async def test_sockets_learn_which_sessions_live_on(desk: Office) -> None:
    user = await desk.user(Role.AGENT)
    async with desk.house.db.transaction() as tx:
        tokens = [await sessions.start(tx, user, at=desk.clock.now()) for _ in range(2)]
        hashes = [digest(token) for token in tokens]
        assert await sessions.still_valid(tx, hashes, desk.clock.now()) == set(hashes)
        await sessions.end(tx, hashes[0])
        assert await sessions.still_valid(tx, hashes, desk.clock.now()) == {hashes[1]}
        later = desk.clock.now() + timedelta(hours=13)
        assert await sessions.still_valid(tx, hashes, later) == set()
        await sessions.seen(tx, hashes, desk.clock.now() + timedelta(hours=11))
        assert await sessions.still_valid(tx, hashes, later) == {hashes[1]}
        assert await sessions.end_expired(tx, desk.clock.now() + timedelta(days=8)) == 1


async def test_me_can_be_changed_but_not_the_role(desk: Office) -> None:
    client = await desk.signed_in(Role.AGENT)
    me = await client.call("PATCH", "/auth/me", json={"name": "小林", "locale": "en", "theme": "dark"}, status=200)
    assert (me["name"], me["locale"], me["theme"]) == ("小林", "en", "dark")
    for body in ({"role": "owner"}, {"name": None}, {"locale": "fr"}, {"name": "  "}, {"name": "a\nb"}):
        await client.refused("PATCH", "/auth/me", 422, "invalid", json=body)


# ── the first owner ──


async def test_the_first_owner_needs_the_printed_code(desk: Office) -> None:
    client = desk.client()
    assert (await client.call("GET", "/auth/status", status=200))["first_run"] is True
    body = {"email": "owner@shop.example", "name": "林", "password": PASSWORD, "code": "AAAAA-AAAAA"}
    await client.refused("POST", "/auth/first-owner", 403, "forbidden", json=body)
    code = service.first_owner_code(desk.house.settings.secret_key())
    me = await client.call(
        "POST", "/auth/first-owner", json=body | {"code": code.lower().replace("-", " ")}, status=201
    )
    assert me["role"] == "owner"
    await client.call("GET", "/auth/me", status=200)
    assert (await client.call("GET", "/auth/status", status=200))["first_run"] is False
    await client.refused("POST", "/auth/first-owner", 409, "already_set_up", json=body | {"code": code})


async def test_only_one_of_many_becomes_the_first_owner(desk: Office) -> None:
    secret = desk.house.settings.secret_key()

    async def claim(n: int) -> None:
        async with desk.house.db.transaction() as tx:
            await service.make_first_owner(
                tx, email=f"o{n}@shop.example", name="O", password_hash="none", code=service.first_owner_code(secret),
                secret=secret, by=service.By(None, None),
            )  # fmt: skip
            await asyncio.sleep(0.02)  # the others arrive before this one is committed

    results = await asyncio.gather(*(claim(n) for n in range(6)), return_exceptions=True)
    assert sum(isinstance(result, service.AlreadySetUp) for result in results) == 5
    assert len(await desk.rows("select 1 from app_user")) == 1


async def test_an_owner_can_be_made_from_the_command_line_also_when_locked_out(desk: Office) -> None:
    client = await desk.signed_in(Role.AGENT)
    async with desk.house.db.transaction() as tx:
        hashed = await passwords.hashed("an even longer password")
        await service.make_owner(tx, email="AGENT@shop.example", name="Lin", password_hash=hashed)
        await service.make_owner(tx, email="second@shop.example", name="Lin", password_hash=hashed)
    await client.refused("GET", "/auth/me", 401, "unauthenticated")
    me = await client.login(EMAIL, "an even longer password")
    assert me["role"] == "owner"
    assert cookie_name(desk.house) == "tongxi"
