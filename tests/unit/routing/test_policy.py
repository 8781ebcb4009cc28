"""Whatever waits and whoever works: the promises of the assignment hold."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tongxi.routing.policy import Assignment, Seat, Waiting, choose, may_take, order

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
QUEUES = [UUID(int=900 + n) for n in range(3)]
SKILLS = ["refunds", "english"]

waiting_lists = st.lists(
    st.builds(
        Waiting,
        id=st.uuids(version=4),
        queue_id=st.sampled_from([None, *QUEUES]),
        priority=st.integers(0, 1),
        queued_at=st.integers(0, 50).map(lambda s: AT - timedelta(seconds=s)),
        language=st.sampled_from(["zh", "en"]),
        skill=st.sampled_from([None, *SKILLS]),
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)
seat_lists = st.lists(
    st.builds(
        Seat,
        id=st.uuids(version=4),
        name=st.just("x"),
        capacity=st.integers(0, 3),
        load=st.integers(0, 4),
        skills=st.frozensets(st.sampled_from(SKILLS)),
        queues=st.frozensets(st.sampled_from(QUEUES)),
        last_assigned_at=st.one_of(st.none(), st.integers(0, 90).map(lambda s: AT - timedelta(seconds=s))),
    ),
    max_size=5,
    unique_by=lambda one: one.id,
)
restrictions = st.frozensets(st.sampled_from(QUEUES))
Case = tuple[list[Waiting], list[Seat], frozenset[UUID]]
cases = st.tuples(waiting_lists, seat_lists, restrictions)


def run(case: Case) -> list[Assignment]:
    waiting, seats, restricted = case
    return choose(waiting, seats, restricted=restricted, at=AT)


@given(cases)
def test_capacity_is_never_passed_and_nobody_is_assigned_twice(case: Case) -> None:
    chosen = run(case)
    for seat in case[1]:
        got = sum(one.agent_id == seat.id for one in chosen)
        assert got <= max(0, seat.free)
    assert len({one.conversation_id for one in chosen}) == len(chosen)


@given(cases)
def test_skills_and_queues_are_respected(case: Case) -> None:
    waiting = {one.id: one for one in case[0]}
    seats = {one.id: one for one in case[1]}
    for one in run(case):
        asked, seat = waiting[one.conversation_id], seats[one.agent_id]
        assert asked.skill is None or asked.skill in seat.skills
        assert asked.queue_id not in case[2] or asked.queue_id in seat.queues


@given(cases)
def test_nobody_is_passed_over(case: Case) -> None:
    """Who got nothing could not be served by any agent who served someone behind him, nor by a seat still free."""
    chosen = run(case)
    line = order(case[0])
    place = {one.id: n for n, one in enumerate(line)}
    seats = {one.id: one for one in case[1]}
    served = {one.conversation_id for one in chosen}
    for one in line:
        if one.id in served:
            continue
        for assignment in chosen:
            if place[assignment.conversation_id] > place[one.id]:
                assert not may_take(seats[assignment.agent_id], one, case[2])
        for seat in case[1]:
            taken = sum(assignment.agent_id == seat.id for assignment in chosen)
            assert seat.free - taken <= 0 or not may_take(seat, one, case[2])


@given(cases)
def test_the_emptiest_able_agent_gets_it_and_it_is_in_the_reasons(case: Case) -> None:
    waiting = {one.id: one for one in case[0]}
    seats = {one.id: one for one in case[1]}
    for one in run(case):
        able = [
            seat for seat in seats.values() if seat.free > 0 and may_take(seat, waiting[one.conversation_id], case[2])
        ]
        assert seats[one.agent_id].free == max(seat.free for seat in able)
        reasons = {reason.code: reason for reason in one.decision.reasons}
        assert reasons["least_loaded"].value == seats[one.agent_id].free
        assert reasons["waited_longest"].value == (AT - waiting[one.conversation_id].queued_at).total_seconds()
        seats[one.agent_id] = replace(seats[one.agent_id], load=seats[one.agent_id].load + 1)


@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_the_arguments_does_not_matter(case: Case, random: object) -> None:
    waiting, seats = list(case[0]), list(case[1])
    random.shuffle(waiting)  # type: ignore[attr-defined]
    random.shuffle(seats)  # type: ignore[attr-defined]
    assert run((waiting, seats, case[2])) == run(case)


@given(waiting_lists)
def test_the_line_is_priority_then_time(waiting: list[Waiting]) -> None:
    line = order(waiting)
    for ahead, behind in itertools.pairwise(line):
        assert (ahead.priority, -ahead.queued_at.timestamp()) >= (behind.priority, -behind.queued_at.timestamp())


def test_among_equals_the_one_who_waited_longest_for_work() -> None:
    idle = Seat(UUID(int=2), "idle", 1, 0, last_assigned_at=AT - timedelta(hours=1))
    busy = Seat(UUID(int=1), "busy", 1, 0, last_assigned_at=AT - timedelta(minutes=1))
    new = Seat(UUID(int=3), "new", 1, 0)
    one = Waiting(UUID(int=9), None, 0, AT, "zh")
    assert choose([one], [busy, idle], at=AT)[0].agent_id == idle.id
    assert choose([one], [busy, idle, new], at=AT)[0].agent_id == new.id
