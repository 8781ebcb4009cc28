"""The promise on screen: fixed by the owner, judged blind by two people, shown with its curve; an alarm is seen."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.test_access import check
from tests.support.people import Agent, People

ANSWERS = 120
TITLE = "退款多久到账"

_CLONE = """
with real as (
  select l.data->'decision' as decision, c.inbox_id from log_entry l join conversation c on c.id = l.conversation_id
  where l.data->'decision'->'promise' is not null and l.data->'decision'->>'choice' = 'answer'
  order by l.at desc limit 1
), customer as (
  insert into contact (id) select gen_random_uuid() from generate_series(1, {n}) returning id
), made as (
  insert into conversation (id, inbox_id, contact_id, state, seq, public_seq)
  select gen_random_uuid(), real.inbox_id, customer.id, 'closed', 2, 2 from customer, real returning id, contact_id
), asked as (
  insert into message (id, conversation_id, seq, sender, author_id, client_id, text, at)
  select gen_random_uuid(), id, 1, 'customer', contact_id, 'q', '退款多久能到我卡里', now() from made
), said as (
  insert into message (id, conversation_id, seq, sender, author_id, client_id, text, at)
  select gen_random_uuid(), id, 2, 'bot', '00000000-0000-0000-0000-000000000000', 'a', '一般 1–3 个工作日到账。',
    now() from made
)
insert into log_entry (conversation_id, seq, type, at, actor, data)
select made.id, 2, 'message_sent', now(), 'bot', jsonb_build_object('decision', jsonb_set(jsonb_set(real.decision,
  '{{promise,score}}', to_jsonb(0.55 + 0.4 * random())), '{{promise,certificate_id}}', {certificate}))
from made, real
"""


def _answer(people: People, n: int) -> None:
    """As many more customers as `n` got the answer the bot just gave."""
    latest = "(select to_jsonb(id::text) from calibration_certificate order by issued_at desc limit 1)"
    people.demo.query(_CLONE.format(n=n, certificate=f"coalesce({latest}, 'null'::jsonb)"))


def _judge_all(agent: Agent) -> int:
    """The first ones by keyboard, the others as the page would; a planted error speaks of something else."""
    page = agent.page
    page.goto(f"{agent.demo.url}/labels")
    for _ in range(3):
        words, waiting = page.locator(".judged").inner_text(), page.locator(".head .muted").inner_text()
        page.keyboard.press("1" if TITLE in words else "3")
        expect(page.locator(".head .muted")).not_to_have_text(waiting)
    judged = 3
    while (item := agent.call("GET", "/calibration/queue")["item"]) is not None:
        verdict = "right" if item["source"]["title"] == TITLE else "wrong"
        agent.call("POST", f"/calibration/samples/{item['id']}/label", {"verdict": verdict})
        judged += 1
    page.reload()
    expect(page.locator(".state")).to_be_visible()
    return judged


def _wait_for(owner: Agent, standing: str) -> None:
    """Until the bot itself knows; it looks every two seconds."""
    for _ in range(60):
        trace = owner.call("POST", "/bot/playground", {"text": TITLE, "language": "zh"})
        if trace["promise"]["state"] == standing:
            return
        owner.page.wait_for_timeout(250)
    raise AssertionError(f"the bot does not know of {standing!r}")


def test_an_agent_judges_an_answer_where_it_stands(people: People) -> None:
    customer = people.customer()
    customer.ask("退款多久到账")
    agent = people.agent()
    customer.ask_for_person()
    agent.take_next()
    answer = agent.log.locator(".row", has=agent.page.locator(".bub.ai")).last
    answer.get_by_role("button", name="不完整").click()
    expect(agent.page.get_by_text("已记下")).to_be_visible()
    expect(answer.get_by_role("button", name="不完整")).to_have_attribute("aria-pressed", "true")


def test_a_promise_from_nothing_to_a_certificate_and_its_alarm(people: People) -> None:
    people.customer().ask(TITLE)
    _answer(people, ANSWERS)
    ((group,),) = people.demo.query(
        "select distinct data->'decision'->'promise'->>'group' from log_entry"
        " where data->'decision'->'promise' is not null and data->'decision'->>'choice' = 'answer'"
    )
    owner = people.agent("owner", "苏晴", bypass_csp=True)
    page = owner.page
    page.goto(f"{people.demo.url}/bot/promise/{group}")
    expect(page.get_by_text("没有保证，保守回答").first).to_be_visible()
    check(page, "nothing promised")
    page.get_by_role("slider", name="保证").fill("4")
    expect(page.get_by_text("每 100 个回答，最多错 5 个")).to_be_visible()
    page.get_by_role("button", name=re.compile("固定方案")).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    check(page, "being judged")
    agent = people.agent(bypass_csp=True)
    agent.page.goto(f"{people.demo.url}/labels")
    expect(agent.page.locator(".judging")).to_be_visible()
    expect(agent.page.locator("main")).not_to_contain_text("0.9")
    check(agent.page, "blind queue")
    assert _judge_all(agent) >= ANSWERS
    assert _judge_all(owner) >= ANSWERS
    page.goto(f"{people.demo.url}/bot/promise/{group}")
    page.get_by_role("button", name="检验并签发").click()
    expect(page.locator(".promise .chip.good").first).to_have_text("有保证")
    expect(page.get_by_role("img", name=re.compile("最多错 5%"))).to_be_visible()
    page.get_by_text("数据表").click()
    check(page, "certified")
    # Later: more audited answers were wrong than promised.
    people.demo.query(
        "insert into calibration_alarm (id, certificate_id, topic_group, at, audits, wrong, evidence, from_threshold)"
        " select gen_random_uuid(), id, topic_group, now(), 40, 9, 21.5, threshold from calibration_certificate"
    )
    _wait_for(owner, "alarm")
    page.reload()
    expect(page.locator(".promise .chip.danger").first).to_have_text("报警，已停答")
    everywhere = page.locator(".stage > .notebar.danger")
    expect(everywhere).to_contain_text("已停答这个话题")
    page.get_by_role("button", name="我看过了").click()
    expect(everywhere).to_have_count(0)
    expect(page.get_by_text("已有人看过")).to_be_visible()
    check(page, "alarm")
    stopped = people.customer().ask(TITLE)
    expect(stopped).not_to_contain_text("工作日")
