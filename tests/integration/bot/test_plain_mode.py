"""A customer who does not follow is told again in simple words, offered a call, and the agent knows."""

from tests.support.seam import Seam
from tongxi.bot import plain
from tongxi.desk.rows import rows_of

BODY = (
    "自签收之日起七天内，商品完好且不影响二次销售的，均可申请无理由退货，"
    "退款将在仓库收到退回商品并审核通过后的三个工作日内原路返回您的账户。"
)


async def test_the_last_answer_is_said_again_in_short_lines(seam: Seam) -> None:
    await seam.article("七天无理由退货怎么退", BODY)
    customer = await seam.customer()
    await seam.said(customer, "七天无理由退货怎么退")
    first = (await seam.entries(customer))[-1].text
    await seam.said(customer, "看不懂,说简单点")
    entry = (await seam.entries(customer))[-1]
    assert entry.actor.kind == "bot"
    assert "七天" in entry.text
    assert plain.length(entry.text, "zh") < plain.length(first, "zh")
    assert isinstance(entry.content, dict)
    assert any(reply["id"] == "plain:call" for reply in entry.content["quick_replies"])
    assert "wants_plain" in [reason["code"] for reason in entry.data["decision"]["reasons"]]


async def test_the_agent_sees_it(seam: Seam) -> None:
    await seam.agent()
    customer = await seam.customer()
    await seam.said(customer, "字太小了看不懂,转人工")
    async with seam.house.db.reading() as tx:
        (row,) = await rows_of(tx, [customer.conversation_id])
    assert row["state"] == "active"
    assert row["plain"] is True


async def test_nobody_else_is_spoken_to_that_way(seam: Seam) -> None:
    customer = await seam.customer()
    await seam.said(customer, "你好")
    async with seam.house.db.reading() as tx:
        (row,) = await rows_of(tx, [customer.conversation_id])
    assert row["plain"] is False
