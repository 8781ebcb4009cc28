"""Inboxes and queues through the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.office import Client, Office
from tongxi.accounts.roles import Role
from tongxi.contacts.keys import active_keys


async def _made(owner: Client, **body: Any) -> dict[str, Any]:
    made: dict[str, Any] = await owner.call("POST", "/inboxes", json={"name": "官网"} | body, status=201)
    return made


async def test_a_new_inbox_can_be_embedded_and_is_known_at_once(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    made = await _made(owner, settings={"allowed_origins": ["https://Shop.example:443/"]})
    assert made["embed"]["snippet"] == (
        f'<script async src="http://tongxi.test/widget.js" data-inbox="{made["key"]}"></script>'
    )
    assert made["embed"]["page"] == f"http://tongxi.test/chat?inbox={made['key']}"
    assert made["settings"]["allowed_origins"] == ["https://shop.example"]
    assert desk.house.inboxes.by_key(made["key"]).name == "官网"
    changed = await owner.call("PATCH", f"/inboxes/{made['id']}", json={"settings": {"idle_minutes": 5}}, status=200)
    assert changed["settings"]["idle_minutes"] == 5
    assert changed["settings"]["allowed_origins"] == ["https://shop.example"]
    assert changed["name"] == "官网"
    assert desk.house.inboxes.by_key(made["key"]).settings.idle_minutes == 5
    assert (await desk.actions())[-2:] == ["inbox.made", "inbox.changed"]


async def test_what_is_said_first_has_versions_and_comes_back_with_one_click(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    first = [{"id": "a", "label": {"zh": "运费", "en": ""}}]
    made = await _made(owner, settings={"welcome": {"zh": "您好", "en": "Hello"}, "guided_questions": first})
    path = f"/inboxes/{made['id']}"
    assert (await owner.call("GET", f"{path}/greetings", status=200))["items"] == []
    await owner.call("PATCH", path, json={"settings": {"idle_minutes": 5}}, status=200)  # says nothing else first
    other = {"welcome": {"zh": "欢迎", "en": "Hello"}, "guided_questions": [{"id": "a", "label": {"zh": "邮费"}}]}
    await owner.call("PATCH", path, json={"settings": other}, status=200)
    newest, before = (await owner.call("GET", f"{path}/greetings", status=200))["items"]
    assert (newest["version"], before["version"], before["author"], before["changes"]) == (2, 1, None, [])
    assert newest["changes"] == [
        {"path": "guided_questions.a.label.zh", "before": "运费", "after": "邮费"},
        {"path": "welcome.zh", "before": "您好", "after": "欢迎"},
    ]
    back = await owner.call("POST", f"{path}/greetings/1/restore", json={"after": 2}, status=201)
    assert back == {"version": 3}
    settings = desk.house.inboxes.by_key(made["key"]).settings
    assert (settings.welcome.zh, settings.guided_questions[0].label.zh, settings.idle_minutes) == ("您好", "运费", 5)
    assert (await owner.call("GET", f"{path}/greetings", status=200))["items"][0]["restored_from"] == 1
    await owner.refused("POST", f"{path}/greetings/2/restore", 409, "stale_version", json={"after": 2})
    await owner.refused("POST", f"{path}/greetings/9/restore", 404, "not_found", json={"after": 3})


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"brand_color": "#FFEE00"}, "brand_color"),
        ({"brand_color": "red"}, "brand_color"),
        ({"allowed_origins": ["https://shop.example/path"]}, "allowed_origins"),
        ({"allowed_origins": ["javascript:alert(1)"]}, "allowed_origins"),
        ({"idle_minutes": 0}, "idle_minutes"),
        ({"unknown": 1}, "unknown"),
        ({"persona": {"avatar": "javascript:alert(1)"}}, "persona"),
        ({"welcome": {"zh": "x" * 2001}}, "welcome"),
        ({"hours": {"timezone": "Mars/Olympus"}}, "hours"),
        ({"locales": []}, "locales"),
        ({"guided_questions": [{"id": "a", "label": {"zh": "x"}, "more": 1}]}, "guided_questions"),
        ({"enforce_identity": True}, "enforce_identity"),
    ],
)
async def test_wrong_settings_are_refused_with_their_place(desk: Office, settings: dict[str, Any], field: str) -> None:
    owner = await desk.signed_in(Role.OWNER)
    made = await _made(owner)
    problem = await owner.refused("PATCH", f"/inboxes/{made['id']}", 422, "invalid", json={"settings": settings})
    assert problem["errors"][0]["loc"][:3] == ["body", "settings", field]
    assert (await owner.call("GET", f"/inboxes/{made['id']}", status=200))["settings"] == made["settings"]


async def test_two_identity_keys_are_active_sealed_and_shown_once(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    made = await _made(owner)
    secrets = [
        (await owner.call("POST", f"/inboxes/{made['id']}/rotate-secret", status=201))["secret"] for _ in range(3)
    ]
    async with desk.house.db.transaction() as tx:
        keys = await active_keys(tx, desk.house.vault, UUID(made["id"]))
    assert [key.secret for key in keys] == [secrets[2], secrets[1]]
    shown = await owner.call("GET", f"/inboxes/{made['id']}", status=200)
    assert [key["last4"] for key in shown["identity_keys"]] == [secrets[2][-4:], secrets[1][-4:]]
    for secret in secrets:
        assert secret not in str(shown)
        assert secret not in str(await desk.rows("select identity_keys from inbox"))
        assert secret not in str(await desk.rows("select * from audit_entry"))
    await owner.call("PATCH", f"/inboxes/{made['id']}", json={"settings": {"enforce_identity": True}}, status=200)
    await owner.refused("POST", f"/inboxes/{uuid4()}/rotate-secret", 404, "not_found")


async def test_an_agent_gets_names_of_inboxes_only(desk: Office) -> None:
    owner, agent = await desk.signed_in(Role.OWNER), await desk.signed_in(Role.AGENT)
    made = await _made(owner)
    [shown] = (await agent.call("GET", "/inboxes", status=200))["items"]
    assert shown == {"id": made["id"], "name": "官网", "channel": "web", "is_active": True}
    await agent.refused("GET", f"/inboxes/{made['id']}", 403, "forbidden")


async def test_queues_have_one_default(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    first = await owner.call("POST", "/queues", json={"name": "客服", "promise_minutes": 45}, status=201)
    assert first["is_default"] is True
    assert first["promise_minutes"] == 45
    second = await owner.call("POST", "/queues", json={"name": "VIP", "assignment": "pull"}, status=201)
    assert second["is_default"] is False
    second = await owner.call("PATCH", f"/queues/{second['id']}", json={"is_default": True}, status=200)
    assert second["is_default"] is True
    assert second["assignment"] == "pull"
    listed = (await owner.call("GET", "/queues", status=200))["items"]
    assert [queue["is_default"] for queue in listed] == [False, True]
    await owner.refused("PATCH", f"/queues/{second['id']}", 409, "needs_default", json={"is_default": False})
    for wrong in ({"skill": "none"}, {"members": [str(uuid4())]}, {"promise_minutes": 0}, {"name": ""}, {"x": 1}):
        await owner.refused("PATCH", f"/queues/{second['id']}", 422, "invalid", json=wrong)
    await owner.refused("PATCH", f"/queues/{uuid4()}", 404, "not_found", json={"name": "x"})
    await owner.call("POST", "/skills", json={"code": "vip", "name": "VIP"}, status=201)
    await owner.refused("POST", "/skills", 409, "code_taken", json={"code": "vip", "name": "VIP"})
    agent = await desk.user(Role.AGENT)
    body = {"skill": "vip", "members": [str(agent)]}
    second = await owner.call("PATCH", f"/queues/{second['id']}", json=body, status=200)
    assert (second["skill"], second["members"]) == ("vip", [str(agent)])
    second = await owner.call("PATCH", f"/queues/{second['id']}", json={"skill": None, "members": []}, status=200)
    assert (second["skill"], second["members"]) == (None, [])


async def test_an_inbox_needs_a_queue_that_exists(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    queue = await owner.call("POST", "/queues", json={"name": "客服"}, status=201)
    made = await _made(owner, queue_id=queue["id"])
    assert made["queue_id"] == queue["id"]
    await owner.refused("POST", "/inboxes", 422, "invalid", json={"name": "x", "queue_id": str(uuid4())})
    assert len(await desk.rows("select 1 from inbox")) == 1


async def test_the_audit_log_tells_who_did_what_by_page(desk: Office) -> None:
    owner, auditor = await desk.signed_in(Role.OWNER), await desk.signed_in(Role.AUDITOR)
    for n in range(5):
        await owner.call("POST", "/skills", json={"code": f"s{n}", "name": f"S{n}"}, status=201)
    first = await auditor.call("GET", "/audit?limit=3", status=200)
    assert [entry["subject"] for entry in first["items"]] == ["skill:s4", "skill:s3", "skill:s2"]
    assert (first["items"][0]["actor"], first["items"][0]["name"]) == ("The owner", "S4")
    made = await _made(owner)
    await owner.call("PATCH", f"/inboxes/{made['id']}", json={"name": "官网"}, status=200)
    [changed] = (await auditor.call("GET", "/audit?limit=1", status=200))["items"]
    assert (changed["subject"], changed["name"]) == (f"inbox:{made['id']}", "官网")
    rest = await auditor.call("GET", f"/audit?limit=3&cursor={first['next']}&action=skill.made", status=200)
    assert [entry["subject"] for entry in rest["items"]] == ["skill:s1", "skill:s0"]
    assert rest["next"] is None
    await auditor.refused("GET", f"/audit?cursor={10**30}", 422, "invalid")


async def test_customers_read_the_name_in_their_language(desk: Office) -> None:
    owner = await desk.signed_in(Role.OWNER)
    made = await _made(owner, name="官网客服")
    assert _shown_names(desk, made["key"]) == ["官网客服", "官网客服"]
    await owner.call(
        "PATCH", f"/inboxes/{made['id']}", json={"settings": {"title": {"zh": "", "en": "Our shop"}}}, status=200
    )
    assert _shown_names(desk, made["key"]) == ["Our shop", "Our shop"]
    title = {"zh": "小店", "en": "Our shop"}
    await owner.call("PATCH", f"/inboxes/{made['id']}", json={"settings": {"title": title}}, status=200)
    assert _shown_names(desk, made["key"]) == ["小店", "Our shop"]


def _shown_names(desk: Office, key: str) -> list[str]:
    """What a visitor reads above the conversation: in Chinese, in English."""
    inbox = desk.house.inboxes.by_key(key)
    return [inbox.title(locale) for locale in ("zh-CN", "en-GB,en;q=0.9")]
