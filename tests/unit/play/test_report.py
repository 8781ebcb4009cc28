"""What `tongxi play` makes of replies, and the figures it prints."""

from typing import Any

import pytest

from tongxi.client import By, Entry
from tongxi.play.customers import Outcome, Played, Turn, judge
from tongxi.play.report import report, text, wilson
from tongxi.play.rows import Row


def said(kind: str = "bot", **content: Any) -> Entry:
    return Entry(3, "message", "", By(kind), text="…", content=content)


@pytest.mark.parametrize(
    ("replies", "state", "outcome"),
    [
        ([said(sources=[{"slug": "a"}])], "bot", "answered"),
        ([said(sources=[{"slug": "a"}], quick_replies=[{"id": "1"}], offer_person=True)], "bot", "answered"),
        ([said(card={"type": "order"})], "bot", "answered"),
        ([said()], "bot", "answered"),
        ([said(quick_replies=[{"id": "1", "label": "退款"}])], "bot", "asked_back"),
        ([said(quick_replies=[{"id": "1", "label": "退款"}], offer_person=True)], "bot", "asked_back"),
        ([said(offer_person=True)], "bot", "did_not_know"),
        ([said("system", notice="handed_off")], "queued", "handed_off"),
        ([said(), said("system", notice="handed_off")], "bot", "handed_off"),
        ([said()], "queued", "handed_off"),
        ([said("system", notice="off_hours")], "bot", "handed_off"),
        ([said("agent")], "active", "handed_off"),
        ([said("system", notice="bot_failed"), said("system", notice="handed_off")], "queued", "error"),
    ],
)
def test_a_turn_is_judged_by_what_the_customer_got(replies: list[Entry], state: str, outcome: Outcome) -> None:
    assert judge(replies, state) == outcome


def test_wilson_is_the_textbook_interval() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(81, 263)
    assert (round(low, 3), round(high, 3)) == (0.255, 0.366)  # Newcombe (1998), table I
    assert wilson(0, 20)[0] == 0.0
    assert wilson(20, 20)[1] == 1.0


def played() -> Played:
    def turn(outcome: Outcome, *sources: str) -> Turn:
        return Turn("退款多久到", outcome, ack_ms=2.0, reply_ms=9.0, reply="三天内", sources=list(sources))

    rows = [
        (Row("1", ("a",), relevant=frozenset(["refund_(card)"])), [turn("answered", "shop/refund_-card-.zh")]),
        (Row("2", ("a",), relevant=frozenset(["refund"])), [turn("answered", "parcel")]),
        (Row("3", ("a",), relevant=frozenset(["refund"])), [turn("asked_back")]),
        (Row("4", ("a",), relevant=frozenset()), [turn("did_not_know")]),
        (Row("5", ("a",), relevant=frozenset()), [turn("answered", "refund")]),
        (Row("6", ("a",)), [Turn("x", "silent", ack_ms=1.0)]),
    ]
    return Played(rows=rows, seconds=1.0)


def test_the_report_counts_each_message_and_what_was_quoted() -> None:
    result = report(played(), source="f", url="u", inbox="k")
    assert {name: count["n"] for name, count in result["counts"].items()} == {
        "answered": 3, "asked_back": 1, "did_not_know": 1, "handed_off": 0, "error": 0, "silent": 1,
    }  # fmt: skip
    relevance = result["relevance"]
    assert (relevance["answers_citing_relevant"]["n"], relevance["answers_citing_relevant"]["of"]) == (1, 2)
    assert (relevance["answered_with_relevant"]["n"], relevance["answered_with_relevant"]["of"]) == (1, 3)
    assert (relevance["answered_out_of_scope"]["n"], relevance["answered_out_of_scope"]["of"]) == (1, 2)
    assert result["latency_ms"]["first_reply"]["n"] == 5, "a message without an answer has no time to one"


def test_the_report_can_be_read_also_when_nothing_was_played() -> None:
    assert "60.0%" not in text(report(Played(), source="f", url="u", inbox="k"))
    printed = text(report(played(), source="f", url="u", inbox="k"))
    assert "answers quoting it" in printed
    assert "三天内" in printed
