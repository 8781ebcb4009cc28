"""Runs a flow for a conversation: its contact, its memory, the words that lead back to it after an interruption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tongxi.bot.flows.asking import MAX_OFFERS
from tongxi.bot.flows.engine import advance
from tongxi.bot.flows.expressions import fill
from tongxi.bot.flows.journal import Journal, MemoryJournal
from tongxi.bot.flows.models import Flow
from tongxi.bot.flows.registry import Flows, Live
from tongxi.bot.flows.step import STOP, FlowContact, FlowStep, Said
from tongxi.bot.flows.surroundings import Surroundings, Tools
from tongxi.bot.memory import FlowPosition, Memory
from tongxi.conversations.events import NIL
from tongxi.decisions import FlowTurn, Reason
from tongxi.kit.db import Database
from tongxi.kit.i18n import base, t


async def contact_of(db: Database, contact_id: UUID) -> FlowContact:
    """The contact as flows see it; merged contacts count as the one they were merged into."""
    async with db.reading() as tx:
        row = await tx.dict(
            "select coalesce(k.id, c.id) as id, coalesce(k.external_id, c.external_id) as external_id,"
            " coalesce(k.is_verified, c.is_verified) as is_verified, coalesce(k.name, c.name) as name,"
            " coalesce(k.phone, c.phone, '') as phone, coalesce(k.email, c.email, '') as email"
            " from contact c left join contact k on k.id = c.merged_into where c.id = %s",
            (contact_id,),
        )
    return FlowContact(**row) if row else FlowContact(None, False)


async def run_flow(
    name: str,
    *,
    memory: Memory,
    text: str = "",
    said: Said | None = None,
    contact: FlowContact,
    connectors: Tools,
    language: str,
    now: datetime,
    flows: Flows | None = None,
    journal: Journal | None = None,
    conversation_id: UUID = NIL,
    zone: str = "Asia/Shanghai",
    facts: Mapping[str, str] | None = None,
    withheld: Reason | None = None,
) -> FlowStep:
    """Take the next step of a flow, or its first when it is not the one under way.

    `said`: what the customer wrote since the last reply (`text` when there is nothing but words). A flow that is
    interrupted by another one waits for its end and goes on then. `withheld`: why people make its changes.
    Raises: `KeyError` for a flow that is unknown or switched off; `journal.Superseded`.
    """
    live = (flows or Flows()).get(name)
    if live is None:
        raise KeyError(name)
    said = said or Said((text,))
    around = Surroundings(
        contact=contact, tools=connectors, journal=journal or MemoryJournal(), language=base(language), now=now,
        zone=zone, conversation_id=conversation_id, facts=dict(facts or {}), withheld=withheld,
    )  # fmt: skip
    position = _position(live, memory.flow, said)
    step = await advance(live.flow, position, said, around)
    step = replace(step, turn=FlowTurn(name=name, version=position.version, run=position.run, outcome=step.outcome))
    return _resumed(flows, position.paused, step, around.language)


def _position(live: Live, before: FlowPosition | None, said: Said) -> FlowPosition:
    """Where to go on; a flow of which another version is live by now starts over with what it knows."""
    name, version = live.flow.name, live.version
    if before is not None and before.name == name:
        if before.version == version:  # what is asked of a flow that is over begins another run
            return before.model_copy(update={"run": said.seq}) if before.step == "shown" else before
        slots = {key: value for key, value in before.slots.items() if key in live.flow.slots}
        return FlowPosition(name=name, version=version, slots=slots, run=said.seq, paused=before.paused)
    # What has collected nothing yet need not be taken up again.
    waits = before if before is not None and before.step not in ("", "shown") and before.slots else None
    paused = waits.model_copy(update={"paused": None}) if waits else None
    return FlowPosition(name=name, version=version, run=said.seq, paused=paused)


def _resumed(flows: Flows | None, paused: FlowPosition | None, step: FlowStep, language: str) -> FlowStep:
    """Behind the end of a flow, lead back to the one it interrupted."""
    if paused is None or step.outcome not in ("done", "refused", "cancelled"):
        return step
    live = (flows or Flows()).get(paused.name)
    if live is None:
        return step
    back = reminder(live.flow, paused, language)
    content = {**step.content, "quick_replies": back.content["quick_replies"]}
    position = paused.model_copy(update={"undo": step.flow.undo if step.flow else None})
    return replace(step, text=f"{step.text}\n\n{back.text}", content=content, flow=position)


def open_flow(flows: Flows, memory: Memory) -> Flow | None:
    """The flow that is open, when it may still run."""
    live = flows.get(memory.flow.name) if memory.flow else None
    return live.flow if live else None


def reminder(flow: Flow, position: FlowPosition, language: str) -> FlowStep:
    """The words that lead back to the open flow after something else was answered: what is open, the same choices."""
    language = base(language)
    title = flow.title.text(language)
    if position.step.startswith("confirm:"):
        replies = [{"id": "step:yes", "label": t(language, "flow.confirm.yes")}]
        question = t(language, "flow.resume.confirm", title=title)
    else:
        slot = flow.slots.get(position.step.removeprefix("ask:"))
        question = fill(slot.ask.text(language), {}, language, "UTC") if slot else ""
        prefix = "order:" if slot and slot.kind == "order" else f"slot:{position.step.removeprefix('ask:')}:"
        replies = [{"id": f"{prefix}{one.value}", "label": one.label} for one in position.offered[:MAX_OFFERS]]
    replies.append({"id": STOP, "label": t(language, "flow.stop")})
    text = t(language, "flow.resume", title=title, question=question)
    return FlowStep(text, "asked", {"quick_replies": replies}, position)
