"""Procedures the bot carries out, by name. A flow is pure but for its tool calls, which only ever concern the
conversation's own verified contact.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongxi.bot import order_status
from tongxi.bot.flow import FlowContact, FlowStep
from tongxi.bot.memory import FlowPosition, Memory
from tongxi.connectors.protocol import Connectors
from tongxi.kit.db import Database

FLOWS = {order_status.NAME: order_status.step}


async def contact_of(db: Database, contact_id: UUID) -> FlowContact:
    """The contact as flows see it; merged contacts count as the one they were merged into."""
    async with db.reading() as tx:
        row = await tx.dict(
            "select coalesce(k.external_id, c.external_id) as external_id, coalesce(k.is_verified, c.is_verified)"
            " as is_verified from contact c left join contact k on k.id = c.merged_into where c.id = %s",
            (contact_id,),
        )
    return FlowContact(row["external_id"], bool(row["is_verified"])) if row else FlowContact(None, False)


async def run_flow(
    name: str,
    *,
    memory: Memory,
    text: str,
    contact: FlowContact,
    connectors: Connectors,
    language: str,
    now: datetime,
) -> FlowStep:
    """Take the next step of a flow, or its first when it is not the one under way.

    `text`: what the customer wrote since the last reply. Raises: `KeyError` for an unknown flow.
    """
    position = memory.flow if memory.flow and memory.flow.name == name else FlowPosition(name=name)
    return await FLOWS[name](
        position=position, text=text, contact=contact, connectors=connectors, language=language, now=now
    )


__all__ = ["FlowContact", "FlowStep", "contact_of", "run_flow"]
