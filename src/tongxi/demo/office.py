"""What the shop's people do at their desks, over the public API: set things up once, then ask about answers and judge.

Everything is real: the run, the page that is read, the versions, the labels and the test come from the running server.
"""

from __future__ import annotations

import asyncio
import random
from importlib.resources import files
from typing import Any

import orjson
import structlog

from tongxi.client import AgentClient, ProtocolError
from tongxi.demo import reviewers

log = structlog.get_logger(__name__)

Call = dict[str, Any]

TERMS = (
    ("暖仓生活", "Nuancang Living"), ("小暖", "Nuan"), ("七天无理由退货", "7-day no-reason return"),
    ("专票", "special VAT invoice"), ("以旧换新", "trade-in"),
)  # fmt: skip
VERSIONS: tuple[tuple[str, Call], ...] = (
    ("定下名字和口吻", {
        "name": {"zh": "小暖", "en": "Nuan"},
        "do": {"zh": ["您放心，我帮您查一下。"], "en": ["Let me look that up for you."]},
    }),
    ("不许诺时间", {"dont": {"zh": ["保证明天就到。"], "en": ["It will be there tomorrow, guaranteed."]}}),
)  # fmt: skip
"""What the shop published of its bot, step by step: a note, and what it changed of the persona."""
RIGHT_AWAY_SECONDS = 4.0
ASK_SECONDS = (0.3, 0.9)
"""Between two customers who come with a question and leave."""
JUDGE_SECONDS = (0.1, 0.5)
"""Between two answers a reviewer judges."""
REST_SECONDS = 30.0
ENOUGH = 400
"""Answers that are drawn for a plan, when there are so many."""


async def run(url: str, shop_url: str, password: str, rng: random.Random) -> None:
    """Until cancelled; waits for the server and survives its restarts."""
    while True:
        try:
            owner = AgentClient(url, reviewers.OWNER, password)
            await owner.login()
            try:
                await set_up(owner, shop_url)
                await _review_gently(url, owner, password, rng)
            finally:
                await owner.close()
        except (ProtocolError, OSError, TimeoutError) as error:
            log.info("demo.office_left", reason=getattr(error, "code", type(error).__name__))
        await asyncio.sleep(RIGHT_AWAY_SECONDS)


async def set_up(owner: AgentClient, shop_url: str) -> None:
    """What is not there yet: a glossary, a second version of the bot, a page read, a bake-off without a model."""
    if not (await owner.call("GET", "/translation"))["glossary"]:
        for zh, en in TERMS:
            term = {"source_language": "zh", "target_language": "en", "source": zh, "target": en}
            await owner.call("POST", "/translation/glossary", term)
    if not (await owner.call("GET", "/bot/versions"))["items"]:
        await _publish_twice(owner)
    if not (await owner.call("GET", "/knowledge/sources"))["items"]:
        page = {"url": f"{shop_url}/p/A01", "audience": "agents", "collection": "products", "language": "zh"}
        await owner.call("POST", "/knowledge/sources", page)
    if not (await owner.call("GET", "/bakeoffs"))["items"]:
        await owner.call("POST", "/bakeoffs", {"engines": ["none"], "limit": 1000, "questions": labelled()})


async def _publish_twice(owner: AgentClient) -> None:
    """Two steps of a shop that gets to know its bot."""
    for note, change in VERSIONS:
        settings = await owner.call("GET", "/bot/settings")
        value: Call = settings["value"]
        value["persona"] |= change
        revision = settings["draft"]["revision"] if settings["draft"] else 0
        saved = await owner.call("PUT", "/bot/draft", {"value": value, "revision": revision})
        await owner.call("POST", "/bot/publish", {"revision": saved["draft"]["revision"], "note": note})


def labelled() -> str:
    """`labelled.tsv` as a file of a bake-off: what a shop is asked, with the entry that answers it, or none."""
    lines = (files("tongxi.demo") / "labelled.tsv").read_text("utf-8").splitlines()
    rows = []
    for number, (language, slug, text) in enumerate((line.split("\t") for line in lines), start=1):
        rows.append({"id": str(number), "text": text, "language": language, "relevant": [slug] if slug else []})
    return "\n".join(orjson.dumps(row).decode() for row in rows)


async def _review_gently(url: str, owner: AgentClient, password: str, rng: random.Random) -> None:
    """Ask what customers ask until there is enough to draw, plan, judge, certify; then judge what is drawn."""
    truth = reviewers.truth()
    questions = list(truth)
    rng.shuffle(questions)
    people = [AgentClient(url, email, password) for email in reviewers.REVIEWERS]
    try:
        for person in people:
            await person.login()
        while True:
            found = await owner.call("GET", f"/calibration/groups/{reviewers.GROUP}")
            plan = found["plan"]
            if plan is None and found["certificate"] is None and questions:
                if found["eligible"] < ENOUGH:
                    await _ask_some(url, questions, rng)
                else:
                    await owner.call("POST", "/calibration/plans", {"group": reviewers.GROUP, "n": ENOUGH})
            elif plan is not None and plan["labels_missing"] == 0:
                await owner.call("POST", f"/calibration/plans/{plan['id']}/certify", {})
            elif not await _judge_some(people, truth, rng):
                await asyncio.sleep(REST_SECONDS)
    finally:
        for person in people:
            await person.close()


async def _ask_some(url: str, questions: list[str], rng: random.Random) -> None:
    """A few customers, each with one question."""
    for _ in range(min(10, len(questions))):
        await reviewers.ask(url, questions.pop())
        await asyncio.sleep(rng.uniform(*ASK_SECONDS))


async def _judge_some(people: list[AgentClient], truth: dict[str, str], rng: random.Random) -> int:
    """Everybody a few of what waits for him; how many."""
    labels = 0
    for person in people:
        for _ in range(5):
            if not await reviewers.judge_next(person, truth, rng):
                break
            labels += 1
            await asyncio.sleep(rng.uniform(*JUDGE_SECONDS))
    return labels
