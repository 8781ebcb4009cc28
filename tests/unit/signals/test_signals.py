"""Risk, mood, small talk, language and replies, by table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.signals.language import detect_language
from tongxi.signals.mood import anger, mood
from tongxi.signals.reply import says_no, says_wrong, says_yes
from tongxi.signals.risk import risks
from tongxi.signals.small_talk import small_talk


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("再不退款我就打12315", "complaint_risk"),
        ("我要投诉你们", "complaint_risk"),
        ("明天就找律师起诉", "complaint_risk"),
        ("I will call my lawyer", "complaint_risk"),
        ("see you in small claims court", "complaint_risk"),
        ("發到網上曝光你們", "complaint_risk"),
        ("充电器冒烟了", "safety"),
        ("the battery caught fire", "safety"),
        ("孩子误吞了电池", "safety"),
        ("活着没意思，不想活了", "self_harm"),
        ("I want to kill myself", "self_harm"),
        ("有人正在用我的卡，快冻结我的账户", "fraud"),
        ("they are draining my account right now, freeze it", "fraud"),
        ("遗书写好了", "self_harm"),
        ("电梯困住了，里面有老人", "safety"),
        ("孕妇能吃吗", "medical"),
        ("what is the right dose with my antibiotics", "medical"),
        ("你们这样是不是违法", "legal"),
    ],
)
def test_risk_is_seen_with_its_wording(text: str, code: str) -> None:
    found = {reason.code: reason for reason in risks(text)}
    assert code in found
    span = found[code].span
    assert span is not None
    assert 0 <= span[0] < span[1] <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "退款多久到账",
        "笑死我了哈哈",
        "手机死机了",
        "where is the food court",
        "fire tablet price",
        "怎么投诉快递",
        "爆款有货吗",
        "累死了",
        "烟雾报警器多少钱",
        "这件衣服美死了",
        "tennis court shoes",
    ],
)
def test_risk_is_not_imagined(text: str) -> None:
    assert risks(text) == ()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("垃圾公司，骗子", -3),
        ("this is fucking ridiculous", -3),
        ("太离谱了", -2),
        ("太离谱了！！！", -3),
        ("还没收到货，有点着急", -1),
        ("退款多久到账", 0),
        ("谢谢", 1),
        ("太棒了，超喜欢", 2),
        ("垃圾袋有几种颜色", 0),
    ],
)
def test_mood(text: str, level: int) -> None:
    assert mood(text) == level
    assert (anger(text) is not None) is (level <= -3)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("你好", "greeting"),
        ("您好，在吗？", "greeting"),
        ("hi there", "greeting"),
        ("謝謝", "thanks"),
        ("好的谢谢😊", "thanks"),
        ("thank you so much!", "thanks"),
        ("再见", "bye"),
        ("好的", "acknowledgement"),
        ("OK", "acknowledgement"),
        ("你是真人还是机器人", "who_are_you"),
        ("are you a bot?", "who_are_you"),
        ("哈哈哈", "laugh"),
        ("你好，退款多久到账", None),
        ("thanks, but where is my refund", None),
        ("", None),
        ("好的知道了", "acknowledgement"),
        ("ok got it", "acknowledgement"),
        ("行我要退货", None),
        ("yes return", None),
    ],
)
def test_small_talk(text: str, kind: str | None) -> None:
    assert small_talk(text) == kind


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("退款多久到账", "zh"),
        ("請問運費", "zh"),
        ("where is my order", "en"),
        ("我想return这个item", "zh"),
        ("please can you explain what 双十一 means for my order", "en"),
        ("zhuan ren gong", "zh"),
        ("hello", "en"),
        ("12345", "fallback"),
        ("😀", "fallback"),
        ("https://example.com/orders", "fallback"),
        ("", "fallback"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text, "fallback") == language


@pytest.mark.parametrize("text", ["好的", "要", "yes please", "OK", "行，麻烦了", "需要"])
def test_yes(text: str) -> None:
    assert says_yes(text)
    assert not says_no(text)


@pytest.mark.parametrize("text", ["不用了", "no thanks", "不要", "算了"])
def test_no(text: str) -> None:
    assert says_no(text)
    assert not says_yes(text)


@pytest.mark.parametrize(
    "text", ["不是这个意思", "你答非所问", "that's not what I asked", "wrong answer", "没解决我的问题"]
)
def test_wrong(text: str) -> None:
    assert says_wrong(text)


@given(st.text(max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    small_talk(text)
    detect_language(text, "zh")
    says_yes(text)
    assert -3 <= mood(text) <= 2
    for reason in (*risks(text), says_wrong(text)):
        if reason and reason.span:
            assert 0 <= reason.span[0] < reason.span[1] <= len(text)
