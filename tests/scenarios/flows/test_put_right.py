"""Anything a customer said before may be put right later, in his own words, whatever the flow is at by then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.shop_talk import ShopTalk, shop_talk


@asynccontextmanager
async def known(folder: Path, who: str, language: str = "zh") -> AsyncIterator[ShopTalk]:
    """A customer whose name and e-mail address are on file."""
    async with shop_talk(folder, who, language) as talk:
        talk.contact = replace(talk.contact, name="Lin", email="lin@example.com")
        yield talk


def rows(step: Any) -> dict[str, str]:
    """The confirmation as it is shown: what each row is about, and its value."""
    return {row["label"]: row["new"] for row in step.content["card"]["rows"]}


@pytest.mark.parametrize("again", ["不对 第一个", "不对，还是被子那个", "不是，我说的是昨天买的羽绒被", "NC20418347"])
async def test_another_order_when_the_flow_has_moved_on(tmp_path: Path, again: str) -> None:
    async with known(tmp_path, "C1001") as talk:
        await talk.says("我要开发票")
        step = await talk.says("第二个")
        assert "个人" in step.text
        await talk.says(again)
        assert rows(await talk.says("个人"))["订单"].startswith("NC20418347")


@pytest.mark.parametrize("again", ["no wait, the first one", "actually the storage boxes", "sorry, the other order"])
async def test_another_order_at_the_confirmation(tmp_path: Path, again: str) -> None:
    async with known(tmp_path, "C1010", "en") as talk:
        await talk.says("I want an invoice")
        await talk.says("the second one")
        step = await talk.says("for myself")
        assert rows(step)["Order"].startswith("NC20418102")
        assert rows(await talk.says(again))["Order"].startswith("NC20418761")


async def test_an_order_that_was_wrong_does_not_come_back(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1005") as talk:
        await talk.says("改地址")
        await talk.says("上海市黄浦区南京东路300号恒基名人大厦12楼")
        await talk.says("不对,是另一个订单")
        step = await talk.says("长绒棉那个")
        assert "已经发货" in step.text
        assert "NC20417766" in step.text


async def test_the_order_that_is_named_counts_not_the_one_that_fits(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        step = await talk.says("帮我把加湿器那单地址改了")
        assert "NC20418833" in step.text
        step = await talk.says("那被子那个呢 改到上海市徐汇区漕溪北路18号")
        assert rows(step)["收货地址"] == "上海市徐汇区漕溪北路18号"


async def test_by_the_day_it_was_bought(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        await talk.says("查订单")
        assert "那几天没有您的订单" in (await talk.says("去年3月5号买的")).text
        assert "NC20397120" in (await talk.says("26天前买的那个")).text


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("等等 是302", "杭州市滨江区江南大道100号2单元302"),
        ("门牌号不对，是3单元", "杭州市滨江区江南大道100号3单元301"),
        ("100号改成108号", "杭州市滨江区江南大道108号2单元301"),
        ("不是滨江区，是西湖区", "杭州市西湖区江南大道100号2单元301"),
    ],
)
async def test_a_part_of_an_address(tmp_path: Path, said: str, address: str) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        await talk.says("改地址")
        await talk.says("杭州市滨江区江南大道100号2单元301")
        assert rows(await talk.says(said))["收货地址"] == address


async def test_values_by_their_names(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, None) as talk:
        for text in ("打给我 13812345678", "下午", "想问问批发价"):
            await talk.says(text)
        assert rows(await talk.says("时间改成晚上"))["时间"] == "晚上"
        assert rows(await talk.says("事情写错了，是想问保修"))["事情"] == "想问保修"
        assert rows(await talk.says("电话换成 13900001111"))["电话"] == "13900001111"


async def test_a_correction_that_is_not_understood_is_asked_about(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, None) as talk:
        for text in ("打给我 13812345678", "下午", "想问问批发价"):
            await talk.says(text)
        step = await talk.says("不对，搞错了那个")
        assert "要改哪一项" in step.text
        assert talk.rows("select * from callback") == []


async def test_a_yes_in_many_words_and_a_change_of_mind(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        await talk.says("给13800138000充50话费")
        step = await talk.says("还是不充了")
        assert (step.outcome, talk.rows("select * from top_up")) == ("cancelled", [])
        await talk.says("充100话费")
        await talk.says("一三八零零一三八零零零")
        assert rows(await talk.says("改成两百"))["金额"] == "200 元"
        await talk.says("嗯 充吧")
        assert len(talk.rows("select * from top_up")) == 1


async def test_numbers_said_in_all_ways(tmp_path: Path) -> None:
    for said, budget in (
        ("20多万吧", "10–30 万"),
        ("八万", "10 万以下"),
        ("about 400k", "30–60 万"),
        ("half a million", "30–60 万"),
    ):
        async with shop_talk(tmp_path, None) as talk:
            for text in ("我想加盟", "杭州", said, "没干过", "明年", "王芳"):
                step = await talk.says(text)
            step = await talk.says("13912345678")
            assert rows(step)["预算"] == budget


async def test_an_answer_in_free_words_is_not_searched_for_other_values(tmp_path: Path) -> None:
    async with known(tmp_path, "C1010", "en") as talk:
        for text in (
            "I need a repair",
            "Air fryer",
            "none",
            "won't turn on since monday",
            "skip",
            "no photo",
            "13800138000",
        ):
            await talk.says(text)
        step = await talk.says("Room 501, No. 88 Huashan Rd, Jing'an, Shanghai")
        assert "Which day" in step.text


async def test_a_postcode_is_no_order_and_a_tax_number_neither(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1010", "en") as talk:
        step = await talk.says(
            "change the address of my storage box order to Flat 12B, 88 Huashan Road, Shanghai 200040"
        )
        assert rows(step)["Delivery address"] == "Flat 12B, 88 Huashan Road, Shanghai 200040"
    async with known(tmp_path, "C1003") as talk:
        await talk.says("我要开公司发票")
        await talk.says("广州暖意贸易有限公司")
        assert rows(await talk.says("913100001234567890"))["税号"] == "913100001234567890"


async def test_a_time_that_is_taken_is_said_and_the_day_is_kept(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        await talk.says("约师傅上门检修")
        await talk.says("下周四")
        step = await talk.says("上午十点")
        assert "约不上" in step.text
        step = await talk.says("那就十一点")
        assert "电话" in step.text
