"""Is the token in which the shop's own server vouches for a customer genuine? Pure.

Source: docs/how-to/verify-customers.md; RFC 7519 and RFC 8725.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, BeforeValidator, ConfigDict, FiniteFloat, ValidationError

from tongxi.kit.errors import AppError

ALGORITHM = "HS256"
"""Pinned: what the token itself says is never believed."""

MAX_BYTES = 4096
MAX_AGE = timedelta(hours=24)
"""How far ahead `exp` may lie."""
LEEWAY = timedelta(seconds=60)
"""Allowed difference between the shop's clock and ours."""
MAX_EXTERNAL_ID = 200

_HEADERS = {"alg", "typ", "kid"}
"""Everything else (`jku`, `x5u`, `jwk`, `crit`, `b64` …) would let the token choose how it is checked."""


class IdentityInvalid(AppError):
    """The identity token was refused. `reason` says why; the token may be made anew and sent again."""

    code: ClassVar[str] = "identity_invalid"
    status: ClassVar[int] = 401

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class IdentityRequired(AppError):
    """This inbox answers signed-in customers only: sign in at the shop and try again."""

    code: ClassVar[str] = "identity_required"
    status: ClassVar[int] = 401


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """One of the inbox' active keys."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """What the shop vouches for. None: the token does not say."""

    external_id: str
    """The shop's own id of the customer; compared byte by byte, never trimmed or folded."""
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    tier: str | None = None

    def signed(self) -> dict[str, str]:
        """The attributes the token carries, by name."""
        values = {"name": self.name, "email": self.email, "phone": self.phone, "tier": self.tier}
        return {name: value for name, value in values.items() if value is not None}


def verify(token: str, *, keys: Sequence[IdentityKey], audience: str, at: datetime) -> Identity:
    """Check a compact JWT against the inbox' active keys and give the identity it carries.

    `audience`: the inbox key; `at`: now. Raises: `IdentityInvalid` with the reason `malformed`, `too_large`,
    `algorithm`, `header`, `key`, `signature`, `claims`, `expired`, `too_far_ahead`, `not_yet_valid`, `audience` or
    `subject`.
    """
    claims = _claims(_signed_payload(token, keys))
    _check_time(claims, at)
    audiences = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    if audience not in audiences:
        raise IdentityInvalid("audience")
    return Identity(
        external_id=_subject(claims),
        name=claims.name,
        email=claims.email,
        phone=claims.phone,
        tier=claims.tier,
    )


def one_line(text: str, limit: int) -> str:
    """Text fit for a single-line field: no control or invisible characters, at most `limit` code points."""
    kept = "".join(" " if char in "\t\r\n" else "" if _is_hidden(char) else char for char in text)
    return " ".join(kept.split())[:limit].rstrip()


def _is_hidden(char: str) -> bool:
    """Controls, direction overrides, surrogates; the joiner of emoji and of several scripts stays."""
    return char not in "\u200c\u200d" and unicodedata.category(char) in ("Cc", "Cf", "Cs")


def _attribute(limit: int) -> BeforeValidator:
    def clean(value: object) -> object:
        if isinstance(value, int) and not isinstance(value, bool):  # telephone numbers often come as numbers
            value = str(value)
        return one_line(value, limit) if isinstance(value, str) else value

    return BeforeValidator(clean)


class _Claims(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    exp: FiniteFloat
    nbf: FiniteFloat | None = None
    iat: FiniteFloat | None = None
    aud: str | list[str]
    sub: str | None = None
    user_id: str | None = None
    name: Annotated[str | None, _attribute(120)] = None
    email: Annotated[str | None, _attribute(254)] = None
    phone: Annotated[str | None, _attribute(40)] = None
    tier: Annotated[str | None, _attribute(40)] = None


def _signed_payload(token: str, keys: Sequence[IdentityKey]) -> bytes:
    if len(token) > MAX_BYTES:
        raise IdentityInvalid("too_large")
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError) as error:
        raise IdentityInvalid("malformed") from error
    if header.get("alg") != ALGORITHM:
        raise IdentityInvalid("algorithm")
    if not header.keys() <= _HEADERS:
        raise IdentityInvalid("header")
    candidates = [key for key in keys if header.get("kid") in (None, key.id)]
    if not candidates:
        raise IdentityInvalid("key")
    for key in candidates:
        try:
            signed = jws.deserialize_compact(token, OctKey.import_key(key.secret), algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError):
            continue
        if signed.payload is not None:
            return signed.payload
    raise IdentityInvalid("signature")


def _claims(payload: bytes) -> _Claims:
    try:
        return _Claims.model_validate_json(payload)
    except ValidationError as error:
        raise IdentityInvalid("claims") from error


def _check_time(claims: _Claims, at: datetime) -> None:
    now = at.timestamp()
    leeway = LEEWAY.total_seconds()
    if claims.exp <= now - leeway:
        raise IdentityInvalid("expired")
    if claims.exp > now + MAX_AGE.total_seconds() + leeway:
        raise IdentityInvalid("too_far_ahead")
    if max(claims.nbf or 0, claims.iat or 0) > now + leeway:
        raise IdentityInvalid("not_yet_valid")


def _subject(claims: _Claims) -> str:
    """The one identifier: `sub` or `user_id`, not two different ones."""
    given = {value for value in (claims.sub, claims.user_id) if value is not None}
    if len(given) != 1:
        raise IdentityInvalid("subject")
    (subject,) = given
    if not subject.strip() or len(subject) > MAX_EXTERNAL_ID or any(_is_hidden(char) for char in subject):
        raise IdentityInvalid("subject")
    return subject
