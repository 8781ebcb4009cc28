"""Invitations: a link that makes one account, once, within a week. The link is shown to whoever invites."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from tongxi import audit
from tongxi.accounts.roles import Role, may_grant
from tongxi.accounts.service import By, EmailTaken, make_user
from tongxi.kit.crypto import digest, new_token
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Forbidden, NotFound
from tongxi.kit.ids import new_id

LIFETIME: Final = timedelta(days=7)
_OPEN = """
select id, email, role, expires_at, invited_by from invitation
where token_hash = %s and accepted_at is null and expires_at > %s
"""


async def invite(tx: Transaction, email: str, role: Role, *, by: By, at: datetime) -> dict[str, Any]:
    """Invite somebody; an older open invitation of the same address is void by it. `token` is nowhere else.

    Raises: `Forbidden`, `EmailTaken`.
    """
    if by.role is None or not may_grant(by.role, role):
        raise Forbidden
    if await tx.value("select exists (select 1 from app_user where lower(email) = lower(%s))", (email,)):
        raise EmailTaken
    await tx.execute("delete from invitation where lower(email) = lower(%s) and accepted_at is null", (email,))
    invitation_id, token = new_id(), new_token()
    await tx.execute(
        "insert into invitation (id, token_hash, email, role, invited_by, created_at, expires_at)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (invitation_id, digest(token), email, role.value, by.id, at, at + LIFETIME),
    )
    await audit.append(
        tx, actor_id=by.id, action="invitation.made", subject=f"invitation:{invitation_id}",
        data={"role": role.value}, ip=by.ip,
    )  # fmt: skip
    return {"id": invitation_id, "email": email, "role": role, "token": token, "expires_at": at + LIFETIME}


async def find(tx: Transaction, token: str, at: datetime, *, hold: bool = False) -> dict[str, Any]:
    """The open invitation of a token. Raises: `NotFound` when it is unknown, used or too old."""
    found = await tx.dict(_OPEN + ("for update" if hold else ""), (digest(token), at))
    if found is None:
        raise NotFound("This invitation was used, withdrawn or is too old; ask for a new one.")
    return found


async def accept(tx: Transaction, token: str, *, name: str, password_hash: str, at: datetime, ip: str) -> UUID:
    """Make the account an invitation is for, once. Raises: `NotFound`, `EmailTaken`."""
    invitation = await find(tx, token, at, hold=True)
    await tx.execute("update invitation set accepted_at = %s where id = %s", (at, invitation["id"]))
    return await make_user(
        tx, email=invitation["email"], name=name, role=Role(invitation["role"]), password_hash=password_hash,
        by=By(invitation["invited_by"], None, ip),
    )  # fmt: skip


async def withdraw(tx: Transaction, invitation_id: UUID, *, by: By) -> None:
    """Make an open invitation void. Raises: `NotFound`, `Forbidden`."""
    role = await tx.value(
        "select role from invitation where id = %s and accepted_at is null for update", (invitation_id,)
    )
    if role is None:
        raise NotFound
    if by.role is None or not may_grant(by.role, role):
        raise Forbidden
    await tx.execute("delete from invitation where id = %s", (invitation_id,))
    await audit.append(
        tx, actor_id=by.id, action="invitation.withdrawn", subject=f"invitation:{invitation_id}", ip=by.ip
    )
