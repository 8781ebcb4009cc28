"""What several contracts of the customer side over HTTP share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx2

from tests.support.widget import KEY, Desk
from tongxi.conversations.append import Append
from tongxi.conversations.events import NIL
from tongxi.kit.ids import new_id

MISSING = "00000000-0000-7000-8000-000000000000"


def refused(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The one error shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]
    return problem


async def open_with(shop: Desk, token: str | None = None, *, identity: str) -> httpx2.Response:
    body = {"inbox": KEY, "identity": identity} | ({"token": token} if token else {})
    return await shop.http.post("/api/v1/widget/session", json=body)


async def answer_as_bot(shop: Desk, conversation: UUID, text: str = "答") -> int:
    row = await shop.value("select customer_seq from conversation where id = %s", conversation)
    epoch = await shop.value("select epoch from conversation where id = %s", conversation)
    appended = await shop.house.writer.append(
        Append(conversation, "bot", NIL, str(new_id()), text, epoch=epoch, answers=row)
    )
    return appended.seq


async def upload(shop: Desk, token: str, data: bytes, name: str, mime: str = "text/html") -> httpx2.Response:
    return await shop.call("POST", "attachments", token, files={"file": (name, data, mime)})


async def add_agent(shop: Desk, role: str = "agent") -> UUID:
    agent = new_id()
    async with shop.house.db.transaction() as tx:
        await tx.execute(
            "insert into app_user (id, email, name, role) values (%s, %s, %s, %s)",
            (agent, f"{agent}@example.com", "Mei", role),
        )
    return agent
