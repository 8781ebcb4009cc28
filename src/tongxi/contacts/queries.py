"""What agents see of a contact: who he is and how we know, pages he looked at, earlier conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tongxi.kit.db import Transaction
from tongxi.kit.errors import NotFound

_FIELDS = ("name", "email", "phone", "tier")
_RECENT = 10


async def profile(tx: Transaction, contact_id: UUID) -> dict[str, Any]:
    """The contact with its newest pages and conversations; a merged one answers as the contact it became.

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
    consent = attributes.pop("browsing_consent", True)
    marks = {field: "verified" if signed.get(field) else "claimed" for field in _FIELDS if row[field]}
    if row["external_id"]:
        marks["external_id"] = "verified"
    return row | {
        "browsing_opt_out": row["browsing_opt_out"] or not consent,
        "marks": marks,
        "attributes": attributes,
        "pages": (await pages(tx, row["id"], limit=_RECENT))[0],
        "conversations": (await history(tx, row["id"], limit=_RECENT))[0],
    }


async def pages(
    tx: Transaction, contact_id: UUID, *, before: int | None = None, limit: int = 50
) -> tuple[list[dict[str, Any]], int | None]:
    """Pages looked at, newest first, and the key to go on with."""
    rows = await tx.dicts(
        "select id, url, title, referrer, at from page_view where contact_id = %(contact_id)s"
        " and (%(before)s::bigint is null or id < %(before)s) order by id desc limit %(limit)s",
        {"contact_id": contact_id, "before": before, "limit": limit + 1},
    )
    more = len(rows) > limit
    rows = rows[:limit]
    following = rows[-1]["id"] if more else None
    for row in rows:
        del row["id"]
    return rows, following


async def history(
    tx: Transaction,
    contact_id: UUID,
    *,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> tuple[list[dict[str, Any]], tuple[datetime, UUID] | None]:
    """Conversations of the contact, newest first, each with how its last episode went, and the key to go on with."""
    at, last_id = before or (None, None)
    rows = await tx.dicts(
        "select c.id, c.number, c.state, c.subject, c.tags, c.language, c.episode, c.created_at, c.updated_at,"
        " i.name as inbox, e.ended_at, e.ended_by, e.disposition, e.outcome, e.summary,"
        " r.resolved, r.csat, u.name as holder"
        " from conversation c join inbox i on i.id = c.inbox_id"
        " left join episode e on e.conversation_id = c.id and e.episode = c.episode"
        " left join rating r on r.conversation_id = c.id and r.episode = c.episode"
        " left join app_user u on u.id = coalesce(c.holder_id, e.wrapped_up_by)"
        " where c.contact_id = %(contact_id)s and (%(at)s::timestamptz is null"
        "  or (c.created_at, c.id) < (%(at)s::timestamptz, %(last_id)s::uuid))"
        " order by c.created_at desc, c.id desc limit %(limit)s",
        {"contact_id": contact_id, "at": at, "last_id": last_id, "limit": limit + 1},
    )
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, (rows[-1]["created_at"], rows[-1]["id"]) if more else None
