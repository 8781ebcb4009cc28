"""What a turn knows besides the message: search, intents, promises, flows. The same for turn and playground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tongxi.bot import flows, policy
from tongxi.bot.agreement import Agreeing
from tongxi.bot.answer import Draft
from tongxi.bot.guided import bound
from tongxi.bot.memory import Memory
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.situation import Situation
from tongxi.bot.threshold import answer_at
from tongxi.bot.understanding import MAX_OPTIONS, Meaning, Understanding, understand
from tongxi.calibration.plan import LOOSEST, write_group
from tongxi.configuration.bot import BotLimits, BotSettings
from tongxi.conversations.inboxes import Inbox
from tongxi.decisions import Decision, Promise, Reason, Standing
from tongxi.house import House
from tongxi.knowledge.index import Hit
from tongxi.knowledge.nearness import CEILING

UNSURE = ("half_sure", "quotation", "unknown_again", "unknown")
"""Rules that say that nothing fits well."""


def understood(
    house: House,
    messages: Sequence[CustomerMessage],
    *,
    inbox: Inbox | None,
    language: str,
    memory: Memory,
    is_verified: bool,
    limits: BotLimits | None = None,
) -> Understanding:
    """Read the messages with everything this process knows; asks no database. `limits`: else the published ones."""
    both = Agreeing(house.knowledge, house.intents)
    return understand(
        messages, language=language, memory=memory, knowledge=both, is_verified=is_verified,
        flows=house.flows, limits=limits or house.bot.settings.limits, read=both.read,
        bound=bound(house, inbox, messages[-1], language) if messages else None,
    )  # fmt: skip


def standing_of(house: House, seen: Understanding) -> Standing | None:
    """What may be promised about an answer to this question; None when there is no article to answer from."""
    if not seen.hits:
        return None
    return house.calibration.standing(house.calibration.group_of(seen.hits[0].article_id, seen.language))


def decided(
    situation: Situation, seen: Understanding, standing: Standing | None, bot: BotSettings, *, version: int
) -> Decision:
    """The decision, with what stands behind an answer from one article: audits are drawn from these."""
    decision = policy.decide(situation, bot, version=version)
    if standing is None or situation.picked or not _would_answer(situation, decision, bot):
        return decision
    promise = Promise(
        group=standing.group, state=standing.state, score=situation.confidence, threshold=standing.threshold,
        certificate_id=standing.certificate_id, article_id=seen.hits[0].article_id, versions=standing.versions,
    )  # fmt: skip
    return decision.model_copy(update={"promise": promise})


async def nearer(
    house: House, seen: Understanding, situation: Situation, decision: Decision, memory: Memory, bot: BotSettings
) -> tuple[Understanding, Situation, Decision]:
    """When nothing fits well: what sentence vectors find, as a question back or a quotation. Raises nothing.

    They lift nothing to where the bot answers, and a promise stays about the local confidence alone.
    """
    unchanged = seen, situation, decision
    if decision.rule not in UNSURE or seen.picked or seen.says_wrong or not house.vectors.is_on:
        return unchanged
    ceiling = min(CEILING, max(0.0, min(answer_at(situation, bot), bot.limits.answer_at) - 0.01))
    hits = await house.vectors.search(house.db, seen.text, seen.language, ceiling=ceiling)
    if hits:
        hits = _lifted(hits, house.knowledge.search(seen.text, seen.language), seen.hits)
    if not hits or [(hit.article_id, hit.score) for hit in hits] == [(hit.article_id, hit.score) for hit in seen.hits]:
        return unchanged
    meanings = tuple(Meaning(str(hit.article_id), hit.title, hit.score) for hit in hits[:MAX_OPTIONS])
    seen = replace(seen, hits=tuple(hits), meanings=meanings)
    situation = Situation.of(seen, memory, standing_of(house, seen))
    again = policy.decide(situation, bot, version=decision.version)
    if again.choice == "answer":  # another group may answer from less
        return unchanged
    reason = Reason(code="vectors_near", value=round(hits[0].score, 3), seq=seen.seq)
    return seen, situation, again.model_copy(update={"reasons": (*again.reasons, reason), "promise": decision.promise})


def _lifted(near: Sequence[Hit], local: Sequence[Hit], seen: Sequence[Hit]) -> list[Hit]:
    """What vectors found: with the score they lifted it to, else with the one that it has after the intents' say."""
    alone, weighed = ({hit.article_id: hit.score for hit in hits} for hits in (local, seen))
    found = []
    for hit in near:
        is_lifted = hit.score > alone.get(hit.article_id, 0.0)
        own = weighed.get(hit.article_id, hit.score)
        found.append(replace(hit, score=max(own, hit.score) if is_lifted else own))
    return sorted(found, key=lambda hit: -hit.score)


def changing(house: House, flow: str) -> Standing:
    """What is promised about the changes a flow makes. A look into memory."""
    return house.calibration.standing(write_group(flow))


def withheld(standing: Standing) -> Reason | None:
    """Why the bot may not change anything itself in a flow of this standing; None: it may, after the customer's yes."""
    if standing.threshold is not None:
        return None
    rate = round(standing.wrong / standing.n, 4) if standing.n else None
    code = "write_alarm" if standing.state == "alarm" else "write_not_certified"
    return Reason(code=code, value=rate, threshold=standing.alpha, met=False, name=standing.group)


def changed(decision: Decision, standing: Standing, reasons: Sequence[Reason]) -> Decision:
    """The decision with what stands behind a change that was made, or left to people: audits are drawn from these."""
    if not any(one.code in ("written", "write_alarm", "write_not_certified") for one in reasons):
        return decision
    promise = Promise(
        group=standing.group, state=standing.state, score=1.0, threshold=standing.threshold,
        certificate_id=standing.certificate_id, versions=standing.versions,
    )  # fmt: skip
    return decision.model_copy(update={"promise": promise})


def _would_answer(situation: Situation, decision: Decision, bot: BotSettings) -> bool:
    """It answers from one article, or would at the loosest threshold that is tested."""
    if decision.rule == "answer":
        return True
    if situation.confidence < LOOSEST:
        return False
    loose = replace(situation, standing=policy.CERTIFIED, threshold=LOOSEST)
    return policy.first(loose, bot)[0].name == "answer"


def led_back(
    house: House, memory: Memory, decision: Decision, draft: Draft, language: str
) -> tuple[str, dict[str, Any]]:
    """The reply; behind an answer, or none, in the middle of a flow, the words that lead back to it."""
    flow = flows.open_flow(house.flows, memory)
    if (
        decision.choice not in ("answer", "unknown")
        or flow is None
        or memory.flow is None
        or memory.flow.step in ("", "shown")
    ):
        return draft.text, draft.content
    back = flows.reminder(flow, memory.flow, language)
    return f"{draft.text}\n\n{back.text}", {**back.content, **draft.content}
