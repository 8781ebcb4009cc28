"""What a flow did lately: its runs as the log tells them, newest first.

Every turn of a flow keeps with its decision where the flow stands then (`decisions.FlowTurn`); a run is the turns of
one conversation with the same beginning, and its last turn says how it ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tongxi.kit.db import Transaction

_FLOW = "data->'decision'->'flow'"
_RUNS = f"""
with l as (
  select e.conversation_id, e.seq, e.at, e.{_FLOW} as flow from log_entry e
  where e.{_FLOW} is not null and e.{_FLOW}->>'name' = %(name)s and e.type in ('message_sent', 'handed_off')
    and (%(outcome)s::text is null or e.{_FLOW}->>'outcome' = %(outcome)s)
    and (%(conversation)s::uuid is null or (e.at, e.conversation_id, e.seq) < (
         select p.at, p.conversation_id, p.seq from log_entry p
         where p.conversation_id = %(conversation)s::uuid and p.seq = %(seq)s::bigint))
    and not exists (
         select from log_entry n where n.conversation_id = e.conversation_id and n.seq > e.seq
         and n.type in ('message_sent', 'handed_off') and n.{_FLOW}->>'name' = %(name)s
         and n.{_FLOW}->>'run' = e.{_FLOW}->>'run')
  order by e.at desc, e.conversation_id desc, e.seq desc limit %(limit)s
)
select l.conversation_id, l.seq, l.at, c.number, k.id as contact_id, k.name as contact, k.is_verified,
       l.flow->>'outcome' as outcome, (l.flow->>'version')::int as version,
       coalesce(c.state = 'bot' and l.flow->>'outcome' = 'asked' and c.bot #>> '{{flow,name}}' = %(name)s
                and c.bot #>> '{{flow,run}}' = l.flow->>'run', false) as is_open,
       r.began_at, r.turns, r.written, r.undone
from l
join conversation c on c.id = l.conversation_id
join contact k on k.id = c.contact_id
cross join lateral (
  select min(t.at) as began_at, count(*) as turns,
         bool_or(t.data #> '{{decision,reasons}}' @> '[{{"code":"written"}}]') as written,
         bool_or(t.data #> '{{decision,reasons}}' @> '[{{"code":"undone"}}]') as undone
  from log_entry t where t.conversation_id = l.conversation_id and t.seq between (l.flow->>'run')::bigint and l.seq
  and t.{_FLOW}->>'name' = %(name)s and t.{_FLOW}->>'run' = l.flow->>'run'
) r
order by l.at desc, l.conversation_id desc, l.seq desc
"""


async def runs(
    tx: Transaction, name: str, *, limit: int, after: str | None = None, outcome: str | None = None
) -> Sequence[dict[str, Any]]:
    """Runs of a flow by the time of their last turn, newest first.

    `after`: `<conversation>.<seq>` of the last row of the page before. `is_open`: the bot waits for the customer.
    """
    conversation, _, seq = (after or "").partition(".")
    return await tx.dicts(
        _RUNS,
        {
            "name": name, "outcome": outcome, "limit": limit,
            "conversation": conversation or None, "seq": int(seq) if seq else None,
        },
    )  # fmt: skip
