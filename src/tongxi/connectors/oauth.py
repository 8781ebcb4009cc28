"""A token for a machine: client credentials (RFC 6749, section 4.4), kept until shortly before it ends."""

from __future__ import annotations

import asyncio

import httpx2

from tongxi.connectors.asking import ask, check_status
from tongxi.connectors.protocol import FailureCode, ToolFailed
from tongxi.kit.clock import Clock

_EARLY_SECONDS = 60
_DEFAULT_SECONDS = 3600


class ClientCredentials:
    """One token for all calls; whoever needs it first fetches it."""

    def __init__(self, client: httpx2.AsyncClient, url: str, secret: str, clock: Clock, *, scope: str = "") -> None:
        """`secret`: `id:secret`."""
        self._client, self._url, self._clock, self._scope = client, url, clock, scope
        self._id, _, self._secret = secret.partition(":")
        self._token = ""
        self._ends_at = 0.0
        self._fetching = asyncio.Lock()

    async def token(self) -> str:
        """Give the token. Raises: `ToolFailed`."""
        async with self._fetching:
            if self._token and self._clock.monotonic() < self._ends_at:
                return self._token
            form = {"grant_type": "client_credentials", "client_id": self._id, "client_secret": self._secret}
            answer = await ask(
                self._client, "POST", self._url, form=form | ({"scope": self._scope} if self._scope else {})
            )
            check_status(answer.status)
            said = answer.json()
            token, lasts = (said.get("access_token"), said.get("expires_in")) if isinstance(said, dict) else (None, 0)
            if not isinstance(token, str) or not token:
                raise ToolFailed(FailureCode.BAD_ANSWER, "no token")
            seconds = float(lasts) if isinstance(lasts, int | float) and lasts > 0 else _DEFAULT_SECONDS
            self._token, self._ends_at = token, self._clock.monotonic() + max(seconds - _EARLY_SECONDS, seconds / 2)
            return token

    def forget(self) -> None:
        """The token was not taken: the next call fetches another."""
        self._token = ""
