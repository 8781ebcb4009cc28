"""Nobody waits in silence: queues, absent agents, empty desks, and the sweeper that finds whoever was forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.support.invariants import broken
from tests.support.seam import Customer, Seam
from tongxi.conversations.state import BOT_DEADLINE, REPLY_DEADLINE, IllegalMove
from tongxi.desk import service as desk
from tongxi.routing import queries
from tongxi.routing import service as routing
from tongxi.sweeper import Sweeper, recover


@pytest.fixture(autouse=True)
async def promises(seam: Seam) -> AsyncIterator[None]:
    """Every test leaves the house in order."""
    yield
    await seam.settle()
    assert await broken(seam.house.db) == []


async def sweep(seam: Seam) -> int:
    done = await Sweeper(seam.house).sweep()
    await seam.settle()
    return done


async def overdue(seam: Seam) -> list[int]:
    rows = await seam.rows("select number from conversation where state <> 'closed' and next_action_at < now()")
    return [row["number"] for row in rows]


async def test_asking_for_a_person_finds_the_free_agent(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.customer()
    await seam.said(customer, "转人工")
    row = await seam.row(customer)
    assert (row.state, row.holder_id) == ("active", agent.id)
    assert await seam.notices(customer) == ["handed_off", "agent_joined"]
    assert row.customer_waits, "the agent has to answer what was asked"


async def test_with_all_seats_taken_there_is_a_place_in_the_queue(seam: Seam) -> None:
    agent = await seam.agent(capacity=1)
    held = await seam.held(agent)
    first, second = await seam.customer(), await seam.customer()
    for one in (first, second):
        await seam.said(one, "转人工")
    async with seam.house.db.transaction() as tx:
        views = [await queries.customer_view(tx, one.contact_id, seam.inbox_id) for one in (first, second)]
    assert [view["queue"]["place"] for view in views if view] == [1, 2]
    assert [view["queue"]["band_seconds"] for view in views if view] == [None, None]
    row = await seam.row(held)
    await desk.end(seam.house, row.id, **agent.me, epoch=row.epoch)
    await desk.wrap_up(seam.house, row.id, **agent.me, form=desk.WrapUp())
    assert (await seam.row(first)).holder_id == agent.id
    assert (await seam.row(second)).state == "queued"


async def test_pressing_the_button_again_changes_nothing(seam: Seam) -> None:
    await seam.held(await seam.agent(capacity=1))
    customer = await seam.customer()
    await seam.ask_person(customer)
    before = await seam.row(customer)
    await asyncio.gather(*(seam.ask_person(customer) for _ in range(5)))
    assert (await seam.row(customer)).seq == before.seq


async def test_an_agent_owes_the_first_word_after_the_button(seam: Seam) -> None:
    customer = await seam.customer()
    agent = await seam.agent(online=False)
    await seam.said(customer, "你好")
    await seam.connect(agent)
    await seam.ask_person(customer)
    row = await seam.row(customer)
    assert (row.state, row.responsible, row.customer_waits) == ("active", "agent", False), "the bot had answered"
    assert row.waiting_since is not None
    await seam.reply(agent, customer, "您好，我来帮您。")
    row = await seam.row(customer)
    assert (row.responsible, row.waiting_since) == ("customer", None)


async def test_back_to_the_bot_while_waiting(seam: Seam) -> None:
    await seam.held(await seam.agent(capacity=1))
    customer = await seam.customer()
    await seam.said(customer, "转人工")
    await desk.leave_queue(seam.house, customer.conversation_id, contact_id=customer.contact_id)
    row = await seam.row(customer)
    assert (row.state, row.queued_at, row.responsible) == ("bot", None, "customer")
    assert row.waiting_since is None, "nobody waits"


async def test_nobody_on_duty_leaves_a_promise_and_the_bot_carries_on(seam: Seam) -> None:
    await seam.agent(online=False)
    customer = await seam.customer()
    await seam.said(customer, "转人工")
    row = await seam.row(customer)
    assert (row.state, row.responsible, row.queued_at) == ("bot", "customer", None)
    assert await seam.notices(customer) == ["off_hours"], "one message says it, not three"
    [promise] = await seam.rows("select kind, reason, state, promised_at from follow_up")
    assert (promise["kind"], promise["reason"], promise["state"]) == ("message", "off_hours", "open")
    assert promise["promised_at"] > seam.house.clock.now()
    await seam.said(customer, "转人工")
    assert await seam.value("select count(*) from follow_up") == 1, "the promise stands, it is not made twice"
    assert await seam.notices(customer) == ["off_hours", "noted"], "said once; then a line that this was noted too"
    assert [one.type for one in await seam.entries(customer)].count("follow_up_promised") == 1
    await seam.said(customer, "你好")
    assert (await seam.entries(customer))[-1].actor.kind == "bot"
    assert await overdue(seam) == []


async def test_a_promise_that_was_not_kept_is_not_said_again_as_if_it_were(seam: Seam) -> None:
    customer = await seam.customer(language="en")
    await seam.said(customer, "I want a human agent")
    await seam.execute("update follow_up set promised_at = now() - interval '1 hour'")
    await seam.ask_person(customer)
    assert await seam.notices(customer) == ["off_hours", "noted_late"]
    assert await seam.value("select count(*) from follow_up where promised_at < now()") == 1, "it stays overdue"
    got = await desk.follow_up(
        seam.house, customer.conversation_id, contact_id=customer.contact_id, kind="callback", phone="13800138000",
        email="",
    )  # fmt: skip
    assert got["promised_at"] > seam.house.clock.now(), "another arrangement has another time"


async def test_what_is_left_is_one_message_and_stored_with_the_promise_or_not_at_all(seam: Seam) -> None:
    agent = await seam.agent(capacity=1)
    customer = await seam.customer()

    async def leave() -> None:
        await desk.follow_up(
            seam.house, customer.conversation_id, contact_id=customer.contact_id, kind="message", phone="",
            email="me@example.com", text="请寄到公司",
        )  # fmt: skip

    await leave()
    await leave()  # the answer got lost on the way, the app asks again
    texts = [one.text for one in await seam.entries(customer) if one.type == "message_received"]
    assert texts == ["请寄到公司"]
    row = await seam.row(customer)
    assert (row.customer_waits, row.responsible) == (False, "customer"), "the promise is the answer"
    await seam.claim(agent, customer)
    before = (await seam.row(customer)).seq
    with pytest.raises(IllegalMove):
        await desk.follow_up(
            seam.house, customer.conversation_id, contact_id=customer.contact_id, kind="message", phone="", email="",
            text="还有一件事",
        )  # fmt: skip
    assert (await seam.row(customer)).seq == before


async def test_a_follow_up_asked_for_while_waiting_does_not_leave_the_row_overdue(seam: Seam) -> None:
    await seam.held(await seam.agent(capacity=1))
    customer = await seam.customer()
    await seam.said(customer, "转人工")
    await seam.shift(customer, 90)
    got = await desk.follow_up(
        seam.house, customer.conversation_id, contact_id=customer.contact_id, kind="callback", phone="13800138000",
        email="", text="请给我回电话",
    )  # fmt: skip
    await seam.settle()
    assert got["promised_at"] > seam.house.clock.now()
    row = await seam.row(customer)
    assert (row.state, row.responsible) == ("bot", "customer")
    assert await overdue(seam) == []
    assert await seam.value("select phone from follow_up") == "13800138000"


async def test_an_agent_who_vanishes_loses_it_to_the_front_of_the_queue(seam: Seam) -> None:
    gone = await seam.agent("甲", capacity=1)
    busy = await seam.agent("乙", capacity=1)
    await seam.held(busy)
    customer = await seam.customer()
    await seam.said(customer, "转人工")
    queued_at = (await seam.row(customer)).queued_at
    waiting = await seam.queued(seconds=600)
    await seam.vanish(gone)
    assert await routing.release_absent(seam.house) == 1
    row = await seam.row(customer)
    assert (row.state, row.queued_at, row.priority) == ("queued", queued_at, routing.FRONT)
    assert (await seam.notices(customer))[-1] == "agent_left"
    async with seam.house.db.transaction() as tx:
        line = [one.id for one in await queries.waiting(tx)]
    assert line == [customer.conversation_id, waiting.conversation_id]
    assert await routing.release_absent(seam.house) == 0


async def test_the_front_is_before_those_who_go_first_for_other_reasons(seam: Seam) -> None:
    gone = await seam.agent("甲", capacity=1)
    busy = await seam.agent("乙", capacity=1)
    await seam.held(busy)
    customer = await seam.held(gone)  # taken from the bot: never waited
    upset = await seam.queued(seconds=600)
    await seam.execute("update conversation set priority = 1 where id = %s", upset.conversation_id)
    await seam.vanish(gone)
    assert await routing.release_absent(seam.house) == 1
    assert "第 1 位" in [one.text for one in await seam.entries(customer) if one.is_public][-1]
    async with seam.house.db.transaction() as tx:
        assert (await queries.waiting(tx))[0].id == customer.conversation_id


@pytest.mark.parametrize("change", ["is_active = false", "role = 'editor'"])
async def test_an_agent_who_may_not_answer_any_more_loses_it_at_once(seam: Seam, change: str) -> None:
    agent = await seam.agent()
    customer = await seam.held(agent)
    other = await seam.agent("乙")
    await seam.execute(f"update app_user set {change} where id = %s", agent.id)
    assert await routing.release_absent(seam.house) == 1
    assert (await seam.row(customer)).holder_id == other.id


async def test_a_short_break_of_the_line_costs_nothing(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.held(agent)
    await seam.execute("update presence set leased_until = now() + interval '5 seconds'")
    assert await routing.release_absent(seam.house) == 0
    assert (await seam.row(customer)).holder_id == agent.id


async def test_when_the_last_agent_leaves_those_who_wait_get_a_promise(seam: Seam) -> None:
    agent = await seam.agent(capacity=1)
    await seam.held(agent)
    customer = await seam.customer()
    await seam.said(customer, "转人工")
    await seam.leave(agent)
    await seam.shift(customer, 61)
    assert await sweep(seam) == 1
    assert (await seam.row(customer)).state == "bot"
    assert (await seam.notices(customer))[-1] == "off_hours"
    assert await overdue(seam) == []


async def test_a_minute_of_waiting_renews_the_deadline(seam: Seam) -> None:
    await seam.held(await seam.agent(capacity=1))
    customer = await seam.customer()
    await seam.said(customer, "转人工")
    heard: list[bool] = []
    seam.house.on_queue_changed.append(lambda: heard.append(True))
    await seam.shift(customer, 61)
    await sweep(seam)
    assert (await seam.row(customer)).state == "queued"
    assert heard, "whoever waits is told his place again"
    assert await overdue(seam) == []


async def test_silence_ends_it_and_a_message_reopens(seam: Seam) -> None:
    customer = await seam.customer()
    await seam.said(customer, "你好")
    await seam.shift(customer, seam.house.inboxes.get(seam.inbox_id).idle.total_seconds() + 1)
    await sweep(seam)
    assert (await seam.row(customer)).state == "closed"
    assert (await seam.notices(customer))[-1] == "idle_ended"
    await seam.said(customer, "我回来了")
    assert (await seam.row(customer)).state == "bot"


async def test_silence_of_a_served_customer_leaves_the_agent_his_wrap_up(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.held(agent)
    await seam.reply(agent, customer)
    await seam.shift(customer, seam.house.inboxes.get(seam.inbox_id).idle.total_seconds() + 1)
    await sweep(seam)
    row = await seam.row(customer)
    assert (row.state, row.holder_id) == ("wrap_up", agent.id)


async def test_wrap_up_nobody_finishes_is_closed(seam: Seam) -> None:
    agent = await seam.agent(capacity=1)
    customer = await seam.held(agent)
    row = await seam.row(customer)
    await desk.end(seam.house, row.id, **agent.me, epoch=row.epoch)
    waiting = await seam.queued()
    await seam.shift(customer, 1801)
    await sweep(seam)
    assert (await seam.row(customer)).state == "closed"
    last = (await seam.entries(customer))[-1]
    assert (last.type, last.data["cause"]) == ("wrapped_up", "deadline")
    assert (await seam.row(waiting)).holder_id == agent.id


async def test_a_late_agent_is_named_in_the_log_once_per_deadline(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.held(agent)
    for times in (1, 2):
        await seam.shift(customer, REPLY_DEADLINE.total_seconds() + 1)
        await sweep(seam)
        await sweep(seam)
        assert (await seam.types(customer)).count("reply_overdue") == times
    assert (await seam.row(customer)).holder_id == agent.id


async def test_a_turn_a_crash_left_behind_is_taken_up(seam: Seam) -> None:
    customer = await seam.customer()
    await seam.store(customer, "你好")
    assert await recover(seam.house) == 1
    await seam.settle()
    assert (await seam.entries(customer))[-1].actor.kind == "bot"
    assert await recover(seam.house) == 0


async def test_a_turn_nobody_took_is_found_by_the_sweeper(seam: Seam) -> None:
    customer = await seam.customer()
    await seam.store(customer, "你好")
    assert await sweep(seam) == 0
    await seam.shift(customer, BOT_DEADLINE.total_seconds() + 1)
    assert await sweep(seam) == 1
    assert (await seam.entries(customer))[-1].actor.kind == "bot"


async def test_a_bot_that_fails_for_too_long_is_replaced_by_a_person(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.customer()
    await seam.store(customer, "你好")
    await seam.shift(customer, 30)
    await sweep(seam)
    assert (await seam.row(customer)).holder_id == agent.id
    assert "turn_failed" in await seam.types(customer)


async def test_two_sweepers_do_it_once(seam: Seam) -> None:
    customers = [await seam.customer() for _ in range(6)]
    for one in customers:
        await seam.shift(one, 3000)
    await asyncio.gather(*(Sweeper(seam.house).sweep() for _ in range(4)))
    for one in customers:
        assert (await seam.types(one)).count("ended") == 1


async def test_skills_queues_and_pull(seam: Seam) -> None:
    english = await seam.queue("英文", skill="english")
    own = await seam.queue("直营")
    pull = await seam.queue("慢件", assignment="pull")
    plain = await seam.agent("甲")
    able = await seam.agent("乙", skills=("english",), queues=(own,))
    waiting: dict[str, Customer] = {
        "english": await seam.queued(queue_id=english),
        "own": await seam.queued(queue_id=own),
        "pull": await seam.queued(queue_id=pull),
    }
    await routing.assign_waiting(seam.house)
    assert (await seam.row(waiting["english"])).holder_id == able.id
    assert (await seam.row(waiting["own"])).holder_id == able.id
    assert (await seam.row(waiting["pull"])).state == "queued"
    assert await desk.take_next(seam.house, **plain.me) == waiting["pull"].conversation_id


async def test_the_estimate_counts_busy_gaps_only(seam: Seam) -> None:
    agent = await seam.agent(capacity=100)
    base = seam.house.clock.now() - timedelta(hours=1)
    for n in range(30):
        customer = await seam.held(agent)
        waited = 300 if n % 2 else 0.1
        await seam.execute(
            "update log_entry set at = %s, data = data || jsonb_build_object('waited_seconds', %s::float8)"
            " where conversation_id = %s and type = 'claimed'",
            base + timedelta(seconds=60 * n), waited, customer.conversation_id,
        )  # fmt: skip
    await seam.execute("update conversation set queue_id = %s", seam.queue_id)
    async with seam.house.db.transaction() as tx:
        assert await queries.band(tx, seam.queue_id, 1) is None, "15 busy gaps are too few"
        await tx.execute("update log_entry set data = data || '{\"waited_seconds\": 300}' where type = 'claimed'")
        assert await queries.band(tx, seam.queue_id, 1) == (60, 61)
        assert await queries.band(tx, seam.queue_id, 3) == (180, 181)
