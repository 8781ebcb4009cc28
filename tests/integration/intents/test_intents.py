"""Intents in the house: taught, learnt in another process, read in every one."""

from __future__ import annotations

import pytest

from tests.support.seam import Seam
from tongxi.house import House
from tongxi.intents import OUT, Intents, queries, service
from tongxi.intents.service import CodeTaken, NewIntent, TooManyExamples
from tongxi.kit.errors import NotFound
from tongxi.kit.ids import new_id
from tongxi.starter import intents as starter_pack


async def _teach(seam: Seam, codes: int = 6) -> list[str]:
    editor = await seam.agent("编辑", role="editor", online=False)
    chosen = [one for one in starter_pack() if one.domain == "ecommerce.aftersales"][:codes]
    async with seam.house.db.transaction() as tx:
        return await service.switch_on(tx, chosen, author=editor.id, with_articles=False)


async def test_nothing_taught_reads_as_nothing(house: House) -> None:
    await house.intents.load(house.db)
    assert house.intents.state == "empty"
    assert house.intents.read("我要退款").guesses == ()


async def test_a_taught_intent_is_recognised_in_words_of_its_own(seam: Seam) -> None:
    made = await _teach(seam)
    await seam.house.intents.load(seam.house.db)
    pack = {one.intent: one for one in starter_pack()}
    right = sum(
        seam.house.intents.read(text[: max(4, len(text) - 1)]).guesses[0].intent == code
        for code in made
        for text in pack[code].zh[:5]
    )
    assert seam.house.intents.state == "ready"
    assert right >= 0.8 * 5 * len(made)
    about = seam.house.intents.about(made[0])
    assert about is not None
    assert about.name_zh == pack[made[0]].name_zh


async def test_another_process_takes_over_what_was_learnt(seam: Seam, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await _teach(seam)
    await seam.house.intents.load(seam.house.db)

    async def never(examples: object) -> bytes:
        raise AssertionError("learnt twice")

    monkeypatch.setattr("tongxi.intents.worker.learn", never)
    other = Intents()
    await other.read_ahead([("怎么退货",)])
    assert other.wanted_by(["怎么退货"]) == {}
    await other.load(seam.house.db)
    await other.read_ahead([("怎么退货",)])
    assert other.wanted_by(["怎么退货"]) == seam.house.intents.wanted_by(["怎么退货"]) != {}
    text = next(one for one in starter_pack() if one.intent == made[1]).zh[0]
    assert other.read(text) == seam.house.intents.read(text)


async def test_a_change_is_noticed_by_every_process(seam: Seam) -> None:
    made = await _teach(seam)
    other = Intents(rest_seconds=0)
    await other.load(seam.house.db)
    assert not await other.refresh(seam.house.db)
    editor = await seam.agent("编辑乙", role="editor", online=False)
    async with seam.house.db.transaction() as tx:
        first = next(i for i in await queries.intents(tx, limit=50) if i.code == made[0])
        await service.add_examples(tx, first.id, ["火星快递把我的箱子送丢了"], author=editor.id)
    assert await other.refresh(seam.house.db)
    await other.load(seam.house.db)  # it learns; whoever loads meanwhile would keep what it has
    await seam.house.intents.load(seam.house.db)
    assert other.read("火星快递把我的箱子送丢了") == seam.house.intents.read("火星快递把我的箱子送丢了")
    assert seam.house.intents.read("火星快递把我的箱子送丢了").guesses[0].intent == made[0]


async def test_a_disabled_intent_is_not_guessed(seam: Seam) -> None:
    made = await _teach(seam)
    editor = await seam.agent("编辑乙", role="editor", online=False)
    async with seam.house.db.transaction() as tx:
        first = next(i for i in await queries.intents(tx, limit=50) if i.code == made[0])
        await service.change(tx, first.id, service.IntentChange(enabled=False), author=editor.id)
    await seam.house.intents.load(seam.house.db)
    text = next(one for one in starter_pack() if one.intent == made[0]).zh[0]
    assert all(guess.intent != made[0] for guess in seam.house.intents.read(text).guesses)


async def test_what_none_of_the_intents_covers_is_out_of_scope(seam: Seam) -> None:
    await _teach(seam, codes=12)
    await seam.house.intents.load(seam.house.db)
    for text in ("珠穆朗玛峰有多高", "write me a poem about autumn leaves"):
        assert seam.house.intents.read(text).out_of_scope >= OUT, text


async def test_switching_on_twice_keeps_what_was_changed(seam: Seam) -> None:
    editor = await seam.agent("编辑", role="editor", online=False)
    chosen = list(starter_pack())[:1]
    async with seam.house.db.transaction() as tx:
        await service.switch_on(tx, chosen, author=editor.id, with_articles=False)
        held = (await queries.intents(tx, limit=5))[0]
        await service.change(tx, held.id, service.IntentChange(name_zh="自己起的名", enabled=False), author=editor.id)
        assert await service.switch_on(tx, chosen, author=editor.id, with_articles=False) == []
        again = await queries.intent(tx, held.id)
    assert (again.name_zh, again.enabled) == ("自己起的名", True)
    assert again.examples == held.examples


async def test_a_code_is_given_once(seam: Seam) -> None:
    editor = await seam.agent("编辑", role="editor", online=False)
    async with seam.house.db.transaction() as tx:
        await service.create(tx, NewIntent(code="gift_wrap", name_en="Gift wrap"), author=editor.id)
        with pytest.raises(CodeTaken):
            await service.create(tx, NewIntent(code="gift_wrap", name_en="Again"), author=editor.id)


async def test_examples_are_kept_once_and_in_limits(seam: Seam) -> None:
    editor = await seam.agent("编辑", role="editor", online=False)
    async with seam.house.db.transaction() as tx:
        made = await service.create(
            tx, NewIntent(code="gift_wrap", name_en="Gift wrap", examples=["wrap it", "包一下"]), author=editor.id
        )
        assert await service.add_examples(tx, made.id, ["wrap it", "as a gift please"], author=editor.id) == 1
        assert {e.language for e in await queries.examples(tx, made.id)} == {"zh", "en"}
        with pytest.raises(TooManyExamples):
            await service.add_examples(tx, made.id, [f"text {i}" for i in range(1000)], author=editor.id)
        with pytest.raises(NotFound):
            await service.remove_example(tx, made.id, new_id(), author=editor.id)


async def test_questions_of_a_linked_published_article_are_examples(seam: Seam) -> None:
    editor = await seam.agent("编辑", role="editor", online=False)
    async with seam.house.db.transaction() as tx:
        await service.create(tx, NewIntent(code="gift_wrap", name_zh="礼品包装", article="gift"), author=editor.id)
        before = await queries.fingerprint(tx)
        await tx.execute(
            "insert into article (id, slug, language, title, body, questions, status) values"
            " (%s, 'gift.zh', 'zh', '礼品包装收费吗', '免费。', %s, 'published')",
            (new_id(), ["能包成礼物吗"]),
        )
        assert await queries.fingerprint(tx) != before
        assert ("能包成礼物吗", "gift_wrap") in await queries.labelled(tx)
