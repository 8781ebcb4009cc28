"""Open and end a visitor's session, keep page views or not, merge a visitor into the customer he proves to be."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from uuid import UUID

from psycopg.types.json import Jsonb

from tongxi.configuration import InboxSettings
from tongxi.contacts import visitors
from tongxi.contacts.identity import Identity, IdentityRequired
from tongxi.contacts.pages import Page
from tongxi.contacts.visitors import Visitor
from tongxi.kit.db import Transaction
from tongxi.kit.ids import new_id

MAX_PAGES = 200
"""Page views kept of one contact."""

_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True)
class Opened:
    """A visitor's session after `open_session`."""

    token: str
    visitor: Visitor
    merged: Visitor | None = None
    """The anonymous visitor this session was before; move his conversations (`conversations.merging`)."""
    is_new: bool = False
    """Nobody seen before: there is nothing of him yet."""


def require_write(visitor: Visitor, settings: InboxSettings) -> None:
    """Ask before every write of a visitor. Raises: `IdentityRequired` when the inbox enforces a signed identity."""
    if settings.enforce_identity and not visitor.is_verified:
        raise IdentityRequired


async def open_session(
    tx: Transaction, inbox_id: UUID, *, token: str | None = None, identity: Identity | None = None, locale: str = ""
) -> Opened:
    """Start a session, or renew the one of `token`.

    Without `identity` a session stays what it was; a token that is not (or no longer) valid in this inbox starts an
    anonymous one. With `identity` the session is the signed customer's, under a new token unless it was already: no
    token is ever worth more than when it was given out. Of an anonymous session before it, `merged` tells.
    """
    current = await visitors.hold_visitor(tx, token) if token else None
    if current is not None and current.inbox_id != inbox_id:
        current = None
    locale = locale if _LOCALE.fullmatch(locale) else ""
    if identity is None:
        if current is not None and token is not None:
            return await _renewed(tx, token, current, locale)
        return Opened(*await visitors.start_unknown(tx, inbox_id, locale=locale), is_new=True)
    contact_id = await _verified_contact(tx, identity, locale)
    if current is not None and token is not None and current.is_verified and current.contact_id == contact_id:
        return await _renewed(tx, token, current, locale)
    merged = None
    if current is not None:
        await visitors.revoke(tx, current.session_id)
        if not current.is_verified:  # another customer's session is never merged
            merged = current
            await _merge(tx, current, contact_id)
    before = current.session_id if current else None
    return Opened(*await visitors.start(tx, contact_id, inbox_id, is_verified=True, after=before), merged)


async def record_page(tx: Transaction, visitor: Visitor, page: Page) -> bool:
    """Keep a page view unless the visitor opted out; tell whether it was kept. A reload is not a second view."""
    kept = await tx.execute(
        "insert into page_view (contact_id, url, title, referrer)"
        " select c.id, %(url)s, %(title)s, %(referrer)s"
        " from visitor_session s join contact c on c.id = s.contact_id"
        " where s.id = %(session_id)s and s.browsing_consent and not c.browsing_opt_out"
        " and %(url)s is distinct from"
        " (select url from page_view where contact_id = c.id order by id desc limit 1)",
        {"session_id": visitor.session_id, "url": page.url, "title": page.title, "referrer": page.referrer},
    )
    if kept:
        await tx.execute(
            "delete from page_view where contact_id = %(contact_id)s and id <= (select id from page_view"
            " where contact_id = %(contact_id)s order by id desc offset %(most)s limit 1)",
            {"contact_id": visitor.contact_id, "most": MAX_PAGES},
        )
    return bool(kept)


async def opt_out(tx: Transaction, contact_id: UUID, value: bool) -> None:
    """The visitor's own word on page views: with True none are kept from now on and those kept are deleted."""
    await tx.execute("update contact set browsing_opt_out = %s where id = %s", (value, contact_id))
    if value:
        await _forget_pages(tx, contact_id)


async def consent(tx: Transaction, visitor: Visitor, value: bool) -> Visitor:
    """What the host page's consent dialogue says for this browser; gives the visitor as of now.

    The visitor's own opt-out stands above it. A no deletes what was kept of an anonymous visitor; a known customer may
    have said yes elsewhere.
    """
    await tx.execute("update visitor_session set browsing_consent = %s where id = %s", (value, visitor.session_id))
    if not value and not visitor.is_verified:
        await _forget_pages(tx, visitor.contact_id)
    opted_out: bool = await tx.value("select browsing_opt_out from contact where id = %s", (visitor.contact_id,))
    return replace(visitor, browsing_opt_out=opted_out or not value)


async def _renewed(tx: Transaction, token: str, current: Visitor, locale: str) -> Opened:
    await visitors.extend(tx, current.session_id)
    await tx.execute(
        "update contact set last_seen_at = now(), locale = coalesce(nullif(%s, ''), locale) where id = %s",
        (locale, current.contact_id),
    )
    visitor = await visitors.find_visitor(tx, token)
    assert visitor is not None
    return Opened(token, visitor)


async def _verified_contact(tx: Transaction, identity: Identity, locale: str) -> UUID:
    """The contact of a signed identity, made if there is none; signed values replace what was there."""
    contact_id: UUID = await tx.value(
        "insert into contact as c (id, external_id, is_verified, name, email, phone, tier, locale, attributes)"
        " values (%(id)s, %(external_id)s, true, coalesce(%(name)s, ''), %(email)s, %(phone)s, coalesce(%(tier)s, ''),"
        "  %(locale)s, jsonb_build_object('signed', %(signed)s::jsonb))"
        " on conflict (external_id) where external_id is not null do update set is_verified = true,"
        "  name = coalesce(%(name)s, c.name), email = coalesce(%(email)s, c.email),"
        "  phone = coalesce(%(phone)s, c.phone), tier = coalesce(%(tier)s, c.tier),"
        "  locale = coalesce(nullif(%(locale)s, ''), c.locale), last_seen_at = now(),"
        "  attributes = c.attributes || jsonb_build_object('signed',"
        "   coalesce(c.attributes -> 'signed', '{}') || %(signed)s::jsonb)"
        " returning id",
        {
            "id": new_id(),
            "external_id": identity.external_id,
            "name": identity.name,
            "email": identity.email,
            "phone": identity.phone,
            "tier": identity.tier,
            "locale": locale,
            "signed": Jsonb(dict.fromkeys(identity.signed(), True)),
        },
    )
    return contact_id


async def _merge(tx: Transaction, visitor: Visitor, contact_id: UUID) -> None:
    """What an anonymous visitor left, apart from conversations, goes to the contact he proved to be."""
    old, new = visitor.contact_id, contact_id
    await tx.execute(
        "update attachment set contact_id = %(new)s where contact_id = %(old)s and (conversation_id is null"
        " or conversation_id in (select id from conversation where session_id = %(session)s))",
        {"old": old, "new": new, "session": visitor.session_id},
    )
    await tx.execute(  # said no on this device: no for the customer
        "update contact n set browsing_opt_out = n.browsing_opt_out or o.browsing_opt_out"
        " from contact o where n.id = %s and o.id = %s",
        (new, old),
    )
    await tx.execute("update page_view set contact_id = %s where contact_id = %s", (new, old))
    await tx.execute(
        "delete from page_view p using contact c where c.id = p.contact_id and c.id = %s and c.browsing_opt_out",
        (new,),
    )
    await tx.execute("update contact set merged_into = %s where id = %s", (new, old))


async def _forget_pages(tx: Transaction, contact_id: UUID) -> None:
    await tx.execute("delete from page_view where contact_id = %s", (contact_id,))
