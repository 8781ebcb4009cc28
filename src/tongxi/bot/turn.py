"""The bot's turn: understand → decide → act. Read this first.

A turn answers everything the customer wrote since the last reply. Thinking holds no lock and no transaction; what
was thought goes out only if the bot still holds the conversation and the customer has not written since. Asking for
a person, a failure and a deadline all end in the same place: `routing.service.enqueue`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
import structlog

from tongxi.bot import answer, approval, beside, flows, plain
from tongxi.bot.flows import FlowContact, FlowStep
from tongxi.bot.flows.journal import LogJournal, Superseded
from tongxi.bot.memory import Memory
from tongxi.bot.messages import CustomerMessage
from tongxi.bot.phrasing import phrase
from tongxi.bot.priority import weighed
from tongxi.bot.reconsidering import reconsidered
from tongxi.bot.remembering import remember
from tongxi.bot.situation import Situation
from tongxi.bot.thinking import changed, changing, decided, led_back, nearer, standing_of, understood, withheld
from tongxi.bot.understanding import Understanding
from tongxi.conversations import log as conversation_log
from tongxi.conversations import queries
from tongxi.conversations.append import Append, Outcome
from tongxi.conversations.events import BOT, NIL, TurnFailed, TurnSuperseded
from tongxi.conversations.inboxes import Inbox
from tongxi.conversations.log import Conversation, Say, record
from tongxi.conversations.state import State
from tongxi.decisions import Decision, Reason
from tongxi.house import House
from tongxi.kit.errors import AppError
from tongxi.kit.i18n import t
from tongxi.routing import service as routing

log = structlog.get_logger(__name__)

TURN_SECONDS = 10.0
"""A turn that takes longer is a failure and ends with a person."""


@dataclass(slots=True)
class Waiting:
    """A conversation whose customer waits for the bot, as far as the caller knows it from the commit."""

    conversation_id: UUID
    inbox_id: UUID
    contact_id: UUID
    epoch: int
    customer_seq: int
    """The message to answer; a newer one makes the draft void."""
    language: str
    memory: dict[str, Any]
    messages: Sequence[CustomerMessage]
    """Everything since the last reply, oldest first."""


def start(house: House, conversation_id: UUID, known: Waiting | None = None) -> None:
    """Begin a turn unless one is running; then that one looks again when it is done. `known` saves a read."""
    if conversation_id in house.turns:
        house.turns[conversation_id] = True  # the customer wrote more
        return
    house.turns[conversation_id] = False
    house.live.spawn(_run(house, conversation_id, known))


async def _run(house: House, conversation_id: UUID, known: Waiting | None) -> None:
    try:
        while True:
            house.turns[conversation_id] = False
            async with asyncio.timeout(TURN_SECONDS):
                waiting = known or await _read(house, conversation_id)
                known = None
                if waiting is not None:
                    await take_turn(house, waiting)
            if not house.turns[conversation_id]:
                return
    except Exception as error:  # the edge of the turn: the customer must not wait for a bug
        log.exception("turn.failed", conversation_id=str(conversation_id))
        with suppress(AppError):  # the database is away: the sweeper finds the row when it is back
            await fail(house, conversation_id, type(error).__name__)
    finally:
        house.turns.pop(conversation_id, None)


async def _read(house: House, conversation_id: UUID) -> Waiting | None:
    """What waits for an answer; None when there is nothing for the bot to do."""
    async with house.db.reading() as tx:
        row = await tx.one(
            Conversation, f"select {conversation_log.COLUMNS} from conversation where id = %s", (conversation_id,)
        )
        if row is None or row.state is not State.BOT or not row.customer_waits:
            return None
        rows = await queries.unanswered(tx, conversation_id, row.answered_seq)
    messages = [
        CustomerMessage(
            seq=one.seq,
            text=one.text,
            at=one.at,
            quick_reply=one.content.get("quick_reply"),
            attachments=len(one.content.get("attachments") or ()),
        )
        for one in rows
    ]
    return Waiting(row.id, row.inbox_id, row.contact_id, row.epoch, row.customer_seq, row.language, row.bot, messages)


async def take_turn(house: House, waiting: Waiting) -> None:
    """Understand, decide, act. Every outcome is in the log with its reasons."""
    inbox = house.inboxes.get(waiting.inbox_id)
    mode = house.bot.settings.plain_mode
    wish = plain.asked((message.text for message in waiting.messages), mode)
    memory = plain.heeded(Memory.model_validate(waiting.memory), wish, mode)
    waiting.memory["plain"] = memory.plain
    contact = await flows.contact_of(house.db, waiting.contact_id) if memory.flow else None
    seen = await house.in_full(
        lambda: understood(
            house,
            waiting.messages,
            inbox=inbox,
            language=waiting.language,
            memory=memory,
            is_verified=bool(contact and contact.is_verified),
        )
    )
    if seen.can_do and contact is None:  # whether he may have it done himself decides what he is told
        contact = await flows.contact_of(house.db, waiting.contact_id)
        seen = replace(seen, is_verified=contact.is_verified)
    bot = house.bot.settings
    standing = standing_of(house, seen)
    situation = Situation.of(seen, memory, standing)
    decision = decided(situation, seen, standing, bot, version=house.bot.version)
    seen, situation, decision = await nearer(house, seen, situation, decision, memory, bot)
    if decision.choice == "hand_off":
        await _hand_off(house, waiting, inbox, seen, decision)
        return
    persona = inbox.settings.persona_name(seen.language)
    if decision.choice.startswith("flow:"):
        await _flow(house, waiting, inbox, seen, decision, memory, contact)
        return
    seen, decision = await reconsidered(house, waiting.conversation_id, seen, decision, memory, persona=persona)
    draft = answer.compose(decision, seen, language=seen.language, persona=persona, bot=bot)
    checked = approval.approve(draft, situation, bot)
    if checked.choice != "send":
        # What cannot be stood behind is not said: the customer is told so and offered a person.
        decision = approval.withheld(decision, checked)
        draft = answer.compose(decision, seen, language=seen.language, persona=persona, bot=bot)
    elif decision.rule == "answer" and seen.manipulation is None and house.models.has("answer"):
        ids = waiting.conversation_id, waiting.contact_id
        draft, why = await phrase(house, *ids, seen, draft, persona=persona)
        decision = decision.model_copy(update={"reasons": (*decision.reasons, *why)})
        if draft.choice == "unknown":  # the model read the passages and found no answer in them
            decision = decision.model_copy(update={"choice": "unknown"})
            draft = answer.compose(decision, seen, language=seen.language, persona=persona, bot=bot)
    remembered = remember(memory, seen, decision)
    text, content = led_back(house, remembered, decision, draft, seen.language)
    if wish is not None:
        decision = decision.model_copy(update={"reasons": (*decision.reasons, wish)})
        text, content = await _plainly(house, waiting, seen.language, decision, text, content)
    await _say(house, waiting, inbox, seen, text, content, decision, remembered)


async def _plainly(
    house: House, waiting: Waiting, language: str, decision: Decision, text: str, content: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """The reply to somebody who asks for simple words: he is heard, offered a call, and told the last answer again."""
    if decision.choice in ("unknown", "ask", "quote", "small_talk"):  # the wish was all there was to answer
        async with house.db.reading() as tx:
            last = await tx.value(
                "select text from message where conversation_id = %s and sender = 'bot' order by seq desc limit 1",
                (waiting.conversation_id,),
            )
        text = last or t(language, "bot.plain.ask")
    call = {"id": "plain:call", "label": t(language, "bot.plain.call")}
    content = {**content, "quick_replies": [*content.get("quick_replies", ()), call], "offer_person": True}
    return f"{t(language, 'bot.plain.on')}\n\n{text}", content


async def _flow(
    house: House,
    waiting: Waiting,
    inbox: Inbox,
    seen: Understanding,
    decision: Decision,
    memory: Memory,
    contact: FlowContact | None,
) -> None:
    """Take the flow one step further; it writes its own words, and may find that people have to go on."""
    name = decision.choice.removeprefix("flow:")
    standing = changing(house, name)
    try:
        step = await flows.run_flow(
            name,
            memory=memory,
            said=seen.said,
            contact=contact or await flows.contact_of(house.db, waiting.contact_id),
            connectors=house.connectors,
            language=seen.language,
            now=house.clock.now(),
            flows=house.flows,
            journal=LogJournal(house, waiting.conversation_id, epoch=waiting.epoch, customer_seq=waiting.customer_seq),
            conversation_id=waiting.conversation_id,
            zone=inbox.settings.hours.timezone,
            facts=await _facts(house, waiting.conversation_id),
            withheld=withheld(standing),
        )
    except Superseded:  # nothing was changed; what the customer wrote since is read with the next turn
        house.turns[waiting.conversation_id] = True
        return
    decision = decision.model_copy(update={"reasons": (*decision.reasons, *step.reasons), "flow": step.turn})
    decision = changed(decision, standing, step.reasons)
    if seen.wants_call and step.outcome in ("failed", "refused"):  # no call can be arranged: then a person, here
        decision = decision.model_copy(update={"choice": "hand_off", "reasons": (seen.wants_call, *decision.reasons)})
        await _hand_off(house, waiting, inbox, seen, decision)
        return
    if step.outcome in ("hand_off", "unknown"):
        decision = decision.model_copy(update={"choice": "hand_off"})
        await _hand_off(house, waiting, inbox, seen, decision, said=step, subject=step.subject)
        return
    remembered = remember(memory, seen, decision).model_copy(
        update={"flow": step.flow, "unanswered_count": 0, "clarification": (), "person_offered": False}
    )
    text, content = beside.told(house, seen, step)
    await _say(house, waiting, inbox, seen, text, content, decision, remembered, step.slots)


async def _facts(house: House, conversation_id: UUID) -> dict[str, str]:
    """What is known of the case, by code: a flow does not ask for it again."""
    async with house.db.reading() as tx:
        slots = await tx.value("select slots from conversation where id = %s", (conversation_id,))
    return {code: str(slot["value"]) for code, slot in (slots or {}).items() if slot.get("value")}


async def _say(
    house: House,
    waiting: Waiting,
    inbox: Inbox,
    seen: Understanding,
    text: str,
    content: dict[str, Any],
    decision: Decision,
    memory: Memory,
    slots: dict[str, Any] | None = None,
) -> None:
    """Send, if still mine and still the newest; else keep what was withheld and why in the log."""
    if memory.plain and not decision.choice.startswith("flow:"):  # what a flow shows for a yes stays as it is
        text = plain.simplify(text, seen.language)
    patch: dict[str, Any] = {"bot": memory.model_dump(mode="json", exclude_defaults=True), "language": seen.language}
    if slots:
        patch["slots"] = slots
    if seen.subject:
        patch["subject"] = seen.subject
    if seen.mood is not None:
        patch["mood"] = seen.mood
    result = await house.writer.append(
        Append(
            conversation_id=waiting.conversation_id,
            sender="bot",
            author_id=NIL,
            client_id=f"turn-{waiting.customer_seq}",  # a turn taken twice says it once
            text=text,
            content=orjson.dumps(content).decode(),
            epoch=waiting.epoch,
            answers=waiting.customer_seq,
            data=orjson.dumps({"decision": decision.data()}).decode(),
            patch=orjson.dumps(patch).decode(),
            idle_seconds=inbox.idle.total_seconds(),
            author_name=inbox.settings.persona_name(seen.language),
        )
    )
    if result.outcome in (Outcome.SUPERSEDED, Outcome.NOT_HOLDER):
        async with house.db.transaction() as tx:
            conversation = await conversation_log.hold(tx, waiting.conversation_id)
            await record(
                tx, house.live, conversation,
                TurnSuperseded(answers_seq=waiting.customer_seq, decision=decision.data()),
                actor=BOT, at=house.clock.now(), idle=inbox.idle,
            )  # fmt: skip
        if result.outcome is Outcome.SUPERSEDED:
            house.turns[waiting.conversation_id] = True


async def _hand_off(
    house: House,
    waiting: Waiting,
    inbox: Inbox,
    seen: Understanding,
    decision: Decision,
    *,
    said: FlowStep | None = None,
    subject: str = "",
) -> None:
    """Give it to people. Needs only that the bot still holds; a newer message does not stop it.

    `said`: what a flow found before it gave up; its facts are kept for the agent.
    """
    async with house.db.transaction() as tx:
        conversation = await conversation_log.hold(tx, waiting.conversation_id)
        if conversation.state is not State.BOT or conversation.epoch != waiting.epoch:
            return
        conversation.language = seen.language
        noticed: dict[str, Any] = {"language": seen.language, "mood": seen.mood}
        if subject or seen.subject:
            noticed["subject"] = subject or seen.subject
        if said and said.slots:
            noticed["slots"] = conversation.slots | said.slots
        # An open flow ends here: whoever carries on starts from what is known, not from the middle of a form.
        noticed["bot"] = {name: value for name, value in conversation.bot.items() if name != "flow"}
        noticed["bot"] |= {"plain": True} if waiting.memory.get("plain") else {}
        at = house.clock.now()
        first = await weighed(tx, conversation.id, seen, house.bot.settings.priority)
        if first:  # within the queue, before those who wait like everybody
            conversation.priority = max(conversation.priority, 1)
            known = {reason.code for reason in decision.reasons}
            decision = decision.model_copy(
                update={"reasons": (*decision.reasons, *(one for one in first if one.code not in known))}
            )
        persona = inbox.settings.persona_name(seen.language)
        draft = answer.compose(decision, seen, language=seen.language, persona=persona, bot=house.bot.settings)
        text = draft.text or (said.text if said else "")
        if text:  # a red line: the facts that must be said now, then a person; or what a flow has to tell
            await record(
                tx, house.live, conversation, Say(text, draft.content, by_actor=True),
                actor=BOT._replace(name=persona), at=at, idle=inbox.idle,
            )  # fmt: skip
        queued = await routing.enqueue(
            tx, house, conversation, inbox, decision=decision, actor=BOT, cause="bot", at=at, noticed=noticed
        )
    if queued:
        await routing.assign_waiting(house)


async def fail(house: House, conversation_id: UUID, error: str) -> None:
    """The bot could not take its turn: people take over, with the reason in the log."""
    async with house.db.transaction() as tx:
        conversation = await conversation_log.hold(tx, conversation_id)
        if conversation.state is not State.BOT:
            return
        inbox = house.inboxes.get(conversation.inbox_id)
        at = house.clock.now()
        await record(tx, house.live, conversation, TurnFailed(error=error), actor=BOT, at=at, idle=inbox.idle)
        decision = Decision(choice="hand_off", policy="turn", reasons=(Reason(code="bot_failed"),))
        await routing.enqueue(tx, house, conversation, inbox, decision=decision, actor=BOT, cause="bot", at=at)
    await routing.assign_waiting(house)
