"""Simulated customers ask, simulated reviewers judge what the bot said: real answers, real tests, a real certificate.

`python -m tongxi.demo.reviewers http://127.0.0.1:8000` beside a running `tongxi demo`. The reviewers know which entry
answers each question (`asked.yaml`) and err now and then, as people do; everything goes over the public protocol.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from tongxi.client import AgentClient, WidgetClient
from tongxi.demo.start import PEOPLE_INBOX_KEY

GROUP = "aftersales.zh"
OWNER = "owner@nuancang.example"
REVIEWERS = (
    "xia@nuancang.example", "noah@nuancang.example", "supervisor@nuancang.example", OWNER, "zhou@nuancang.example",
)  # fmt: skip
"""The first two judge what the simulated customers asked; the others where these differ, and what real visitors asked,
which the simulated agents may not read."""
PASSWORD = "nuancang-2026"  # noqa: S105 - the demo's own, printed at its start
WORDINGS = ("{}", "你好，{}", "{}，谢谢")
"""How customers put a question: bare, with a greeting, with thanks."""
SLIP = 0.02
"""Share of answers a reviewer misjudges."""
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    asked: int
    drawn: int
    labels: int
    certificate: dict[str, Any]


async def run(url: str, *, password: str = PASSWORD, seed: int = 7, n: int = 5000) -> Outcome:
    """Ask, judge, certify. Raises: `ProtocolError`, with `too_few_answers` when the bot gave too few answers."""
    known = truth()
    await _ask(url, list(known))
    owner = AgentClient(url, OWNER, password)
    await owner.login()
    try:
        plan = await owner.call("POST", "/calibration/plans", {"group": GROUP, "n": n})
        labels = 0
        for email in REVIEWERS:
            labels += await _review(url, email, password, known, random.Random(f"{seed}/{email}"))
        certificate = await owner.call("POST", f"/calibration/plans/{plan['id']}/certify", {})
        return Outcome(len(known), plan["n"], labels, certificate)
    finally:
        await owner.close()


async def _ask(url: str, texts: Sequence[str]) -> None:
    """One customer a question, a few at a time."""
    seats = asyncio.Semaphore(AT_ONCE)

    async def visit(text: str) -> None:
        async with seats:
            await ask(url, text)

    await asyncio.gather(*(visit(text) for text in texts))


async def ask(url: str, text: str) -> None:
    """A customer with one question, who leaves once it is answered."""
    async with WidgetClient(url, PEOPLE_INBOX_KEY, locale="zh") as customer:
        await customer.send(text)
        await customer.wait_for_reply(timeout=30)
        if customer.state in ("bot", "queued"):
            await customer.end()


async def _review(url: str, email: str, password: str, known: dict[str, str], chance: random.Random) -> int:
    """Judge until nothing is left for this person; how many."""
    reviewer = AgentClient(url, email, password)
    await reviewer.login()
    labels = 0
    try:
        while await judge_next(reviewer, known, chance):
            labels += 1
    finally:
        await reviewer.close()
    return labels


async def judge_next(reviewer: AgentClient, known: dict[str, str], chance: random.Random) -> bool:
    """Judge the next answer that waits for this person; False when none does. `known`: as `truth`."""
    item = (await reviewer.call("GET", "/calibration/queue"))["item"]
    if item is None:
        return False
    asked = next(word["text"] for word in reversed(item["before"]) if word["by"] == "customer")
    quoted = item["source"]["title"] if item["source"] else ""
    # A question of somebody else's that happens to be drawn too: what it was about is not known here.
    is_right = known.get(asked, quoted) == quoted
    if chance.random() < SLIP:
        is_right = not is_right
    verdict = {"verdict": "right" if is_right else "wrong"}
    await reviewer.call("POST", f"/calibration/samples/{item['id']}/label", verdict)
    return True


def truth() -> dict[str, str]:
    """Every wording of every question, and the title of the entry that answers it."""
    titles, questions = load()
    return {
        wording.format(text): titles[slug]
        for wording in WORDINGS for slug, texts in questions.items() for text in texts
    }  # fmt: skip


def load() -> tuple[dict[str, str], dict[str, list[str]]]:
    """Chinese titles of the after-sales entries by slug, and what customers ask about each."""
    root = files("tongxi.demo")
    entries = yaml.safe_load((root / "knowledge/aftersales.yaml").read_text("utf-8"))
    questions: dict[str, list[str]] = yaml.safe_load((root / "asked.yaml").read_text("utf-8"))
    return {entry["slug"]: entry["zh"]["title"] for entry in entries}, questions


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("url", help="address of the running demo")
    parser.add_argument("--password", default=PASSWORD, help="of the demo's accounts")
    options = parser.parse_args(argv)
    done = asyncio.run(run(options.url, password=options.password))
    found = done.certificate
    sys.stdout.write(
        f"{done.asked} questions, {done.drawn} answers drawn, {done.labels} labels:"
        f" {found['wrong']} of {found['n']} wrong, threshold {found['threshold']}, bound {found['bound']}\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
