"""The door of the two sockets, and what keeps them honest while they are open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog
from starlette.requests import HTTPConnection
from starlette.types import Receive, Send

from tongxi.accounts import sessions
from tongxi.api.agent_live import AgentSession
from tongxi.api.auth import signed_in
from tongxi.api.desk_live import DeskLive
from tongxi.api.errors import response
from tongxi.api.security import OriginRefused, check_origin, own_origins
from tongxi.api.socket import LiveSocket
from tongxi.api.widget_live import HELLO_SECONDS, WidgetSession
from tongxi.contacts import visitors
from tongxi.desk import presence
from tongxi.house import House
from tongxi.kit.errors import AppError, NotFound

log = structlog.get_logger(__name__)

CHECK_SECONDS = 5
"""A revoked session or a disabled account loses its sockets within this time."""
VISITORS_PER_CHECK = 2000
ACTIVE_SECONDS = 60
"""Work on a socket counts as use of the session for this long."""

__all__ = ["DeskLive", "Keeper", "open_socket"]


async def open_socket(connection: HTTPConnection, receive: Receive, send: Send) -> None:
    """Admit or refuse a WebSocket; after the handshake its frames go to the session directly."""
    await receive()  # websocket.connect
    house: House = connection.app.state.house
    socket: LiveSocket | None = connection.scope["extensions"].get("tongxi.socket")
    assert socket is not None, "serve with uvicorn.Config(ws=LiveSocket)"
    own = own_origins(connection, house.settings)
    origin = connection.headers.get("origin")
    match connection.scope["path"]:
        case "/ws/widget":
            # Which sites may embed depends on the inbox, which the first frame tells.
            def origin_ok(inbox_id: UUID) -> bool:
                return origin is None or check_origin(origin, house.inboxes.get(inbox_id).settings.allowed_origins, own)

            await send({"type": "websocket.accept"})
            session = WidgetSession(house, socket, origin_ok)
            socket.attach(session)
            asyncio.get_running_loop().call_later(HELLO_SECONDS, _expect_hello, session)
        case "/ws/agent":
            if not check_origin(origin, (), own):
                await _refuse(send, OriginRefused())
                return
            try:
                user = await signed_in(connection, house)
            except AppError as error:
                await _refuse(send, error)
                return
            await send({"type": "websocket.accept"})
            socket.attach(AgentSession(house, socket, user, connection.app.state.desk_live))
        case _:
            await _refuse(send, NotFound())


async def _refuse(send: Send, error: AppError) -> None:
    answer = response(error)
    await send({"type": "websocket.http.response.start", "status": error.status, "headers": answer.raw_headers})
    await send({"type": "websocket.http.response.body", "body": answer.body})


def _expect_hello(session: WidgetSession) -> None:
    if session.visitor is None:
        session.socket.close(4409, "hello first")


class Keeper:
    """Renews the leases of connected agents and closes sockets whose session ended."""

    def __init__(self, house: House, desk: DeskLive) -> None:
        self._house, self._desk = house, desk
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._every(presence.RENEW_SECONDS, self._renew), name="leases"),
            asyncio.create_task(self._every(CHECK_SECONDS, self._check), name="socket-check"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work()
            except AppError:
                pass  # the database is away: it says so elsewhere
            except Exception:
                log.exception("keeper.failed")

    async def _renew(self) -> None:
        if users := self._desk.connected():
            async with self._house.db.transaction() as tx:
                await presence.renew(tx, users)

    async def _check(self) -> None:
        agents = list(self._desk.sessions)
        customers: list[Any] = [
            one for one in self._house.sockets if isinstance(one, WidgetSession) and one.visitor is not None
        ]
        async with self._house.db.transaction() as tx:
            if agents:
                hashes = {one.user.session for one in agents}
                alive = await sessions.still_valid(tx, hashes, self._house.clock.now())
                recent = time.monotonic() - ACTIVE_SECONDS
                at_work = {one.user.session for one in agents if one.worked_at > recent}
                if at_work & alive:
                    await sessions.seen(tx, at_work & alive, self._house.clock.now())
                rows = await tx.dicts(
                    "select id, role from app_user where id = any(%s) and is_active", ([one.user.id for one in agents],)
                )
                roles = {row["id"]: row["role"] for row in rows}
                for one in agents:
                    # A changed role means other rights: the screen signs in again with them.
                    if one.user.session not in alive or roles.get(one.user.id) != one.user.role.value:
                        one.socket.close(4401, "session ended")
            for start in range(0, len(customers), VISITORS_PER_CHECK):
                batch = customers[start : start + VISITORS_PER_CHECK]
                valid = await visitors.still_valid(tx, {one.visitor.session_id for one in batch})
                for one in batch:
                    if one.visitor is not None and one.visitor.session_id not in valid:
                        one.socket.close(4401, "session ended")
