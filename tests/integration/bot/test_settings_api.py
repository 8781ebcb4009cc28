"""The bot's settings over HTTP: drafted, compared, published without a restart, restored with one click."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.walk import Walk, open_walk
from tongxi.accounts.roles import Role
from tongxi.configuration.bot import BotSettings
from tongxi.configuration.current_bot import CurrentBot

pytestmark = pytest.mark.anyio


@pytest.fixture
async def walk(database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    async with open_walk(database_url, tmp_path) as opened:
        yield opened


class Studio:
    """A colleague in the bot studio."""

    def __init__(self, walk: Walk, role: Role = Role.ADMIN) -> None:
        self.walk, self.role = walk, role

    async def call(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        async with self.walk.http() as http:
            headers = await self.walk.cookie(self.role)
            answer = await http.request(method, f"/api/v1/bot{path}", headers=headers, **options)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def draft(self, revision: int = 0, status: int = 200, **changes: Any) -> Any:
        value = BotSettings().model_dump(mode="json") | changes
        return await self.call("PUT", "/draft", status, json={"value": value, "revision": revision})

    async def publish(self, note: str = "", revision: int = 1, status: int = 201) -> Any:
        return await self.call("POST", "/publish", status, json={"revision": revision, "note": note})


@pytest.fixture
def studio(walk: Walk) -> Studio:
    return Studio(walk)


LIMITS = {"answer_at": 0.75, "quote_at": 0.4, "ask_at": 0.25}


async def test_a_change_is_drafted_compared_published_and_restored(studio: Studio) -> None:
    house = studio.walk.house
    first = await studio.call("GET", "/settings")
    assert (first["version"], first["draft"]) == (0, None)
    saved = await studio.draft(limits=LIMITS)
    assert saved["changes"] == [{"path": "limits.answer_at", "before": 0.7, "after": 0.75}]
    assert house.bot.settings.limits.answer_at == 0.7
    assert (await studio.publish("stricter"))["version"] == 1
    assert (house.bot.version, house.bot.settings.limits.answer_at) == (1, 0.75)

    restored = await studio.call("POST", "/versions/0/restore", 201, json={"after": 1})
    assert restored["version"] == 2
    assert house.bot.settings.limits.answer_at == 0.7
    listed = (await studio.call("GET", "/versions"))["items"]
    assert [(one["version"], one["note"], one["restored_from"]) for one in listed] == [
        (2, "", 0),
        (1, "stricter", None),
    ]
    assert listed[0]["changes"] == [{"path": "limits.answer_at", "before": 0.75, "after": 0.7}]
    assert listed[0]["author"] == "admin"


async def test_another_process_follows_without_a_restart(studio: Studio) -> None:
    other = CurrentBot()
    await other.load(studio.walk.house.db)
    await studio.draft(limits=LIMITS)
    await studio.publish()
    await other.refresh(studio.walk.house.db)
    assert (other.version, other.settings.limits.answer_at) == (1, 0.75)


async def test_nobody_overwrites_what_he_has_not_seen(studio: Studio) -> None:
    await studio.draft(limits=LIMITS)
    refused = await studio.draft(limits=LIMITS, status=409)
    assert refused["code"] == "stale_version"
    await studio.draft(1, limits=LIMITS | {"answer_at": 0.8})
    assert (await studio.publish(revision=1, status=409))["code"] == "stale_version"
    await studio.publish(revision=2)
    assert (await studio.publish(revision=2, status=409))["code"] == "nothing_to_publish"


async def test_a_draft_begun_before_somebody_else_published_is_not_published_over_it(studio: Studio) -> None:
    await studio.draft(limits=LIMITS)
    async with studio.walk.house.db.transaction() as tx:
        await tx.execute(
            "insert into configuration (name, version, value) values ('bot', 1, '{\"plain_mode\": \"always\"}')"
        )
    assert (await studio.publish(status=409))["code"] == "stale_version"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"persona": {"name": {"zh": "真人客服小王", "en": "Tong"}}}, "persona"),
        ({"persona": {"name": {"zh": "", "en": ""}}}, "persona"),
        ({"persona": {"lines": {"greeting": {"zh": "你好 {secret}", "en": ""}}}}, "persona"),
        ({"limits": {"answer_at": 0.2, "quote_at": 0.4}}, ""),
        ({"limits": {"answer_at": 2}}, "limits"),
        ({"rules": ["answer", "wants_person"]}, "rules"),
        ({"rules": ["answer", "answer"]}, "rules"),
        ({"red_lines": {"self_harm": {"enabled": False}}}, "red_lines"),
        ({"red_lines": {"weather": {}}}, "red_lines"),
        ({"promises": {"no language": {"alpha": 0.05}}}, "promises"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_does_not_fit_is_refused_and_nothing_is_stored(
    studio: Studio, changes: dict[str, Any], field: str
) -> None:
    refused = await studio.draft(status=422, **changes)
    assert refused["code"] == "invalid"
    assert field in (refused["errors"][0]["loc"][2:3] or [""]) or not field
    assert (await studio.call("GET", "/settings"))["draft"] is None


async def test_the_new_name_reaches_inboxes_that_have_none_of_their_own(studio: Studio) -> None:
    house = studio.walk.house
    async with house.db.transaction() as tx:
        await tx.execute(
            "insert into inbox (id, key, name, settings) values (gen_random_uuid(), 'own', 'Own',"
            ' \'{"persona": {"name": {"zh": "阿席", "en": "Xi"}}}\')'
        )
    await house.inboxes.load(house.db)
    await studio.draft(persona={"name": {"zh": "小席", "en": "Sam"}})
    await studio.publish()
    names = {inbox.key: inbox.settings.persona_name("zh") for inbox in house.inboxes}
    assert names == {"walk": "小席", "own": "阿席"}
    await studio.call("POST", "/versions/0/restore", 201, json={"after": 1})
    assert house.inboxes.by_key("walk").settings.persona_name("zh") == "小同"


async def test_what_was_done_stands_in_the_audit_list(studio: Studio) -> None:
    await studio.draft(limits=LIMITS)
    await studio.publish()
    await studio.draft(limits=LIMITS)
    await studio.call("DELETE", "/draft", 204)
    await studio.call("POST", "/versions/0/restore", 201, json={"after": 1})
    async with studio.walk.house.db.transaction() as tx:
        rows = await tx.dicts("select action from audit_entry order by seq")
    assert [row["action"] for row in rows] == [
        "bot.drafted", "bot.published", "bot.drafted", "bot.draft_discarded", "bot.restored",
    ]  # fmt: skip
