"""Red lines from end to end, without a model: no advice of its own, a person every time, the reason recorded."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from tongxi.bot import answer, policy
from tongxi.bot.approval import approve
from tongxi.bot.memory import Memory
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.situation import Situation
from tongxi.bot.understanding import understand
from tongxi.configuration.bot import RED_LINES, BotSettings
from tongxi.kit.i18n import t
from tongxi.knowledge.articles import Article
from tongxi.knowledge.index import Knowledge

DATA = Path(__file__).parents[2] / "data"
LINES = [
    json.loads(line)
    for name in ("red_lines", "red_lines_more", "red_lines_apart")
    for line in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()
]
ROWS = [row for row in LINES if row["code"] in RED_LINES]
LOOK_ALIKES = [row["text"] for row in LINES if not row["code"]]
AT = datetime(2026, 1, 5, tzinfo=UTC)

KNOWLEDGE = Knowledge()
KNOWLEDGE.replace(
    [
        Article(UUID(int=n), f"a{n}.zh", "zh", row["text"], "照此办理。", (), "everyone", "", AT)
        for n, row in enumerate(ROWS, 1)
    ]
)
"""The worst case: an article for every one of them that would fit word by word."""


def replied(text: str, bot: BotSettings) -> tuple[str, str, str]:
    """Choice, code of the first reason, and what is said."""
    message = CustomerMessage(1, text, AT)
    seen = understand([message], language="zh", memory=Memory(), knowledge=KNOWLEDGE, is_verified=False)
    situation = Situation.of(seen, Memory())
    decision = policy.decide(situation, bot)
    draft = answer.compose(decision, seen, language=seen.language, persona="小同", bot=bot)
    approval = approve(answer.Draft("answer", "照此办理。", {}, "照此办理。", ("照此办理。",)), situation, bot)
    assert approval.choice == "withhold"
    return decision.choice, decision.reasons[0].code, draft.text


def test_there_are_enough_of_each() -> None:
    assert len({row["text"] for row in ROWS}) >= 190
    assert {row["code"] for row in ROWS} == set(RED_LINES)
    assert len(set(LOOK_ALIKES)) >= 70


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["text"])[:40])
def test_no_advice_a_person_and_the_reason(row: dict[str, str]) -> None:
    choice, code, said = replied(row["text"], BotSettings())
    assert choice == "hand_off"
    assert code in (*RED_LINES, "asks_for_human")
    allowed = {t(language, key) for key in answer.BEFORE_HAND_OFF.values() for language in ("zh", "en")}
    assert said in allowed | {""}


@pytest.mark.parametrize("text", LOOK_ALIKES, ids=lambda text: str(text)[:40])
def test_what_only_sounds_like_a_red_line_is_none(text: str) -> None:
    message = CustomerMessage(1, text, AT)
    seen = understand([message], language="zh", memory=Memory(), knowledge=KNOWLEDGE, is_verified=False)
    assert policy.decide(Situation.of(seen, Memory()), BotSettings()).rule != "red_line"


def test_only_some_red_lines_can_be_switched_off_and_then_the_articles_answer() -> None:
    off = BotSettings.model_validate({"red_lines": {"finance": {"enabled": False}}})
    row = next(row for row in ROWS if row["code"] == "finance")
    message = CustomerMessage(1, row["text"], AT)
    seen = understand([message], language="zh", memory=Memory(), knowledge=KNOWLEDGE, is_verified=False)
    assert policy.decide(Situation.of(seen, Memory()), off).rule != "red_line"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("这个被子甲醛超标吗", "bot.safety"),
        ("你们的产品有安全隐患", "bot.safety"),
        ("is there a recall on this kettle", "bot.safety"),
        ("加湿器漏电了，电到我了", "bot.danger"),
        ("the heater caught fire", "bot.danger"),
        ("你们是不是骗子，我要去12315投诉", "bot.complaint"),
        ("you are scammers, give me my money back", "bot.complaint"),
        ("验证码刚给了骗子", "bot.fraud"),
    ],
)
def test_what_is_said_first_fits_what_happened(text: str, key: str) -> None:
    seen = understand(
        [CustomerMessage(1, text, AT)], language="zh", memory=Memory(), knowledge=KNOWLEDGE, is_verified=False
    )
    decision = policy.decide(Situation.of(seen, Memory()), BotSettings())
    assert decision.choice == "hand_off"
    assert answer.compose(decision, seen, language=seen.language, persona="小同").text == t(seen.language, key)


STATED = Knowledge()
STATED.replace(
    [
        Article(
            UUID(int=1), "oil.zh", "zh", "精油孕妇可以用吗", "精油含薄荷，包装上标明孕妇慎用。", (), "everyone", "", AT
        ),
        Article(UUID(int=2), "mug.zh", "zh", "杯子儿童能用吗", "杯子容量 300 毫升。", (), "everyone", "", AT),
    ]
)


def first_words(text: str) -> str:
    seen = understand(
        [CustomerMessage(1, text, AT)], language="zh", memory=Memory(), knowledge=STATED, is_verified=False
    )
    decision = policy.decide(Situation.of(seen, Memory()), BotSettings())
    assert (decision.choice, decision.reasons[0].code) == ("hand_off", "medical")
    return answer.compose(decision, seen, language="zh", persona="小同").text


def test_a_fact_an_article_states_is_quoted_and_a_person_judges_it() -> None:
    said = first_words("精油孕妇可以用吗")
    assert "精油含薄荷，包装上标明孕妇慎用。" in said
    assert said.endswith(t("zh", "bot.red_line"))


def test_an_article_that_does_not_name_the_risk_is_no_fact_about_it() -> None:
    assert first_words("杯子孕妇能用吗") == t("zh", "bot.red_line")
