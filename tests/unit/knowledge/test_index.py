"""The search: right article first, the reader's language first, never an error, and quick."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxi.encoder import Encoder
from tongxi.kit.clock import FakeClock
from tongxi.knowledge.articles import Article
from tongxi.knowledge.index import Knowledge

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def article(slug: str, title: str, body: str, **other: Any) -> Article:
    values: dict[str, Any] = {
        "language": slug.rpartition(".")[2], "questions": (), "audience": "everyone", "source": "test.md",
    }  # fmt: skip
    return Article(id=uuid4(), slug=slug, title=title, body=body, updated_at=NOW, **(values | other))


BASE = [
    article("refund.zh", "退款多久到账", "审核通过后原路退回，银行卡三到七个工作日。", questions=("钱什么时候退给我",)),
    article("refund.en", "How long does a refund take?", "It goes back to the original payment method in 3-7 days."),
    article("invoice.zh", "如何开发票", "订单完成后在发票中心申请电子发票。"),
    article("invoice.en", "How do I get an invoice?", "Request it in the invoice centre."),
    article("address.zh", "修改收货地址", "未发货可在订单里改。\n\n## 已发货\n\n请联系快递改派。"),
    article("secret.zh", "内部退款审批权限", "五百元以下座席可直接退款。", audience="agents"),
    article("old.zh", "春节放假安排", "初八恢复发货。", valid_until=date(2026, 1, 10)),
]


@pytest.fixture
def knowledge(clock: FakeClock) -> Knowledge:
    made = Knowledge(clock)
    made.replace(BASE)
    return made


@pytest.mark.parametrize(
    ("text", "language", "slug"),
    [
        ("退款多久到账", "zh", "refund.zh"),
        ("退款多久到賬？", "zh", "refund.zh"),
        ("钱什么时候退给我", "zh", "refund.zh"),
        ("怎么开发票", "zh", "invoice.zh"),
        ("ＩＮＶＯＩＣＥ please", "en", "invoice.en"),
        ("how long do refunds take", "en", "refund.en"),
    ],
)
def test_the_right_article_is_first(knowledge: Knowledge, text: str, language: str, slug: str) -> None:
    hits = knowledge.search(text, language)
    assert hits[0].slug == slug
    assert hits[0].score > 0.6


def test_a_question_in_the_other_language_finds_the_twin(knowledge: Knowledge) -> None:
    hit = knowledge.search("how do I get an invoice", "zh")[0]
    assert (hit.slug, hit.language) == ("invoice.zh", "zh")
    assert "发票中心" in hit.text


def test_an_article_without_a_twin_is_found_in_its_own_language(clock: FakeClock) -> None:
    knowledge = Knowledge(clock)
    knowledge.replace([BASE[3]])
    assert knowledge.search("how do I get an invoice", "zh")[0].language == "en"


@pytest.mark.parametrize(
    ("text", "language", "kept"),
    [("怎样要一张报销用的票", "zh", "invoice.en"), ("where is my tax bill", "en", "invoice.zh")],
)
def test_a_question_finds_an_entry_that_exists_in_the_other_language_only(
    clock: FakeClock, text: str, language: str, kept: str
) -> None:
    knowledge = Knowledge(clock)
    knowledge.replace([one for one in BASE if one.slug == kept or not (one.slug or "").startswith("invoice")])
    assert knowledge.search(text, language)[0].slug == kept


@pytest.mark.parametrize(
    ("text", "language", "slug"),
    [
        ("钱啥时候能回到我卡上", "zh", "refund.zh"),
        ("錢幾時先可以返到我張卡", "zh", "refund.zh"),
        ("when am I getting reimbursed", "en", "refund.en"),
        ("街道写错了想换个地方送", "zh", "address.zh"),
    ],
)
def test_other_words_for_the_same_are_understood(knowledge: Knowledge, text: str, language: str, slug: str) -> None:
    assert knowledge.search(text, language)[0].slug == slug


def test_a_question_written_down_for_an_entry_is_answered_from_it_however_alike_others_are(clock: FakeClock) -> None:
    made = Knowledge(clock)
    alike = [
        article(f"r{n}.en", title, "Returns and refunds, refund policy, return policy, refund.", questions=asked)
        for n, (title, asked) in enumerate(
            [
                ("Seven-day returns", ("what is your return policy", "what is your refund policy")),
                ("Who pays return shipping", ("what is the return shipping policy", "is there a policy for returns")),
                ("How long a refund takes", ("what is the refund time", "how long does a refund take")),
                ("How the refund is calculated", ("what is my refund", "how is the refund calculated")),
            ]
        )
    ]
    made.replace(alike)
    for text in ("What's your refund policy?", "what is your REFUND policy"):
        hits = made.search(text, "en")
        assert hits[0].slug == "r0.en"
        assert hits[0].score >= 0.95
        assert sum(hit.score for hit in hits) <= 1.0001
    made.replace([*alike, article("x.en", "Something else", "…", questions=("what is your refund policy",))])
    assert made.search("what is your refund policy", "en")[0].score < 0.95, "two entries claim it: none is sure"


def test_both_languages_of_an_entry_are_one_hit(knowledge: Knowledge) -> None:
    hits = knowledge.search("invoice 发票", "en", k=10)
    assert [hit.slug for hit in hits].count("invoice.en") == 1
    assert all(hit.slug != "invoice.zh" for hit in hits)


def test_chances_of_all_hits_add_up_to_one_at_most(knowledge: Knowledge) -> None:
    assert sum(hit.score for hit in knowledge.search("退款", "zh", k=10)) <= 1 + 1e-9


def test_words_find_alone_where_the_encoder_knows_nothing(clock: FakeClock) -> None:
    blank = Encoder(np.empty(0, np.uint32), np.empty((0, 8), np.int8), np.empty(0, np.float32))
    knowledge = Knowledge(clock, blank)
    knowledge.replace(BASE)
    hit = knowledge.search("退款多久到账", "zh")[0]
    assert hit.slug == "refund.zh"
    assert hit.score > 0.6


def test_a_letter_is_read_by_its_words(knowledge: Knowledge) -> None:
    letter = "你好，我是老顾客了，一直很信任你们。" * 12 + "请问退款多久到账？"
    assert knowledge.search(letter, "zh")[0].slug == "refund.zh"


def test_an_agents_article_lends_nothing_to_its_public_twin(clock: FakeClock) -> None:
    knowledge = Knowledge(clock)
    knowledge.replace(
        [
            article("vip.zh", "大客户返点", "每季度结算。", audience="agents"),
            article("vip.en", "Becoming a member", "Join in the app."),
            *BASE,
        ]
    )
    assert all(hit.slug != "vip.en" for hit in knowledge.search("大客户返点", "zh", k=3) if hit.score > 0.3)


def test_only_agents_find_what_is_for_agents(knowledge: Knowledge) -> None:
    assert all(hit.slug != "secret.zh" for hit in knowledge.search("内部退款审批权限", "zh"))
    assert knowledge.search("内部退款审批权限", "zh", agents=True)[0].slug == "secret.zh"


def test_a_passage_comes_with_its_heading(knowledge: Knowledge) -> None:
    hit = knowledge.search("已发货还能修改地址吗，联系快递改派", "zh")[0]
    assert (hit.section, hit.text) == ("已发货", "请联系快递改派。")


def test_an_article_is_gone_the_day_after_it_was_valid(knowledge: Knowledge, clock: FakeClock) -> None:
    assert knowledge.search("春节放假安排", "zh")[0].slug == "old.zh"
    clock.advance(timedelta(days=6))
    assert all(hit.slug != "old.zh" for hit in knowledge.search("春节放假安排", "zh"))


def test_something_else_gets_little_confidence(knowledge: Knowledge) -> None:
    for text in ("今天天气怎么样", "write me a poem about whales", "帮我写作业"):
        assert all(hit.score < 0.6 for hit in knowledge.search(text, "zh"))


def test_an_article_is_found_once(knowledge: Knowledge) -> None:
    slugs = [hit.slug for hit in knowledge.search("修改收货地址 已发货 快递", "zh", k=10)]
    assert len(slugs) == len(set(slugs))


def test_a_new_base_is_seen_at_once(knowledge: Knowledge) -> None:
    before = knowledge.version
    assert not knowledge.search("蓝牙耳机怎么配对", "zh") or knowledge.search("蓝牙耳机怎么配对", "zh")[0].score < 0.6
    knowledge.replace([*BASE, article("pair.zh", "蓝牙耳机怎么配对", "长按五秒。")])
    assert knowledge.version == before + 1
    assert knowledge.search("蓝牙耳机怎么配对", "zh")[0].slug == "pair.zh"


def test_an_empty_base_finds_nothing(clock: FakeClock) -> None:
    knowledge = Knowledge(clock)
    assert knowledge.search("退款", "zh") == []
    knowledge.replace([])
    assert knowledge.search("退款", "zh") == []


_KNOWLEDGE = Knowledge()
_KNOWLEDGE.replace(BASE)


@given(st.text(max_size=400), st.sampled_from(["zh", "en", "zh-Hant", "xx"]))
@settings(max_examples=200, deadline=None)
def test_no_text_is_an_error(text: str, language: str) -> None:
    for hit in _KNOWLEDGE.search(text, language):
        assert 0 <= hit.score <= 1


def test_a_million_characters_are_read_by_their_beginning() -> None:
    began = time.perf_counter()
    hits = _KNOWLEDGE.search("退款多久到账 " + "啊" * 1_000_000, "zh")
    assert time.perf_counter() - began < 5  # not in the square of its length
    assert hits[0].slug == "refund.zh"
