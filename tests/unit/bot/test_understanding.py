"""All messages since the last reply are read together."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxi.bot.memory import FlowPosition, Memory, Option
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.policy import decide
from tongxi.bot.remembering import remember
from tongxi.bot.situation import Situation
from tongxi.bot.understanding import Understanding, understand
from tongxi.knowledge.articles import Article
from tongxi.knowledge.index import Knowledge

AT = datetime(2026, 1, 5, tzinfo=UTC)


def article(number: int, slug: str, title: str, body: str) -> Article:
    return Article(UUID(int=number), slug, slug[-2:], title, body, (), "everyone", "", AT)


KNOWLEDGE = Knowledge()
KNOWLEDGE.replace(
    [
        article(1, "refund.zh", "退款多久到账", "三天。"),
        article(2, "refund.en", "How long does a refund take?", "Three days."),
        article(3, "invoice.zh", "如何开发票", "在发票中心申请。"),
        article(4, "refund_how.zh", "如何申请退款", "在订单里点退款。"),
    ]
)


def read(*texts: str, memory: Memory | None = None, **other: Any) -> Understanding:
    messages = [CustomerMessage(seq, text, AT, other.get("quick_reply")) for seq, text in enumerate(texts, start=1)]
    return understand(messages, language="zh", memory=memory or Memory(), knowledge=KNOWLEDGE, is_verified=True)


def choice(*texts: str, memory: Memory | None = None) -> str:
    memory = memory or Memory()
    return decide(Situation.of(read(*texts, memory=memory), memory)).choice


def test_an_earlier_wish_for_a_person_still_counts() -> None:
    seen = read("转人工", "快点")
    assert seen.wants_person is not None
    assert (seen.wants_person.seq, seen.wants_person.span) == (1, (0, 3))


def test_a_wish_for_a_person_is_found_in_many_messages() -> None:
    assert read("转人工", *["快点"] * 40).wants_person is not None


def test_a_question_in_pieces_is_one_question() -> None:
    seen = read("我的订单", "到哪", "了")
    assert seen.text == "我的订单到哪了"
    assert seen.flow_wish is not None


@pytest.mark.parametrize("text", ["NC20417940", "订单号：NC20417940", "#SF140755496821"])
def test_a_bare_order_number_asks_for_its_state(text: str) -> None:
    assert choice(text) == "flow:order_status"


@pytest.mark.parametrize("text", ["13800138000", "1234", "2026-01-05"])
def test_other_numbers_do_not(text: str) -> None:
    assert choice(text) == "unknown"


def test_a_greeting_is_no_part_of_the_question() -> None:
    seen = read("你好", "退款多久到账")
    assert seen.text == "退款多久到账"
    assert seen.small_talk is None
    assert seen.hits[0].slug == "refund.zh"


def test_only_small_talk_is_small_talk() -> None:
    assert read("你好", "在吗").small_talk == "greeting"


def test_the_language_of_the_question_wins() -> None:
    seen = read("How long does a refund take?")
    assert (seen.language, seen.hits[0].language) == ("en", "en")
    assert read("123456").language == "zh"


def test_yes_to_an_offered_person_is_a_wish() -> None:
    assert choice("好的", memory=Memory(person_offered=True)) == "hand_off"
    assert choice("好的") == "small_talk"
    assert choice("不用了", memory=Memory(person_offered=True)) != "hand_off"


def test_a_picked_meaning_is_answered() -> None:
    memory = Memory(
        clarification=(
            Option(id=str(UUID(int=4)), label="如何申请退款"),
            Option(id=str(UUID(int=1)), label="退款多久到账"),
        ),
        has_clarified=True,
    )
    for said in ("退款多久到账", "2"):
        seen = read(said, memory=memory)
        assert seen.hits[0].slug == "refund.zh"
        assert choice(said, memory=memory) == "answer"
    assert read("这个", memory=memory, quick_reply=str(UUID(int=1))).hits[0].slug == "refund.zh"


def test_that_was_wrong_needs_an_answer_before() -> None:
    assert read("不对").says_wrong is None
    assert read("不对", memory=Memory(answered_ids=("x",))).says_wrong is not None


def test_risk_and_mood_come_from_any_message() -> None:
    seen = read("充电器冒烟了", "怎么办")
    assert seen.red_line is not None
    assert (seen.red_line.code, seen.red_line.seq) == ("safety", 1)
    assert read("垃圾", "快点").mood == -3


def test_words_are_needed() -> None:
    assert not read("😀", "？？").has_words
    with pytest.raises(ValueError, match="no message"):
        read()


def test_an_open_flow_is_gone_on_with() -> None:
    memory = Memory(flow=FlowPosition(name="order_status", step="which"))
    assert read("第二个", memory=memory).flow_continues is not None
    assert choice("第二个", memory=memory) == "flow:order_status"
    assert choice("如何开发票", memory=memory) == "answer"


def test_memory_follows_the_reply() -> None:
    memory = Memory()
    seen = read("蓝牙怎么配对")
    memory = remember(memory, seen, decide(Situation.of(seen, memory)))
    assert (memory.unanswered_count, memory.person_offered) == (1, True)
    assert choice("蓝牙怎么配对", memory=memory) == "hand_off"
    seen = read("如何开发票")
    memory = remember(memory, seen, decide(Situation.of(seen, memory)))
    assert (memory.unanswered_count, memory.person_offered) == (0, False)
    assert memory.answered_ids == (str(UUID(int=3)),)


def test_one_counter_question_and_no_more() -> None:
    seen = read("退款")
    asked = decide(Situation.of(seen, Memory()))
    assert asked.choice == "ask"
    memory = remember(Memory(), seen, asked)
    assert memory.clarification == seen.options(asked.rule)
    assert choice("退款", memory=memory) != "ask"


def test_memory_survives_storage() -> None:
    memory = Memory(flow=FlowPosition(name="order_status", slots={"a": "b"}), answered_ids=("x",), wrong_count=1)
    assert Memory.model_validate(memory.model_dump(mode="json", exclude_defaults=True)) == memory
    assert Memory.model_validate({"unknown": 1}) == Memory()


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_no_text_is_an_error(texts: list[str]) -> None:
    choice(*texts)


def test_a_million_characters_are_no_error() -> None:
    assert choice("啊" * 1_000_000)


@pytest.mark.parametrize("text", ["👍", "🙏🙏", "❤️", "👌🏻"])
def test_a_picture_that_nods_is_small_talk_and_no_riddle(text: str) -> None:
    assert choice(text) == "small_talk"


@pytest.mark.parametrize("text", ["😡😡", "😭"])
def test_a_picture_of_anger_is_not_nodded_away(text: str) -> None:
    assert choice(text) != "small_talk"


def test_another_order_is_not_another_person() -> None:
    asked = Memory(flow=FlowPosition(name="request_refund", step="ask:reason", slots={"order": "NC20416208"}))
    assert read("不是这个，换一个", memory=asked).wants_person is None
    assert read("不是这个，换一个人工客服", memory=asked).wants_person is not None
    assert read("转人工", memory=asked).wants_person is not None
