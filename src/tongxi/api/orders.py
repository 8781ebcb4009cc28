"""The customer's orders beside the conversation, from the shop's own system: at once, or labelled why not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter

from tongxi.accounts.roles import Permission
from tongxi.api.auth import SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.bot.flows import contact_of
from tongxi.bot.flows.order_words import status_text
from tongxi.connectors.orders import GET_ORDER, LIST_ORDERS, GetOrder, ListOrders, Order, Orders, card
from tongxi.connectors.protocol import Answer, Connectors, Failure
from tongxi.conversations.views import at as stamp
from tongxi.desk.visibility import may_read
from tongxi.kit.errors import NotFound
from tongxi.kit.i18n import base

router = APIRouter(prefix="/api/v1/conversations", tags=["orders"])

ReadingDep = Annotated[SignedIn, requires(Permission.READ_CONVERSATIONS)]

PATIENCE: Final = timedelta(milliseconds=120)
"""For each of two rounds; what comes later is remembered and there at the next look."""
MAX_AGE: Final = timedelta(seconds=5)
WITH_TRACE: Final = 3
"""Newest open orders whose parcels are asked for too."""


@router.get("/{conversation_id}/orders")
async def orders(conversation_id: UUID, user: ReadingDep, house: HouseDep) -> dict[str, Any]:
    """Orders of the verified contact. `error`: `not_connected`, `unverified`, or why the system gave nothing (new)."""
    async with house.db.transaction() as tx:
        if not await may_read(tx, user.id, user.role, conversation_id):
            raise NotFound
        contact_id: UUID = await tx.value("select contact_id from conversation where id = %s", (conversation_id,))
    system = house.connectors.system_of(LIST_ORDERS)
    if system is None:
        return _nothing(None, "not_connected")
    contact = await contact_of(house.db, contact_id)
    if contact.shop_id is None:
        return _nothing(system, "unverified")
    found = await house.connectors.call(
        LIST_ORDERS, ListOrders(), Orders, contact_external_id=contact.shop_id, max_age=MAX_AGE, patience=PATIENCE
    )
    if isinstance(found, Failure):
        return _nothing(system, found.code.value)
    language = base(user.locale)
    complete = await _with_parcels(house.connectors, found, contact.shop_id)
    return {
        "orders": [card(one, language, found.checked_at, status_text(one, language)) for one in complete],
        "system": system,
        "checked_at": stamp(found.checked_at),
        "stale": found.is_stale,
        "error": found.error.value if found.error else None,
    }


async def _with_parcels(connectors: Connectors, found: Answer[Orders], shop_id: str) -> list[Order]:
    """The orders, the newest open ones with their parcels as far as these come in time."""
    wanted = [one.number for one in found.value.orders if one.is_open][:WITH_TRACE]
    answers = await asyncio.gather(
        *(
            connectors.call(
                GET_ORDER, GetOrder(number=number), Order,
                contact_external_id=shop_id, max_age=MAX_AGE, patience=PATIENCE,
            )
            for number in wanted
        )
    )  # fmt: skip
    full = {answer.value.number: answer.value for answer in answers if isinstance(answer, Answer)}
    return [full.get(one.number, one) for one in found.value.orders]


def _nothing(system: str | None, error: str) -> dict[str, Any]:
    return {"orders": [], "system": system, "checked_at": None, "stale": False, "error": error}
