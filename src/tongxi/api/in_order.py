"""The frames of one socket, one after the other, also when one of them has to wait for the database."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from tongxi.api.errors import Busy
from tongxi.api.frames import error_frame, parse
from tongxi.api.socket import LiveSocket
from tongxi.kit.errors import AppError
from tongxi.kit.live import Live
from tongxi.kit.rate_limit import RateLimited

log = structlog.get_logger(__name__)

BEHIND = 200
"""Frames that may wait behind a slow one before reading pauses."""

Frame = dict[str, Any]
Work = Coroutine[Any, Any, None]


class InOrder:
    """Parses, limits and hands over frames; `act` does the quick ones at once and gives a coroutine for the others.

    What fails with an `AppError` is told to the sender, with the frame's own `id` when it has one.
    """

    __slots__ = ("_act", "_behind", "_burst", "_live", "_per_second", "_refilled_at", "_socket", "_tokens")

    def __init__(
        self, live: Live, socket: LiveSocket, act: Callable[[Frame], Work | None], *, burst: int, per_second: int
    ) -> None:
        """`burst`, `per_second`: frames the socket may send at once and sustained; a flood is told to slow down."""
        self._live, self._socket, self._act = live, socket, act
        self._behind: list[Frame] | None = None
        self._burst, self._per_second = burst, per_second
        self._tokens = float(burst)
        self._refilled_at = time.monotonic()

    @property
    def is_waiting(self) -> bool:
        """A slow frame is under way."""
        return self._behind is not None

    def take(self, data: bytes) -> None:
        """A frame came."""
        try:
            frame = parse(data)
        except AppError as error:
            self._socket.push(error_frame(error))
            return
        if not self._may_pass():
            self._refuse(RateLimited(1), frame)
        elif self._behind is None:
            self._do(frame)
        else:
            self._behind.append(frame)
            if len(self._behind) > BEHIND:
                self._socket.pause()

    def _may_pass(self) -> bool:
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._refilled_at) * self._per_second)
        self._refilled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _do(self, frame: Frame) -> None:
        try:
            work = self._act(frame)
        except AppError as error:
            self._refuse(error, frame)
            return
        if work is not None:
            self._behind = []
            self._live.spawn(self._finish(work, frame))

    async def _finish(self, work: Work, frame: Frame) -> None:
        try:
            await work
        except AppError as error:
            self._refuse(error, frame)
        except Exception:
            log.exception("socket.frame_failed", kind=frame["t"])
            self._refuse(Busy(retry_after=1), frame)
        behind, self._behind = self._behind or [], None
        self._socket.resume()
        while behind:
            self._do(behind.pop(0))
            if self.is_waiting:  # that one is slow in turn: the rest stays behind it
                self._behind = behind + (self._behind or [])
                return

    def _refuse(self, error: AppError, frame: Frame) -> None:
        client_id = frame.get("id")
        self._socket.push(error_frame(error, client_id if isinstance(client_id, str) else None))
