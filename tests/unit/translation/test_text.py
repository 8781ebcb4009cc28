"""What is hidden from a translator, which way a message goes, which language it is in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxi.translation.direction import Direction, direction
from tongxi.translation.engines import Engines
from tongxi.translation.languages import language_of, reads
from tongxi.translation.placeholders import Term, hide
from tongxi.translation.protocol import FailureCode, Translated, TranslationFailed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("see https://shop.example/a?b=1 please", "https://shop.example/a?b=1"),
        ("写信到 a.b@example.com 就行", "a.b@example.com"),
        ("订单 SF1380057746213 到哪了", "SF1380057746213"),
        ("卡号 4111 1111 1111 1111 扣错了", "4111 1111 1111 1111"),
        ("hello {{name}}, thanks", "{{name}}"),
        ("run `tongxi doctor` first", "`tongxi doctor`"),
        ("谢谢 😀", "😀"),
        ("ask @mei about it", "@mei"),
    ],
)
def test_what_must_not_be_translated_is_taken_out_and_put_back(text: str, kept: str) -> None:
    hidden = hide(text)
    assert kept not in hidden.text
    assert kept in hidden.values
    assert hidden.restore(hidden.text) == text


def test_a_term_comes_back_as_the_term_of_the_other_language() -> None:
    hidden = hide("我的小同音箱坏了", [Term("小同音箱", "Tong Speaker"), Term("音箱", "speaker")])
    assert hidden.text == "我的⟦1⟧坏了"
    assert hidden.restore("My ⟦1⟧ is broken") == "My Tong Speaker is broken"


def test_a_latin_term_is_a_whole_word() -> None:
    assert hide("a cart, not art", [Term("art", "艺术")]).text == "a cart, not ⟦1⟧"


@pytest.mark.parametrize("answer", ["nothing", "⟦1⟧ ⟦2⟧", "⟦3⟧"])
def test_a_lost_or_made_up_place_is_no_translation(answer: str) -> None:
    with pytest.raises(TranslationFailed) as caught:
        hide("see https://a.example now").restore(answer)
    assert caught.value.code is FailureCode.BAD_ANSWER


def test_a_message_of_marks_only_has_no_words() -> None:
    assert not hide("😀 https://a.example 4111 1111 1111 1111").has_words


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_hiding_loses_nothing(text: str) -> None:
    text = text.replace("⟦", " ").replace("⟧", " ")
    hidden = hide(text)
    assert hidden.restore(hidden.text) == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我的订单到哪了", "zh"),
        ("我的訂單到哪裡了", "zh-Hant"),
        ("where is my order", "en"),
        ("注文はどこですか", "ja"),
        ("주문이 어디에 있나요", "ko"),
        ("где мой заказ", "ru"),
        ("dónde está mi pedido, por favor", "es"),
        ("où est ma commande, je ne sais pas", "fr"),
        ("wo ist meine Bestellung, ich habe nicht", "de"),
        ("ok", "zh"),
        ("12345", "zh"),
        ("😀", "zh"),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert language_of(text, "zh") == language


def test_both_scripts_of_chinese_are_read_by_both() -> None:
    assert reads("zh", "zh-Hant")
    assert not reads("zh", "en")


@pytest.mark.parametrize(
    ("sender", "text", "expected"),
    [
        ("customer", "where is my order", Direction("en", "zh")),
        ("bot", "It is on its way.", Direction("en", "zh")),
        ("agent", "马上帮您查", Direction("zh", "en")),
        ("agent", "Let me look", None),
        ("customer", "我的订单呢", None),
        ("customer", "ok", Direction("en", "zh")),
    ],
)
def test_each_message_goes_to_who_reads_it(sender: str, text: str, expected: Direction | None) -> None:
    assert direction(sender, text, customer="en", staff="zh") == expected


class Scripted:
    """An engine that says or raises what it is told."""

    def __init__(self, name: str, *answers: str | FailureCode) -> None:
        self.name = name
        self.answers = list(answers)
        self.asked: list[str] = []

    async def translate(self, text: str, *, source: str, target: str, context: str = "") -> Translated:
        self.asked.append(text)
        said = self.answers.pop(0)
        if isinstance(said, FailureCode):
            raise TranslationFailed(said)
        return Translated(said, source, self.name)

    async def close(self) -> None: ...


async def test_the_next_engine_answers_when_one_cannot() -> None:
    first, second = Scripted("one", FailureCode.QUOTA), Scripted("two", "hello")
    made = await Engines([first, second]).translate("你好啊", source="zh", target="en")
    assert made == Translated("hello", "zh", "two")


async def test_a_translation_that_lost_a_number_counts_as_a_failure() -> None:
    engines = Engines([Scripted("one", "your order is here"), Scripted("two", "order ⟦1⟧ is here")])
    made = await engines.translate("订单 SF1380057746213 到了", source="zh", target="en")
    assert made is not None
    assert made.text == "order SF1380057746213 is here"


async def test_the_same_text_is_asked_for_once() -> None:
    engine = Scripted("one", "hello")
    engines = Engines([engine])
    for _ in range(3):
        await engines.translate("你好啊", source="zh", target="en")
    assert len(engine.asked) == 1


async def test_a_changed_glossary_is_asked_for_again() -> None:
    engine = Scripted("one", "the lamp", "the ⟦1⟧")
    engines = Engines([engine])
    await engines.translate("这盏灯", source="zh", target="en")
    made = await engines.translate("这盏灯", source="zh", target="en", terms=[Term("灯", "Aurora")])
    assert made is not None
    assert made.text == "the Aurora"


async def test_without_an_engine_the_failure_says_so() -> None:
    with pytest.raises(TranslationFailed) as caught:
        await Engines().translate("你好啊", source="zh", target="en")
    assert caught.value.code is FailureCode.NO_ENGINE


async def test_a_number_needs_no_engine() -> None:
    assert await Engines().translate("123456789", source="zh", target="en") is None
