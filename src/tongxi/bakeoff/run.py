"""Put every question to every engine, k times: what the product would do with that engine, and what it cost."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tongxi.bakeoff.cassettes import Cassettes, Recorded
from tongxi.bakeoff.figures import Answered, Outcome, Table, Told, table
from tongxi.bakeoff.questions import Question
from tongxi.bot import grounding, phrasing, second_reading
from tongxi.bot.answer import extract
from tongxi.bot.second_reading import IntentChoice
from tongxi.bot.understanding import Understanding
from tongxi.bot.writing import write
from tongxi.configuration.bot import BotPersona
from tongxi.kit.clock import Clock
from tongxi.kit.text import normalise
from tongxi.knowledge.index import Hit
from tongxi.llm.configuration import ModelSettings, Rung
from tongxi.llm.engines import Engine, Setup
from tongxi.llm.loading import client
from tongxi.llm.masking import Find
from tongxi.llm.models import Models
from tongxi.llm.protocol import Client, ModelFailed

NONE = "none"
PARALLEL = 4
"""Questions asked at once."""
SECONDS = 30.0
"""For one answer: measured, not cut off as early as for a waiting customer."""


@dataclass(frozen=True, slots=True)
class Local:
    """What the product does with a question by itself."""

    seen: Understanding
    answers: bool
    """It would answer from the best article."""
    asks: bool
    """It would ask back what is meant."""
    acts: bool
    """It would start a procedure or fetch a person instead: no matter of articles, and not judged."""
    intent: str | None
    """None: no intents are learnt; "": none of them."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A bake-off."""

    questions: Sequence[Question]
    engines: Sequence[str]
    """`none` or `<provider>:<model>`; the first is what the others are compared with."""
    k: int
    local: Callable[[Question], Local]
    intents: Sequence[IntentChoice]
    setup: Setup
    cassettes: Cassettes
    clock: Clock
    labels: str
    find_personal_data: Find | None = None
    persona: BotPersona = field(default_factory=BotPersona)


async def run(plan: Plan, *, progress: Callable[[int], None] = lambda _: None) -> Table:
    """Ask everything and put it together; as `ask`."""
    runs = await ask(plan, progress=progress)
    ids = [question.id for question in plan.questions]
    currency = plan.setup.settings.currency
    return await asyncio.to_thread(table, ids, runs, k=plan.k, currency=currency, labels=plan.labels)


async def ask(plan: Plan, *, progress: Callable[[int], None] = lambda _: None) -> dict[str, list[list[Outcome]]]:
    """Ask everything: what came of each engine's runs, (questions, runs).

    `progress` is called with the number of questions asked so far, over engines and runs. Raises: `CassetteMissing`.
    """
    done = 0
    runs: dict[str, list[list[Outcome]]] = {}
    local = []
    for question in plan.questions:
        local.append(_timed(plan, question))
        await asyncio.sleep(0)  # a server goes on meanwhile
    waiting = asyncio.Semaphore(PARALLEL)
    for engine in plan.engines:
        known = plan.setup.named(engine)
        assert known is not None or engine == NONE, "checked before"
        source = client(known.provider, plan.setup.keys.get(known.provider.id)) if known is not None else None

        async def one(
            at: int, repetition: int, known: Engine | None = known, source: Client | None = source
        ) -> Outcome:
            nonlocal done
            async with waiting:
                asker = _Asker(plan, known, source, repetition) if known is not None and source is not None else None
                outcome = await _outcome(plan, plan.questions[at], local[at], asker)
            done += 1
            progress(done)
            return outcome

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    [group.create_task(one(at, repetition)) for repetition in range(plan.k)]
                    for at in range(len(plan.questions))
                ]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        finally:
            if source is not None:
                await source.close()
        runs[engine] = [[task.result() for task in each] for each in tasks]
    return runs


class _Asker:
    """One engine for one question of one run; counts its time and money."""

    def __init__(self, plan: Plan, engine: Engine, source: Client, repetition: int) -> None:
        self.engine = engine
        self._settings = plan.setup.settings
        self.recorded = Recorded(source, plan.cassettes, plan.clock, engine=engine.name, repetition=repetition)
        patient = engine.provider.model_copy(update={"retries": 0, "timeout_seconds": 2 * SECONDS})
        only = (Rung(provider=patient.id, model=engine.model.name),)
        ladders = {"understand": only, "answer": only}
        self._setup = Setup((patient,), ModelSettings(ladders=ladders, mask=plan.setup.settings.mask))
        self._plan = plan

    async def models(self) -> Models:
        """`Models` that know this engine only; nothing is put on the installation's bill."""
        made = Models(self._plan.clock, lambda _: self.recorded, find_personal_data=self._plan.find_personal_data)
        await made.configure(self._setup)
        return made

    @property
    def cost(self) -> float | None:
        """In the budget's currency; None without a price."""
        amount = self.engine.model.cost(self.recorded.usage)
        if amount is None:
            return None
        converted = self._settings.converted(amount, self.engine.model.currency)
        return float(amount if converted is None else converted)


def _timed(plan: Plan, question: Question) -> Local:
    """The product's own part, with how long it took when it was recorded."""
    key = hashlib.sha256(f"local {question.id} {question.text}".encode()).hexdigest()
    started = plan.clock.monotonic()
    local = plan.local(question)
    known = plan.cassettes.read(key)
    if known is None:
        known = {"seconds": round(plan.clock.monotonic() - started, 4)}
        plan.cassettes.write(key, known)
    return replace(local, seconds=known["seconds"])


async def _outcome(plan: Plan, question: Question, local: Local, asker: _Asker | None) -> Outcome:
    """What becomes of one question."""
    models = await asker.models() if asker is not None else None
    has_failed = False
    intent = local.intent
    if models is not None and question.intent is not None:
        read = await second_reading.read(models, question.text, plan.intents, seconds=SECONDS)
        if read is None:
            has_failed = True
        else:
            intent = read.intent or ""
    answered: Answered | None = None
    told: Told | None = None
    if question.wants_answer and not local.acts:
        told, hits, failed = await _told(plan, local, models)
        answered = _judged(question, told, hits)
        has_failed = has_failed or failed
    return Outcome(
        intent=None if question.intent is None else intent == question.intent,
        answer=answered,
        should_abstain=question.relevant is not None and not question.relevant,
        seconds=local.seconds + (asker.recorded.seconds if asker is not None else 0.0),
        cost=asker.cost if asker is not None else 0.0,
        has_failed=has_failed,
        told=told,
    )


async def _told(plan: Plan, local: Local, models: Models | None) -> tuple[Told, Sequence[Hit], bool]:
    """What would be said, from which articles, and whether the engine gave nothing usable.

    As in a turn: the bot decides whether there is an answer; the model words it, may find none, and what is not
    grounded is replaced by the quotation.
    """
    if not local.answers:
        return Told("asked" if local.asks else "abstained"), (), False
    hits = phrasing.passages(local.seen) if models is not None else []
    if models is None or not hits:
        return *_quotation(local), False
    data, evidence = phrasing.material(local.seen, hits)
    data["voice"] = phrasing.voice(plan.persona, local.seen.language)
    try:
        written = await write(models, data, evidence, seconds=SECONDS)
    except ModelFailed:
        return *_quotation(local), True
    if phrasing.declines(written.text):
        return Told("abstained"), (), False
    checked = grounding.check(written.text, evidence)
    if isinstance(checked, grounding.Flaw):
        return *_quotation(local), True
    cited = [hits[index] for index in checked.cited]
    return Told("answered", checked.text, cited[0].title if cited else ""), cited, False


def _quotation(local: Local) -> tuple[Told, Sequence[Hit]]:
    hit = local.seen.hits[0]
    return Told("answered", extract(hit.text, local.seen.text, hit.language), hit.title), [hit]


def _judged(question: Question, told: Told, hits: Sequence[Hit]) -> Answered | None:
    if question.relevant is None and not question.wrong:
        return None
    if told.kind != "answered":
        return told.kind
    cited = {name for hit in hits for name in names(hit)}
    if question.contains and not all(normalise(part) in normalise(told.text) for part in question.contains):
        return "wrong"
    if question.relevant is not None:
        return "correct" if cited & question.relevant else "wrong"
    return "wrong" if cited & question.wrong else None


def names(hit: Hit) -> frozenset[str]:
    """What a question may call an article: by its id, by its slug, or by its slug without the language."""
    return frozenset({str(hit.article_id), hit.slug, hit.slug.removesuffix(f".{hit.language}")})


def crossed(questions: Sequence[Question], folds: int = 5) -> list[int]:
    """A fold for each question by its id, always the same: nobody is judged on what he learnt from."""
    return [int.from_bytes(hashlib.sha256(one.id.encode()).digest()[:4]) % folds for one in questions]
