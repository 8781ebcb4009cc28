"""What is said beside a procedure: answers to questions that came with the wish for it, and what else was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tongxi.bot.answer import address, quoting
from tongxi.bot.approval import grounded
from tongxi.bot.flows import FlowStep
from tongxi.bot.parts import Part
from tongxi.bot.threshold import may_say
from tongxi.bot.understanding import Understanding
from tongxi.configuration.bot import BotSettings
from tongxi.house import House
from tongxi.kit.i18n import t


def told(house: House, seen: Understanding, step: FlowStep) -> tuple[str, dict[str, Any]]:
    """The words of a flow, answers in front of them, and behind them the other procedures as buttons."""
    bot, language = house.bot.settings, seen.language
    known = [part for part in seen.asides if _may_say(house, part, language, bot)]
    paragraphs, content = [], dict(step.content)
    if known:
        draft = quoting([part.hits[0] for part in known], [part.text for part in known], language, bot)
        if grounded(draft.said, draft.evidence) >= 1.0:
            paragraphs.append(draft.text)
            content = {**draft.content, **content}
        else:
            known = []
    paragraphs.append(step.text)
    if len(known) < len(seen.asides):
        paragraphs.append(address(t(language, "bot.beside.unsure"), bot))
        content["offer_person"] = True
    if seen.later:
        paragraphs.append(address(t(language, "bot.beside.later"), bot))
        content["quick_replies"] = [*content.get("quick_replies", ()), *_buttons(seen, bot)]
    return "\n\n".join(filter(None, paragraphs)), content


def _may_say(house: House, part: Part, language: str, bot: BotSettings) -> bool:
    hit = part.hits[0]
    standing = house.calibration.standing(house.calibration.group_of(hit.article_id, language))
    return may_say(hit.score, standing, bot)


def _buttons(seen: Understanding, bot: BotSettings) -> Sequence[dict[str, str]]:
    return [
        {"id": one.id, "label": address(t(seen.language, "bot.can_do", title=one.label), bot)} for one in seen.later
    ]
