"""The product without a model: its own reading, search and decision, as one function of a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from tongxi.bakeoff.questions import Question
from tongxi.bakeoff.run import Local, crossed
from tongxi.bot import policy
from tongxi.bot.agreement import Agreeing, Reads
from tongxi.bot.flows.registry import Flows
from tongxi.bot.memory import Memory
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.second_reading import IntentChoice
from tongxi.bot.situation import Situation
from tongxi.bot.understanding import Understanding, understand
from tongxi.configuration.bot import BotSettings
from tongxi.decisions import Standing
from tongxi.intents.model import OUT, IntentModel
from tongxi.knowledge.index import Knowledge

MAX_EXAMPLES = 4

_NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""What a question asks does not depend on when it is asked here."""

Read = Callable[[Question], str | None]


def asker(
    knowledge: Knowledge,
    bot: BotSettings,
    read: Read,
    standing: Callable[[Understanding], Standing | None] = lambda _: None,
    flows: Flows | None = None,
    intents: Reads | None = None,
) -> Callable[[Question], Local]:
    """What the product does with a question on this knowledge, under these settings and promises.

    `flows`, `intents`: those of the installation, else the shipped flows and no intents.
    """

    def ask(question: Question) -> Local:
        memory = Memory()
        message = CustomerMessage(seq=1, text=question.text, at=_NOON)
        both = Agreeing(knowledge, intents) if intents else None
        seen = understand(
            [message], language=question.language, memory=memory, knowledge=both or knowledge, is_verified=False,
            flows=flows, read=both.read if both else None, limits=bot.limits,
        )  # fmt: skip
        decision = policy.decide(Situation.of(seen, memory, standing(seen)), bot)
        acts = decision.choice == "hand_off" or decision.choice.startswith("flow:")
        answers = decision.choice == "answer" and bool(seen.hits)
        return Local(seen, answers, decision.choice == "ask", acts, read(question))

    return ask


def reader(questions: Sequence[Question], examples: Sequence[tuple[str, str]]) -> tuple[Read, list[IntentChoice]]:
    """The local reading of intents, and what models choose among.

    Learnt from `examples`; without any, from the labelled questions themselves, each read by a model that did not
    learn from it.
    """
    labelled = [one for one in questions if one.intent is not None]
    if not labelled:
        return (lambda _: None), []
    if examples:
        learnt = _learnt(examples)
        return (lambda question: _top(learnt, question.text)), _choices(examples)
    folds = dict(zip((one.id for one in questions), crossed(questions), strict=True))
    models = {
        fold: _learnt([(one.text, one.intent or "") for one in labelled if folds[one.id] != fold])
        for fold in set(folds.values())
    }
    names = sorted({one.intent for one in labelled if one.intent})
    # Names alone: an example given to the model could be the question it is asked next.
    return (lambda question: _top(models[folds[question.id]], question.text)), [IntentChoice(name) for name in names]


def _learnt(examples: Sequence[tuple[str, str]]) -> IntentModel | None:
    from tongxi.intents.training import Example, TooFew, train  # with SciPy: the server starts without it

    try:
        return train([Example(text, intent or None) for text, intent in examples])
    except TooFew:
        return None


def _top(model: IntentModel | None, text: str) -> str | None:
    if model is None:
        return None
    reading = model.read(text)
    return reading.guesses[0].intent if reading.guesses and reading.out_of_scope < OUT else ""


def _choices(examples: Sequence[tuple[str, str]]) -> list[IntentChoice]:
    names = sorted({intent for _, intent in examples if intent})
    return [IntentChoice(name, "", [text for text, one in examples if one == name][:MAX_EXAMPLES]) for name in names]
