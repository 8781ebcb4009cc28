"""Two engines with planted quality and cost, over real HTTP: the right order, the right interval, and the same again
from cassettes with nobody listening."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.support.model_server import ModelServer, data_of, model_server
from tests.support.model_server import Plan as Answer
from tests.support.models import MODEL, provider
from tongxi.bakeoff import report
from tongxi.bakeoff.cassettes import CassetteMissing, Cassettes
from tongxi.bakeoff.local import asker, reader
from tongxi.bakeoff.questions import Question
from tongxi.bakeoff.run import Plan, run
from tongxi.configuration.bot import BotSettings
from tongxi.kit.clock import SystemClock
from tongxi.kit.ids import new_id
from tongxi.knowledge.articles import Article
from tongxi.knowledge.index import Knowledge
from tongxi.llm.configuration import ModelSettings, PricedModel
from tongxi.llm.engines import Setup

N = 120
INTENTS = ("returns", "invoice", "delivery")
QUESTIONS = [Question(f"q{at}", f"question {at} about something", "en", intent=INTENTS[at % 3]) for at in range(N)]
TRUTH = {question.text: question.intent for question in QUESTIONS}
GOOD, POOR, SHAKY = 0.9, 0.6, 0.2
PLANTED = GOOD - (POOR * (1 - SHAKY) + (1 - POOR) * SHAKY)
"""The true difference: the poor engine wavers both ways."""


def chance(*parts: object) -> float:
    """0…1, always the same for the same parts."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:8]) / 2**64


def of_quality(rate: float, name: str, *, shaky: float = 0.0) -> Callable[[dict[str, Any]], Answer]:
    """An engine that reads this share of the questions rightly; `shaky`: how often it wavers from run to run."""
    runs: dict[str, int] = {}

    def respond(body: dict[str, Any]) -> Answer:
        text = data_of(body)["message"]
        runs[text] = runs.get(text, 0) + 1
        is_right = chance(name, text) < rate
        if shaky and chance(name, text, runs[text]) < shaky:
            is_right = not is_right
        truth = TRUTH[text]
        said = truth if is_right else next(one for one in INTENTS if one != truth)
        return Answer(orjson.dumps({"intent": said, "confidence": 0.9}).decode())

    return respond


@pytest.fixture
async def good() -> AsyncIterator[ModelServer]:
    async with model_server() as running:
        running.respond = of_quality(GOOD, "good")
        yield running


@pytest.fixture
async def poor() -> AsyncIterator[ModelServer]:
    async with model_server() as running:
        running.respond = of_quality(POOR, "poor", shaky=SHAKY)
        yield running


def setup(good: ModelServer, poor: ModelServer) -> Setup:
    dear = (PricedModel(name=MODEL, input=Decimal(10), output=Decimal(100), currency="CNY"),)
    cheap = (PricedModel(name=MODEL, input=Decimal(1), output=Decimal(10), currency="CNY"),)
    return Setup((provider(good, "good", models=dear), provider(poor, "poor", models=cheap)), ModelSettings())


def plan(made: Setup, folder: Path | None = None, *, k: int = 1, is_offline: bool = False, **changes: Any) -> Plan:
    values: dict[str, Any] = {
        "questions": QUESTIONS, "engines": [f"poor:{MODEL}", f"good:{MODEL}", "none"], "k": k, "setup": made,
        "cassettes": Cassettes(folder, is_offline=is_offline), "clock": SystemClock(), "labels": "file",
    }  # fmt: skip
    knowledge = changes.pop("knowledge", None) or Knowledge(SystemClock())
    values |= changes
    read, intents = reader(values["questions"], [])
    return Plan(**values, local=asker(knowledge, BotSettings(), read), intents=intents)


async def test_planted_quality_and_cost_come_out_in_order_with_the_difference_in_its_interval(
    good: ModelServer, poor: ModelServer
) -> None:
    made = await run(plan(setup(good, poor)))
    rows = {row.engine: row for row in made.rows}
    assert made.rows[0].engine == f"good:{MODEL}"
    truly_good = sum(chance("good", text) < GOOD for text in TRUTH) / N
    assert rows[f"good:{MODEL}"].intent_accuracy == pytest.approx(truly_good, abs=1e-3)
    difference = next(one for one in made.differences if one.engine == f"good:{MODEL}")
    assert difference.interval[0] <= PLANTED <= difference.interval[1]
    assert difference.interval[0] > 0
    assert difference.p < 0.01
    assert rows[f"good:{MODEL}"].per_thousand == "3.0000"
    assert rows[f"poor:{MODEL}"].per_thousand == "0.3000"
    assert rows["none"].per_thousand == "0.0000"
    assert rows[f"good:{MODEL}"].p95_ms > 0


async def test_an_engine_that_wavers_loses_most_by_pass_k(good: ModelServer, poor: ModelServer) -> None:
    made = await run(plan(setup(good, poor), k=4, questions=QUESTIONS[:40]))
    rows = {row.engine: row for row in made.rows}
    steady, shaky = rows[f"good:{MODEL}"], rows[f"poor:{MODEL}"]
    assert steady.pass_k == pytest.approx(steady.right)
    assert shaky.pass_k < shaky.right - 0.1


async def test_recorded_answers_give_the_same_table_with_nobody_listening(
    good: ModelServer, poor: ModelServer, tmp_path: Path
) -> None:
    made = setup(good, poor)
    few: dict[str, Any] = {"questions": QUESTIONS[:30]}
    first = report.text(await run(plan(made, tmp_path, k=2, **few)))
    asked = len(good.asked) + len(poor.asked)
    good.port = poor.port = 1  # nobody listens there
    deaf = setup(good, poor)
    again = report.text(await run(plan(deaf, tmp_path, k=2, is_offline=True, **few)))
    assert again == first
    assert again.encode() == first.encode()
    assert len(good.asked) + len(poor.asked) == asked
    recorded = "".join(file.read_text() for file in tmp_path.iterdir())
    assert "sk-" not in recorded
    assert "127.0.0.1" not in recorded


async def test_offline_what_was_not_recorded_is_named(good: ModelServer, poor: ModelServer, tmp_path: Path) -> None:
    with pytest.raises(CassetteMissing):
        await run(plan(setup(good, poor), tmp_path, is_offline=True))
    assert good.asked == []


async def test_an_engine_that_fails_counts_as_what_the_product_does_then(good: ModelServer, poor: ModelServer) -> None:
    good.respond = None
    good.plan = Answer(status=401)
    made = await run(plan(setup(good, poor), engines=["none", f"good:{MODEL}"], questions=QUESTIONS[:30]))
    rows = {row.engine: row for row in made.rows}
    assert rows[f"good:{MODEL}"].failed == 1.0
    assert rows[f"good:{MODEL}"].right == rows["none"].right
    assert made.differences[0].difference == 0


# ── answers ──

ARTICLES = {
    "warranty": ("Length of the warranty", "The warranty of a kettle lasts 24 months from the day of purchase."),
    "gifts": ("Gift wrapping", "We wrap gifts in red paper within 3 days."),
    "care": ("Cleaning a kettle", "A kettle is cleaned with vinegar once in 5 weeks."),
}
ASKED = [
    Question("a", "Length of the warranty", "en", relevant=frozenset({"warranty"})),
    Question("b", "Gift wrapping", "en", relevant=frozenset({"gifts"}), contains=("3 days",)),
    Question("c", "Cleaning a kettle", "en", relevant=frozenset({"warranty"})),
    Question("d", "what is the capital of France", "en", relevant=frozenset()),
    Question("e", "Cleaning a kettle", "en", wrong=frozenset({"care"})),
    Question("f", "Cleaning a kettle", "en", wrong=frozenset({"gifts"})),
]


def articles() -> Knowledge:
    made = Knowledge(SystemClock())
    made.replace(
        [
            Article(new_id(), f"{slug}.en", "en", title, body, (title,), "everyone", "", datetime.now(UTC))
            for slug, (title, body) in ARTICLES.items()
        ]
    )
    return made


def quotes(body: dict[str, Any]) -> Answer:
    """Repeats the first passage with its number."""
    first = data_of(body)["passages"][0]
    return Answer(first["text"].split(". ")[0].rstrip(".") + " [1].")


async def test_answers_are_judged_by_the_articles_they_cite(good: ModelServer, poor: ModelServer) -> None:
    good.respond, poor.respond, poor.plan = quotes, None, Answer("NO ANSWER")
    engines = ["none", f"good:{MODEL}", f"poor:{MODEL}"]
    made = await run(plan(setup(good, poor), engines=engines, questions=ASKED, knowledge=articles()))
    rows = {row.engine: row for row in made.rows}
    for engine in engines[:2]:  # right: a, b, d; wrong: c, e; f is not judged
        row = rows[engine]
        assert (row.n_answer, row.correct, row.wrong, row.abstained) == (5, 0.4, 0.4, 0.2), engine
        assert row.right == 0.6
    declines = rows[f"poor:{MODEL}"]
    assert (declines.wrong, declines.failed) == (0, 0)
    assert declines.abstained == 1.0


async def test_an_answer_without_ground_is_replaced_as_in_a_turn(good: ModelServer, poor: ModelServer) -> None:
    good.respond = lambda _: Answer("The warranty of a kettle lasts 90 months [1].")
    made = await run(plan(setup(good, poor), engines=["none", f"good:{MODEL}"], questions=ASKED, knowledge=articles()))
    rows = {row.engine: row for row in made.rows}
    assert rows[f"good:{MODEL}"].correct == rows["none"].correct
    assert rows[f"good:{MODEL}"].failed > 0.5
