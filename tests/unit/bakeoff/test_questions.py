"""Labelled questions in a file: each row is read or refused with its line."""

from __future__ import annotations

import pytest

from tongxi.bakeoff.questions import BadQuestions, read


def test_rows_with_intents_articles_and_neither() -> None:
    rows = (
        '{"id": 1, "text": "怎么退货", "label": "returns"}\n'
        '{"id": "b", "text": "weather?", "intent": null, "relevant": []}\n'
        '\n{"id": "c", "text": "发票", "relevant": ["Invoice"], "lang": "zh", "contains": ["7 天"]}\n'
        '{"id": "d", "text": "math", "label": "oos", "oos": true}\n'
    )
    one, two, three, four = read("q.jsonl", rows.encode())
    assert (one.id, one.intent, one.relevant, one.language) == ("1", "returns", None, "zh")
    assert (two.intent, two.relevant, two.language) == ("", frozenset(), "en")
    assert (three.intent, three.relevant, three.contains) == (None, frozenset({"invoice"}), ("7 天",))
    assert (four.intent, four.relevant) == ("", frozenset())


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", "no questions"),
        ('{"id": 1, "text": "a"}\n{oops', "line 2"),
        ('{"id": 1}', "line 1"),
        ('{"id": 1, "text": ""}', "line 1"),
        ('{"id": 1, "text": "a"}\n{"id": "1", "text": "b"}', "an id comes twice"),
        ('{"id": 1, "text": "a", "relevant": "x"}', "line 1"),
        ("[]", "line 1"),
    ],
)
def test_what_cannot_be_used_is_refused(rows: str, says: str) -> None:
    with pytest.raises(BadQuestions) as refused:
        read("q.jsonl", rows.encode())
    assert says in refused.value.detail
