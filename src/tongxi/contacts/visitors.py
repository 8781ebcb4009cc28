"""Sessions of the widget: an opaque token in the customer's browser, its hash here.

Reading a session is one indexed query, so that a thousand widgets may come back at once.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tongxi.kit.crypto import digest, new_token
from tongxi.kit.db import Transaction
from tongxi.kit.ids import new_id

LIFE_DAYS = 90
"""From the last time the widget was opened."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who holds a valid session token, and what this session may claim to be."""

    session_id: UUID
    contact_id: UUID
    inbox_id: UUID
    is_verified: bool
    """This session proved the identity; the contact alone being verified is not enough."""
    name: str
    locale: str
    browsing_opt_out: bool
    """The visitor or the shop's consent dialogue said no to page views."""
    expires_at: datetime


_SHOWN = """
select s.id as session_id, s.contact_id, s.inbox_id, s.is_verified, c.name, c.locale, s.expires_at,
       c.browsing_opt_out or not s.browsing_consent as browsing_opt_out
"""
_SELECT = f"""
{_SHOWN}
from visitor_session s join contact c on c.id = s.contact_id
where s.revoked_at is null and s.expires_at > now() and s.token_hash = %s
"""


async def find_visitor(tx: Transaction, token: str) -> Visitor | None:
    """The visitor of a token, or None when it is unknown, expired or signed out."""
    return await tx.one(Visitor, _SELECT, (digest(token),))


async def hold_visitor(tx: Transaction, token: str) -> Visitor | None:
    """Like `find_visitor`, with the session locked until the end of the transaction."""
    return await tx.one(Visitor, _SELECT + "for update of s", (digest(token),))


async def still_valid(tx: Transaction, session_ids: Collection[UUID]) -> set[UUID]:
    """Those of the sessions that are neither expired nor signed out; for open sockets."""
    rows = await tx.dicts(
        "select id from visitor_session where id = any(%s) and revoked_at is null and expires_at > now()",
        (list(session_ids),),
    )
    return {row["id"] for row in rows}


async def start(
    tx: Transaction, contact_id: UUID, inbox_id: UUID, *, is_verified: bool, after: UUID | None = None
) -> tuple[str, Visitor]:
    """Make a session; give its token, of which only the hash is stored, and the visitor.

    `after`: the session before it in the same browser; what its consent dialogue said still holds.
    """
    token = new_token()
    visitor = await tx.one(
        Visitor,
        "with made as ("
        " insert into visitor_session (token_hash, id, contact_id, inbox_id, is_verified, expires_at, browsing_consent)"
        " values (%s, %s, %s, %s, %s, now() + make_interval(days => %s),"
        "  coalesce((select browsing_consent from visitor_session where id = %s), true))"
        f" returning *) {_SHOWN} from made s join contact c on c.id = s.contact_id",
        (digest(token), new_id(), contact_id, inbox_id, is_verified, LIFE_DAYS, after),
    )
    assert visitor is not None
    return token, visitor


async def start_unknown(tx: Transaction, inbox_id: UUID, *, locale: str) -> tuple[str, Visitor]:
    """`start` for somebody never seen before: makes the contact too."""
    token = new_token()
    visitor = await tx.one(
        Visitor,
        "with c as (insert into contact (id, locale) values (%s, %s) returning id, name, locale, browsing_opt_out),"
        " made as (insert into visitor_session (token_hash, id, contact_id, inbox_id, is_verified, expires_at)"
        "  select %s, %s, c.id, %s, false, now() + make_interval(days => %s) from c returning *)"
        f" {_SHOWN} from made s join c on c.id = s.contact_id",
        (new_id(), locale, digest(token), new_id(), inbox_id, LIFE_DAYS),
    )
    assert visitor is not None
    return token, visitor


async def extend(tx: Transaction, session_id: UUID) -> datetime:
    """Count the session's life from now; give its new end."""
    expires_at: datetime = await tx.value(
        "update visitor_session set expires_at = now() + make_interval(days => %s) where id = %s returning expires_at",
        (LIFE_DAYS, session_id),
    )
    return expires_at


async def revoke(tx: Transaction, session_id: UUID) -> None:
    """Sign the session out; its token never works again."""
    await tx.execute(
        "update visitor_session set revoked_at = now() where id = %s and revoked_at is null", (session_id,)
    )


async def discard_dead(tx: Transaction) -> int:
    """Remove sessions that ended a month ago; give how many."""
    return await tx.execute(
        "delete from visitor_session where least(expires_at, revoked_at) < now() - interval '30 days'"
    )
