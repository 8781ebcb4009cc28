"""One conversation from the first question to the rating, customer and agent side by side."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.people import People

SAID = {
    "zh": ("退款多久到账", "退款", "您好，前面的记录我都看到了。", "谢谢，那我再等等", "周雨桐", "售后专席"),
    "en": (
        "How long does a refund take?", "refund", "Hello, I have read all of it.", "Thanks, I shall wait",
        "Emma Li", "English desk",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_question_to_rating(people: People, language: str) -> None:
    question, topic, hello, thanks, name, title = SAID[language]
    agent = people.agent("zhou" if language == "zh" else "emma", name, language)
    customer = people.customer(language)
    words = customer.words

    # The bot first, with what its answer rests on.
    expect(customer.holder).to_contain_text(words["ai"])
    answer = customer.ask(question)
    expect(answer).to_contain_text(topic)
    expect(answer.locator(".lab")).to_contain_text(words["ai"])
    expect(answer.locator(".srcs .src").first).to_be_visible()

    # A person is asked for; the agent takes him and has everything before him.
    customer.ask_for_person()
    expect(customer.holder).to_contain_text(words["queued"])
    agent.take_next()
    expect(customer.holder).to_contain_text(name)
    expect(customer.holder).to_contain_text(title)
    expect(agent.log.locator(".row", has_text=question).first).to_be_visible()
    expect(agent.log.locator(".bub.ai .src").first).to_be_visible()
    expect(agent.log.locator(".ev", has_text=words["reason"]).first).to_be_visible()
    expect(agent.rail).to_contain_text(words["wish"])
    expect(agent.rail).to_contain_text(words["why"])
    expect(agent.rail).to_contain_text(words["reason"])

    # Both see the other write and read.
    agent.composer.press_sequentially(hello[:3])
    expect(customer.page.locator(".typing")).to_contain_text(words["typing"])
    agent.write(hello)
    expect(customer.replies).to_have_text([hello])
    expect(customer.page.locator(".theirs", has_text=hello)).to_contain_text(name)
    expect(customer.page.locator(".typing")).to_be_empty()
    expect(agent.log.locator(".cell", has_text=hello)).to_contain_text(words["read"])
    customer.page.locator("textarea.f").press_sequentially(thanks[:3])
    expect(agent.log.locator(".typing")).to_contain_text(words["typing"])
    customer.say(thanks)
    expect(agent.log.locator(".cell", has_text=thanks)).to_be_visible()
    expect(customer.page.locator(".state").last).to_have_text(words["read"])

    # The end, as both see it.
    agent.end()
    expect(agent.log).to_contain_text(words["ended_by"])
    sheet = customer.page.get_by_role("dialog", name=words["rate"])
    sheet.get_by_role("button", name=words["yes"], exact=True).click()
    sheet.get_by_role("button", name="5").click()
    sheet.get_by_role("button", name=words["submit"], exact=True).click()
    expect(sheet).to_have_count(0)
    expect(customer.holder).to_contain_text(words["ended"])
    expect(agent.log).to_contain_text(words["csat"])
    form = agent.page.get_by_role("form", name=words["wrap"])
    form.locator("textarea").fill("OK")
    agent.page.reload()  # what he has filled in is still there
    expect(form.locator("textarea")).to_have_value("OK")
    resolved = form.get_by_label(words["resolved"], exact=True)
    resolved.click()
    expect(resolved).to_be_checked()
    form.get_by_role("button", name=words["done"], exact=True).click()
    expect(form).to_have_count(0)
    [(state, outcome)] = people.demo.query(
        "select c.state, e.outcome from conversation c join episode e on e.conversation_id = c.id"
        " order by c.updated_at desc limit 1"
    )
    assert (state, outcome) == ("closed", "resolved")
