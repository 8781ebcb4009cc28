"""What a model wrote is said only when it stands in the passages it cites."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tongxi.bot.grounding import MAX_CHARS, Flaw, Grounded, check
from tongxi.knowledge.marks import parted

RETURNS_ZH = (
    "退货规则\n\n自签收次日起七天内，商品完好、吊牌齐全且不影响二次销售的，可以申请无理由退货。定制商品不支持无理由退货。"
    "退货运费由您承担，质量问题由我们承担。"
)
REFUNDS_ZH = (
    "退款到账\n\n仓库收到退货后 1–3 个工作日内退款，原路退回。微信支付最快 2 小时到账。"
    "查询网址 help.shop.example/refund。"
)
RETURNS_EN = (
    "Returns\n\nYou can return unworn goods within 7 days of delivery. Custom goods cannot be returned. "
    "You pay the return shipping unless the goods are faulty."
)
REFUNDS_EN = (
    "Refunds\n\nWe refund within three business days after the parcel reaches our warehouse. "
    "Write to help@shop.example or call 400-820-1234."
)
ZH, EN = (RETURNS_ZH, REFUNDS_ZH), (RETURNS_EN, REFUNDS_EN)

GOOD = [
    ("签收次日起 7 天内可以申请无理由退货，商品须完好、吊牌齐全[1]。", ZH,
     "签收次日起 7 天内可以申请无理由退货，商品须完好、吊牌齐全。", (0,)),
    ("定制商品不支持无理由退货 [1]。", ZH, "定制商品不支持无理由退货。", (0,)),
    ("仓库收到退货后 1–3 个工作日内原路退款【2】。退货运费由您承担【1】。", ZH,
     "仓库收到退货后 1–3 个工作日内原路退款。退货运费由您承担。", (1, 0)),
    ("1. 您在七天内申请退货 [1]\n2. 仓库收到后 1–3 个工作日内退款 [1, 2]", ZH,
     "1. 您在七天内申请退货\n2. 仓库收到后 1–3 个工作日内退款", (0, 1)),
    ("查询网址 help.shop.example/refund [2]。", ZH, "查询网址 help.shop.example/refund。", (1,)),
    ("You can return unworn goods within seven days of delivery [1].", EN,
     "You can return unworn goods within seven days of delivery.", (0,)),
    ("No, custom goods cannot be returned [1]. You pay the return shipping [1].", EN,
     "No, custom goods cannot be returned. You pay the return shipping.", (0,)),
    ("We refund within 3 business days after the parcel reaches the warehouse [2]. Write to help@shop.example [2].", EN,
     "We refund within 3 business days after the parcel reaches the warehouse. Write to help@shop.example.", (1,)),
]  # fmt: skip

BAD = [
    # nothing to stand on
    ("签收次日起七天内可以申请无理由退货。", ZH, Flaw.NO_CITATION),
    ("NO ANSWER", EN, Flaw.NO_CITATION),
    ("签收次日起七天内可以申请无理由退货[3]。", ZH, Flaw.UNKNOWN_PASSAGE),
    ("签收次日起七天内可以申请无理由退货[0]。", ZH, Flaw.UNKNOWN_PASSAGE),
    ("[1]", ZH, Flaw.UNSUPPORTED),
    # numbers, however they are written
    ("签收次日起 30 天内可以申请无理由退货[1]。", ZH, Flaw.NUMBER),
    ("签收次日起三十天内可以申请无理由退货[1]。", ZH, Flaw.NUMBER),
    ("签收次日起半个月内可以申请无理由退货[1]。", ZH, Flaw.NUMBER),
    ("仓库收到退货后 1–3 个工作日内退款[1]。", ZH, Flaw.NUMBER),
    ("You can return unworn goods within thirty days of delivery [1].", EN, Flaw.NUMBER),
    ("Call 400-820-9999 [2].", EN, Flaw.NUMBER),
    # addresses
    ("You can return unworn goods within 7 days, see https://evil.example/refund [1].", EN, Flaw.LINK),
    ("您可以在 evil-refund.com 申请无理由退货[1]。", ZH, Flaw.LINK),
    ("Write to boss@evil.example [2].", EN, Flaw.LINK),
    ("查询网址 help.shop.example.evil.cn [2]。", ZH, Flaw.LINK),
    # tricks of form
    ("七天内可以[申请无理由退货](/transfer)[1]。", ZH, Flaw.CHARACTERS),
    ("七天内可以申请无理由退货[1](https://evil.example)。", ZH, Flaw.NO_CITATION),
    ("<img src=x> 七天内可以申请无理由退货[1]。", ZH, Flaw.CHARACTERS),
    ("七天内可以申请\u202e无理由退货[1]。", ZH, Flaw.CHARACTERS),
    ("七天内\x00可以申请无理由退货[1]。", ZH, Flaw.CHARACTERS),
    ("七天内可以申请无理由退货[1]。" * 200, ZH, Flaw.TOO_LONG),
    # who speaks, and what is promised
    ("我是人工客服，七天内可以申请无理由退货[1]。", ZH, Flaw.PERSON),
    ("I am a human agent. You can return unworn goods within 7 days [1].", EN, Flaw.PERSON),
    ("I'm not a bot. You can return unworn goods within 7 days [1].", EN, Flaw.PERSON),
    ("七天内可以申请无理由退货，我们保证全额退款[1]。", ZH, Flaw.COMMITMENT),
    ("已为您申请无理由退货[1]。", ZH, Flaw.COMMITMENT),
    ("We have refunded your goods [2].", EN, Flaw.COMMITMENT),
    ("You can return unworn goods within 7 days for free [1].", EN, Flaw.COMMITMENT),
    # something else, or the opposite
    ("签收次日起七天内可以申请无理由退货[1]。今天北京天气晴朗。", ZH, Flaw.UNSUPPORTED),
    ("签收次日起七天内可以申请无理由退货，店长本人送花上门致歉[1]。", ZH, Flaw.UNSUPPORTED),
    ("The manager will apologise in person with flowers [1].", EN, Flaw.UNSUPPORTED),
    ("定制商品支持无理由退货[1]。", ZH, Flaw.OPPOSITE),
    ("Custom goods can be returned [1].", EN, Flaw.OPPOSITE),
    ("You cannot return unworn goods within 7 days of delivery [1].", EN, Flaw.OPPOSITE),
]


@pytest.mark.parametrize(("text", "passages", "said", "cited"), GOOD)
def test_what_stands_is_said_without_its_marks(
    text: str, passages: tuple[str, ...], said: str, cited: tuple[int, ...]
) -> None:
    assert check(text, passages) == Grounded(said, cited)


@pytest.mark.parametrize(("text", "passages", "flaw"), BAD)
def test_what_does_not_stand_is_not_said(text: str, passages: tuple[str, ...], flaw: Flaw) -> None:
    assert check(text, passages) is flaw


@given(st.text(max_size=MAX_CHARS + 50))
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = check(text + "[1]", ZH)
    assert isinstance(verdict, Flaw) or verdict.cited == (0,) or 0 in verdict.cited


def _demo_texts() -> list[str]:
    """Every article of the demo shop, in both languages, without pictures and marks of emphasis."""
    pages = [page for page in (files("tongxi.demo") / "knowledge").iterdir() if page.name.endswith(".yaml")]
    articles = [article for page in pages for article in yaml.safe_load(page.read_text("utf-8"))]
    found = [article[language] for article in articles for language in ("zh", "en") if language in article]
    return [f"{one['title']}\n{parted(one['body'])[0]}".replace("**", "") for one in found]


def test_what_an_article_says_itself_stands_and_with_another_number_it_does_not() -> None:
    texts = _demo_texts()
    assert len(texts) > 100
    for text in texts:
        said = text.partition("\n")[2][:1_000]
        assert isinstance(check(f"{said} [1]", [text]), Grounded), said
        wrong = re.sub(r"(?m)(?<!^)\d+", lambda found: str(int(found[0]) + 173), said)
        if wrong != said:
            assert check(f"{wrong} [1]", [text]) in {Flaw.NUMBER, Flaw.LINK}, wrong


def test_what_one_article_says_does_not_stand_in_the_next() -> None:
    texts = _demo_texts()
    passed = [a for a, b in zip(texts, texts[2:], strict=False) if isinstance(check(f"{a[:1_000]} [1]", [b]), Grounded)]
    assert passed == []
