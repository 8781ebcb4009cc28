"""The files that go with a colleague's message: his own, and those of articles."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import orjson

from tongxi.attachments.service import Uploader, attach
from tongxi.kit.db import Transaction
from tongxi.knowledge.media import for_message


async def carried(
    tx: Transaction, conversation_id: UUID, user_id: UUID, attachments: Sequence[UUID], media: Sequence[UUID]
) -> str:
    """The message's content as JSON. Raises: as `attach` and `for_message`."""
    content = {}
    if attachments:
        content["attachments"] = await attach(tx, attachments, conversation_id, Uploader(user_id=user_id))
    if media:
        language = await tx.value("select language from conversation where id = %s", (conversation_id,))
        content["media"] = await for_message(tx, media, language or "")
    return orjson.dumps(content).decode() if content else "{}"
