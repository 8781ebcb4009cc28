"""Questions in a customer's own words, put to the demo shop's knowledge at the delivered threshold."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.demo_knowledge import demo_knowledge
from tongxi.configuration.bot import BotLimits

QUESTIONS = Path(__file__).parents[3] / "src/tongxi/demo/labelled.tsv"


def test_most_of_what_is_answered_is_right_and_strangers_are_not_answered() -> None:
    knowledge = demo_knowledge()
    answered, right, strangers = 0, 0, []
    rows = [line.split("\t") for line in QUESTIONS.read_text("utf-8").splitlines()]
    for language, slug, text in rows:
        best = knowledge.search(text, language)[:1]
        if best and best[0].score >= BotLimits().answer_at:
            answered += 1
            right += best[0].slug == f"{slug}.{language}"
            strangers += [text] if not slug else []
    assert len(rows) >= 120
    assert answered >= 0.3 * len(rows)
    assert right >= 0.92 * answered
    assert len(strangers) <= 1, strangers


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("可以退吗", "return-policy.zh"),
        ("怎么预约", "appointment.zh"),
        ("how do I return something", "how-to-return.en"),
        ("can I get my money back if it does not fit", "return-policy.en"),
    ],
)
def test_what_the_shop_is_asked_in_few_words_has_its_entry(text: str, slug: str) -> None:
    best = demo_knowledge().search(text, slug[-2:])[0]
    assert (best.slug, best.score >= BotLimits().answer_at) == (slug, True)
