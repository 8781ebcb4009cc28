"""Accounts, roles and invitations through the API."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from tests.support.office import PASSWORD, Office
from tongxi.accounts import invitations
from tongxi.accounts.roles import Permission, Role
from tongxi.kit.errors import NotFound


async def test_an_invitation_makes_one_account_once(desk: Office) -> None:
    owner, guest = await desk.signed_in(Role.OWNER), desk.client()
    made = await owner.call("POST", "/invitations", json={"email": "new@shop.example", "role": "agent"}, status=201)
    assert made["url"] == f"http://tongxi.test/invitations/{made['token']}"
    shown = await guest.call("GET", f"/invitations/{made['token']}", status=200)
    assert (shown["email"], shown["role"]) == ("new@shop.example", "agent")
    path, body = f"/invitations/{made['token']}/accept", {"name": "小新", "password": PASSWORD}
    answers = await asyncio.gather(*(desk.client().http.post(path, json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404, 404]
    await guest.refused("GET", f"/invitations/{made['token']}", 404, "not_found")
    await guest.login("new@shop.example")
    assert (await guest.call("GET", "/auth/me", status=200))["role"] == "agent"
    assert made["token"] not in str(await desk.rows("select * from invitation"))
    assert "invitation.made" in await desk.actions()


async def test_of_many_who_accept_at_once_one_gets_in(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    made = await owner.call("POST", "/invitations", json={"email": "new@shop.example", "role": "agent"}, status=201)

    async def accept() -> None:
        async with desk.house.db.transaction() as tx:
            await invitations.accept(tx, made["token"], name="N", password_hash="none", at=desk.clock.now(), ip="")
            await asyncio.sleep(0.02)

    results = await asyncio.gather(*(accept() for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, NotFound) for result in results) == 4, results


async def test_an_invitation_is_void_after_a_week_when_withdrawn_and_when_made_again(desk: Office) -> None:
    owner, guest = await desk.signed_in(Role.OWNER), desk.client()
    body = {"email": "new@shop.example", "role": "editor"}
    first = await owner.call("POST", "/invitations", json=body, status=201)
    second = await owner.call("POST", "/invitations", json=body, status=201)
    await guest.refused("GET", f"/invitations/{first['token']}", 404, "not_found")
    [listed] = (await owner.call("GET", "/invitations", status=200))["items"]
    assert listed["id"] == second["id"]
    assert "token" not in listed
    await owner.call("DELETE", f"/invitations/{second['id']}", status=204)
    await guest.refused("GET", f"/invitations/{second['token']}", 404, "not_found")
    third = await owner.call("POST", "/invitations", json=body, status=201)
    for _ in range(14):  # the owner keeps working
        desk.clock.advance(hours=11)
        await owner.call("GET", "/auth/me", status=200)
    await guest.call("GET", f"/invitations/{third['token']}", status=200)
    desk.clock.advance(hours=15)
    await guest.refused(
        "POST", f"/invitations/{third['token']}/accept", 404, "not_found", json={"name": "x", "password": PASSWORD}
    )


async def test_an_admin_does_not_touch_owners(desk: Office) -> None:
    admin = await desk.signed_in(Role.ADMIN)
    owner = await desk.user(Role.OWNER)
    other = await desk.user(Role.AGENT)
    await admin.refused("POST", "/invitations", 403, "forbidden", json={"email": "a@b.example", "role": "owner"})
    await admin.refused("PATCH", f"/users/{owner}", 403, "forbidden", json={"is_active": False})
    await admin.refused("PATCH", f"/users/{other}", 403, "forbidden", json={"role": "owner"})
    await admin.refused(
        "POST", "/users", 403, "forbidden",
        json={"email": "a@b.example", "name": "A", "role": "owner", "password": PASSWORD},
    )  # fmt: skip
    await admin.call("PATCH", f"/users/{other}", json={"role": "supervisor"}, status=200)


async def test_the_last_owner_stays(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    me = (await owner.call("GET", "/auth/me", status=200))["id"]
    for change in ({"role": "agent"}, {"is_active": False}):
        await owner.refused("PATCH", f"/users/{me}", 409, "last_owner", json=change)
    second = await desk.user(Role.OWNER, email="second@shop.example")
    await owner.call("PATCH", f"/users/{second}", json={"is_active": False}, status=200)
    await owner.refused("PATCH", f"/users/{me}", 409, "last_owner", json={"role": "admin"})


async def test_two_owners_cannot_demote_each_other_at_once(desk: Office) -> None:
    one = await desk.signed_in(Role.OWNER, email="one@shop.example")
    two = await desk.signed_in(Role.OWNER, email="two@shop.example")
    ids = [(await client.call("GET", "/auth/me", status=200))["id"] for client in (one, two)]
    answers = await asyncio.gather(
        one.http.patch(f"/users/{ids[1]}", json={"role": "agent"}),
        two.http.patch(f"/users/{ids[0]}", json={"role": "agent"}),
    )
    # The second is told that it would be the last owner, or is no longer signed in: a demotion ends the sessions.
    assert sorted(answer.status_code for answer in answers) in ([200, 401], [200, 409])
    owners = await desk.rows("select 1 from app_user where role = 'owner' and is_active")
    assert len(owners) == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "auditor"}])
async def test_switching_off_or_another_role_ends_the_sessions_at_once(desk: Office, change: dict[str, object]) -> None:
    owner, agent = await desk.signed_in(Role.OWNER), await desk.signed_in(Role.AGENT)
    agent_id = (await agent.call("GET", "/auth/me", status=200))["id"]
    await owner.call("PATCH", f"/users/{agent_id}", json=change, status=200)
    await agent.refused("GET", "/auth/me", 401, "unauthenticated")
    assert await desk.rows("select 1 from user_session where user_id = %s", agent_id) == []
    assert (await desk.actions())[-1] == "user.changed"


async def test_skills_queues_and_capacity(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    agent = await desk.user(Role.AGENT)
    await owner.call("POST", "/skills", json={"code": "refunds", "name": "退款"}, status=201)
    queue = await owner.call("POST", "/queues", json={"name": "售后"}, status=201)
    body = {"skills": [{"skill": "refunds", "level": 3}], "queues": [queue["id"]], "capacity": 8, "title": "售后专席"}
    changed = await owner.call("PATCH", f"/users/{agent}", json=body, status=200)
    assert changed["skills"] == [{"skill": "refunds", "level": 3}]
    assert changed["queues"] == [queue["id"]]
    assert (changed["capacity"], changed["title"]) == (8, "售后专席")
    changed = await owner.call("PATCH", f"/users/{agent}", json={"skills": []}, status=200)
    assert changed["skills"] == []
    assert changed["queues"] == [queue["id"]]
    for wrong in (
        {"skills": [{"skill": "none"}]}, {"queues": [str(uuid4())]}, {"capacity": -1}, {"password_hash": "x"},
        {"email": "x@y.example"}, {"name": None}, {"role": "god"},
    ):  # fmt: skip
        await owner.refused("PATCH", f"/users/{agent}", 422, "invalid", json=wrong)
    await owner.refused("PATCH", f"/users/{uuid4()}", 404, "not_found", json={"name": "x"})
    await owner.refused("PATCH", "/users/not-an-id", 404, "not_found", json={"name": "x"})


async def test_users_are_listed_by_page(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    for n in range(5):
        await desk.user(Role.AGENT, email=f"{n}@shop.example")
    listed = await owner.call("GET", "/users?limit=2", status=200)
    seen = [user["email"] for user in listed["items"]]
    while listed["next"]:
        listed = await owner.call("GET", f"/users?limit=2&cursor={listed['next']}", status=200)
        seen += [user["email"] for user in listed["items"]]
    assert seen == ["owner@shop.example", *(f"{n}@shop.example" for n in range(5))]
    assert "password_hash" not in listed["items"][0]
    for query in ("limit=0", "limit=9999", "cursor=x", "limit=x"):
        await owner.refused("GET", f"/users?{query}", 422, "invalid")


async def test_an_address_has_one_account(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    body = {"email": "A@shop.example", "name": "A", "role": "agent", "password": PASSWORD}
    await owner.call("POST", "/users", json=body, status=201)
    await owner.refused("POST", "/users", 409, "email_taken", json=body | {"email": "a@SHOP.example"})
    await owner.refused("POST", "/invitations", 409, "email_taken", json={"email": "a@shop.example", "role": "agent"})
    for email in ("no address", "a@", "@b", "a@b@c", "a b@c.example", "x" * 300 + "@b.example"):
        await owner.refused("POST", "/users", 422, "invalid", json=body | {"email": email})


async def test_the_table_of_roles_is_told(desk: Office) -> None:
    agent = await desk.signed_in(Role.AGENT)
    told = await agent.call("GET", "/roles", status=200)
    assert [item["role"] for item in told["items"]] == list(Role)
    assert set(told["permissions"]) == set(Permission)


async def test_a_forgotten_password_is_replaced_and_the_account_unlocked(desk: Office) -> None:
    admin, agent = await desk.signed_in(Role.ADMIN), await desk.signed_in(Role.AGENT)
    agent_id = (await agent.call("GET", "/auth/me", status=200))["id"]
    owner = await desk.user(Role.OWNER)
    for _ in range(6):
        await desk.client().call("POST", "/auth/login", json={"email": "agent@shop.example", "password": "no"})
    path = f"/users/{agent_id}/password"
    await admin.refused("POST", path, 422, "weak_password", json={"password": "short"})
    await admin.refused("POST", f"/users/{owner}/password", 403, "forbidden", json={"password": PASSWORD})
    await admin.refused("POST", f"/users/{uuid4()}/password", 404, "not_found", json={"password": PASSWORD})
    await admin.call("POST", path, json={"password": "a quite new password"}, status=204)
    await agent.refused("GET", "/auth/me", 401, "unauthenticated")
    await agent.login("agent@shop.example", "a quite new password")
    assert "user.password_set" in await desk.actions()
