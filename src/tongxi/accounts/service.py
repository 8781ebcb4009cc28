"""Making and changing accounts, and signing in. Every change leaves an audit entry in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from tongxi import audit
from tongxi.accounts import backoff, passwords, queries, sessions
from tongxi.accounts.roles import Role, may_grant
from tongxi.kit.crypto import derived_code, digest, same
from tongxi.kit.db import Database, Transaction
from tongxi.kit.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from tongxi.kit.ids import new_id

_USERS_LOCK = 0x746F6E67
"""Advisory lock under which the set of owners changes."""


class SignInRefused(AppError):
    """The e-mail address or the password is wrong."""

    code = "unauthenticated"
    status = 401


class EmailTaken(Conflict):
    """There is an account with this e-mail address already."""

    code = "email_taken"


class LastOwner(Conflict):
    """This is the last owner who can sign in; make somebody else an owner first."""

    code = "last_owner"


class AlreadySetUp(Conflict):
    """There are accounts already; sign in, or ask an owner for an invitation."""

    code = "already_set_up"


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, for rights and for the audit log."""

    id: UUID | None
    role: str | None
    ip: str = ""


async def sign_in(
    db: Database, email: str, password: str, *, at: datetime, ip: str, user_agent: str, replaces: str | None = None
) -> str:
    """Check a password and start a session; give its token. `replaces` is the token of a session that ends by it.

    Takes transactions of its own: none stays open while the password is checked.
    Raises: `SignInRefused` (the same, and as slow, whatever is wrong), `RateLimited`.
    """
    account, address = backoff.account_key(email), backoff.address_key(ip)
    async with db.transaction() as tx:
        await backoff.attempt(tx, (account, address), at)
        found = await tx.dict(
            "select id, password_hash from app_user where lower(email) = lower(%s) and is_active", (email.strip(),)
        )
    if not await passwords.fits(password, found["password_hash"] if found else None):
        async with db.transaction() as tx:
            await audit.append(
                tx, actor_id=None, action="session.refused", subject=f"user:{found['id']}" if found else account, ip=ip
            )
        raise SignInRefused
    assert found is not None
    async with db.transaction() as tx:
        # Again, with the row held: the account may have been switched off while the password was checked.
        if not await tx.value(
            "select is_active and password_hash = %s from app_user where id = %s for share",
            (found["password_hash"], found["id"]),
        ):
            raise SignInRefused
        await backoff.forgive(tx, account, address)
        await backoff.forget_old(tx, at)
        await sessions.end_expired(tx, at)
        if replaces:
            await sessions.end(tx, digest(replaces))
        await audit.append(tx, actor_id=found["id"], action="session.started", subject=f"user:{found['id']}", ip=ip)
        return await sessions.start(tx, found["id"], at=at, ip=ip, user_agent=user_agent)


# ── the first owner ──


def first_owner_code(secret: str) -> str:
    """Code that shows that whoever makes the first account can read what the server prints."""
    return derived_code(secret, "first owner")


async def make_first_owner(
    tx: Transaction, *, email: str, name: str, password_hash: str, code: str, secret: str, by: By
) -> UUID:
    """Make the owner of an installation without accounts. Raises: `AlreadySetUp`, `Forbidden` for a wrong code."""
    await tx.execute("select pg_advisory_xact_lock(%s)", (_USERS_LOCK,))
    if await queries.has_users(tx):
        raise AlreadySetUp
    if not same(_typed(code), _typed(first_owner_code(secret))):
        raise Forbidden("The code is not the one the server printed when it started.")
    return await make_user(tx, email=email, name=name, role=Role.OWNER, password_hash=password_hash, by=by)


async def make_owner(tx: Transaction, *, email: str, name: str, password_hash: str) -> UUID:
    """Make somebody an owner from the command line, also when every other owner is locked out.

    An account with that address becomes an owner with this password, and its sessions end.
    """
    by = By(None, Role.OWNER)
    found: UUID | None = await tx.value("select id from app_user where lower(email) = lower(%s) for update", (email,))
    if found is None:
        return await make_user(tx, email=email, name=name, role=Role.OWNER, password_hash=password_hash, by=by)
    await tx.execute(
        "update app_user set role = 'owner', name = %s, password_hash = %s, is_active = true, updated_at = now()"
        " where id = %s",
        (name, password_hash, found),
    )
    await tx.execute("delete from login_failure where key = %s", (backoff.account_key(email),))
    await sessions.end_all(tx, found)
    await audit.append(tx, actor_id=None, action="user.recovered", subject=f"user:{found}", data={"role": "owner"})
    return found


# ── accounts ──


async def make_user(
    tx: Transaction, *, email: str, name: str, role: Role, password_hash: str, by: By, title: str = ""
) -> UUID:
    """Make an account. Raises: `EmailTaken`."""
    user_id = new_id()
    try:
        async with tx.connection.transaction():
            await tx.execute(
                "insert into app_user (id, email, name, role, password_hash, title) values (%s, %s, %s, %s, %s, %s)",
                (user_id, email.strip(), name.strip(), role.value, password_hash, title),
            )
    except psycopg.errors.UniqueViolation:
        raise EmailTaken from None
    await audit.append(
        tx, actor_id=by.id, action="user.made", subject=f"user:{user_id}", data={"role": role.value}, ip=by.ip
    )
    return user_id


_COLUMNS = frozenset({"name", "title", "role", "is_active", "capacity"})


async def change_user(tx: Transaction, user_id: UUID, changes: Mapping[str, Any], *, by: By) -> None:
    """Change an account: `name`, `title`, `role`, `is_active`, `capacity`, `skills` ({code: level}), `queues` ([id]).

    Switching off and changing the role end its sessions. Raises: `NotFound`, `Forbidden`, `LastOwner`, `Invalid`.
    """
    await tx.execute("select pg_advisory_xact_lock(%s)", (_USERS_LOCK,))
    before = await tx.dict("select role, is_active from app_user where id = %s for update", (user_id,))
    if before is None:
        raise NotFound
    for role in {before["role"], changes.get("role", before["role"])}:
        if by.role is None or not may_grant(by.role, role):
            raise Forbidden
    role, is_active = changes.get("role", before["role"]), changes.get("is_active", before["is_active"])
    was_owner = before["role"] == Role.OWNER and before["is_active"]
    if was_owner and not (role == Role.OWNER and is_active) and not await _another_owner(tx, user_id):
        raise LastOwner

    columns = {name: value for name, value in changes.items() if name in _COLUMNS}
    if columns:
        await tx.execute(
            f"update app_user set {', '.join(f'{name} = %({name})s' for name in columns)}, updated_at = now()"
            " where id = %(id)s",
            {**columns, "id": user_id},
        )
    if "skills" in changes:
        await _set_skills(tx, user_id, changes["skills"])
    if "queues" in changes:
        await _set_queues(tx, user_id, changes["queues"])
    if (role, is_active) != (before["role"], before["is_active"]):
        await sessions.end_all(tx, user_id)
    data: dict[str, Any] = {"fields": sorted(changes)}
    if role != before["role"]:
        data |= {"role": [before["role"], role]}
    if is_active != before["is_active"]:
        data |= {"is_active": is_active}
    await audit.append(tx, actor_id=by.id, action="user.changed", subject=f"user:{user_id}", data=data, ip=by.ip)


async def change_self(tx: Transaction, user_id: UUID, changes: Mapping[str, Any], *, by: By) -> None:
    """Change one's own `name`, `locale` or `theme`."""
    if not changes:
        return
    await tx.execute(
        "update app_user set name = coalesce(%(name)s, name), locale = coalesce(%(locale)s, locale),"
        " theme = coalesce(%(theme)s, theme), updated_at = now() where id = %(id)s",
        {"name": None, "locale": None, "theme": None, **changes, "id": user_id},
    )
    if "name" in changes:
        await audit.append(
            tx, actor_id=by.id, action="user.changed", subject=f"user:{user_id}", data={"fields": ["name"]}, ip=by.ip
        )


async def change_password(
    db: Database, user_id: UUID, *, old: str, new: str, at: datetime, ip: str, user_agent: str
) -> str:
    """Change one's own password; end every session and give the token of a new one.

    Raises: `SignInRefused`, `RateLimited`, `WeakPassword`.
    """
    async with db.transaction() as tx:
        user = await tx.dict("select email, name, password_hash from app_user where id = %s", (user_id,))
        assert user is not None, "a session without its user"
        account, address = backoff.account_key(user["email"]), backoff.address_key(ip)
        await backoff.attempt(tx, (account, address), at)
    if not await passwords.fits(old, user["password_hash"]):
        raise SignInRefused("The present password is wrong.")
    passwords.accept(new, email=user["email"], name=user["name"])
    fresh = await passwords.hashed(new)
    async with db.transaction() as tx:
        changed = await tx.execute(
            "update app_user set password_hash = %s, updated_at = now()"
            " where id = %s and password_hash = %s and is_active",
            (fresh, user_id, user["password_hash"]),
        )
        if not changed:
            raise SignInRefused("The present password is wrong.")
        await backoff.forgive(tx, account, address)
        await sessions.end_all(tx, user_id)
        await audit.append(tx, actor_id=user_id, action="user.password_changed", subject=f"user:{user_id}", ip=ip)
        return await sessions.start(tx, user_id, at=at, ip=ip, user_agent=user_agent)


async def set_password(tx: Transaction, user_id: UUID, password_hash: str, *, by: By) -> None:
    """Give somebody who has forgotten his password a new one; his sessions end. Raises: `NotFound`, `Forbidden`."""
    user = await tx.dict("select role, email from app_user where id = %s for update", (user_id,))
    if user is None:
        raise NotFound
    if by.role is None or not may_grant(by.role, user["role"]):
        raise Forbidden
    await tx.execute(
        "update app_user set password_hash = %s, updated_at = now() where id = %s", (password_hash, user_id)
    )
    await tx.execute("delete from login_failure where key = %s", (backoff.account_key(user["email"]),))
    await sessions.end_all(tx, user_id)
    await audit.append(tx, actor_id=by.id, action="user.password_set", subject=f"user:{user_id}", ip=by.ip)


async def _another_owner(tx: Transaction, user_id: UUID) -> bool:
    return bool(
        await tx.value(
            "select exists (select 1 from app_user where role = 'owner' and is_active and id <> %s)", (user_id,)
        )
    )


async def _set_skills(tx: Transaction, user_id: UUID, skills: Mapping[str, int]) -> None:
    await tx.execute("delete from user_skill where user_id = %s", (user_id,))
    kept = await tx.execute(
        "insert into user_skill (user_id, skill, level) select %s, s.code, given.level"
        " from unnest(%s::text[], %s::int[]) as given (code, level) join skill s on s.code = given.code",
        (user_id, list(skills), list(skills.values())),
    )
    if kept < len(skills):
        raise Invalid(errors=[{"loc": ["body", "skills"], "msg": "there is no such skill"}])


async def _set_queues(tx: Transaction, user_id: UUID, queues: list[UUID]) -> None:
    wanted = list(dict.fromkeys(queues))
    await tx.execute("delete from queue_member where user_id = %s", (user_id,))
    kept = await tx.execute(
        "insert into queue_member (queue_id, user_id) select id, %s from queue where id = any(%s)", (user_id, wanted)
    )
    if kept < len(wanted):
        raise Invalid(errors=[{"loc": ["body", "queues"], "msg": "there is no such queue"}])


def _typed(code: str) -> str:
    return "".join(c for c in code.upper() if c.isalnum())
