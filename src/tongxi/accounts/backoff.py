"""Slower after every wrong password: per account, and per address for many accounts.

An attempt is counted before the password is checked, so that a hundred at once are a hundred, and taken back when it
was right. Nothing here depends on whether the account exists.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tongxi.kit.db import Transaction
from tongxi.kit.rate_limit import RateLimited, network_of


@dataclass(frozen=True, slots=True)
class Policy:
    """How many wrong ones are free, and how the pause grows."""

    free: int
    first: timedelta = timedelta(seconds=15)
    longest: timedelta = timedelta(minutes=15)
    forgotten_after: timedelta = timedelta(hours=1)
    """Without another failure the count starts again."""

    def pause(self, failures: int) -> timedelta:
        """Pause after that many failures in a row: none, then doubling."""
        if failures < self.free:
            return timedelta()
        return min(self.longest, self.first * (1 << min(failures - self.free, 30)))


ACCOUNT: Final = Policy(free=5)
ADDRESS: Final = Policy(free=20)
"""More, because an office shares one address."""


def account_key(email: str) -> str:
    """Key of an account; hashed, because what is typed there may be anything, also a password."""
    return "account:" + hashlib.sha256(email.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()[:32]


def address_key(ip: str) -> str:
    """Key of an address."""
    return f"address:{network_of(ip)[:64]}"


async def attempt(tx: Transaction, keys: Iterable[str], at: datetime) -> None:
    """Count an attempt for each key. Raises: `RateLimited` while one of them has to pause; then nothing counts."""
    wanted = sorted(set(keys))
    for key in wanted:
        await tx.execute(
            "insert into login_failure (key, failures, last_at) values (%s, 0, %s) on conflict do nothing", (key, at)
        )
    rows = await tx.dicts(
        "select key, failures, last_at, locked_until from login_failure where key = any(%s) order by key for update",
        (wanted,),
    )
    until = max((row["locked_until"] for row in rows if row["locked_until"]), default=None)
    if until is not None and until > at:
        raise RateLimited((until - at).total_seconds())
    for row in rows:
        policy = _policy(row["key"])
        failures = 1 + (row["failures"] if at - row["last_at"] < policy.forgotten_after else 0)
        pause = policy.pause(failures)
        await tx.execute(
            "update login_failure set failures = %s, last_at = %s, locked_until = %s where key = %s",
            (failures, at, at + pause if pause else None, row["key"]),
        )


async def forgive(tx: Transaction, account: str, address: str) -> None:
    """The password was right: forget the account's failures, take this one back from the address."""
    await tx.execute("delete from login_failure where key = %s", (account,))
    await tx.execute(
        "update login_failure set failures = greatest(failures - 1, 0),"
        " locked_until = case when failures - 1 < %s then null else locked_until end where key = %s",
        (ADDRESS.free, address),
    )


async def forget_old(tx: Transaction, at: datetime) -> int:
    """Remove counts nobody needs any more; give how many."""
    longest = max(ACCOUNT.forgotten_after, ADDRESS.forgotten_after)
    return await tx.execute(
        "delete from login_failure where key in (select key from login_failure"
        " where last_at < %s and coalesce(locked_until, 'epoch') < %s for update skip locked)",
        (at - longest, at),
    )


def _policy(key: str) -> Policy:
    return ACCOUNT if key.startswith("account:") else ADDRESS
