"""Lists of conversations: whose rows they hold, however many others there are."""

from __future__ import annotations

from tests.support.seam import Seam
from tongxi.desk import rows
from tongxi.desk.visibility import Scope


async def test_open_ones_are_not_crowded_out_by_closed_ones(seam: Seam) -> None:
    agent = await seam.agent()
    waiting = await seam.queued(seconds=60)
    held = await seam.held(agent)
    for _ in range(4):
        over = await seam.queued()
        await seam.execute(
            "update conversation set state = 'closed', queued_at = null, changed_at = now() where id = %s",
            over.conversation_id,
        )
    async with seam.house.db.transaction() as tx:
        scope = Scope(agent.id, reads=True, reads_all=True, queues=None)
        found, more = await rows.list_rows(tx, "open", user_id=agent.id, scope=scope, limit=3)
        everything, _ = await rows.list_rows(tx, "all", user_id=agent.id, scope=scope, limit=10)
    assert {row["id"] for row in found} == {waiting.conversation_id, held.conversation_id}
    assert more is None
    assert len(everything) == 6
