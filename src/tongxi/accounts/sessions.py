"""Sessions on the server: an opaque token in a cookie, its SHA-256 here; ended at once by deleting the row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tongxi.kit.crypto import digest, new_token
from tongxi.kit.db import Transaction

IDLE: Final = timedelta(hours=12)
"""Without a request or a frame for this long the session is over."""
ABSOLUTE: Final = timedelta(days=7)
"""However busy: then one signs in again."""
_TOUCH_AFTER: Final = timedelta(minutes=1)
_LIVE = """
select s.token_hash, s.user_id, u.email, u.name, u.role, u.title, u.locale, u.theme,
       s.created_at, s.last_seen_at, s.expires_at, s.ip, s.user_agent
from user_session s join app_user u on u.id = s.user_id
where s.expires_at > %(at)s and s.last_seen_at > %(idle)s and u.is_active
"""


@dataclass(frozen=True, slots=True)
class Session:
    """A live session and whose it is."""

    token_hash: bytes
    user_id: UUID
    email: str
    name: str
    role: str
    title: str
    locale: str
    theme: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ip: str
    user_agent: str


async def start(tx: Transaction, user_id: UUID, *, at: datetime, ip: str = "", user_agent: str = "") -> str:
    """Make a session; give the token, which is nowhere else."""
    token = new_token()
    await tx.execute(
        "insert into user_session (token_hash, user_id, created_at, last_seen_at, expires_at, ip, user_agent)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (digest(token), user_id, at, at, at + ABSOLUTE, ip[:64], _printable(user_agent)),
    )
    return token


async def alive(tx: Transaction, token: str, at: datetime) -> Session | None:
    """The session of a token, and note that it was seen; None when it is unknown, over, or its user switched off."""
    session = await tx.one(
        Session,
        _LIVE + "and s.token_hash = %(hash)s",
        {"hash": digest(token), "at": at, "idle": at - IDLE},
    )
    if session is not None and at - session.last_seen_at > _TOUCH_AFTER:
        await seen(tx, [session.token_hash], at)
    return session


async def still_valid(tx: Transaction, token_hashes: Collection[bytes], at: datetime) -> set[bytes]:
    """Those of `token_hashes` whose sessions live on: for whoever keeps sockets open. Does not prolong them."""
    rows = await tx.dicts(
        _LIVE + "and s.token_hash = any(%(hashes)s)",
        {"hashes": list(token_hashes), "at": at, "idle": at - IDLE},
    )
    return {row["token_hash"] for row in rows}


async def seen(tx: Transaction, token_hashes: Collection[bytes], at: datetime) -> None:
    """Note that somebody worked in these sessions, e.g. through a socket."""
    await tx.execute(
        "update user_session set last_seen_at = %s where token_hash = any(%s) and last_seen_at < %s",
        (at, list(token_hashes), at),
    )


async def of_user(tx: Transaction, user_id: UUID, at: datetime) -> list[Session]:
    """A user's live sessions, newest first."""
    return await tx.all(
        Session,
        _LIVE + "and s.user_id = %(user)s order by s.created_at desc limit 200",
        {"user": user_id, "at": at, "idle": at - IDLE},
    )


async def end(tx: Transaction, token_hash: bytes) -> int:
    """End one session; give how many there were."""
    return await tx.execute("delete from user_session where token_hash = %s", (token_hash,))


async def end_all(tx: Transaction, user_id: UUID, *, but: bytes | None = None) -> int:
    """End a user's sessions, except one if given; give how many."""
    return await tx.execute(
        "delete from user_session where user_id = %s and (%s::bytea is null or token_hash <> %s)", (user_id, but, but)
    )


async def end_expired(tx: Transaction, at: datetime) -> int:
    """Remove what is over anyway; give how many."""
    return await tx.execute("delete from user_session where expires_at <= %s or last_seen_at <= %s", (at, at - IDLE))


def session_id(token_hash: bytes) -> str:
    """Name of a session for people: says nothing about its token."""
    return token_hash[:8].hex()


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:300]
