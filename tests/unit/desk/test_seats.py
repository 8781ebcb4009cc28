"""The seat strip: who held it for which share of the time."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxi.desk.rows import _SEAT_AFTER, seats

T0 = datetime(2026, 1, 5, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def test_shares_follow_the_time() -> None:
    moves = [("started", at(0)), ("handed_off", at(50)), ("assigned", at(60))]
    assert seats(moves, at(100)) == [("bot", 0.5), ("queue", 0.1), ("agent", 0.4)]


def test_a_transfer_between_agents_is_one_stay() -> None:
    moves = [("started", at(0)), ("claimed", at(50)), ("claimed", at(60)), ("assigned", at(80))]
    assert seats(moves, at(100)) == [("bot", 0.5), ("agent", 0.5)]


def test_the_time_nobody_held_it_does_not_count() -> None:
    moves = [("started", at(0)), ("ended", at(10)), ("reopened", at(10_000)), ("claimed", at(10_010))]
    assert seats(moves, at(10_030)) == [("bot", 0.5), ("agent", 0.5)]


def test_a_short_stay_is_still_seen() -> None:
    moves = [("started", at(0)), ("handed_off", at(9999)), ("assigned", at(10_000))]
    assert all(share >= 0.03 for _, share in seats(moves, at(10_001)))


def test_a_conversation_of_this_moment() -> None:
    assert seats([("started", at(0))], at(0)) == [("bot", 1.0)]
    assert seats([], at(0)) == []


def test_reopened_in_wrap_up_is_the_agents_again() -> None:
    moves = [("started", at(0)), ("claimed", at(10)), ("ended", at(20)), ("reopened", at(20))]
    assert seats(moves, at(30))[-1][0] == "agent"


@given(
    st.lists(st.tuples(st.sampled_from(sorted(_SEAT_AFTER)), st.floats(0, 10_000)), max_size=30),
    st.floats(0, 20_000),
)
def test_shares_add_up_and_neighbours_differ(moves: list[tuple[str, float]], until: float) -> None:
    line = [("started", at(0)), *((kind, at(seconds)) for kind, seconds in sorted(moves, key=lambda one: one[1]))]
    got = seats(line, at(until))
    assert sum(share for _, share in got) == pytest.approx(1, abs=0.001 * len(got))
    assert all(share > 0 for _, share in got)
    assert all(a != b for (a, _), (b, _) in itertools.pairwise(got))
