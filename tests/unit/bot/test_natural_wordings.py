"""What customers write to the demo shop in their own words, and what the bot makes of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.demo_knowledge import article_id, demo_knowledge
from tongxi.bot import policy
from tongxi.bot.answer import Draft, compose
from tongxi.bot.flows import Flows
from tongxi.bot.memory import FlowPosition, Memory, Offer, Option
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.situation import Situation
from tongxi.bot.understanding import Bound, Understanding, understand
from tongxi.decisions import Decision

AT = datetime(2026, 1, 5, tzinfo=UTC)


def heard(
    *texts: str,
    memory: Memory | None = None,
    verified: bool = False,
    tap: str | None = None,
    bound: Bound | None = None,
) -> tuple[Understanding, Decision]:
    memory = memory or Memory()
    messages = [CustomerMessage(seq, text, AT, tap) for seq, text in enumerate(texts, start=1)]
    seen = understand(
        messages, language="zh", memory=memory, knowledge=demo_knowledge(), is_verified=verified, flows=Flows(),
        bound=bound,
    )  # fmt: skip
    return seen, policy.decide(Situation.of(seen, memory))


def told(*texts: str, verified: bool = False) -> Draft:
    seen, decision = heard(*texts, verified=verified)
    return compose(decision, seen, language=seen.language, persona="小暖")


def slugs(seen: Understanding) -> list[str]:
    return [part.hits[0].slug for part in seen.asides]


# ── somebody who is not signed in ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("text", "flow"), [("我要换货", "exchange"), ("我要开发票", "invoice")])
def test_a_wish_that_needs_signing_in_gets_the_article_the_way_to_it_and_a_button(text: str, flow: str) -> None:
    draft = told(text)
    assert draft.choice == "answer"
    assert "登录" in draft.text
    assert [one["id"] for one in draft.content["quick_replies"]] == [f"flow:{flow}"]
    assert "登录" in draft.content["quick_replies"][0]["label"]
    _, decision = heard(text, verified=True)
    assert decision.choice == f"flow:{flow}", "who is signed in has it done"


def test_where_no_article_is_sure_enough_the_flow_says_that_one_must_sign_in() -> None:
    _, decision = heard("把刚下的单撤了")
    assert decision.choice == "flow:cancel_order"


def test_looking_up_an_order_is_never_answered_by_an_article() -> None:
    _, decision = heard("我的快递到哪了")
    assert decision.choice == "flow:order_status"


@pytest.mark.parametrize(("text", "flow"), [("怎么开发票", "invoice"), ("how do I cancel my order", "cancel_order")])
def test_a_question_about_a_procedure_offers_it(text: str, flow: str) -> None:
    draft = told(text, verified=True)
    assert draft.choice == "answer"
    assert draft.content["quick_replies"][-1]["id"] == f"flow:{flow}"


@pytest.mark.parametrize(
    ("text", "flow"), [("开发票", "invoice"), ("开公司发票", "invoice"), ("改预约时间", "appointment_move")]
)
def test_a_procedure_by_its_bare_name_is_a_wish(text: str, flow: str) -> None:
    assert heard(text, verified=True)[1].choice == f"flow:{flow}"


# ── several things at once ──────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "flow", "aside"),
    [
        ("帮我查物流，另外发票怎么开", "order_status", "invoice.zh"),
        ("我要退货，运费谁出", "request_refund", "return-shipping-fee.zh"),
        ("where is my order and how do I get an invoice", "order_status", "invoice.en"),
        ("I want to return this, who pays for return shipping?", "request_refund", "return-shipping-fee.en"),
    ],
)
def test_a_wish_and_a_question_are_both_served(text: str, flow: str, aside: str) -> None:
    seen, decision = heard(text)
    assert decision.choice == f"flow:{flow}"
    assert slugs(seen) == [aside]


@pytest.mark.parametrize("text", ["帮我改地址，还要开发票", "帮我把地址改了然后再开个发票"])
def test_of_two_wishes_the_second_is_kept_as_a_button(text: str) -> None:
    seen, decision = heard(text, verified=True)
    assert decision.choice == "flow:change_address"
    assert [one.id for one in seen.later] == ["flow:invoice"]


@pytest.mark.parametrize("text", ["我买的电饭煲，怎么煮粥", "帮我查下物流，怎么还没到", "我要退货，谢谢"])
def test_a_comma_alone_makes_no_second_question(text: str) -> None:
    seen, _ = heard(text)
    assert not seen.asides
    assert not seen.later


# ── the subject of a question ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("text", ["Do you sell submarines?", "你们卖潜艇吗", "do you have any helicopters"])
def test_what_the_shop_does_not_know_is_not_asked_back_with_unlike_articles(text: str) -> None:
    _, decision = heard(text)
    assert decision.choice == "unknown"


@pytest.mark.parametrize("text", ["给我发一张visa和一张mastercard", "give me both a visa and a mastercard"])
def test_a_card_is_no_person(text: str) -> None:
    _, decision = heard(text)
    assert decision.choice != "hand_off"


# ── short questions after an answer ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("shipping-fee.zh", "那新疆呢"),
        ("delivery-time.en", "and to Shanghai?"),
        ("delivery-time.en", "what about Tibet"),
        ("store-location.zh", "杭州的在哪"),
    ],
)
def test_a_short_question_is_read_with_the_topic_before(before: str, text: str) -> None:
    memory = Memory(answered_ids=(str(article_id(before)),))
    seen, decision = heard(text, memory=memory)
    assert decision.choice == "answer"
    assert seen.hits[0].slug == before
    assert heard(text)[1].choice != "answer", "by itself it says too little"


@pytest.mark.parametrize(("before", "text"), [("exchange.en", "and for shoes?"), ("purifier-filter.zh", "多少钱")])
def test_what_the_topic_does_not_speak_of_is_not_answered_from_it(before: str, text: str) -> None:
    memory = Memory(answered_ids=(str(article_id(before)),))
    assert heard(text, memory=memory)[1].choice != "answer"


# ── to be called ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "text",
    [
        "你们能给我回个电话吗",
        "请给我回个电话",
        "call me back tomorrow",
        "can somebody phone me tomorrow morning, please call me",
    ],
)
def test_who_wants_to_be_called_is_asked_for_number_and_time(text: str) -> None:
    seen, decision = heard(text)
    assert decision.choice == "flow:callback"
    assert seen.wants_person is None


@pytest.mark.parametrize("text", ["转人工，或者给我回个电话", "I want a human agent now, or call me back"])
def test_who_wants_a_person_as_well_gets_one(text: str) -> None:
    assert heard(text)[1].choice == "hand_off"


def test_a_tapped_button_is_not_read_as_a_wish_for_a_person() -> None:
    seen, decision = heard("约人工回电", tap="callback", bound=Bound(Option(id="flow:callback", label="约人工回电")))
    assert (seen.wants_person, decision.choice) == (None, "flow:callback")
    assert heard("约人工回电", tap="flow:callback")[1].choice == "flow:callback"


def test_an_earlier_wish_counts_also_when_a_button_is_tapped_behind_it() -> None:
    messages = [CustomerMessage(1, "转人工", AT), CustomerMessage(2, "约人工回电", AT, "flow:callback")]
    seen = understand(
        messages, language="zh", memory=Memory(), knowledge=demo_knowledge(), is_verified=False, flows=Flows()
    )
    assert seen.wants_person is not None


# ── small things ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "text",
    ["我想问一下", "那个", "请问", "有个问题想问", "I have a question", "can you help me", "can I ask something"],
)
def test_an_opening_waits_for_what_comes(text: str) -> None:
    seen, decision = heard(text)
    assert (decision.choice, seen.small_talk) == ("small_talk", "greeting")


@pytest.mark.parametrize(
    "text", ["唔該", "谢谢你，你真棒", "继续", "确认", "不用了谢谢", "没有了", "in English please", "no thanks"]
)
def test_thanks_and_nods_are_neither_unknown_nor_a_wish_for_a_person(text: str) -> None:
    assert heard(text)[1].choice == "small_talk"


def test_a_misspelt_invoice_is_not_a_wrong_answer() -> None:
    memory = Memory(answered_ids=(str(article_id("invoice.zh")),))
    seen, _ = heard("抬頭寫錯了怎麼辦", memory=memory)
    assert seen.says_wrong is None
    assert heard("你答错了", memory=memory)[0].says_wrong is not None


@pytest.mark.parametrize("text", ["订单是NC20418833", "我的订单号是 NC20418833", "my order number is NC20418833"])
def test_a_number_with_what_it_is_asks_for_its_state(text: str) -> None:
    assert heard(text)[1].choice == "flow:order_status"


def test_the_place_of_a_choice_is_no_wish_for_a_person() -> None:
    times = (Offer(value="1", label="11-22 09:00"), Offer(value="2", label="11-22 11:00"))
    position = FlowPosition(name="appointment_book", step="ask:slot", offered=times)
    seen, decision = heard("the first one", memory=Memory(flow=position))
    assert decision.choice != "hand_off", seen.wants_person


def test_free_words_are_an_answer_even_if_they_sound_like_another_procedure() -> None:
    memory = Memory(
        flow=FlowPosition(name="callback", step="ask:topic", slots={"phone": "13912345678", "when": "soon"})
    )
    assert heard("问下退款", memory=memory)[1].choice == "flow:callback"
