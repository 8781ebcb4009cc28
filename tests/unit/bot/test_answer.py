"""The words of a reply: quoted, cited, whole."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

import pytest

from tongxi.bot.answer import MAX_ITEMS, compose, extract, plain
from tongxi.bot.approval import approve
from tongxi.bot.situation import Situation
from tongxi.bot.understanding import Meaning, Understanding
from tongxi.decisions import Decision, Reason
from tongxi.knowledge.index import Hit
from tongxi.signals.risk import RED_LINES
from tongxi.signals.small_talk import Kind

HIT = Hit(
    UUID(int=1), "退款", "到账时间", "三天到账。", "zh", 0.9, datetime(2026, 1, 5, tzinfo=UTC), "a.md", "refund.zh"
)
SEEN = Understanding(
    text="退款多久到账",
    language="zh",
    seq=1,
    has_words=True,
    hits=(HIT, replace(HIT, title="退款进度")),
    meanings=(Meaning("1", "退款", 0.9), Meaning("2", "退款进度", 0.9)),
)


def test_an_answer_quotes_and_cites() -> None:
    draft = compose(Decision(choice="answer"), SEEN, language="zh", persona="小席")
    assert draft.text == "三天到账。"
    assert draft.content["sources"] == [
        {
            "article_id": str(UUID(int=1)), "slug": "refund.zh", "title": "退款", "section": "到账时间",
            "updated_at": "2026-01-05T00:00:00+00:00", "quote": "三天到账。",
        }
    ]  # fmt: skip
    assert approve(draft, Situation()).choice == "send"


def test_an_answer_in_the_other_language_says_so() -> None:
    draft = compose(Decision(choice="answer"), SEEN, language="en", persona="Xi")
    assert draft.text.endswith("三天到账。")
    assert len(draft.text) > len("三天到账。")
    assert approve(draft, Situation()).choice == "send"


def test_a_question_back_has_options() -> None:
    draft = compose(Decision(choice="ask"), SEEN, language="zh", persona="小席")
    assert [reply["label"] for reply in draft.content["quick_replies"]] == ["退款", "退款进度"]
    one = compose(
        Decision(choice="ask"), replace(SEEN, hits=(HIT,), meanings=SEEN.meanings[:1]), language="zh", persona="小席"
    )
    assert "退款" in one.text


def test_not_knowing_offers_a_person() -> None:
    draft = compose(Decision(choice="unknown"), SEEN, language="en", persona="Xi")
    assert draft.content["offer_person"] is True
    assert "not sure" in draft.text


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_small_talk_has_words(kind: Kind, language: str) -> None:
    seen = replace(SEEN, small_talk=kind)
    assert compose(Decision(choice="small_talk"), seen, language=language, persona="Xi").text


@pytest.mark.parametrize("code", RED_LINES)
def test_a_red_line_gets_words_before_the_person(code: str) -> None:
    decision = Decision(choice="hand_off", reasons=(Reason(code=code),))
    assert compose(decision, SEEN, language="zh", persona="小席").text
    asked = Decision(choice="hand_off", reasons=(Reason(code="asks_for_human"),))
    assert compose(asked, SEEN, language="zh", persona="小席").text == ""


def test_a_flow_writes_its_own_words() -> None:
    with pytest.raises(ValueError, match="flow:order_status"):
        compose(Decision(choice="flow:order_status"), SEEN, language="zh", persona="小席")


LONG = "Padding sentence about nothing. " * 12


def test_a_short_passage_is_quoted_whole() -> None:
    assert extract("  One.\n\nTwo. ", "anything", "en") == "One.\n\nTwo."


def test_three_sentences_of_a_long_paragraph() -> None:
    passage = LONG + "Refunds take three days. Cards take seven. Wallets take one. " + LONG
    said = extract(passage, "how long do refunds to cards and wallets take", "en")
    assert said == "Refunds take three days. Cards take seven. Wallets take one."


def test_a_list_is_whole_and_keeps_its_lead_in() -> None:
    steps = "1. Open the order\n2. Tap Exchange\n   then wait\n3. Pick a size"
    passage = f"{LONG}\n\nTo exchange a size:\n\n{steps}\n\n{LONG}"
    assert extract(passage, "exchange size", "en") == f"To exchange a size:\n\n{steps}"
    assert extract(passage.replace(":\n\n1", ":\n1"), "tap exchange size", "en").endswith(steps)


def test_a_very_long_list_ends_at_a_whole_item() -> None:
    passage = "\n".join(f"- exchange item number {i} with some words" for i in range(40))
    said = extract(passage, "exchange", "en")
    assert said.count("\n") == MAX_ITEMS - 1
    assert passage.startswith(said)


def test_chinese_sentences_are_cut_at_their_marks() -> None:
    padding = "这是一句没有关系的话。" * 15
    said = extract(padding + "退款三天到账！银行卡要七天。微信一天？" + padding, "退款 银行卡 微信 几天到账", "zh")
    assert said == "退款三天到账！银行卡要七天。微信一天？"


def test_a_quote_is_plain() -> None:
    assert plain("## **Fees**\n- [None](https://x.example)\n> `ok`") == "Fees None ok"
