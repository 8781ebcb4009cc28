"""Who is at his desk (docs/reference/protocol.md, section 2)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from tongxi.accounts.roles import Permission
from tongxi.api.auth import Body, SignedIn, requires
from tongxi.api.deps import HouseDep
from tongxi.desk import presence
from tongxi.desk.presence import PresenceState
from tongxi.routing import service as routing

router = APIRouter(prefix="/api/v1", tags=["presence"])

TeamDep = Annotated[SignedIn, requires(Permission.SEE_TEAM)]


async def acting(request: Request, user: Annotated[SignedIn, requires(Permission.ANSWER)], house: HouseDep) -> SignedIn:
    """Who answers over HTTP alone: each act shows that he is there."""
    desk_live = request.app.state.desk_live
    if user.id not in desk_live.connected():
        async with house.db.transaction() as tx:
            await presence.acted(tx, user.id)
        desk_live.presence_changed(user.id)
    return user


AnsweringDep = Annotated[SignedIn, Depends(acting)]
"""Whoever acts on conversations, with an open socket or without."""


class PresenceIn(Body):
    """What you say of yourself; being connected is your socket's, or for a while what you do over HTTP."""

    state: PresenceState
    reason: Annotated[str, Field(max_length=80)] = ""


@router.get("/presence")
async def team(_user: TeamDep, house: HouseDep) -> list[dict[str, Any]]:
    """Everybody who can hold conversations, with presence and load."""
    async with house.db.transaction() as tx:
        return await presence.team(tx)


@router.get("/agents")
async def targets(user: TeamDep, house: HouseDep) -> list[dict[str, Any]]:
    """Colleagues a conversation can be passed to, those on duty with a free seat first."""
    async with house.db.transaction() as tx:
        found = await presence.team(tx)
    for one in found:
        on_duty = one["state"] == "online" and one["connected"]
        one["available"] = on_duty and one["load"] < one["capacity"] and one["user"]["id"] != user.id
    return sorted(found, key=lambda one: (not one["available"], one["load"], one["user"]["name"]))


@router.put("/presence")
async def choose(body: PresenceIn, request: Request, user: AnsweringDep, house: HouseDep) -> dict[str, Any]:
    """Say that you are there, on a break or away. A break stops new conversations and keeps those you hold."""
    async with house.db.transaction() as tx:
        await presence.choose(tx, user.id, body.state, body.reason)
        mine = await presence.team(tx, user_id=user.id)
    request.app.state.desk_live.presence_changed(user.id)
    if body.state == "online":
        await routing.assign_waiting(house)
    return mine[0]
