"""Waiting for a model while the customer sees the typing sign, and only as long as nothing else happens."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from tongxi.house import House

T = TypeVar("T")

TYPING_EVERY_SECONDS = 3.0
"""The sign expires after six seconds on the screens."""


def who(persona: str) -> dict[str, Any]:
    """The bot as the one who types."""
    return {"kind": "bot", "id": None, "name": persona, "ai": True}


async def unless_moved_on(
    house: House, conversation_id: UUID, work: Coroutine[Any, Any, T], *, persona: str
) -> T | None:
    """The result; None as soon as anything is committed in the conversation, and then the work is stopped.

    Raises: what `work` raises.
    """
    by = who(persona)
    thinking = asyncio.ensure_future(work)
    with _moved_on(house, conversation_id) as moved:
        try:
            while not (thinking.done() or moved.done()):
                house.live.signal(conversation_id, "typing", {"by": by, "on": True})
                await asyncio.wait((thinking, moved), timeout=TYPING_EVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            return thinking.result() if thinking.done() else None
        finally:
            thinking.cancel()
            house.live.signal(conversation_id, "typing", {"by": by, "on": False})


@contextmanager
def _moved_on(house: House, conversation_id: UUID) -> Iterator[asyncio.Future[None]]:
    """Done as soon as something is committed in the conversation: a message, another holder, the end."""
    moved: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(committed_in: UUID, _changed: bool) -> None:
        if committed_in == conversation_id and not moved.done():
            moved.set_result(None)

    if house.turns.get(conversation_id):  # the customer wrote before we could look
        moved.set_result(None)
    house.live.watch(look)
    try:
        yield moved
    finally:
        house.live.unwatch(look)
