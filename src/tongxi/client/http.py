"""Calls under /api/v1: JSON in, JSON out, a problem becomes `ProtocolError`."""

from __future__ import annotations

import asyncio
import ssl
import time
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx2

from tongxi.client.link import Backoff
from tongxi.client.values import Frame, ProtocolError

API = "/api/v1"


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()  # 20 ms of work: once, not per client


def origin(url: str) -> str:
    """Scheme and host of `url`, as a browser would send it in `Origin`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(url: str) -> bool:
    """Whether `url` is on this machine, where no proxy must come between."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Http:
    """One server, seen by one person: keeps the headers and cookies."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        self.url = url.rstrip("/")
        self.headers = headers or {}
        self._client = httpx2.AsyncClient(base_url=self.url, timeout=30, verify=_tls(), trust_env=not is_loopback(url))

    @property
    def cookie(self) -> str:
        """The cookies the server has set, as a `Cookie` header; empty when there are none."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._client.cookies.jar)

    async def close(self) -> None:
        await self._client.aclose()

    async def call(
        self,
        method: str,
        path: str,
        body: Frame | None = None,
        *,
        query: dict[str, Any] | None = None,
        files: Any = None,
        patience: float = 0,
    ) -> Any:
        """One call; the decoded JSON, or None when the answer has no body.

        `patience`: seconds to keep trying while the server is away, busy (503) or limits us (429); only for calls that
        are safe to repeat.
        Raises: `ProtocolError` when the server refuses, `ConnectionError` when it cannot be reached.
        """
        until = time.monotonic() + patience
        backoff = Backoff()
        while True:
            failure: Exception
            wait = backoff.next()
            try:
                response = await self._client.request(
                    method, API + path, json=body, params=query, files=files, headers=self.headers
                )
            except httpx2.TransportError as error:
                failure = ConnectionError(f"{method} {self.url}{API}{path}: {error!r}")
            else:
                if response.is_success:
                    return response.json() if response.content else None
                problem = _problem(response)
                if not problem.is_temporary:
                    raise problem
                wait = max(wait, problem.retry_after)
                failure = problem
            if time.monotonic() + wait > until:
                raise failure
            await asyncio.sleep(wait)


def _problem(response: httpx2.Response) -> ProtocolError:
    """What a refusal says; one that does not come from the product (a proxy's page) is told by its status."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {"detail": response.text[:200]}
    body.setdefault("code", {429: "rate_limited", 502: "unavailable", 503: "unavailable"}.get(response.status_code))
    if "retry-after" in response.headers:
        body.setdefault("retry_after", response.headers["retry-after"])
    return ProtocolError.read(body, response.status_code)
