"""A customer of the demo shop puts things right in the middle of a flow, in his own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.shop_talk import shop_talk

ADDRESS = "select address from purchase where number = 'NC20418347'"


def new_address(step: object) -> str:
    rows = step.content["card"]["rows"]  # type: ignore[attr-defined]
    return str(rows[-1]["new"])


async def test_only_the_house_number_was_wrong(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        await talk.says("我要改地址，订单 NC20418347")
        await talk.says("杭州市西湖区文三路12号3单元502室")
        step = await talk.says("不对，是14号")
        assert new_address(step) == "杭州市西湖区文三路14号3单元502室"
        step = await talk.says("602室，不是502室")
        assert new_address(step) == "杭州市西湖区文三路14号3单元602室"
        await talk.says("确认")
        assert talk.rows(ADDRESS) == [{"address": "杭州市西湖区文三路14号3单元602室"}]


async def test_a_correction_keeps_the_town_and_loses_its_own_words(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1010", "en") as talk:
        await talk.says("change my delivery address, order NC20418761")
        await talk.says("12 Harbour Road, Shekou, Shenzhen")
        step = await talk.says("no wait, 14 Harbour Road")
        assert new_address(step) == "14 Harbour Road, Shekou, Shenzhen"
        step = await talk.says("sorry, I meant 8 Mountain Street, Futian, Shenzhen")
        assert new_address(step) == "8 Mountain Street, Futian, Shenzhen"


async def test_a_part_that_could_go_anywhere_is_asked_about(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        await talk.says("我要改地址，订单 NC20418347")
        await talk.says("杭州市西湖区文三路12号")
        step = await talk.says("不对，是3单元")
        assert step.outcome == "asked"
        assert "文三路12号" in step.text
        assert "card" not in step.content, "nothing is confirmed that was guessed"


@pytest.mark.parametrize("text", ["NC20418347", "13912345678", "SF140755496821"])
async def test_a_number_is_no_address(tmp_path: Path, text: str) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        await talk.says("我要改地址，订单 NC20418347")
        step = await talk.says(text)
        assert "card" not in step.content
        assert talk.rows(ADDRESS)[0]["address"].startswith("杭州市")


async def test_goods_are_known_by_a_part_of_their_name(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        await talk.says("查订单")
        step = await talk.says("羽绒被那个")
        assert "NC20418347" in step.text
        step = await talk.says("那另一个呢？")
        assert "NC20418833" in step.text


async def test_going_on_is_no_note(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1003") as talk:
        await talk.says("我要退款")
        await talk.says("收到时破损")
        step = await talk.says("继续")
        assert step.content["card"]["type"] == "confirm"
        assert all(row["new"] != "继续" for row in step.content["card"]["rows"])


async def test_who_is_not_signed_in_gets_a_button_for_afterwards(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, None) as talk:
        step = await talk.says("我要换货")
        assert step.outcome == "refused"
        assert step.content["offer_person"]
        assert step.content["quick_replies"] == [{"id": "flow:exchange", "label": "我已登录：申请换货"}]
