"""Who asks, and whether they may: the dependencies every route for colleagues leans on; and signing in and out.

Reader = Annotated[SignedIn, requires(Permission.READ_CONVERSATIONS)]
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import HTTPConnection

from tongxi import __version__
from tongxi.accounts import passwords, queries, service, sessions
from tongxi.accounts.roles import MAY, Permission, Role, may
from tongxi.accounts.service import By
from tongxi.api.deps import HouseDep
from tongxi.api.errors import Unauthenticated
from tongxi.api.security import client_address
from tongxi.api.visitors import address, limit
from tongxi.conversations.views import at as moment
from tongxi.desk import presence
from tongxi.house import House
from tongxi.kit.crypto import digest
from tongxi.kit.db import Transaction
from tongxi.kit.errors import Forbidden, Invalid, NotFound
from tongxi.kit.rate_limit import Rate

router = APIRouter(prefix="/api/v1/auth", tags=["auth"])

SIGN_IN: Final = Rate(30, timedelta(minutes=1), "sign_in")
"""Per address, right or wrong: each costs a tenth of a second of a core."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A colleague with a live session."""

    id: UUID
    name: str
    email: str
    role: Role
    title: str
    locale: str
    theme: str
    session: bytes
    """Hash of the session's token (`accounts.sessions.still_valid`)."""
    ip: str

    def may(self, permission: Permission) -> bool:
        """Whether the role has a permission."""
        return may(self.role, permission)

    @property
    def by(self) -> By:
        """As the one who acts."""
        return By(self.id, self.role, self.ip)


def cookie_name(house: House) -> str:
    """Name of the session's cookie; with TLS one that browsers bind to this host."""
    return "__Host-tongxi" if _has_tls(house) else "tongxi"


async def signed_in(connection: HTTPConnection, house: HouseDep) -> SignedIn:
    """Who asks, over HTTP or when opening a socket. Raises: `Unauthenticated`."""
    token = connection.cookies.get(cookie_name(house))
    if not token:
        raise Unauthenticated
    async with house.db.reading() as tx:
        session = await sessions.alive(tx, token, house.clock.now())
    if session is None:
        raise Unauthenticated
    return SignedIn(
        session.user_id, session.name, session.email, Role(session.role), session.title, session.locale,
        session.theme, session.token_hash, client_address(connection),
    )  # fmt: skip


SignedInDep = Annotated[SignedIn, Depends(signed_in)]
"""Anybody with a session, whatever the role."""


def requires(permission: Permission) -> Any:
    """Dependency that gives who asks, or refuses: `Annotated[SignedIn, requires(Permission.ANSWER)]`.

    Raises: `Unauthenticated`, `Forbidden`.
    """

    async def allowed(user: SignedInDep) -> SignedIn:
        if not user.may(permission):
            raise Forbidden(permission=permission.value)
        return user

    return Depends(allowed)


# ── what comes in ──


class Body(BaseModel):
    """A request's body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$")
]
Password = Annotated[str, Field(max_length=1000)]


class _SignIn(Body):
    email: Annotated[str, Field(max_length=320)]
    password: Password


class _FirstOwner(Body):
    email: Email
    name: Name
    password: Password
    code: Annotated[str, Field(max_length=40)]


class _Me(Body):
    name: Name | None = None
    locale: Literal["zh", "en"] | None = None
    theme: Literal["light", "dark", "system"] | None = None


class _NewPassword(Body):
    old: Password
    new: Password


# ── routes ──


@router.get("/status")
async def status(house: HouseDep) -> dict[str, Any]:
    """Whether the first owner is still to be made."""
    async with house.db.transaction() as tx:
        return {"first_run": not await queries.has_users(tx), "version": __version__}


@router.post("/first-owner", status_code=201)
async def first_owner(body: _FirstOwner, request: Request, response: Response, house: HouseDep) -> dict[str, Any]:
    """Make the first account and sign it in; needs the code that the server printed."""
    await limit(house, SIGN_IN, address(request))
    async with house.db.transaction() as tx:
        if await queries.has_users(tx):
            raise service.AlreadySetUp
    passwords.accept(body.password, email=body.email, name=body.name)
    password_hash = await passwords.hashed(body.password)
    async with house.db.transaction() as tx:
        user_id = await service.make_first_owner(
            tx, email=body.email, name=body.name, password_hash=password_hash, code=body.code,
            secret=house.settings.secret_key(), by=By(None, None, client_address(request)),
        )  # fmt: skip
        await start_session(tx, house, user_id, request, response)
        return await _me(tx, user_id)


@router.post("/login")
async def login(body: _SignIn, request: Request, response: Response, house: HouseDep) -> dict[str, Any]:
    """Sign in; a session this browser had before ends."""
    ip = client_address(request)
    await limit(house, SIGN_IN, address(request))
    now = house.clock.now()
    token = await service.sign_in(
        house.db, body.email, body.password, at=now, ip=ip, user_agent=request.headers.get("user-agent", ""),
        replaces=request.cookies.get(cookie_name(house)),
    )  # fmt: skip
    _set_cookie(response, house, token)
    async with house.db.reading() as tx:
        session = await sessions.alive(tx, token, now)
        if session is None:
            raise Unauthenticated
        return await _me(tx, session.user_id)


@router.post("/logout", status_code=204)
async def logout(request: Request, response: Response, house: HouseDep) -> None:
    """End this session; also fine without one."""
    name = cookie_name(house)
    token = request.cookies.get(name)
    if token:
        async with house.db.transaction() as tx:
            if (session := await sessions.alive(tx, token, house.clock.now())) is not None:
                await presence.left(tx, session.user_id)  # signed in elsewhere too, his socket there renews it
            await sessions.end(tx, digest(token))
    response.delete_cookie(name, path="/", secure=_has_tls(house), httponly=True, samesite="lax")


@router.get("/me")
async def me(user: SignedInDep, house: HouseDep) -> dict[str, Any]:
    """Oneself."""
    async with house.db.transaction() as tx:
        return await _me(tx, user.id)


@router.patch("/me")
async def change_me(body: _Me, user: SignedInDep, house: HouseDep) -> dict[str, Any]:
    """Change one's own name, language or theme."""
    changes = changed_fields(body)
    async with house.db.transaction() as tx:
        await service.change_self(tx, user.id, changes, by=user.by)
        return await _me(tx, user.id)


@router.post("/password", status_code=204)
async def change_password(
    body: _NewPassword, request: Request, response: Response, user: SignedInDep, house: HouseDep
) -> None:
    """Change one's password; every other session ends, this one goes on under a new token."""
    token = await service.change_password(
        house.db, user.id, old=body.old, new=body.new, at=house.clock.now(), ip=user.ip,
        user_agent=request.headers.get("user-agent", ""),
    )  # fmt: skip
    _set_cookie(response, house, token)


@router.get("/sessions")
async def list_sessions(user: SignedInDep, house: HouseDep) -> dict[str, Any]:
    """Where one is signed in."""
    async with house.db.transaction() as tx:
        found = await sessions.of_user(tx, user.id, house.clock.now())
    items = [
        {
            "id": sessions.session_id(session.token_hash),
            "current": session.token_hash == user.session,
            "created_at": moment(session.created_at),
            "last_seen_at": moment(session.last_seen_at),
            "expires_at": moment(session.expires_at),
            "ip": session.ip,
            "user_agent": session.user_agent,
        }
        for session in found
    ]
    return {"items": items, "next": None}


@router.delete("/sessions", status_code=204)
async def end_other_sessions(user: SignedInDep, house: HouseDep) -> None:
    """Sign out everywhere else."""
    async with house.db.transaction() as tx:
        await sessions.end_all(tx, user.id, but=user.session)


@router.delete("/sessions/{id}", status_code=204)
async def end_session(id: str, user: SignedInDep, house: HouseDep) -> None:  # noqa: A002 - the protocol's word
    """Sign out in one place."""
    async with house.db.transaction() as tx:
        for session in await sessions.of_user(tx, user.id, house.clock.now()):
            if sessions.session_id(session.token_hash) == id:
                await sessions.end(tx, session.token_hash)
                return
    raise NotFound


# ── shared with other routes ──


async def start_session(tx: Transaction, house: House, user_id: UUID, request: Request, response: Response) -> None:
    """Sign somebody in without a password: who just made the account."""
    token = await sessions.start(
        tx, user_id, at=house.clock.now(), ip=client_address(request), user_agent=request.headers.get("user-agent", "")
    )
    _set_cookie(response, house, token)


def changed_fields(body: BaseModel) -> dict[str, Any]:
    """The fields a PATCH sets. Raises: `Invalid` when one is null, which here means nothing."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    nulls = sorted(name for name, value in given.items() if value is None)
    if nulls:
        raise Invalid(errors=[{"loc": ["body", name], "msg": "must not be null; leave it out"} for name in nulls])
    return given


async def _me(tx: Transaction, user_id: UUID) -> dict[str, Any]:
    found = await queries.user(tx, user_id)
    shown = ("id", "email", "name", "role", "title", "locale", "theme", "capacity", "presence", "skills", "queues")
    return {name: found[name] for name in shown} | {"permissions": sorted(MAY[Role(found["role"])])}


def _has_tls(house: House) -> bool:
    return (house.settings.public_url or "").startswith("https://")


def _set_cookie(response: Response, house: House, token: str) -> None:
    # No max-age: it ends with the browser, and on the server in any case.
    response.set_cookie(cookie_name(house), token, path="/", secure=_has_tls(house), httponly=True, samesite="lax")
