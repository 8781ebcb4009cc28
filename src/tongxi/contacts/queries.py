"""What agents see of a contact: who he is and how we know, pages he looked at, earlier conversations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound

_FIELDS = ("name", "email", "phone", "tier")


async def profile(tx: Transaction, contact_id: UUID) -> dict[str, Any]:
    """The contact; a merged one answers as the contact it became.

    `marks` says of each known field whether the shop signed it (`verified`) or the customer says so (`claimed`).
    Raises: `NotFound`.
    """
    row = await tx.dict(
        "select k.id, k.name, k.email, k.phone, k.external_id, k.is_verified as verified, k.tier, k.locale,"
        " k.attributes, k.browsing_opt_out, k.created_at, k.last_seen_at"
        " from contact c join contact k on k.id = coalesce(c.merged_into, c.id) where c.id = %s",
        (contact_id,),
    )
    if row is None:
        raise NotFound
    attributes = row.pop("attributes")
    signed = attributes.pop("signed", {})
    marks = {field: "verified" if signed.get(field) else "claimed" for field in _FIELDS if row[field]}
    if row["external_id"]:
        marks["external_id"] = "verified"
    return row | {"marks": marks, "attributes": attributes}


async def pages(
    tx: Transaction, contact_id: UUID, *, before: int | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Pages looked at, newest first; `before`: the id of the last one of the page before."""
    return await tx.dicts(
        "select id, url, title, referrer, at from page_view where contact_id = %(contact_id)s"
        " and (%(before)s::bigint is null or id < %(before)s) order by id desc limit %(limit)s",
        {"contact_id": contact_id, "before": before, "limit": limit},
    )
