"""The pictures of the passage quoted go with the answer, and with what an agent takes over from an article."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.support import files
from tests.support.seam import Customer, Seam
from tests.support.walk import Walk, open_walk
from tongxi.accounts.roles import Role
from tongxi.configuration.bot import BotSettings
from tongxi.conversations.views import entry_view
from tongxi.house import House
from tongxi.knowledge.importing import import_files

pytestmark = pytest.mark.anyio

GUIDE = """---
id: descale
language: {language}
audience: {audience}
---
# {title}

{first}

![{alt}](pot.png "{caption}")

## {more}

{second}

![Elsewhere](other.png)
"""
ZH = GUIDE.format(
    language="zh", audience="{audience}", title="水壶怎么除垢", first="倒入一升水和柠檬酸，烧开，静置 30 分钟。",
    alt="加水到一升线", caption="A：一升", more="多久一次", second="每月处理一回就够。",
)  # fmt: skip
EN = GUIDE.format(
    language="en", audience="{audience}", title="How to descale the kettle",
    first="Put in a litre of water and citric acid, boil, and wait for 30 minutes.", alt="Filled to one litre",
    caption="A: one litre", more="How often", second="Once a month is enough.",
)  # fmt: skip


async def publish(house: House, *texts: str, audience: str = "everyone") -> None:
    given = [(f"{n}.md", text.replace("{audience}", audience).encode()) for n, text in enumerate(texts)]
    pictures = [("pot.png", files.picture("PNG", (400, 250))), ("other.png", files.picture("PNG", (90, 90)))]
    report = await import_files(
        house.db, [*given, *pictures], publish=True, author=None, keep=partial(house.shelf.keep, author=None)
    )
    assert report.created == len(texts)
    await house.knowledge.load(house.db)


async def answered(seam: Seam, customer: Customer) -> tuple[str, dict[str, Any]]:
    """The bot's last message, as the customer's screen gets it."""
    entry = [one for one in await seam.entries(customer) if one.actor.kind == "bot" and one.text][-1]
    view = entry_view(entry, for_customer=True, sign=lambda file_id, folder="attachments": f"{folder}:{file_id}")
    content = view["content"]
    return entry.text, orjson.loads(orjson.dumps(content)) if content else {}


async def test_an_answer_shows_the_pictures_of_its_passage_and_no_others(seam: Seam) -> None:
    await publish(seam.house, ZH, EN)
    customer = await seam.customer()
    await seam.said(customer, "水壶倒多少柠檬酸烧开除垢")
    text, content = await answered(seam, customer)
    assert "静置 30 分钟" in text
    assert "![" not in text
    [shown] = content["media"]
    assert (shown["alt"], shown["caption"], shown["width"], shown["height"]) == ("加水到一升线", "A：一升", 400, 250)
    assert shown["url"] == f"media:{shown['id']}"
    assert "path" not in shown


async def test_plain_words_leave_pictures_as_they_are(seam: Seam) -> None:
    seam.house.bot.settings = BotSettings.model_validate({"plain_mode": "always"})
    await publish(seam.house, ZH)
    customer = await seam.customer()
    await seam.said(customer, "水壶倒多少柠檬酸烧开除垢")
    assert len((await answered(seam, customer))[1]["media"]) == 1


async def test_pictures_of_articles_for_agents_never_go_with_an_answer(seam: Seam) -> None:
    await publish(seam.house, ZH, audience="agents")
    customer = await seam.customer()
    await seam.said(customer, "水壶倒多少柠檬酸烧开除垢")
    assert "media" not in (await answered(seam, customer))[1]


# ── an agent sends it along ──
@pytest.fixture
async def walk(database_url: str, tmp_path: Path) -> AsyncIterator[Walk]:
    async with open_walk(database_url, tmp_path) as opened:
        yield opened


async def _held(walk: Walk) -> tuple[str, int, dict[str, str], dict[str, str]]:
    """A conversation in English that the owner holds: its id and epoch, and headers of both."""
    customer, owner = await walk.bearer(), await walk.cookie(Role.OWNER)
    async with walk.http() as http:
        written = {"id": "c1", "text": "Hello"}
        sent = await http.post("/api/v1/widget/messages", json=written, headers=customer)
        conversation = sent.json()["conversation"]
        async with walk.house.db.transaction() as tx:
            await tx.execute("update conversation set language = 'en' where id = %s", (conversation,))
        row = await http.get(f"/api/v1/conversations/{conversation}", headers=owner)
        claim = {"epoch": row.json()["epoch"]}
        held = await http.post(f"/api/v1/conversations/{conversation}/claim", json=claim, headers=owner)
        assert held.status_code == 200, held.text
    return conversation, held.json()["epoch"], customer, owner


async def test_an_agent_sends_a_picture_along_in_the_customers_language(walk: Walk) -> None:
    await publish(walk.house, ZH, EN)
    [hit] = walk.house.knowledge.search("水壶倒多少柠檬酸烧开除垢", "zh", k=1)
    conversation, epoch, customer, owner = await _held(walk)
    async with walk.http() as http:
        body = {"id": "a1", "text": "", "epoch": epoch, "media": [hit.media[0]["id"]]}
        sent = await http.post(f"/api/v1/conversations/{conversation}/messages", json=body, headers=owner)
        assert sent.status_code == 201, sent.text
        again = await http.post(f"/api/v1/conversations/{conversation}/messages", json=body, headers=owner)
        assert again.status_code == 200, "sent twice, stored once"
        seen = await http.get(f"/api/v1/widget/conversations/{conversation}/entries", headers=customer)
        [shown] = seen.json()["entries"][-1]["content"]["media"]
        assert (shown["alt"], shown["caption"]) == ("Filled to one litre", "A: one litre")
        assert (await http.get(shown["url"])).status_code == 200


async def test_what_customers_may_not_see_is_not_sent_and_nothing_is_stored(walk: Walk) -> None:
    await publish(walk.house, ZH, audience="agents")
    [hit] = walk.house.knowledge.search("水壶倒多少柠檬酸烧开除垢", "zh", agents=True, k=1)
    conversation, epoch, customer, owner = await _held(walk)
    async with walk.http() as http:
        body = {"id": "a1", "text": "See this", "epoch": epoch, "media": [hit.media[0]["id"]]}
        refused = await http.post(f"/api/v1/conversations/{conversation}/messages", json=body, headers=owner)
        assert (refused.status_code, refused.json()["code"]) == (422, "media_not_public")
        seen = await http.get(f"/api/v1/widget/conversations/{conversation}/entries", headers=customer)
    assert "See this" not in seen.text
