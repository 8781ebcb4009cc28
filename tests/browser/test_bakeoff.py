"""Blind judging on screen: two answers without names, by keyboard, and the run's page says how many judged."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from psycopg.types.json import Jsonb

from tests.browser.test_access import check
from tests.support.people import People
from tongxi.bakeoff import blind
from tongxi.bakeoff.figures import Blind, Outcome, Told, table
from tongxi.kit.ids import new_id

GOOD = Told("answered", "第一次用之前，加满清水烧开三次再倒掉。", "水壶第一次怎么用")
POOR = Told("answered", "有味道说明水壶坏了。", "水壶第一次怎么用")
ENGINE = "千问:qwen-plus"


def _run(people: People, texts: list[str]) -> None:
    """A run that is over, in which one engine was right on every question and nobody has said so yet."""
    runs = {"none": [[Outcome(told=GOOD)] for _ in texts], ENGINE: [[Outcome(told=POOR)] for _ in texts]}
    made = table(texts, runs, k=1, currency="CNY", labels="unjudged")
    made = made.model_copy(update={"blind": Blind(disputed=len(texts), judged=0, undecided=0, people=0)})
    run = new_id()
    people.demo.query(
        "insert into bakeoff_run (id, state, engines, source, k, result) values (%s, 'done', %s, %s, 1, %s)",
        run, Jsonb(list(runs)), Jsonb({"labels": "unjudged", "n": len(texts)}), Jsonb(made.model_dump(mode="json")),
    )  # fmt: skip
    for place, text in enumerate(texts):
        outcomes = {engine: [blind.data(one) for one in outcomes[place]] for engine, outcomes in runs.items()}
        people.demo.query(
            "insert into bakeoff_question (id, run_id, place, name, language, text, outcomes, answers, pair)"
            " values (%s, %s, %s, %s, 'zh', %s, %s, %s, %s)",
            new_id(), run, place, text, text, Jsonb(outcomes), Jsonb([GOOD._asdict(), POOR._asdict()]),
            blind.pair(text, [GOOD, POOR]),
        )  # fmt: skip


def test_answers_are_judged_by_keyboard_without_knowing_whose_they_are(people: People) -> None:
    _run(people, ["新水壶有股味道怎么办", "水壶烧水有塑料味", "水壶有味道"])
    agent = people.agent(bypass_csp=True)
    page = agent.page
    page.goto(f"{people.demo.url}/labels")
    page.get_by_role("link", name=re.compile("对比")).click()
    waiting = page.locator(".head > .muted")
    expect(waiting).to_have_text("还有 3 个等你判断")
    expect(page.locator(".side")).to_have_count(2)
    expect(page.locator("main")).not_to_contain_text("qwen")
    check(page, "comparison")
    for left in (2, 1):
        first = page.locator(".side").first
        page.keyboard.press("1" if "三次" in first.inner_text() else "2")
        expect(waiting).to_have_text(f"还有 {left} 个等你判断")
    page.keyboard.press("s")
    expect(waiting).to_have_text("还有 0 个等你判断")
    expect(page.get_by_text("没有要对比的回答")).to_be_visible()
    owner = people.agent("owner", "苏晴", bypass_csp=True)
    owner.page.goto(f"{people.demo.url}/settings/bake-off")
    expect(owner.page.get_by_text("盲评定了 2 题，1 人参与")).to_be_visible()
    row = owner.page.get_by_role("row", name=re.compile(ENGINE)).last
    expect(row).to_contain_text("100%")
    check(owner.page, "judged bake-off")
    owner.page.get_by_role("link", name="去盲评").click()
    expect(owner.page.locator(".side")).to_have_count(2)
