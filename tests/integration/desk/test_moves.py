"""What people do with a conversation, and who is told what when several do it at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.invariants import broken
from tests.support.seam import Seam
from tongxi.conversations import log
from tongxi.conversations.append import DuplicateClientId
from tongxi.conversations.service import AlreadyRated
from tongxi.conversations.state import IllegalMove
from tongxi.desk import service as desk
from tongxi.desk.service import AtCapacity, NotHolder, QueueEmpty, StaleEpoch, WrapUp
from tongxi.kit.errors import AppError, Invalid, NotFound
from tongxi.routing import service as routing


@pytest.fixture(autouse=True)
async def promises(seam: Seam) -> object:
    """Every test leaves the house in order."""
    yield
    await seam.settle()
    assert await broken(seam.house.db) == []


async def test_twenty_claim_one_wins_and_the_others_are_told_who(seam: Seam) -> None:
    agents = [await seam.agent(f"座席 {n}") for n in range(20)]
    customer = await seam.queued()
    epoch = (await seam.row(customer)).epoch
    told = await asyncio.gather(*(seam.claim(agent, customer, epoch=epoch) for agent in agents), return_exceptions=True)
    winners = [agent for agent, answer in zip(agents, told, strict=True) if answer is None]
    assert len(winners) == 1
    for answer in told:
        if answer is not None:
            assert isinstance(answer, (StaleEpoch, NotHolder))
            assert answer.fields["holder"] == {"kind": "agent", "id": winners[0].id, "name": winners[0].name}
            assert (answer.fields["state"], answer.fields["epoch"]) == ("active", epoch + 1)
    assert (await seam.types(customer)).count("claimed") == 1
    assert (await seam.notices(customer)).count("agent_joined") == 1


async def test_capacity_holds_under_claims_assignments_and_next_at_once(seam: Seam) -> None:
    agent = await seam.agent(capacity=3)
    other = await seam.agent("乙", capacity=2)
    customers = [await seam.queued(seconds=n) for n in range(12)]
    await asyncio.gather(
        *(seam.claim(agent, one) for one in customers[:6]),
        *(desk.take_next(seam.house, **other.me) for _ in range(4)),
        *(routing.assign_waiting(seam.house) for _ in range(4)),
        return_exceptions=True,
    )
    loads = {row["holder_id"]: row["n"] for row in await seam.rows(
        "select holder_id, count(*) as n from conversation where state = 'active' group by 1"
    )}  # fmt: skip
    assert loads == {agent.id: 3, other.id: 2}
    still_waiting = [one for one in customers if (await seam.row(one)).state == "queued"]
    assert len(still_waiting) == 7
    with pytest.raises(AtCapacity):
        await seam.claim(agent, still_waiting[0])


async def test_claiming_again_is_the_same_claim(seam: Seam) -> None:
    agent = await seam.agent(capacity=1)
    customer = await seam.held(agent)
    before = await seam.row(customer)
    await seam.claim(agent, customer, epoch=before.epoch - 1)
    assert (await seam.row(customer)).epoch == before.epoch


async def test_only_a_supervisor_takes_it_from_a_colleague(seam: Seam) -> None:
    agent, other = await seam.agent("甲"), await seam.agent("乙")
    boss = await seam.agent("主管", role="supervisor")
    customer = await seam.held(agent)
    with pytest.raises(NotHolder):
        await seam.claim(other, customer)
    await seam.claim(boss, customer, take_over=True)
    row = await seam.row(customer)
    assert row.holder_id == boss.id
    claimed = [entry for entry in await seam.entries(customer) if entry.type == "claimed"][-1]
    assert (claimed.data["from_holder"], claimed.data["from_agent"]) == ("agent", str(agent.id))
    with pytest.raises(NotHolder) as told:
        await seam.reply(agent, customer)
    assert told.value.fields["holder"]["id"] == boss.id


async def test_next_is_the_one_who_waits_longest_and_each_gets_another(seam: Seam) -> None:
    a, b = await seam.agent("甲"), await seam.agent("乙")
    with pytest.raises(QueueEmpty):
        await desk.take_next(seam.house, **a.me)
    short, long_ = await seam.queued(seconds=10), await seam.queued(seconds=60)
    got = await asyncio.gather(desk.take_next(seam.house, **a.me), desk.take_next(seam.house, **b.me))
    assert set(got) == {short.conversation_id, long_.conversation_id}
    third, fourth = await seam.queued(seconds=5), await seam.queued(seconds=50)
    assert await desk.take_next(seam.house, **a.me) == fourth.conversation_id
    assert await desk.take_next(seam.house, **a.me) == third.conversation_id


async def test_next_waits_for_a_customer_something_else_holds_for_a_moment(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.queued()
    async with seam.house.db.transaction() as tx:
        await log.hold(tx, customer.conversation_id)
        taking = asyncio.create_task(desk.take_next(seam.house, **agent.me))
        await asyncio.wait([taking], timeout=0.2)
    assert await taking == customer.conversation_id


async def test_transfer_to_a_colleague(seam: Seam) -> None:
    a, b = await seam.agent("甲"), await seam.agent("乙", capacity=1)
    away = await seam.agent("丙", online=False)
    customer, more = await seam.held(a), await seam.held(a)

    async def pass_on(one: object, to: object) -> None:
        row = await seam.row(one)  # type: ignore[arg-type]
        await desk.transfer(seam.house, row.id, **a.me, epoch=row.epoch, to_agent=to, to_queue=None)  # type: ignore[arg-type]

    with pytest.raises(NotFound):
        await pass_on(customer, away.id)
    with pytest.raises(NotFound):
        await pass_on(customer, a.id)
    await pass_on(customer, b.id)
    assert (await seam.row(customer)).holder_id == b.id
    with pytest.raises(AtCapacity):
        await pass_on(more, b.id)
    with pytest.raises(NotHolder):
        await pass_on(customer, b.id)


async def test_transfer_to_a_queue_of_others(seam: Seam) -> None:
    english = await seam.queue("英文", skill="english")
    a = await seam.agent("甲")
    speaker = await seam.agent("乙", skills=("english",))
    customer = await seam.held(a)
    row = await seam.row(customer)
    with pytest.raises(StaleEpoch):
        await desk.transfer(seam.house, row.id, **a.me, epoch=row.epoch - 1, to_agent=None, to_queue=english)
    await desk.transfer(seam.house, row.id, **a.me, epoch=row.epoch, to_agent=None, to_queue=english)
    row = await seam.row(customer)
    assert (row.state, row.holder_id, row.queue_id) == ("active", speaker.id, english)
    assert "transferred" in await seam.notices(customer)


async def test_the_note_of_a_move_that_did_not_happen_is_not_left_behind(seam: Seam) -> None:
    a, b = await seam.agent("甲"), await seam.agent("乙")
    customer = await seam.held(a)
    epoch = (await seam.row(customer)).epoch
    for who, seen in ((b, epoch), (a, epoch - 1)):
        with pytest.raises((NotHolder, StaleEpoch)):
            await desk.give_back(seam.house, customer.conversation_id, **who.me, epoch=seen, note="已退款")
    assert not [one for one in await seam.entries(customer) if one.is_note]
    public = (await seam.row(customer)).public_seq
    await desk.transfer(
        seam.house, customer.conversation_id, **a.me, epoch=epoch, to_agent=b.id, to_queue=None, note="已退款"
    )
    [note] = [one for one in await seam.entries(customer) if one.is_note]
    assert (note.type, note.text, note.actor.id, note.prev) == ("note_written", "已退款", a.id, public)
    assert (await seam.row(customer)).holder_id == b.id


async def test_given_back_the_bot_answers_from_the_next_message_on(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.held(agent)
    row = await seam.row(customer)
    await desk.give_back(seam.house, row.id, **agent.me, epoch=row.epoch)
    row = await seam.row(customer)
    assert (row.state, row.responsible, row.customer_waits) == ("bot", "customer", False)
    spoken = len([entry for entry in await seam.entries(customer) if entry.actor.kind == "bot"])
    await seam.said(customer, "谢谢")
    assert len([entry for entry in await seam.entries(customer) if entry.actor.kind == "bot"]) == spoken + 1


async def test_end_wrap_up_rate_reopen(seam: Seam) -> None:
    agent = await seam.agent(capacity=1)
    customer = await seam.held(agent)
    row = await seam.row(customer)
    await desk.end(seam.house, row.id, **agent.me, epoch=row.epoch)
    row = await seam.row(customer)
    assert (row.state, row.holder_id, row.responsible) == ("wrap_up", agent.id, "agent")
    with pytest.raises(IllegalMove) as told:
        await desk.end(seam.house, row.id, **agent.me, epoch=row.epoch)
    assert told.value.fields["state"] == "wrap_up"
    waiting = await seam.queued()
    assert await routing.assign_waiting(seam.house) == 0, "wrap-up takes a seat"
    form = WrapUp(disposition="refund", outcome="resolved", summary="退了", tags=[" 退款 ", "退款", ""])
    await desk.wrap_up(seam.house, row.id, **agent.me, form=form)
    row = await seam.row(customer)
    assert (row.state, row.holder_id, row.responsible, row.next_action_at) == ("closed", None, None, None)
    assert (await seam.row(waiting)).holder_id == agent.id, "the seat is free, the next one is in it"
    [episode] = await seam.rows("select * from episode where conversation_id = %s", row.id)
    assert (episode["disposition"], episode["tags"], episode["ended_by"]) == ("refund", ["退款"], "agent")

    async def rate(episode: int, *, resolved: bool | None = True) -> None:
        await desk.rate(
            seam.house, row.id, contact_id=customer.contact_id, episode=episode, resolved=resolved, csat=4,
            reasons=[], comment="", skipped=False,
        )  # fmt: skip

    await rate(1)
    with pytest.raises(AlreadyRated):
        await rate(1)
    with pytest.raises(Invalid):
        await rate(2)
    await seam.said(customer, "还有一个问题")
    row = await seam.row(customer)
    assert (row.state, row.episode) == ("bot", 2)


async def test_not_resolved_reopens_with_the_bot(seam: Seam) -> None:
    customer = await seam.customer()
    await seam.store(customer)
    await desk.end_by_customer(seam.house, customer.conversation_id, contact_id=customer.contact_id)
    await desk.rate(
        seam.house, customer.conversation_id, contact_id=customer.contact_id, episode=1, resolved=False, csat=1,
        reasons=["slow"], comment="", skipped=False,
    )  # fmt: skip
    row = await seam.row(customer)
    assert (row.state, row.episode) == ("bot", 2)


async def test_written_during_wrap_up_it_is_the_same_agents(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.held(agent)
    row = await seam.row(customer)
    await desk.end(seam.house, row.id, **agent.me, epoch=row.epoch)
    await seam.said(customer, "等一下")
    after = await seam.row(customer)
    assert (after.state, after.holder_id, after.responsible) == ("active", agent.id, "agent")
    assert after.epoch > row.epoch
    with pytest.raises(IllegalMove):
        await desk.wrap_up(seam.house, row.id, **agent.me, form=WrapUp())


async def test_a_reply_repeated_is_stored_once(seam: Seam) -> None:
    agent = await seam.agent()
    customer = await seam.held(agent)
    first = await seam.reply(agent, customer, "您好", client_id="r1")
    again = await seam.reply(agent, customer, "您好", client_id="r1")
    assert again.seq == first.seq
    with pytest.raises(DuplicateClientId) as told:
        await seam.reply(agent, customer, "别的", client_id="r1")
    assert told.value.fields == {"seq": first.seq, "message_id": str(first.message_id)}


async def test_other_peoples_conversations_are_not_found(seam: Seam) -> None:
    mine, other = await seam.customer(), await seam.customer()
    me: dict[str, Any] = {"contact_id": mine.contact_id}
    house, id_ = seam.house, other.conversation_id
    tries = [
        desk.ask_for_person(house, id_, **me), desk.leave_queue(house, id_, **me),
        desk.end_by_customer(house, id_, **me),
        desk.follow_up(house, id_, **me, kind="message", phone="", email=""),
        desk.rate(house, id_, **me, episode=1, resolved=None, csat=1, reasons=[], comment="", skipped=False),
    ]  # fmt: skip
    for one in tries:
        with pytest.raises(NotFound):
            await one
    assert await seam.types(other) == ["started"]


async def test_whatever_races_with_a_claim_the_answer_is_typed(seam: Seam) -> None:
    """Move against move on one row: each is done or refused, none breaks."""
    a, b = await seam.agent("甲", capacity=40), await seam.agent("乙", capacity=40)
    for _ in range(8):
        customer = await seam.held(a)
        row = await seam.row(customer)
        answers = await asyncio.gather(
            desk.end(seam.house, row.id, **a.me, epoch=row.epoch),
            desk.give_back(seam.house, row.id, **a.me, epoch=row.epoch),
            desk.transfer(seam.house, row.id, **a.me, epoch=row.epoch, to_agent=b.id, to_queue=None),
            seam.claim(b, customer, epoch=row.epoch, take_over=True),
            desk.end_by_customer(seam.house, row.id, contact_id=customer.contact_id),
            seam.store(customer, "等等"),
            return_exceptions=True,
        )
        wrong = [one for one in answers if isinstance(one, BaseException) and not isinstance(one, AppError)]
        assert wrong == []
        assert sum(one is None for one in answers[:4]) <= 1 + (answers[4] is None)
