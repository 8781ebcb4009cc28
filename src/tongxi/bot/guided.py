"""Where the guided questions of an inbox lead, whatever their words: an intent, a flow, an article."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from tongxi.bot.memory import Option
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.understanding import Bound
from tongxi.configuration.inbox import GuidedQuestion
from tongxi.conversations.inboxes import Inbox
from tongxi.house import House
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Invalid
from tongxi.signals.language import detect_language


def bound(house: House, inbox: Inbox | None, message: CustomerMessage, language: str) -> Bound | None:
    """What the tapped button is bound to; None when it is to be read like anything typed, or its goal is gone."""
    if inbox is None or not message.quick_reply:
        return None
    tapped = (one for one in inbox.settings.guided_questions if one.id == message.quick_reply)
    kind, _, name = next((one.leads_to for one in tapped), "").partition(":")
    if kind == "intent":
        return _intent(house, name, message.text, language)
    goal = _flow(house, name) if kind == "flow" else _article(house, name, message.text, language)
    return Bound(Option(id=goal, label=message.text)) if goal else None


def _intent(house: House, code: str, words: str, language: str) -> Bound | None:
    """The intent, with the flow that carries it out or the article that answers it, as far as there are any."""
    about = house.intents.about(code)
    if about is None:
        return None
    names = (about.flow, *(flow.name for flow in house.flows.enabled() if code in flow.triggers.intents))
    goal = next(filter(None, (_flow(house, name) for name in names)), "") or _article(
        house, about.article, words, language
    )
    return Bound(Option(id=goal, label=words) if goal else None, code)


def _flow(house: House, name: str) -> str:
    return f"flow:{name}" if name and house.flows.get(name) else ""


def _article(house: House, name: str, words: str, language: str) -> str:
    """Id of the published article of this id or slug, in the language of the words where it has that version."""
    hit = house.knowledge.named(name, detect_language(words, language)) if name else None
    return str(hit.article_id) if hit else ""


async def check(
    house: House, tx: Transaction, questions: Sequence[GuidedQuestion], before: Sequence[GuidedQuestion] = ()
) -> None:
    """Refuse a question that newly leads where there is nothing. What was bound `before` and is gone may stay.

    Raises: `Invalid`.
    """
    held = {(one.id, one.leads_to) for one in before}
    for place, one in enumerate(questions):
        kind, _, name = one.leads_to.partition(":")
        if not kind or (one.id, one.leads_to) in held:
            continue
        if not await _is_there(house, tx, kind, name):
            loc = ["body", "settings", "guided_questions", place, "leads_to"]
            raise Invalid(errors=[{"loc": loc, "msg": f"there is no such {kind} that customers can reach: {name!r}"}])


async def _is_there(house: House, tx: Transaction, kind: str, name: str) -> bool:
    match kind:
        case "flow":
            return house.flows.get(name) is not None
        case "intent":
            return bool(await tx.value("select true from intent where code = %s and enabled", (name,)))
    try:
        article_id = UUID(name)
    except ValueError:
        return False
    sql = "select true from article where id = %s and status = 'published' and audience = 'everyone'"
    return bool(await tx.value(sql, (article_id,)))
