"""Who goes before others among people, and why: what the customer's history, the pages seen and this message say."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID

from tongxi.bot.understanding import Understanding
from tongxi.configuration.bot import Priority
from tongxi.decisions import Reason
from tongxi.kit.db import Transaction

OVER = ("delivered", "completed", "cancelled", "refunded")
"""States in which an order needs nobody any more."""


async def weighed(tx: Transaction, conversation_id: UUID, seen: Understanding, rules: Priority) -> tuple[Reason, ...]:
    """Reasons to let this customer go first; none: he waits like everybody. Reads the contact, his last 30 days
    and the pages of the last half hour."""
    row = await tx.dict(
        """
        select k.tier, v.slots #>> '{order_status,value}' as order_status,
               (select count(*) from conversation o join log_entry l on l.conversation_id = o.id
                where o.contact_id = v.contact_id and l.type = 'handed_off' and l.at > now() - interval '30 days')
                   as hand_offs,
               array(select p.url from page_view p where p.contact_id in (c.id, m.id)
                     and p.at > now() - interval '30 minutes' order by p.id desc limit 50) as pages
        from conversation v join contact c on c.id = v.contact_id
        left join contact m on m.id = c.merged_into
        cross join lateral (select coalesce(m.tier, c.tier) as tier) k
        where v.id = %s
        """,
        (conversation_id,),
    )
    if row is None:
        return ()
    return tuple(weigh(row["tier"], row["hand_offs"], row["order_status"], row["pages"], seen, rules))


def weigh(
    tier: str, hand_offs: int, order_status: str | None, pages: Sequence[str], seen: Understanding, rules: Priority
) -> list[Reason]:
    """The same, pure. `hand_offs`: earlier ones in 30 days; `order_status`: of the order this is about, if known;
    `pages`: addresses seen lately."""
    found = []
    if tier and tier in rules.tiers:
        found.append(Reason(code="tier", name=tier))
    if rules.hand_offs and hand_offs >= rules.hand_offs:
        found.append(Reason(code="came_back", value=float(hand_offs), threshold=float(rules.hand_offs)))
    if rules.open_order and order_status and order_status not in OVER:
        found.append(Reason(code="open_order", name=order_status))
    if rules.urgent and seen.urgency in ("high", "critical"):
        found.append(Reason(code="urgency", value=seen.urgency_score, name=seen.urgency))
    browsed = [part for url in pages if (part := _part(url, rules.pages))]
    if rules.page_views and len(browsed) >= rules.page_views:
        most = max(dict.fromkeys(browsed), key=browsed.count)
        found.append(Reason(code="browsed", value=float(len(browsed)), threshold=float(rules.page_views), name=most))
    return found


def _part(url: str, parts: Sequence[str]) -> str | None:
    """What of the path makes the page count; None when it does not."""
    path = urlsplit(url).path.lower()
    return next((part for part in parts if part in path), None)
