"""A guided question leads where it was tied to, whatever its words; a goal that is not there is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.seam import Seam
from tongxi.bot.guided import check
from tongxi.bot.memory import Memory
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.policy import decide
from tongxi.bot.situation import Situation
from tongxi.bot.thinking import understood
from tongxi.bot.understanding import Understanding
from tongxi.configuration import InboxSettings
from tongxi.configuration.inbox import GuidedQuestion
from tongxi.house import House
from tongxi.intents import service
from tongxi.intents.service import NewIntent
from tongxi.kit.errors import Invalid
from tongxi.kit.ids import new_id
from tongxi.knowledge.articles import Article

pytestmark = pytest.mark.anyio

WARRANTY, NOTE = new_id(), new_id()
WORDS = "看看这里"
"""What the buttons say: nothing that leads anywhere by itself."""


@pytest.fixture
async def shop(seam: Seam) -> Seam:
    """Three intents: one with a flow, one with an article in two languages, one with neither."""
    at = datetime(2026, 1, 5, tzinfo=UTC)
    seam.house.knowledge.replace(
        [
            Article(WARRANTY, "warranty.zh", "zh", "保修多久", "整机保修两年。", (), "everyone", "", at),
            Article(new_id(), "warranty.en", "en", "Warranty", "Two years.", (), "everyone", "", at),
            Article(new_id(), "fees.zh", "zh", "运费怎么算", "满 99 元包邮。", (), "everyone", "", at),
            Article(NOTE, "note.zh", "zh", "内部口径", "只给座席看。", (), "agents", "", at),
        ]
    )
    editor = await seam.agent("编辑", role="editor", online=False)
    async with seam.house.db.transaction() as tx:
        for code, goal in (
            ("call_me", {"flow": "callback"}),
            ("guarantee", {"article": "warranty"}),
            ("wholesale", {}),
        ):
            made = NewIntent(code=code, name_zh=code, examples=[f"{code} 例句", f"{code} 另一句"], **goal)
            await service.create(tx, made, author=editor.id)
    await seam.house.intents.load(seam.house.db)
    return seam


def tapped(house: House, inbox_id: Any, leads_to: str, text: str = WORDS, language: str = "zh") -> Understanding:
    inbox = house.inboxes.get(inbox_id)
    question = GuidedQuestion.model_validate({"id": "q1", "label": {"zh": text}, "leads_to": leads_to})
    inbox = replace(inbox, settings=InboxSettings(guided_questions=[question]))
    message = CustomerMessage(1, text, datetime(2026, 1, 5, tzinfo=UTC), quick_reply="q1")
    return understood(house, [message], inbox=inbox, language=language, memory=Memory(), is_verified=False)


def choice(seen: Understanding, house: House) -> str:
    return decide(Situation.of(seen, Memory()), house.bot.settings, version=0).choice


async def test_a_click_lands_in_the_intent_it_is_tied_to(shop: Seam) -> None:
    house = shop.house
    call = tapped(house, shop.inbox_id, "intent:call_me")
    assert (call.subject, choice(call, house)) == ("call_me", "flow:callback")
    guarantee = tapped(house, shop.inbox_id, "intent:guarantee")
    assert (guarantee.subject, guarantee.hits[0].text) == ("guarantee", "整机保修两年。")
    assert choice(guarantee, house) == "answer"
    english = tapped(house, shop.inbox_id, "intent:guarantee", "Have a look here", "en")
    assert english.hits[0].text == "Two years."
    # An intent that nothing answers names the topic; what is said still follows from the words.
    wholesale = tapped(house, shop.inbox_id, "intent:wholesale", "运费怎么算")
    assert (wholesale.subject, wholesale.hits[0].slug) == ("wholesale", "fees.zh")


async def test_an_article_is_answered_whatever_the_button_says(shop: Seam) -> None:
    seen = tapped(shop.house, shop.inbox_id, f"article:{WARRANTY}", "运费怎么算")
    assert seen.hits[0].slug == "warranty.zh"
    assert choice(seen, shop.house) == "answer"


async def test_words_of_a_button_are_no_wish_of_the_customers(shop: Seam) -> None:
    seen = tapped(shop.house, shop.inbox_id, "intent:wholesale", "转人工谈批发")
    assert seen.wants_person is None


@pytest.mark.parametrize(
    "gone",
    ["intent:nothing", "flow:nothing", f"article:{new_id()}", f"article:{NOTE}"],
    ids=["intent", "flow", "article", "note"],
)
async def test_a_goal_that_is_gone_leaves_the_words(shop: Seam, gone: str) -> None:
    seen = tapped(shop.house, shop.inbox_id, gone, "运费怎么算")
    assert seen.picked is None
    assert seen.hits[0].slug == "fees.zh"
    asked = [GuidedQuestion.model_validate({"id": "a", "label": {"zh": "问"}, "leads_to": gone})]
    async with shop.house.db.transaction() as tx:
        with pytest.raises(Invalid) as refused:
            await check(shop.house, tx, asked)
        await check(shop.house, tx, asked, before=asked)  # what was tied before does not stop other changes
    assert refused.value.fields["errors"][0]["loc"] == ["body", "settings", "guided_questions", 0, "leads_to"]
