"""Misbehaviour on order: the demo shop can be slow, broken or silent, to see what the product then does."""

from __future__ import annotations

import asyncio
import random
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Kind = Literal["timeout", "500", "bad_json", "slow", "unknown_after_effect"]

SLOW_SECONDS = 0.8
TIMEOUT_SECONDS = 30.0


class Fault(BaseModel):
    """What goes wrong and how often."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    """`unknown_after_effect`: the request is carried out, then no answer comes. None: all is well."""
    rate: float = Field(default=1.0, ge=0, le=1)
    only: Literal["all", "changes"] = "all"
    """`changes`: reading goes on as ever."""
    left: int | None = Field(default=None, ge=0)
    """Only the next so many requests; None: until told otherwise."""


class Faults:
    """ASGI middleware: applies the present fault to the API routes, never to the pages or to `/_faults`."""

    def __init__(self, app: ASGIApp, fault: list[Fault], paths: tuple[str, ...]) -> None:
        """`fault`: a list of one, changed in place by `/_faults`."""
        self.app = app
        self._fault = fault
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._paths):
            await self.app(scope, receive, send)
            return
        match self._strike(scope):
            case "timeout":
                await asyncio.sleep(TIMEOUT_SECONDS)
                await _answer(send, 504, b"{}")
            case "500":
                await _answer(send, 500, b'{"error":"internal"}')
            case "bad_json":
                await _answer(send, 200, b'{"orders": [{"number": "NC2')
            case "slow":
                await asyncio.sleep(SLOW_SECONDS)
                await self.app(scope, receive, send)
            case "unknown_after_effect":
                await self.app(scope, receive, _nowhere)
                await asyncio.sleep(TIMEOUT_SECONDS)
                await _answer(send, 504, b"{}")
            case None:
                await self.app(scope, receive, send)

    def _strike(self, scope: Scope) -> Kind | None:
        """The fault of this request: its own header `X-Fault`, else the one set by `/_faults`."""
        own = dict(scope["headers"]).get(b"x-fault")
        if own is not None:
            asked: Any = own.decode("latin-1")
            return Fault(kind=asked).kind
        fault = self._fault[0]
        if fault.kind is None or fault.left == 0 or random.random() >= fault.rate:
            return None
        if fault.only == "changes" and scope["method"] != "POST":
            return None
        if fault.left is not None:
            fault.left -= 1
        return fault.kind


async def _nowhere(message: Message) -> None:
    """An answer that gets lost."""


async def _answer(send: Send, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
