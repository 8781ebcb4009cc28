"""Who calls on the customer side: token, origin, limits, enforced identity. For HTTP and the widget's socket alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import HTTPConnection

from tongxi.api.deps import HouseDep
from tongxi.api.errors import Unauthenticated
from tongxi.api.security import OriginRefused, check_origin, client_address, own_origins
from tongxi.configuration import InboxSettings
from tongxi.contacts.service import require_write
from tongxi.contacts.visitors import Visitor, find_visitor
from tongxi.house import House
from tongxi.kit.rate_limit import Rate, network_of

NEW_SESSIONS: Final = Rate(3000, timedelta(minutes=1), "widget.session")
"""Per address; many customers may share one."""
WRITES: Final = Rate(1200, timedelta(minutes=1), "widget.write")
"""Per visitor, over all his writes."""
UPLOADS: Final = Rate(20, timedelta(minutes=1), "widget.upload")
"""Per visitor."""
ADDRESS_UPLOADS: Final = Rate(100, timedelta(minutes=1), "widget.upload.address")


class NoSession(Unauthenticated):
    """The session token is missing, wrong, expired or signed out: start a session again."""


def bearer(connection: HTTPConnection) -> str | None:
    """The token of the `Authorization` header."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def visitor(connection: HTTPConnection, house: HouseDep) -> Visitor:
    """The visitor of a read. Raises: `NoSession`."""
    token = bearer(connection)
    if token:
        async with house.db.reading() as tx:
            found = await find_visitor(tx, token)
        if found is not None:
            return found
    raise NoSession


VisitorDep = Annotated[Visitor, Depends(visitor)]


async def writing_visitor(found: VisitorDep, house: HouseDep) -> Visitor:
    """The visitor of a write. Raises: `NoSession`, `IdentityRequired`, `RateLimited`."""
    require_write(found, house.inboxes.get(found.inbox_id).settings)
    await limit(house, WRITES, str(found.session_id))
    return found


WritingVisitorDep = Annotated[Visitor, Depends(writing_visitor)]


async def limit(house: House, rate: Rate, key: str) -> None:
    """Count a hit against a rate, scaled by `Settings.rate_limit_factor`. Raises: `RateLimited`."""
    times = max(1, round(rate.times * house.settings.rate_limit_factor))
    await house.limiter.check(replace(rate, times=times), key)


def check_embedding(connection: HTTPConnection, house: House, settings: InboxSettings) -> None:
    """Refuse pages of sites that may not embed the inbox; programs send no `Origin`. Raises: `OriginRefused`."""
    origin = connection.headers.get("origin")
    own = own_origins(connection, house.settings)
    if origin is not None and not check_origin(origin, settings.allowed_origins, own):
        raise OriginRefused


def address(connection: HTTPConnection) -> str:
    """The caller's address as a key for limits; an IPv6 customer has a whole /64."""
    return network_of(client_address(connection))
