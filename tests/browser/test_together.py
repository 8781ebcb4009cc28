"""What goes wrong between people: a server that dies, two agents at one chair, an agent who vanishes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.support.people import People


def test_what_both_write_while_the_server_is_away_arrives_once_and_in_order(people: People) -> None:
    agent = people.agent()
    customer = people.customer()
    customer.say("退款什么时候到")
    customer.ask_for_person()
    agent.take_next()
    agent.write("我来看一下")
    expect(customer.replies).to_have_count(1)

    people.demo.kill()
    written = [f"断线时写的第 {n} 句" for n in range(1, 4)]
    for text in written:
        customer.say(text)
    agent.composer.fill("断线时写的回复")
    agent.composer.press("Enter")
    expect(customer.page.locator(".strip")).to_contain_text("连上后自动发出")
    expect(agent.page.locator(".offline")).to_contain_text("网络断开")
    expect(agent.log).to_contain_text("等待发送")
    people.demo.start()

    expect(customer.page.locator(".strip")).to_have_count(0, timeout=40_000)
    expect(agent.page.locator(".offline")).to_have_count(0, timeout=40_000)
    expect(customer.mine).to_have_text(["退款什么时候到", *written])
    expect(customer.replies).to_have_text(["我来看一下", "断线时写的回复"])
    expect(customer.holder).to_contain_text("周雨桐")
    said = agent.log.locator(".bub:not(.ai)")
    expect(said).to_have_count(6)
    heard = [text for text in said.all_inner_texts() if "第" in text]
    assert heard == written
    stored = people.demo.query(
        "select text from message where sender = 'customer' and text like '断线%%' and conversation_id ="
        " (select id from conversation order by created_at desc limit 1) order by seq"
    )
    assert [text for (text,) in stored] == written
    customer.say("连上以后")
    expect(agent.log).to_contain_text("连上以后")


def test_two_agents_claim_at_once_and_one_holds(people: People) -> None:
    first, second = people.agent(), people.agent("chen", "陈立")
    customer = people.customer()
    customer.ask_for_person()
    expect(customer.holder).to_contain_text("正在转人工")
    [(number,)] = people.demo.query("select number from conversation where state = 'queued'")
    held: list[Route] = []
    for waiting, agent in enumerate((first, second), start=1):
        agent.open(number)
        agent.page.route("**/claim", lambda route: held.append(route))
        agent.banner.get_by_role("button", name="接下").click()
        wait(agent.page, held, waiting)
    for route in held:
        route.continue_()

    expect(customer.holder).to_contain_text("售")  # 售后专席, 售前顾问: whoever it is
    [(winner,)] = people.demo.query("select u.name from conversation c join app_user u on u.id = c.holder_id")
    wins, loses = (first, second) if winner == first.name else (second, first)
    assert wins.name == winner
    expect(wins.banner).to_contain_text("你持有此会话")
    expect(loses.banner).to_contain_text(f"{winner} 持有此会话")
    expect(loses.page.locator(".toast")).to_contain_text("持有")
    expect(loses.composer).to_have_count(0)
    wins.write("您好")
    expect(customer.replies).to_have_text(["您好"])
    expect(customer.page.locator(".theirs").last).to_contain_text(winner)


def test_a_half_written_reply_survives_a_change_of_hands(people: People) -> None:
    agent, supervisor = people.agent(), people.agent("supervisor", "方敏")
    customer = people.customer()
    customer.ask_for_person()
    agent.take_next()
    [(number,)] = people.demo.query("select number from conversation where state = 'active'")
    agent.page.keyboard.press("r")
    agent.page.keyboard.type("我正在写的")
    supervisor.open(number)
    supervisor.page.keyboard.press("c")
    expect(supervisor.banner).to_contain_text("你持有此会话")
    expect(agent.banner).to_contain_text("方敏 持有此会话")
    expect(agent.page.locator(".compose .notebar")).to_contain_text("存为备注草稿")
    expect(agent.composer).to_be_focused()
    expect(agent.composer).to_have_value("我正在写的")
    supervisor.page.keyboard.press("t")
    dialog = supervisor.page.get_by_role("dialog", name="转接给")
    dialog.locator(".target", has_text=agent.name).click()
    dialog.get_by_role("button", name="转接").click()
    expect(agent.banner).to_contain_text("你持有此会话")
    expect(agent.composer).to_have_value("我正在写的")
    agent.composer.press("Enter")
    expect(customer.replies).to_have_text(["我正在写的"])


def test_whoever_went_elsewhere_while_the_next_one_was_fetched_stays_there(people: People) -> None:
    agent = people.agent()
    customer = people.customer()
    customer.ask_for_person()
    expect(agent.page.get_by_role("button", name="接下一位")).to_be_enabled()
    held: list[Route] = []
    agent.page.route("**/queue/next", lambda route: held.append(route))
    agent.page.keyboard.press("n")
    wait(agent.page, held, 1)
    agent.page.keyboard.press("g")
    agent.page.keyboard.press("k")
    expect(agent.page.get_by_role("region", name="知识条目")).to_be_visible()
    held[0].continue_()
    news = agent.page.locator(".toast")
    expect(news).to_contain_text("分给你了")
    expect(agent.page).to_have_url(re.compile("/knowledge"))
    news.get_by_role("button", name="打开").click()
    expect(agent.banner).to_contain_text("你持有此会话")
    expect(news).to_have_count(0)


def test_a_reply_refused_after_the_agent_went_on_is_told_and_kept(people: People) -> None:
    agent = people.agent()
    withheld: list[tuple[WebSocketRoute, str]] = []

    def relay(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def said(frame: str | bytes) -> None:
            if '"send"' in str(frame):
                withheld.append((socket, str(frame)))
            else:
                server.send(frame)

        socket.on_message(said)

    agent.page.route_web_socket(re.compile("/ws/agent"), relay)
    agent.page.reload()
    customer = people.customer()
    customer.ask_for_person()
    agent.take_next()
    agent.write("马上退给您")
    wait(agent.page, withheld, 1)
    agent.composer.press("Escape")
    agent.page.keyboard.press("g")
    agent.page.keyboard.press("k")
    expect(agent.page.get_by_role("region", name="知识条目")).to_be_visible()
    socket, sent = withheld[0]
    refusal = {"t": "error", "id": json.loads(sent)["id"], "code": "not_holder", "holder": {"name": "陈立"}}
    socket.send(json.dumps(refusal))
    expect(agent.page.locator(".toast")).to_contain_text("没有发出：会话现在由陈立持有")
    agent.page.locator(".toast").get_by_role("button", name="打开").click()
    expect(agent.page.locator(".compose .notebar")).to_contain_text("陈立")
    expect(agent.composer).to_have_value("马上退给您")
    expect(customer.replies).to_have_count(0)


def wait(page: Page, held: Sequence[object], count: int) -> None:
    """Let events come in until `count` requests are held back."""
    for _ in range(100):
        if len(held) == count:
            return
        page.wait_for_timeout(50)
    raise AssertionError("the request did not come")


def test_an_agent_who_vanishes_leaves_his_customer_at_the_front(people: People) -> None:
    agent, colleague = people.agent(), people.agent("chen", "陈立")
    customer = people.customer()
    customer.say("我的壶漏水")
    customer.ask_for_person()
    agent.take_next()
    agent.write("马上看")
    expect(customer.replies).to_have_text(["马上看"])
    other = people.customer()
    other.ask_for_person()
    expect(other.holder).to_contain_text("第 1 位")

    agent.page.context.close()
    # The half minute of grace, without waiting for it.
    people.demo.query(
        "update presence set leased_until = now() - interval '1 second'"
        " where user_id = (select id from app_user where name = %s)",
        agent.name,
    )
    expect(customer.holder).to_contain_text("正在转人工", timeout=30_000)
    expect(customer.page.locator(".place")).to_contain_text("第 1 位")
    expect(customer.page.locator(".msgs")).to_contain_text("最前")
    expect(other.page.locator(".place")).to_contain_text("第 2 位")

    colleague.take_next()
    expect(colleague.log).to_contain_text("我的壶漏水")
    expect(colleague.log).to_contain_text(f"{agent.name} 断线")
    expect(customer.holder).to_contain_text("陈立")
    expect(other.page.locator(".place")).to_contain_text("第 1 位")


def test_an_agent_takes_over_from_the_bot_and_gives_back(people: People) -> None:
    agent = people.agent()
    customer = people.customer()
    customer.ask("退款多久到账")
    [(number,)] = people.demo.query("select number from conversation where state = 'bot'")
    agent.open(number)
    agent.banner.get_by_role("button", name="接管").click()
    expect(agent.banner).to_contain_text("你持有此会话")
    expect(customer.holder).to_contain_text(agent.name)
    agent.write("我来答")
    expect(customer.replies).to_have_text(["我来答"])
    agent.composer.press("Escape")
    agent.page.keyboard.press("m")
    agent.composer.fill("只给同事看")
    agent.composer.press("Enter")
    expect(agent.log.locator(".bub.note")).to_have_text("只给同事看")
    agent.composer.press("Escape")
    agent.page.keyboard.press("b")
    expect(agent.banner).to_contain_text("机器人正在接待")
    expect(customer.holder).to_contain_text("AI 助手")
    expect(customer.ask("运费怎么算")).to_contain_text("运费")
    expect(customer.page.locator(".msgs")).not_to_contain_text("只给同事看")
