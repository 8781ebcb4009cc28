"""The message path: what becomes of a message, and that the numbers have no gaps whoever writes at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import orjson
import psycopg
import pytest

from tests.support.invariants import broken
from tests.support.seam import Customer, Seam
from tongxi.conversations import log
from tongxi.conversations.append import Append, Appended, DuplicateClientId, Outcome
from tongxi.conversations.events import NIL, SYSTEM, ReplyOverdue, TurnFailed
from tongxi.conversations.log import Say, record
from tongxi.desk import service as desk
from tongxi.kit.db import Unavailable
from tongxi.kit.ids import new_id


def bot_says(customer: Customer, answers: int, *, epoch: int = 1, text: str = "您好", **more: Any) -> Append:
    return Append(
        customer.conversation_id, "bot", NIL, f"turn-{answers}", text, epoch=epoch, answers=answers, **more
    )  # fmt: skip


async def test_a_fresh_message_is_stored_and_the_bot_is_to_act(seam: Seam) -> None:
    customer = await seam.customer()
    got = await seam.store(customer, "你好")
    assert (got.outcome, got.seq, got.state) == (Outcome.FRESH, 2, "bot")
    row = await seam.row(customer)
    assert (row.seq, row.public_seq, row.customer_seq, row.answered_seq, row.responsible) == (2, 2, 2, 0, "bot")
    [message] = await seam.rows("select seq, text, sender from message where conversation_id = %s", row.id)
    assert message == {"seq": 2, "text": "你好", "sender": "customer"}


async def test_text_is_stored_as_received(seam: Seam) -> None:
    customer = await seam.customer()
    hard = "\"\\u0001\t\n{}[]%s $1 ' -- <script>𠮷😀\u202e\u200d" + "x" * 7900
    await seam.store(customer, hard)
    assert (await seam.entries(customer))[-1].text == hard


async def test_a_repeat_is_told_the_first_number(seam: Seam) -> None:
    customer = await seam.customer()
    first = await seam.store(customer, "你好", client_id="c1")
    await seam.store(customer, "在吗", client_id="c2")
    again = await seam.store(customer, "你好", client_id="c1")
    assert (again.outcome, again.seq, again.message_id) == (Outcome.DUPLICATE, first.seq, first.message_id)
    assert again.same_body
    other = await seam.store(customer, "别的", client_id="c1")
    assert (other.outcome, other.seq, other.same_body) == (Outcome.DUPLICATE, first.seq, False)
    assert (await seam.row(customer)).seq == 3


async def test_the_same_words_with_another_file_or_button_are_another_message(seam: Seam) -> None:
    customer = await seam.customer()

    async def send(content: Mapping[str, object]) -> Appended:
        body = orjson.dumps(content).decode()
        return await seam.house.writer.append(
            Append(customer.conversation_id, "customer", customer.contact_id, "c1", "给您看", content=body)
        )

    file = {"id": "f1", "name": "a.png", "url": "/a?signed=1"}
    first = await send({"attachments": [file]})
    again = await send({"attachments": [file | {"url": "/a?signed=2"}]})
    assert (again.outcome, again.seq, again.same_body) == (Outcome.DUPLICATE, first.seq, True)
    for other in ({"attachments": [file | {"id": "f2"}]}, {"attachments": [file], "quick_reply": "yes"}, {}):
        assert not (await send(other)).same_body, other


async def test_a_note_s_id_is_not_taken_for_a_reply(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.held(agent)
    await desk.note(seam.house, customer.conversation_id, **agent.me, client_id="n1", text="先看看")
    with pytest.raises(DuplicateClientId):
        await seam.reply(agent, customer, "先看看", client_id="n1")


async def test_a_repeat_at_the_same_moment_is_stored_once(seam: Seam) -> None:
    customer = await seam.customer()
    got = await asyncio.gather(*(seam.store(customer, "你好", client_id="c1") for _ in range(8)))
    assert {one.seq for one in got} == {2}
    assert sorted(one.outcome for one in got) == ["duplicate"] * 7 + ["fresh"]


async def test_the_same_client_id_of_another_is_another_message(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.held(agent)
    await seam.store(customer, "一", client_id="same")
    got = await seam.reply(agent, customer, "二", client_id="same")
    assert got.outcome is Outcome.FRESH


async def test_the_bot_speaks_only_for_what_it_read(seam: Seam) -> None:
    customer = await seam.customer()
    first = await seam.store(customer, "你好")
    await seam.store(customer, "我要退货")
    late = await seam.house.writer.append(bot_says(customer, first.seq))
    assert late.outcome is Outcome.SUPERSEDED
    fine = await seam.house.writer.append(bot_says(customer, first.seq + 1))
    assert fine.outcome is Outcome.FRESH
    row = await seam.row(customer)
    assert (row.answered_seq, row.responsible) == (first.seq + 1, "customer")


async def test_nobody_but_the_holder_speaks(seam: Seam) -> None:
    agent, other = await seam.agent("甲"), await seam.agent("乙")
    customer = await seam.held(agent)
    row = await seam.row(customer)
    assert (await seam.house.writer.append(bot_says(customer, row.customer_seq))).outcome is Outcome.NOT_HOLDER

    async def as_agent(agent_id: Any, epoch: int) -> str:
        append = Append(customer.conversation_id, "agent", agent_id, str(new_id()), "您好", epoch=epoch)
        return (await seam.house.writer.append(append)).outcome

    assert await as_agent(other.id, row.epoch) == "not_holder"
    assert await as_agent(agent.id, row.epoch - 1) == "stale_epoch"
    assert await as_agent(agent.id, row.epoch) == "fresh"


async def test_a_note_is_written_whoever_holds_and_the_customer_does_not_see_it(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.customer()
    before = await seam.row(customer)
    note = Append(customer.conversation_id, "agent", agent.id, "n1", "客户很急", is_note=True)
    got = await seam.house.writer.append(note)
    assert got.outcome is Outcome.FRESH
    row = await seam.row(customer)
    assert (row.seq, row.public_seq) == (before.seq + 1, before.public_seq)
    assert (row.responsible, row.next_action_at) == (before.responsible, before.next_action_at)
    assert not (await seam.entries(customer))[-1].is_public


async def test_into_an_ended_conversation_nothing_is_stored(seam: Seam) -> None:
    from tongxi.desk import service as desk

    customer = await seam.customer()
    await desk.end_by_customer(seam.house, customer.conversation_id, contact_id=customer.contact_id)
    before = await seam.row(customer)
    assert (await seam.store(customer, "还在吗")).outcome is Outcome.CLOSED
    assert (await seam.row(customer)).seq == before.seq
    assert (await seam.write(customer, "还在吗")).outcome is Outcome.FRESH
    await seam.settle()
    assert (await seam.row(customer)).episode == 2


async def test_a_conversation_that_does_not_exist(seam: Seam) -> None:
    nobody = Customer(new_id(), new_id())
    assert (await seam.store(nobody)).outcome is Outcome.NOT_FOUND


async def test_the_deadline_is_that_of_the_oldest_unanswered_message(seam: Seam) -> None:
    customer = await seam.customer()
    await seam.store(customer, "一")
    first = (await seam.row(customer)).next_action_at
    await seam.store(customer, "二")
    assert (await seam.row(customer)).next_action_at == first


async def test_numbers_have_no_gaps_whoever_writes_at_once(seam: Seam) -> None:
    agent = await seam.agent(capacity=50)
    people = [await seam.held(agent) for _ in range(4)]
    rng = random.Random(5)

    async def moves(customer: Customer) -> None:
        async with seam.house.db.transaction() as tx:
            conversation = await log.hold(tx, customer.conversation_id)
            await asyncio.sleep(rng.random() / 200)
            await record(
                tx, seam.house.live, conversation, TurnFailed(error="x"), Say("通知"), ReplyOverdue(agent_id=agent.id),
                actor=SYSTEM, at=seam.house.clock.now(), idle=seam.house.inboxes.get(seam.inbox_id).idle,
            )  # fmt: skip

    work = [
        act
        for customer in people
        for act in [*(seam.store(customer, f"第 {n} 句") for n in range(25)), *(moves(customer) for _ in range(8)),
                    *(seam.reply(agent, customer, f"答 {n}") for n in range(8))]
    ]  # fmt: skip
    rng.shuffle(work)
    await asyncio.gather(*work)
    assert await broken(seam.house.db) == []
    for customer in people:
        assert (await seam.row(customer)).seq == 2 + 2 + 25 + 8 * 3 + 8


async def test_one_senders_messages_keep_their_order(seam: Seam) -> None:
    customer = await seam.customer()
    got = await asyncio.gather(*(seam.store(customer, str(n)) for n in range(60)))
    assert [one.seq for one in got] == list(range(2, 62))
    assert [entry.text for entry in await seam.entries(customer)][1:] == [str(n) for n in range(60)]


async def test_a_move_that_fails_leaves_nothing_behind(seam: Seam) -> None:
    customer = await seam.customer()

    async def fails() -> None:
        async with seam.house.db.transaction() as tx:
            conversation = await log.hold(tx, customer.conversation_id)
            idle = seam.house.inboxes.get(seam.inbox_id).idle
            at = seam.house.clock.now()
            await record(tx, seam.house.live, conversation, Say("通知"), actor=SYSTEM, at=at, idle=idle)
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        await fails()
    await seam.store(customer, "你好")
    assert await seam.types(customer) == ["started", "message_received"]
    assert await broken(seam.house.db) == []


async def test_a_lost_connection_is_an_answer_and_the_next_message_goes_through(seam: Seam, database_url: str) -> None:
    customer = await seam.customer()
    await seam.store(customer, "一", client_id="c1")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid()"
        )
    outcomes = []
    for _ in range(40):
        try:
            outcomes.append((await seam.store(customer, "二", client_id="c2")).outcome)
            break
        except Unavailable:
            await asyncio.sleep(0.05)
    assert outcomes == [Outcome.FRESH]
    for _ in range(20):  # broken connections leave the pool one by one
        try:
            assert (await seam.row(customer)).seq == 3
            break
        except Unavailable:
            await asyncio.sleep(0.05)
    assert await broken(seam.house.db) == []


async def test_while_the_database_is_away_whoever_sends_is_told(seam: Seam, database_url: str) -> None:
    customer = await seam.customer()
    await seam.store(customer, "一")
    name = psycopg.conninfo.conninfo_to_dict(database_url)["dbname"]
    admin = psycopg.conninfo.make_conninfo(database_url, dbname="postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'alter database "{name}" allow_connections false')
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
        try:
            for n in range(3):
                with pytest.raises(Unavailable):
                    async with asyncio.timeout(5):
                        await seam.store(customer, "二", client_id=f"away-{n}")
        finally:
            connection.execute(f'alter database "{name}" allow_connections true')
    async with asyncio.timeout(20):
        while True:
            try:
                await seam.store(customer, "三", client_id="back")
                row = await seam.row(customer)
                break
            except Unavailable:
                await asyncio.sleep(0.1)
    assert row.seq == 3


async def test_one_message_that_cannot_be_written_does_not_stop_the_others(seam: Seam) -> None:
    customer, other = await seam.customer(), await seam.customer()
    got = await asyncio.gather(
        seam.store(customer, "\ud800"),
        seam.store(other, "在吗"),
        seam.store(customer, "a\x00b"),
        seam.store(other, "你好"),
        return_exceptions=True,
    )
    assert isinstance(got[0], Exception)
    assert isinstance(got[2], Exception)
    assert [one.outcome for one in (got[1], got[3]) if not isinstance(one, BaseException)] == ["fresh", "fresh"]
    assert (await seam.store(customer, "还在")).outcome is Outcome.FRESH
    assert await broken(seam.house.db) == []
