"""Addresses of files that carry their own, short-lived right, so that they work in an `<img>`. Pure."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from tongxi.kit.crypto import same

STEP_SECONDS = 3600
"""Links expire on the full hour after next, so the same file keeps one address long enough to be cached."""


Folder = Literal["attachments", "media"]
"""What people sent, or what stands in articles."""
_DOMAIN: dict[Folder, bytes] = {"attachments": b"1", "media": b"2"}


class Sign(Protocol):
    """File id → address, for one reader."""

    def __call__(self, file_id: str, folder: Folder = "attachments") -> str: ...


class Links:
    """Signs and reads links of one installation."""

    def __init__(self, secret: str) -> None:
        """`secret`: the installation's key (`Settings.secret_key`); links use a key derived from it."""
        self._key = hmac.digest(secret.encode(), b"tongxi.attachment-links", "sha256")

    def for_contact(self, file_id: UUID, contact_id: UUID, at: datetime, folder: Folder = "attachments") -> str:
        """Relative address that shows the file to this contact for one to two hours."""
        expires = (int(at.timestamp()) // STEP_SECONDS + 2) * STEP_SECONDS
        signature = self._signature(file_id, expires, contact_id, folder)
        return f"/api/v1/widget/{folder}/{file_id}?s={expires}.{contact_id.hex}.{signature}"

    def signer(self, contact_id: UUID, at: datetime) -> Sign:
        """`for_contact` for one reader and moment."""

        def sign(file_id: str, folder: Folder = "attachments") -> str:
            return self.for_contact(UUID(file_id), contact_id, at, folder)

        return sign

    def reader(self, file_id: UUID, signed: str, at: datetime, folder: Folder = "attachments") -> UUID | None:
        """The contact a link was made for; None when it is altered, expired or of another file."""
        expires, _, rest = signed.partition(".")
        contact, _, signature = rest.partition(".")
        if not (expires.isascii() and expires.isdigit() and len(expires) <= 12 and len(contact) == 32):
            return None
        try:
            contact_id = UUID(hex=contact)
        except ValueError:
            return None
        expected = self._signature(file_id, int(expires), contact_id, folder)
        if not same(expected, signature):
            return None
        return contact_id if at.timestamp() < int(expires) else None

    def _signature(self, file_id: UUID, expires: int, contact_id: UUID, folder: Folder) -> str:
        message = _DOMAIN[folder] + file_id.bytes + expires.to_bytes(8) + contact_id.bytes
        return urlsafe_b64encode(hmac.digest(self._key, message, "sha256")).rstrip(b"=").decode()


def for_agent(file_id: UUID | str, folder: Folder = "attachments") -> str:
    """Relative address for agents; the cookie decides."""
    return f"/api/v1/{folder}/{file_id}"
