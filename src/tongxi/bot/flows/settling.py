"""Finds out later what became of changes nobody knew the outcome of, and writes it into the log for whoever holds on.

Only asks (`operations.find`), never changes: an open turn of the bot repeats its own write under the same key.
"""

from __future__ import annotations

from typing import Any

from tongxi.connectors.business import FIND_OPERATION, FindOperation, Operation
from tongxi.connectors.protocol import Answer
from tongxi.conversations import log as conversation_log
from tongxi.conversations.events import SYSTEM, FlowWritten
from tongxi.conversations.log import record
from tongxi.house import House

BATCH = 20
FROM, UNTIL = "20 seconds", "2 days"
"""Age of a write that is asked about."""


async def settle(house: House) -> int:
    """Ask about open writes; how many were settled."""
    if house.connectors.system_of(FIND_OPERATION) is None:
        return 0
    async with house.db.reading() as tx:
        rows = await tx.dicts(
            f"select w.key, w.flow, w.step, w.conversation_id, coalesce(k.external_id, c.external_id) as external_id,"
            f" coalesce(k.is_verified, c.is_verified) as is_verified from flow_write w"
            f" join conversation v on v.id = w.conversation_id join contact c on c.id = v.contact_id"
            f" left join contact k on k.id = c.merged_into where w.state in ('pending', 'unknown')"
            f" and w.confirmed_at between now() - interval '{UNTIL}' and now() - interval '{FROM}'"
            f" order by w.confirmed_at limit {BATCH}"
        )
    return sum([await _settle(house, row) for row in rows])


async def _settle(house: House, row: dict[str, Any]) -> bool:
    who = row["external_id"] if row["is_verified"] else ""
    found = await house.connectors.call(
        FIND_OPERATION, FindOperation(key=row["key"]), Operation, contact_external_id=who or ""
    )
    if not isinstance(found, Answer) or found.is_stale or found.value.state == "unknown":
        return False
    state, receipt = found.value.state, found.value.receipt
    reason = receipt.reason if receipt else ""
    async with house.db.transaction() as tx:
        conversation = await conversation_log.hold(tx, row["conversation_id"])
        if not await tx.execute(
            "update flow_write set state = %s, reason = %s, done_at = now()"
            " where key = %s and state in ('pending', 'unknown')",
            (state, reason, row["key"]),
        ):
            return False
        fact = FlowWritten(flow=row["flow"], step=row["step"], key=row["key"], outcome=state, reason=reason)
        inbox = house.inboxes.get(conversation.inbox_id)
        await record(tx, house.live, conversation, fact, actor=SYSTEM, at=house.clock.now(), idle=inbox.idle)
    return True
