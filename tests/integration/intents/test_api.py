"""Intents at the edge: the starter pack with its answers, a sentence to try, an agent's correction."""

from __future__ import annotations

import pytest

from tests.support.seam import Seam
from tongxi.accounts.roles import Role
from tongxi.api.auth import SignedIn
from tongxi.api.intents import (
    Correction,
    NotEnabled,
    Sentence,
    SwitchOn,
    correct,
    read_text,
    starter,
    status,
    switch_on,
)
from tongxi.intents import queries
from tongxi.kit.errors import Invalid, NotFound
from tongxi.starter import intents as starter_pack

TWO = [one.intent for one in starter_pack()][:2]


async def _as(seam: Seam, role: Role) -> SignedIn:
    person = await seam.agent(role.value, role=role.value, online=False)
    return SignedIn(person.id, person.name, "", role, "", "zh", "system", b"", "")


async def test_sample_answers_become_drafts_with_questions(seam: Seam) -> None:
    editor = await _as(seam, Role.EDITOR)
    made = await switch_on(SwitchOn(intents=TWO, answers="draft"), editor, seam.house)
    assert made == {"intents": TWO, "articles": 4}
    async with seam.house.db.reading() as tx:
        rows = await tx.dicts("select slug, status, cardinality(questions) as questions from article order by slug")
        held = {i.code: i.article for i in await queries.intents(tx, limit=10)}
    assert {row["slug"] for row in rows} == {f"{code}.{language}" for code in TWO for language in ("zh", "en")}
    assert {row["status"] for row in rows} == {"draft"}
    assert all(row["questions"] > 0 for row in rows)
    assert held == {code: code for code in TWO}
    again = await switch_on(SwitchOn(intents=TWO, answers="published"), editor, seam.house)
    assert again["articles"] == 0  # what is there is not overwritten
    pack = await starter(editor, seam.house)
    assert sum(one["is_on"] for domain in pack["domains"] for one in domain["intents"]) == 2


async def test_an_unknown_intent_of_the_pack_brings_in_nothing(seam: Seam) -> None:
    editor = await _as(seam, Role.EDITOR)
    with pytest.raises(Invalid):
        await switch_on(SwitchOn(intents=[TWO[0], "no_such_intent"]), editor, seam.house)
    async with seam.house.db.reading() as tx:
        assert await queries.codes(tx) == {}


async def test_a_sentence_can_be_tried_once_it_is_learnt(seam: Seam) -> None:
    editor = await _as(seam, Role.EDITOR)
    await switch_on(SwitchOn(intents=TWO), editor, seam.house)
    await seam.house.intents.load(seam.house.db)
    told = await status(editor, seam.house)
    assert (told["state"], told["intents"]) == ("ready", 2)
    text = next(one for one in starter_pack() if one.intent == TWO[1]).zh[3]
    read = await read_text(Sentence(text=text), editor, seam.house)
    assert read["guesses"][0]["intent"] == TWO[1]


async def test_an_agents_correction_names_the_topic_and_teaches(seam: Seam) -> None:
    editor, agent = await _as(seam, Role.EDITOR), await _as(seam, Role.AGENT)
    await switch_on(SwitchOn(intents=TWO), editor, seam.house)
    customer = await seam.customer()
    sent = await seam.write(customer, "怎么付不了钱，我电话13800138000")
    correction = Correction(conversation=customer.conversation_id, seq=sent.seq, intent=TWO[1])
    assert (await correct(correction, agent, seam.house))["added"] == 1
    async with seam.house.db.reading() as tx:
        subject = await tx.value("select subject from conversation where id = %s", (customer.conversation_id,))
        taught = await tx.value("select text from intent_example where source = 'confirmed'")
    assert subject == TWO[1]
    assert "付不了钱" in taught
    assert "13800138000" not in taught


async def test_a_correction_needs_a_message_and_an_intent_that_are_there(seam: Seam) -> None:
    agent = await _as(seam, Role.AGENT)
    customer = await seam.customer()
    sent = await seam.write(customer, "怎么付不了钱")
    with pytest.raises(NotEnabled):
        await correct(
            Correction(conversation=customer.conversation_id, seq=sent.seq, intent="nothing"), agent, seam.house
        )
    with pytest.raises(NotFound):
        await correct(Correction(conversation=customer.conversation_id, seq=9999, intent="nothing"), agent, seam.house)
    editor = await _as(seam, Role.EDITOR)
    with pytest.raises(NotFound):  # who may not read a conversation may not teach from it
        await correct(
            Correction(conversation=customer.conversation_id, seq=sent.seq, intent="nothing"), editor, seam.house
        )
