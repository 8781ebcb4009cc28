"""What travels: acknowledgements, entries, events and errors. Unknown fields are ignored, as the protocol asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Frame = dict[str, Any]
"""One JSON object of a socket or an HTTP body."""


class ProtocolError(Exception):
    """The server refused: `code` is stable, `detail` is for people, `extra` holds the fields beside them."""

    def __init__(self, code: str, detail: str = "", *, status: int = 0, extra: Frame | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.status = status
        """HTTP status; 0 when the refusal came over the socket."""
        self.extra = extra or {}

    @property
    def is_temporary(self) -> bool:
        """Whether the same request may succeed later, unchanged."""
        return self.code in {"rate_limited", "unavailable"}

    @property
    def retry_after(self) -> float:
        """Seconds the server asks to wait; 0 when it does not say."""
        try:
            return max(0.0, float(self.extra.get("retry_after") or 0))
        except (TypeError, ValueError):
            return 0.0

    @classmethod
    def read(cls, body: Frame, status: int = 0) -> ProtocolError:
        """From a problem+json body or an `error` frame."""
        extra = {key: value for key, value in body.items() if key not in {"t", "code", "detail"}}
        return cls(str(body.get("code") or "unknown"), str(body.get("detail") or ""), status=status, extra=extra)


@dataclass(frozen=True, slots=True)
class Ack:
    """The server has stored the message for good."""

    id: str
    """The client id it was sent with."""
    seq: int
    message_id: str
    at: str
    conversation: str

    @classmethod
    def read(cls, frame: Frame) -> Ack:
        return cls(
            id=str(frame["id"]),
            seq=int(frame["seq"]),
            message_id=str(frame["message_id"]),
            at=str(frame.get("at") or ""),
            conversation=str(frame.get("conversation") or ""),
        )


@dataclass(frozen=True, slots=True)
class By:
    """Who did it."""

    kind: str
    """`customer`, `bot`, `agent` or `system`."""
    id: str | None = None
    name: str | None = None
    ai: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact of a conversation's log. Customers see messages only; agents see every entry."""

    seq: int
    type: str
    at: str
    by: By
    id: str | None = None
    """Message id; None for entries that are no message."""
    client_id: str | None = None
    text: str = ""
    content: Frame = field(default_factory=dict)
    data: Frame = field(default_factory=dict)
    is_note: bool = False

    @property
    def notice(self) -> str | None:
        """Code of a notice of the product (`handed_off`, `queue_update` …), else None."""
        code = self.content.get("notice")
        return str(code) if code else None

    @property
    def sources(self) -> list[Frame]:
        """The articles an answer quotes; empty when it quotes none."""
        return list(self.content.get("sources") or [])

    @property
    def media(self) -> list[Frame]:
        """Pictures, videos and files of articles that go with it: each with `alt`, `caption` and a relative `url`."""
        return list(self.content.get("media") or [])

    @classmethod
    def read(cls, value: Frame) -> Entry:
        by = value.get("by") or {}
        return cls(
            seq=int(value["seq"]),
            type=str(value["type"]),
            at=str(value.get("at") or ""),
            by=By(str(by.get("kind") or ""), by.get("id"), by.get("name"), bool(by.get("ai"))),
            id=value.get("id"),
            client_id=value.get("client_id"),
            text=str(value.get("text") or ""),
            content=value.get("content") or {},
            data=value.get("data") or {},
            is_note=bool(value.get("note")),
        )


@dataclass(frozen=True, slots=True)
class Event:
    """Something that arrived: `entry`, `state`, `typing`, `read`, `row`, `assigned` … (`kind` is the frame's `t`).

    The client adds `connected` and `disconnected`.
    """

    kind: str
    frame: Frame
    entry: Entry | None = None
    """Set for `entry`; each entry comes once and in order."""
