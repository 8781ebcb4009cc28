"""Entries and conversations as they go over the wire (docs/reference/protocol.md). Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from tongxi.attachments.links import Folder, Sign
from tongxi.conversations.events import Actor
from tongxi.conversations.log import Entry

MESSAGE_TYPES = frozenset({"message_received", "message_sent", "note_written"})


@lru_cache(maxsize=256)  # a batch has one time, and every reader of it asks
def at(value: datetime | None) -> str | None:
    """RFC 3339, UTC, milliseconds."""
    if value is None:
        return None
    value = value.astimezone(UTC)
    return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"


def by(actor: Actor) -> dict[str, Any]:
    """Who, with the AI label on everything the bot does."""
    return {"kind": actor.kind, "id": actor.id, "name": actor.name or None, "ai": actor.kind == "bot"}


def entry_view(entry: Entry, *, for_customer: bool, sign: Sign) -> dict[str, Any]:
    """One entry for a customer or an agent; `sign` makes addresses of files for the reader."""
    if entry.type in MESSAGE_TYPES:
        view: dict[str, Any] = {
            "seq": entry.seq,
            "type": "message",
            "at": at(entry.at),
            "by": by(entry.actor),
            "id": entry.message_id,
            "client_id": entry.client_id,
            "text": entry.text,
            "content": _content(entry.content, sign),
        }
        if entry.is_note:
            view["note"] = True
        if entry.erased:
            view["erased"] = True
        if not for_customer:
            view["data"] = entry.data or {}
        return view
    return {
        "seq": entry.seq,
        "type": entry.type,
        "at": at(entry.at),
        "by": by(entry.actor),
        "data": entry.data or {},
    }


_FOLDERS: tuple[Folder, ...] = ("attachments", "media")


def _content(content: Any, sign: Sign) -> Any:
    if not content:
        return {}
    if isinstance(content, str):
        if not any(f'"{folder}"' in content for folder in _FOLDERS):
            return orjson.Fragment(content)
        content = orjson.loads(content)
    for folder in _FOLDERS:
        if files := content.get(folder):
            content = content | {folder: [file | {"url": sign(str(file["id"]), folder)} for file in files]}
    return content
