"""What a message and a frame may be: the same for both sockets and for HTTP."""

from __future__ import annotations

import unicodedata
from typing import Any, TypeGuard
from uuid import UUID

import orjson

from tongxi.api.errors import Malformed, TooLarge
from tongxi.api.socket import MAX_FRAME, encode
from tongxi.kit.errors import AppError, Invalid, NotFound

MAX_TEXT = 8_000
"""Code points of a message."""
MAX_CLIENT_ID = 64


def error_frame(error: AppError, client_id: str | None = None) -> bytes:
    """`{"t":"error"}` with the code, the sentence and what the error names."""
    frame: dict[str, Any] = {"t": "error", "code": error.code, "detail": error.detail, **error.fields}
    if client_id is not None:
        frame["id"] = client_id
    return encode(frame)


def parse(data: bytes) -> dict[str, Any]:
    """A frame as a dictionary with its `t`. Raises: `TooLarge`, `Malformed`."""
    if len(data) > MAX_FRAME:
        raise TooLarge
    try:
        frame = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Malformed from None
    if not isinstance(frame, dict) or not isinstance(frame.get("t"), str):
        raise Malformed
    return frame


def text_of(text: Any, *, may_be_empty: bool = False) -> str:
    """The checked text of a message. Raises: `Malformed`, `TooLarge`, `Invalid`."""
    if not isinstance(text, str):
        raise Invalid("text must be a string")
    if "\x00" in text:
        raise Malformed("text must not contain NUL")
    if len(text) > MAX_TEXT:
        raise TooLarge
    if not may_be_empty and not any(_is_seen(char) for char in text):
        raise Invalid("the message is empty")
    return text


def _is_seen(char: str) -> bool:
    """Neither blank nor a control, a joiner or another mark that nobody sees alone."""
    return not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf")


def client_id_of(value: Any) -> str:
    """The checked client id. Raises: `Invalid`."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_CLIENT_ID or "\x00" in value:
        raise Invalid(f"id must be 1 to {MAX_CLIENT_ID} characters")
    return value


def is_number(value: Any) -> TypeGuard[int]:
    """True for what can be a sequence number or an epoch: not negative, exact in every language."""
    return type(value) is int and 0 <= value <= 2**53


def ids_of(value: Any, name: str = "attachments") -> list[UUID]:
    """Ids of files; `name` of the field. Raises: `Invalid`."""
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > 10:
        raise Invalid(f"{name} must be a list of at most 10 ids")
    try:
        return [UUID(one) for one in value]
    except (ValueError, TypeError, AttributeError):
        raise Invalid(f"{name} must be a list of ids") from None


def conversation_of(value: Any) -> UUID | None:
    """A conversation id; one that is no id at all is as unknown as a foreign one. Raises: `NotFound`."""
    if value is None:
        return None
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise NotFound from None
