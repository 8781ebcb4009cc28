"""The account's flows where they must say no, or must not do twice: password link, top-up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.shop_talk import ShopTalk, shop_talk
from tongxi.bot.flows import FlowStep

LINKS = "select * from reset_link"
CHARGES = "select * from top_up"


async def walk(talk: ShopTalk, *texts: str) -> FlowStep:
    """Say one after the other; the last step."""
    for text in texts:
        await talk.says(text)
    assert talk.last is not None
    return talk.last


def shown(step: FlowStep) -> dict[str, str]:
    """The rows of the confirmation."""
    rows: list[dict[str, Any]] = step.content["card"]["rows"]
    return {row["label"]: row["new"] for row in rows}


async def test_the_link_goes_to_what_is_on_file_and_is_told_masked(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        asked = await walk(talk, "忘记密码", "手机短信")
        on_file = talk.rows("select phone from profile where customer_id = 'C1001'")[0]["phone"]
        masked = f"{on_file[:3]}****{on_file[-4:]}"
        assert shown(asked)["发到"] == masked
        assert talk.rows(LINKS) == []
        told = await talk.says("发送链接")
        (link,) = talk.rows(LINKS)
        assert (link["customer_id"], link["channel"], link["sent_to"]) == ("C1001", "sms", on_file)
        assert masked in told.text
        for secret in (on_file, link["token"]):
            assert secret not in told.text + str(told.content), "neither the number nor the link is shown"


async def test_a_password_in_a_message_is_neither_taken_nor_repeated(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        asked = await talk.says("帮我改密码，新密码 Sunny-2026!", flow="password_reset")
        assert "不需要密码" in asked.text
        step = await walk(talk, "邮箱")
        said = [asked.text, step.text, str(step.content), str(talk.facts), str(step.flow)]
        assert not any("Sunny-2026" in one for one in said)


async def test_another_customer_s_address_cannot_be_named(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1002", "en") as talk:
        await talk.says("reset my password and send it to thief@example.org")
        step = await walk(talk, "e-mail", "yes")
        (link,) = talk.rows(LINKS)
        assert link["customer_id"] == "C1002"
        assert link["sent_to"] != "thief@example.org"
        assert "thief" not in step.text


async def test_a_visitor_who_is_not_signed_in_gets_no_link_and_no_charge(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, None) as talk:
        for text, sql in (("重置密码", LINKS), ("我要充值", CHARGES)):
            step = await talk.says(text)
            assert step.outcome == "refused"
            assert talk.rows(sql) == []


async def test_a_fourth_link_within_the_hour_is_refused_and_said_so(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1003") as talk:
        for _ in range(3):
            assert (await walk(talk, "重置密码", "手机", "确认")).outcome == "done"
        step = await walk(talk, "重置密码", "手机", "确认")
        assert step.outcome == "refused"
        assert "没有再发" in step.text
        assert len(talk.rows(LINKS)) == 3


async def test_the_exact_amount_and_card_stand_in_the_confirmation(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        card = talk.rows("select card from profile where customer_id = 'C1001'")[0]["card"]
        asked = await walk(talk, "我要充值", "话费", "200", "13912345678")
        rows = shown(asked)
        assert (rows["手机号"], rows["金额"], rows["扣款"]) == ("13912345678", "200 元", f"尾号 {card} 的银行卡")
        assert "不能撤回" in asked.text
        changed = await talk.says("不对，充 100元")
        assert shown(changed)["金额"] == "100 元"
        assert talk.rows(CHARGES) == []
        assert "¥100.00" in (await talk.says("确认充值")).text
        assert [one["amount"] for one in talk.rows(CHARGES)] == [100]


async def test_a_balance_is_taken_back_as_long_as_it_is_there_and_phone_credit_never(tmp_path: Path) -> None:
    balance = "select balance from profile where customer_id = 'C1001'"
    async with shop_talk(tmp_path, "C1001") as talk:
        before = talk.rows(balance)
        done = await walk(talk, "我要充值", "余额", "50", "确认")
        assert done.content["card"]["undo"]
        assert "撤销" in (await talk.says("撤销")).text
        assert talk.rows(balance) == before
        done = await walk(talk, "我要充值", "话费", "50", "13912345678", "确认")
        assert "undo" not in done.content["card"]


@pytest.mark.parametrize(("who", "said"), [("C1005", "没有登记支付方式"), ("C1007", "银行没有同意")])
async def test_without_money_nothing_is_topped_up_and_nothing_claimed(tmp_path: Path, who: str, said: str) -> None:
    async with shop_talk(tmp_path, who) as talk:
        step = await talk.says("我要充值")
        if step.outcome == "asked":
            step = await walk(talk, "余额", "100", "确认")
        assert step.outcome == "refused"
        assert said in step.text
        assert talk.rows(CHARGES) == []


async def test_the_day_has_a_limit(tmp_path: Path) -> None:
    async with shop_talk(tmp_path, "C1001") as talk:
        for _ in range(2):
            assert (await walk(talk, "我要充值", "余额", "500", "确认")).outcome == "done"
        step = await walk(talk, "我要充值", "余额", "50", "确认")
        assert (step.outcome, "上限" in step.text) == ("refused", True)
        assert len(talk.rows(CHARGES)) == 2
