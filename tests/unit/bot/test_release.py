"""What of an answer may be shown while it is being written: whole, cited, checked sentences."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tongxi.bot import grounding
from tongxi.bot.grounding import Flaw
from tongxi.bot.release import Release

PASSAGE = "自签收次日起七天内，商品完好且不影响二次销售的，可以申请无理由退货。退货运费由您承担，质量问题由我们承担。"
STEPS = "How to return:\n1. Open your order.\n2. Choose a reason.\n3. Send the parcel within 7 days."
GOOD = "您自签收次日起 7 天内可以申请无理由退货 [1]。退货运费由您承担。[1] 质量问题由我们承担【1】。"
ENGLISH = "How to return [1]:\n1. Open your order [1].\n2. Choose a reason [1].\nSend the parcel within 7 days [1]."


def shown(text: str, piece: int, passage: str = PASSAGE) -> tuple[list[str], Release]:
    release = Release([passage])
    steps = []
    for at in range(0, len(text), piece):
        if release.take(text[at : at + piece]):
            steps.append(release.shown)
    return steps, release


@given(piece=st.integers(1, 60), which=st.sampled_from([(GOOD, PASSAGE), (ENGLISH, STEPS)]))
def test_what_is_shown_is_always_a_beginning_of_the_final_text(piece: int, which: tuple[str, str]) -> None:
    text, passage = which
    steps, release = shown(text, piece, passage)
    whole = grounding.check(text, [passage])
    assert isinstance(whole, grounding.Grounded)
    assert release.flaw is None
    assert steps, "something is shown before the end"
    for step in steps:
        assert whole.text.startswith(step.strip())
        assert "[" not in step
        assert "【" not in step


def test_half_a_sentence_is_never_shown() -> None:
    steps, _ = shown(GOOD, 1)
    assert steps[0] == "您自签收次日起 7 天内可以申请无理由退货。"
    assert all(step.endswith("。") for step in steps)


def test_a_sentence_whose_source_may_still_come_waits_for_it() -> None:
    release = Release([PASSAGE])
    assert not release.take("退货运费由您承担。")
    assert not release.take(" [")
    assert not release.take("1]")
    assert release.take("质")
    assert release.shown == "退货运费由您承担。"


def test_a_sentence_without_a_source_waits_for_the_next_one_that_has_one() -> None:
    steps, _ = shown("退货运费由您承担。质量问题由我们承担 [1]。好", 2)
    assert steps == ["退货运费由您承担。质量问题由我们承担。"]


def test_after_a_sentence_that_is_not_in_the_passages_nothing_more_is_let_through() -> None:
    text = "退货运费由您承担 [1]。您会收到 500 元赔偿 [1]。质量问题由我们承担 [1]。完"
    steps, release = shown(text, 3)
    assert steps == ["退货运费由您承担。"]
    assert release.flaw in (Flaw.NUMBER, Flaw.COMMITMENT)
    assert not release.take("质量问题由我们承担 [1]。完")


def test_nothing_of_no_answer_is_shown() -> None:
    steps, release = shown("NO ANSWER", 2)
    assert (steps, release.shown, release.flaw) == ([], "", None)
