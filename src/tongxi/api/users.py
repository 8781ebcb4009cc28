"""Accounts, invitations and the table of roles."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from tongxi.accounts import invitations, passwords, queries, service
from tongxi.accounts.roles import MAY, Permission, Role, may_grant
from tongxi.api import auth
from tongxi.api.auth import Body, Email, Name, Password, SignedIn, SignedInDep, requires
from tongxi.api.deps import HouseDep
from tongxi.api.pages import IdCursor, Limit, page
from tongxi.api.security import client_address, own_address
from tongxi.api.visitors import address, limit
from tongxi.conversations.views import at as moment
from tongxi.kit.errors import Forbidden

router = APIRouter(prefix="/api/v1", tags=["users"])

Reader = Annotated[SignedIn, requires(Permission.READ_USERS)]
Manager = Annotated[SignedIn, requires(Permission.MANAGE_USERS)]

Title = Annotated[str, Field(max_length=80)]
SkillCode = Annotated[str, Field(max_length=40)]
Level = Annotated[int, Field(ge=1, le=5)]


class _Skill(Body):
    skill: SkillCode
    level: Level = 1


class _NewUser(Body):
    email: Email
    name: Name
    role: Role
    password: Password
    title: Title = ""


class _User(Body):
    name: Name | None = None
    title: Title | None = None
    role: Role | None = None
    is_active: bool | None = None
    capacity: Annotated[int, Field(ge=0, le=500)] | None = None
    skills: Annotated[list[_Skill], Field(max_length=200)] | None = None
    queues: Annotated[list[UUID], Field(max_length=200)] | None = None


class _Password(Body):
    password: Password


class _Invitation(Body):
    email: Email
    role: Role


class _Acceptance(Body):
    name: Name
    password: Password


@router.get("/users")
async def list_users(_: Reader, house: HouseDep, limit: Limit = 50, cursor: IdCursor = None) -> dict[str, Any]:
    """Accounts in the order they were made."""
    async with house.db.transaction() as tx:
        rows = await queries.users(tx, limit=limit + 1, after=cursor)
    return page([_shown(row) for row in rows], limit)


@router.get("/users/{id}")
async def get_user(id: UUID, _: Reader, house: HouseDep) -> dict[str, Any]:  # noqa: A002 - the protocol's word
    """One account."""
    async with house.db.transaction() as tx:
        return _shown(await queries.user(tx, id))


@router.post("/users", status_code=201)
async def make_user(body: _NewUser, user: Manager, house: HouseDep) -> dict[str, Any]:
    """Make an account with a first password."""
    if not may_grant(user.role, body.role):
        raise Forbidden
    passwords.accept(body.password, email=body.email, name=body.name)
    password_hash = await passwords.hashed(body.password)
    async with house.db.transaction() as tx:
        user_id = await service.make_user(
            tx, email=body.email, name=body.name, role=body.role, title=body.title, password_hash=password_hash,
            by=user.by,
        )  # fmt: skip
        return _shown(await queries.user(tx, user_id))


@router.patch("/users/{id}")
async def change_user(id: UUID, body: _User, user: Manager, house: HouseDep) -> dict[str, Any]:  # noqa: A002
    """Change an account; switching it off or changing its role ends its sessions."""
    changes = auth.changed_fields(body)
    if body.skills is not None:
        changes["skills"] = {item.skill: item.level for item in body.skills}
    async with house.db.transaction() as tx:
        await service.change_user(tx, id, changes, by=user.by)
        return _shown(await queries.user(tx, id))


@router.post("/users/{id}/password", status_code=204)
async def set_password(id: UUID, body: _Password, user: Manager, house: HouseDep) -> None:  # noqa: A002
    """Give somebody who has forgotten his password a new one."""
    async with house.db.transaction() as tx:
        found = await queries.user(tx, id)
    if not may_grant(user.role, found["role"]):
        raise Forbidden
    passwords.accept(body.password, email=found["email"], name=found["name"])
    password_hash = await passwords.hashed(body.password)
    async with house.db.transaction() as tx:
        await service.set_password(tx, id, password_hash, by=user.by)


@router.get("/roles")
async def list_roles(_: SignedInDep) -> dict[str, Any]:
    """Which role may do what."""
    return {
        "items": [{"role": role, "permissions": sorted(MAY[role])} for role in Role],
        "permissions": list(Permission),
        "next": None,
    }


@router.get("/invitations")
async def list_invitations(_: Manager, house: HouseDep, limit: Limit = 50, cursor: IdCursor = None) -> dict[str, Any]:
    """Invitations nobody has accepted yet; their links were shown once."""
    async with house.db.transaction() as tx:
        rows = await queries.invitations(tx, house.clock.now(), limit=limit + 1, after=cursor)
    return page(
        [
            row | {"created_at": moment(row["created_at"]), "expires_at": moment(row["expires_at"])}
            for row in rows
        ],
        limit,
    )  # fmt: skip


@router.post("/invitations", status_code=201)
async def invite(body: _Invitation, user: Manager, request: Request, house: HouseDep) -> dict[str, Any]:
    """Invite somebody; `url` is shown this once."""
    async with house.db.transaction() as tx:
        made = await invitations.invite(tx, body.email, body.role, by=user.by, at=house.clock.now())
    return made | {
        "expires_at": moment(made["expires_at"]),
        "url": f"{own_address(request, house.settings)}/invitations/{made['token']}",
    }


@router.delete("/invitations/{id}", status_code=204)
async def withdraw_invitation(id: UUID, user: Manager, house: HouseDep) -> None:  # noqa: A002
    """Make an invitation void."""
    async with house.db.transaction() as tx:
        await invitations.withdraw(tx, id, by=user.by)


@router.get("/invitations/{token}")
async def get_invitation(token: str, request: Request, house: HouseDep) -> dict[str, Any]:
    """What an invitation is for."""
    await limit(house, auth.SIGN_IN, address(request))
    async with house.db.transaction() as tx:
        found = await invitations.find(tx, token, house.clock.now())
    return {"email": found["email"], "role": found["role"], "expires_at": moment(found["expires_at"])}


@router.post("/invitations/{token}/accept", status_code=201)
async def accept_invitation(
    token: str, body: _Acceptance, request: Request, response: Response, house: HouseDep
) -> dict[str, Any]:
    """Make the account and sign it in."""
    await limit(house, auth.SIGN_IN, address(request))
    async with house.db.transaction() as tx:
        found = await invitations.find(tx, token, house.clock.now())
    passwords.accept(body.password, email=found["email"], name=body.name)
    password_hash = await passwords.hashed(body.password)
    async with house.db.transaction() as tx:
        user_id = await invitations.accept(
            tx, token, name=body.name, password_hash=password_hash, at=house.clock.now(), ip=client_address(request)
        )
        await auth.start_session(tx, house, user_id, request, response)
        return _shown(await queries.user(tx, user_id))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"created_at": moment(row["created_at"])}
