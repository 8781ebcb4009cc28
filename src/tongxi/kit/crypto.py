"""Secrets: sealing values at rest, tokens, digests, comparison in constant time.

A sealed value is bound to its place (`scope`): moved to another row or field it does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORM: Final = "v1."
_NONCE: Final = 12
TOKEN_BYTES: Final = 32


class Unreadable(Exception):
    """A sealed value was made with another key, for another place, or was changed."""


class Vault:
    """Seals and opens secrets with AES-256-GCM under one master key."""

    def __init__(self, secret: str) -> None:
        """Derive the master key from the installation's secret (`Settings.secret_key`)."""
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tongxi master key").derive(secret.encode())
        self._cipher = AESGCM(key)

    def seal(self, secret: str, *, scope: str) -> str:
        """Encrypt for one place, e.g. `inbox:<id>:identity`."""
        nonce = secrets.token_bytes(_NONCE)
        return _FORM + base64.b64encode(nonce + self._cipher.encrypt(nonce, secret.encode(), scope.encode())).decode()

    def unseal(self, sealed: str, *, scope: str) -> str:
        """Decrypt. Raises: `Unreadable`."""
        try:
            if not sealed.startswith(_FORM):
                raise ValueError(sealed[:3])
            raw = base64.b64decode(sealed[len(_FORM) :], validate=True)
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], scope.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Unreadable(scope) from error


def new_token() -> str:
    """Make 256 random bits as URL-safe text (43 characters)."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> bytes:
    """SHA-256 of a token: what the database keeps. Right for random tokens only, never for passwords."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def same(a: str | bytes, b: str | bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(_as_bytes(a), _as_bytes(b))


def derived_code(secret: str, purpose: str) -> str:
    """Code of 10 characters that people can type (`ABCDE-FGHJK`), the same for the same secret and purpose. 50 bits."""
    mac = hmac.digest(secret.encode(), purpose.encode(), "sha256")
    text = base64.b32encode(mac).decode().translate(_READABLE)[:10]
    return f"{text[:5]}-{text[5:]}"


_READABLE: Final = str.maketrans("IO", "89")
"""Base 32 has A-Z and 2-7; I and O are taken for 1 and 0."""


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
